//! The tool attaches to a running process, and ends its session with DEBUG_END_PASSIVE: the process ends with the session.
//! Seen in a tool that lets a language model debug. DEBUG_END_ACTIVE_TERMINATE, for a program that the tool has created, does
//! the same to one that it has attached to.

use dbgeng_testkit::flags::{AttachFlags, CreateFlags, EndSessionFlags};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

fn buggy<C: DebugClient>(client: &C, process: u32, flags: EndSessionFlags) -> Result<(), HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    ok(client.end_session(flags))
}

/// A process that the tool has created may end with the session. One that it has attached to belongs to someone else.
fn repaired<C: DebugClient>(client: &C, process: u32) -> Result<(), HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    ok(client.end_session(EndSessionFlags::ACTIVE_DETACH))?;
    ok(client.create_process(0, Some("notepad.exe"), CreateFlags::DEBUG_ONLY_THIS_PROCESS))?;
    ok(client.end_session(EndSessionFlags::ACTIVE_TERMINATE))
}

fn check(look: impl FnOnce(&LabClient, u32) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let computer = engine.lab_computer();
    let game = computer.add_process(r"C:\game\game.exe");

    assert_eq!(look(&engine.client(), game), Ok(()));
    lab.assert_clean();
    assert!(computer.facts().processes.iter().any(|process| process.id == game), "the game has ended");
}

#[test]
fn is_caught() {
    for flags in [EndSessionFlags::PASSIVE, EndSessionFlags::ACTIVE_TERMINATE] {
        let said = caught(|| check(|client, game| buggy(client, game, flags)));
        let expected = "EndSession of process 80 by DEBUG_ATTACH_DEFAULT: ends a process that it was attached to";
        assert!(said.contains(expected), "{said}");
        assert!(said.contains("\n    attached at tests/cookbook/w08_"), "{said}");
    }
}

#[test]
fn repaired_passes() {
    check(repaired);
}
