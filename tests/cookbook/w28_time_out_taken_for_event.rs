//! The tool attaches, waits for the process to stop, and looks at it. The wait says S_FALSE, because nothing has stopped the
//! process; the tool goes on, and every call that needs the process fails.

use dbgeng_testkit::flags::{AttachFlags, EndSessionFlags, EngineOptions};
use dbgeng_testkit::hresult::{E_FAIL, E_UNEXPECTED, S_OK};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

fn buggy<C: DebugClient>(client: &C, process: u32) -> Result<u32, HRESULT> {
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    ok(client.wait_for_event(0, 5_000))?;
    current(client)
}

/// The tool asks for a break at the first event, and takes S_OK alone for an event.
fn repaired<C: DebugClient>(client: &C, process: u32) -> Result<u32, HRESULT> {
    ok(client.add_engine_options(EngineOptions::INITIAL_BREAK))?;
    ok(client.attach_process(0, process, AttachFlags::empty()))?;
    if client.wait_for_event(0, 5_000) != S_OK {
        return Err(E_FAIL);
    }
    current(client)
}

fn current<C: DebugClient>(client: &C) -> Result<u32, HRESULT> {
    let mut process = None;
    ok(client.get_current_process_system_id(Some(&mut process)))?;
    process.ok_or(E_UNEXPECTED)
}

fn check(profile: Profile, look: impl Fn(&LabClient, u32) -> Result<u32, HRESULT>) {
    let lab = Lab::new(profile);
    let engine = lab.engine();
    let (client, game) = (engine.client(), engine.lab_computer().add_process(r"C:\game\game.exe"));
    let seen = look(&client, game);
    assert_eq!(client.end_session(EndSessionFlags::ACTIVE_DETACH), S_OK);
    lab.assert_clean();
    assert_eq!(seen, Ok(game));
}

#[test]
fn is_caught() {
    for profile in Profile::ALL {
        let said = caught(|| check(profile, buggy));
        let expected = "client: GetCurrentProcessSystemId: a wait timed out, so no process has had an event";
        assert!(said.contains(expected), "{profile}: {said}");
        assert!(said.contains("\n    wait timed out at tests/cookbook/w28_"), "{profile}: {said}");
    }
}

#[test]
fn repaired_passes() {
    for profile in Profile::ALL {
        check(profile, repaired);
    }
}
