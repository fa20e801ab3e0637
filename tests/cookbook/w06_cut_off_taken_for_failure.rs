//! A name is longer than the tool's buffer, the call says S_FALSE, and the tool takes everything but S_OK for a failure: the
//! process is missing from the list. Seen in a debugger's plug-in.

use dbgeng_testkit::flags::DescriptionFlags;
use dbgeng_testkit::hresult::{S_FALSE, S_OK};
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ids;

/// Asks for the path of a process, with room for `size` characters: returns the status, the text, and its full size.
fn path<C: DebugClient>(client: &C, id: u32, room: u32) -> (HRESULT, Option<String>, u32) {
    let (mut name, mut needed, flags) = (None, None, DescriptionFlags::empty());
    let said =
        client.get_running_process_description(0, id, flags, Some(&mut name), room, Some(&mut needed), None, 0, None);
    (said, name, needed.unwrap_or_default())
}

fn buggy<C: DebugClient>(client: &C) -> Result<Vec<String>, HRESULT> {
    let paths = ids(client, 0)?.into_iter().filter_map(|id| match path(client, id, 260) {
        (S_OK, name, _) => name,
        _ => None,
    });
    Ok(paths.collect())
}

fn repaired<C: DebugClient>(client: &C) -> Result<Vec<String>, HRESULT> {
    let paths = ids(client, 0)?.into_iter().filter_map(|id| match path(client, id, 260) {
        (S_OK, name, _) => name,
        (S_FALSE, _, needed) => path(client, id, needed).1,
        _ => None,
    });
    Ok(paths.collect())
}

fn check(list: impl FnOnce(&LabClient) -> Result<Vec<String>, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let game = format!(r"C:\{}game.exe", r"deep\".repeat(60));
    engine.lab_computer().add_process(&game);

    let listed = list(&engine.client()).unwrap();
    assert!(listed.contains(&game), "{game} is not in {listed:?}");
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains(r"deep\game.exe is not in ["), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
