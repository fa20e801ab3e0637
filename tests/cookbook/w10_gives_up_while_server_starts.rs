//! The process server takes a while to start. The tool tries 300 times, every 100 ms, and gives up, whatever time its user
//! would have given it. Seen in a debugger's plug-in.
//!
//! Such a tool is given the function by which it waits, so that a test can let the lab's clock run instead.

use dbgeng_testkit::hresult::WSAECONNREFUSED;
use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};

use crate::caught;
use crate::tool::connect;

fn buggy<C: DebugClient>(client: &C, wait: &mut dyn FnMut(u32), _patience: u32) -> Result<u64, HRESULT> {
    for _ in 0..300 {
        if let Ok(server) = connect(client, "tcp:server=box17,port=5005") {
            return Ok(server);
        }
        wait(100);
    }
    Err(WSAECONNREFUSED)
}

fn repaired<C: DebugClient>(client: &C, wait: &mut dyn FnMut(u32), patience: u32) -> Result<u64, HRESULT> {
    let (mut waited, mut pause) = (0, 100);
    loop {
        match connect(client, "tcp:server=box17,port=5005") {
            Err(WSAECONNREFUSED) if waited < patience => {
                wait(pause);
                waited += pause;
                pause = (2 * pause).min(5_000);
            }
            // A failure that waiting cannot mend, such as a wrong password, is an error at once.
            answer => return answer,
        }
    }
}

fn check(patient: impl Fn(&LabClient, &mut dyn FnMut(u32), u32) -> Result<u64, HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let mut starting = Some(lab.fault(Fault::fail(WSAECONNREFUSED).of(Method::ConnectProcessServer)));
    let mut wait = |ms: u32| {
        lab.advance(ms.into());
        if lab.now() >= 45_000 {
            drop(starting.take());
        }
    };
    let connected = patient(&lab.engine().client(), &mut wait, 60_000);
    assert!(connected.is_ok(), "given up after {} ms", lab.now());
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert_eq!(said, "given up after 30000 ms");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
