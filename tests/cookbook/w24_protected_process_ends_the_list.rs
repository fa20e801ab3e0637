//! The tool attaches to every process of a program, and gives up at the first that the system protects. Those after it are
//! never debugged. Reported of elevated and protected processes, which nobody attaches to without the same rights.

use dbgeng_testkit::flags::AttachFlags;
use dbgeng_testkit::hresult::E_ACCESSDENIED;
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method};

use crate::caught;
use crate::tool::ok;

fn buggy<C: DebugClient>(client: &C, games: &[u32]) -> Result<usize, HRESULT> {
    games.iter().try_for_each(|id| ok(client.attach_process(0, *id, AttachFlags::NONINVASIVE)))?;
    Ok(games.len())
}

fn repaired<C: DebugClient>(client: &C, games: &[u32]) -> Result<usize, HRESULT> {
    let mut attached = 0;
    for id in games {
        match ok(client.attach_process(0, *id, AttachFlags::NONINVASIVE)) {
            Ok(()) => attached += 1,
            // This one is not ours.
            Err(E_ACCESSDENIED) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(attached)
}

fn check(attach: impl FnOnce(&LabClient, &[u32]) -> Result<usize, HRESULT>) {
    let lab = Lab::default();
    let computer = lab.engine().lab_computer();
    let games = [(); 3].map(|()| computer.add_process(r"C:\game\game.exe"));
    let protected = Fault::fail(E_ACCESSDENIED).of(Method::AttachProcess).about_process(&computer, games[1]);
    let protected = lab.fault(protected);

    let attached = attach(&lab.engine().client(), &games);
    assert_eq!((attached, protected.hits()), (Ok(2), 1));
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("left: (Err("), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
