//! The host of a process server works while it waits for the end of the server, and takes S_OK for that end. The newest
//! engine returns S_OK from a wait that ran out, too (OBS-93), so the host leaves at once, with clients connected.
//!
//! After an end a wait takes no time, on every version. Such a tool is given its clock, so that a test can use the lab's.

use dbgeng_testkit::hresult::S_OK;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, Profile};

use crate::caught;
use crate::tool::connect;

/// How long the tool waits before it works again, in milliseconds.
const PAUSE: u32 = 500;

fn buggy<C: DebugClient>(client: &C, _now: &dyn Fn() -> u64, work: &mut dyn FnMut()) {
    while client.wait_for_process_server_end(PAUSE) != S_OK {
        work();
    }
}

fn repaired<C: DebugClient>(client: &C, now: &dyn Fn() -> u64, work: &mut dyn FnMut()) {
    loop {
        let before = now();
        let is_early = client.wait_for_process_server_end(PAUSE) == S_OK && now() - before < u64::from(PAUSE);
        if is_early {
            return;
        }
        work();
    }
}

fn check(serve: impl Fn(&LabClient, &dyn Fn() -> u64, &mut dyn FnMut())) {
    for profile in Profile::ALL {
        let lab = Lab::new(profile);
        let (host, client) = (lab.engine().client(), lab.engine().client());
        assert_eq!(host.start_process_server(2, Some("tcp:port=5005"), 0), S_OK);
        let server = connect(&client, "tcp:server=localhost,port=5005").unwrap();
        let mut worked = 0;
        serve(&host, &|| lab.now(), &mut || {
            worked += 1;
            assert!(worked < 3 || client.end_process_server(server) == S_OK);
        });
        assert_eq!(worked, 3, "{profile}");
    }
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("dbgeng\n  left: 0"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
