//! The tool asks how many processes there are, then for so many ids. In between a process starts, and the list lacks one;
//! or one exits, and the list ends with what was in the buffer before. Seen in a debug adapter and a debugger's plug-in.

use dbgeng_testkit::mock::{Happening, Lab, LabClient, LabComputer};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

use crate::caught;
use crate::tool::ok;

fn buggy<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let (mut count, mut ids) = (None, None);
    ok(client.get_running_process_system_ids(server, None, 0, Some(&mut count)))?;
    let count = count.unwrap_or_default();
    ok(client.get_running_process_system_ids(server, Some(&mut ids), count, None))?;
    // As an array in C: it has the room that was asked for, whatever was written.
    let mut ids = ids.unwrap_or_default();
    ids.resize(count as usize, 0);
    Ok(ids)
}

fn repaired<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut room = 0;
    loop {
        let (mut count, mut ids) = (None, None);
        ok(client.get_running_process_system_ids(server, Some(&mut ids), room, Some(&mut count)))?;
        let count = count.unwrap_or_default();
        if count <= room {
            return Ok(ids.unwrap_or_default());
        }
        // Leave room for processes that start meanwhile.
        room = count + 16;
    }
}

fn check(list: impl Fn(&LabClient, u64) -> Result<Vec<u32>, HRESULT>, change: impl Fn(&LabComputer, u32) -> Happening) {
    let lab = Lab::new(Profile::Contract);
    let engine = lab.engine();
    let computer = engine.lab_computer();
    let game = computer.add_process(r"C:\game\game.exe");

    lab.at_call(2, change(&computer, game));
    let listed = list(&engine.client(), 0);
    let running = computer.facts().processes.iter().map(|process| process.id).collect();
    assert_eq!(listed, Ok(running), "listed, running");
}

fn starts(computer: &LabComputer, _game: u32) -> Happening {
    Happening::process_starts(computer, r"C:\late.exe")
}

fn exits(computer: &LabComputer, game: u32) -> Happening {
    Happening::process_ends(computer, game)
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy, starts));
    assert!(said.contains("left: Ok([64, 68, 72, 76, 80])\n right: Ok([64, 68, 72, 76, 80, 84])"), "{said}");
    let said = caught(|| check(buggy, exits));
    assert!(said.contains("left: Ok([64, 68, 72, 76, 0])\n right: Ok([64, 68, 72, 76])"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired, starts);
    check(repaired, exits);
}
