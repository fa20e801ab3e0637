//! A debugger of 32 bits cannot attach to a process of 64 bits, and the tool tells its user that the process has exited.
//! Reported of tools that come in both kinds.

use dbgeng_testkit::flags::AttachFlags;
use dbgeng_testkit::hresult::{NamedCode, from_nt};
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method};

use crate::caught;
use crate::tool::ok;

/// The code of such an attach, as users report it.
const OTHER_BITNESS: HRESULT = from_nt(0xC000_0055);

fn buggy<C: DebugClient>(client: &C, id: u32) -> Result<(), String> {
    ok(client.attach_process(0, id, AttachFlags::empty())).map_err(|_| format!("process {id} has exited"))
}

fn repaired<C: DebugClient>(client: &C, id: u32) -> Result<(), String> {
    ok(client.attach_process(0, id, AttachFlags::empty())).map_err(|hresult| match hresult {
        OTHER_BITNESS => format!("process {id} has 64 bits: start the debugger of 64 bits"),
        // A code that the tool does not know is for its user to look up.
        other => format!("not attached to process {id}: {}", NamedCode(other)),
    })
}

fn check(attach: impl FnOnce(&LabClient, u32) -> Result<(), String>) {
    let lab = Lab::default();
    let game = lab.engine().lab_computer().add_process(r"C:\game\game64.exe");
    lab.fault(Fault::fail(OTHER_BITNESS).of(Method::AttachProcess).about_program("game64.exe")).keep();

    let told = attach(&lab.engine().client(), game).unwrap_err();
    assert!(told.contains("64 bits"), "the user is told: {told}");
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert_eq!(said, "the user is told: process 80 has exited");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
