//! The tool attaches, reads what it wants, and releases its client object without EndSession. The process stays attached, and
//! ends when the tool does.

use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

fn buggy<C: DebugClient>(client: C, process: u32) -> Result<(), HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))
}

fn repaired<C: DebugClient>(client: C, process: u32) -> Result<(), HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    ok(client.end_session(EndSessionFlags::ACTIVE_DETACH))
}

fn check(look: impl FnOnce(LabClient, u32) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let game = engine.lab_computer().add_process(r"C:\game\game.exe");

    assert_eq!(look(engine.client(), game), Ok(()));
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    let expected = "by DEBUG_ATTACH_DEFAULT: still attached, and the last client object is released";
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("\n    called at tests/cookbook/w19_"), "{said}");
}

/// While there is a client object, someone can still end the session.
#[test]
fn a_session_that_can_still_be_ended_is_caught_as_well() {
    let lab = Lab::new(Profile::Contract);
    let client = lab.engine().client();
    let game = lab.computer("WORKSTATION").add_process(r"C:\game\game.exe");
    assert_eq!(buggy(&client, game), Ok(()));
    let said = caught(|| lab.assert_clean());
    assert!(said.contains("by DEBUG_ATTACH_DEFAULT: still attached; "), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
