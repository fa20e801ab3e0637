//! A name is longer than the tool's buffer, the call says S_FALSE, which passes for success, and the tool goes on with the
//! part that has fitted: it looks for a program that does not exist. Seen in a debug adapter.

use dbgeng_testkit::flags::{DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::hresult::S_FALSE;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

/// Asks for the file name of a process, with room for `size` characters: returns the status, the text, and its full size.
fn name<C: DebugClient>(client: &C, id: u32, room: u32) -> (HRESULT, String, u32) {
    let (mut name, mut needed, flags) = (None, None, DescriptionFlags::NO_PATHS);
    let said =
        client.get_running_process_description(0, id, flags, Some(&mut name), room, Some(&mut needed), None, 0, None);
    (said, name.unwrap_or_default(), needed.unwrap_or_default())
}

/// The process that runs a program now.
fn find<C: DebugClient>(client: &C, name: &str) -> Result<u32, HRESULT> {
    let (mut id, flags) = (None, GetProcessFlags::empty());
    ok(client.get_running_process_system_id_by_executable_name(0, Some(name), flags, Some(&mut id)))?;
    Ok(id.unwrap_or_default())
}

/// The process that a game runs in once it has restarted.
fn buggy<C: DebugClient>(client: &C, game: u32, restart: impl FnOnce()) -> Result<u32, HRESULT> {
    let (said, name, _) = name(client, game, 16);
    ok(said)?;
    restart();
    find(client, &name)
}

fn repaired<C: DebugClient>(client: &C, game: u32, restart: impl FnOnce()) -> Result<u32, HRESULT> {
    let (mut said, mut known, needed) = name(client, game, 16);
    if said == S_FALSE {
        (said, known, _) = name(client, game, needed);
    }
    ok(said)?;
    restart();
    find(client, &known)
}

fn check(follow: impl FnOnce(&LabClient, u32, &dyn Fn()) -> Result<u32, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let computer = engine.lab_computer();
    let game = computer.add_process(r"C:\game\a-long-name-for-a-game.exe");

    let found = follow(&engine.client(), game, &|| {
        computer.end_process(game);
        computer.add_process(r"C:\game\a-long-name-for-a-game.exe");
    });
    lab.assert_clean();
    assert!(found.is_ok_and(|id| id != game));
}

#[test]
fn is_caught() {
    let said = caught(|| check(|client, game, restart| buggy(client, game, restart)));
    assert!(said.contains("ByExecutableName: a name that was cut off"), "{said}");
}

#[test]
fn repaired_passes() {
    check(|client, game, restart| repaired(client, game, restart));
}
