//! Now and then the process ends during the attach, and the tool tries again for ever: it knows only the code of a process
//! that is not there. Reported of tools that attach to short processes.

use dbgeng_testkit::flags::AttachFlags;
use dbgeng_testkit::hresult::{E_INVALIDARG, STATUS_PROCESS_IS_TERMINATING};
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT};

use crate::caught;
use crate::tool::ok;

/// Attaches, unless the process has exited. Returns whether it is attached.
fn buggy<C: DebugClient>(client: &C, id: u32) -> Result<bool, HRESULT> {
    match ok(client.attach_process(0, id, AttachFlags::empty())) {
        Err(E_INVALIDARG) => Ok(false),
        attached => attached.map(|()| true),
    }
}

fn repaired<C: DebugClient>(client: &C, id: u32) -> Result<bool, HRESULT> {
    match ok(client.attach_process(0, id, AttachFlags::empty())) {
        Err(E_INVALIDARG | STATUS_PROCESS_IS_TERMINATING) => Ok(false),
        attached => attached.map(|()| true),
    }
}

fn check(attach: impl Fn(&LabClient, u32) -> Result<bool, HRESULT>) {
    let lab = Lab::default();
    let computer = lab.engine().lab_computer();
    let _sometimes = lab.fault(Fault::process_ends().with_probability(0.1, 17));

    for attempt in 1..=30 {
        let short = computer.add_process("short.exe");
        let attached = attach(&lab.engine().client(), short);
        assert!(attached.is_ok(), "attempt {attempt} is an error");
        computer.end_process(short);
    }
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.ends_with(" is an error"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
