//! The tool looks a program up with ONLY_MATCH and attaches to the process that it is given. Two processes run the program,
//! so the look-up says S_FALSE, which passes for success, and the tool debugs the wrong one every other day.

use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::{E_UNEXPECTED, S_OK};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

fn find<C: DebugClient>(client: &C, name: &str) -> (HRESULT, u32) {
    let (mut id, flags) = (None, GetProcessFlags::ONLY_MATCH);
    let found = client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut id));
    (found, id.unwrap_or_default())
}

fn look_at<C: DebugClient>(client: &C, process: u32) -> Result<(), HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    ok(client.end_session(EndSessionFlags::ACTIVE_DETACH))
}

fn buggy<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    let (found, process) = find(client, "game.exe");
    ok(found)?;
    look_at(client, process)
}

/// The user has to say which one.
fn repaired<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    match find(client, "game.exe") {
        (S_OK, process) => look_at(client, process),
        (found, _) => Err(ok(found).err().unwrap_or(E_UNEXPECTED)),
    }
}

fn check(attach: impl FnOnce(&LabClient) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    engine.lab_computer().add_process(r"C:\game\game.exe");
    engine.lab_computer().add_process(r"C:\beta\game.exe");

    let attached = attach(&engine.client());
    lab.assert_clean();
    assert!(attached.is_err(), "which one?");
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    let expected = "AttachProcess of process 80: one of several processes of the name that was looked up";
    assert!(said.contains(expected), "{said}");
    assert!(said.contains("\n    looked up at tests/cookbook/w18_"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
