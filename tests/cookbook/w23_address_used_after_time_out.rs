//! A server is restarted with other options: the tool waits for its end, and starts the new one at the same address in another
//! process. The wait says S_FALSE, because clients are still there, and the newest engine even says S_OK (OBS-93). The address
//! is taken, and nobody is told why.

use dbgeng_testkit::flags::{Class, INFINITE};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn start<C: DebugClient>(client: &C) -> Result<(), HRESULT> {
    ok(client.start_process_server(Class::USER_WINDOWS.bits(), Some("tcp:port=5005"), 0))
}

fn buggy(old: &LabEngine, new: &LabEngine, _end: &dyn Fn()) -> Result<(), HRESULT> {
    let host = old.client();
    start(&host)?;
    ok(host.wait_for_process_server_end(5_000))?;
    start(&new.client())
}

/// The tool ends the server itself, and an infinite wait says the truth on every version. The address is free once the old
/// process is gone.
fn repaired(old: &LabEngine, new: &LabEngine, end: &dyn Fn()) -> Result<(), HRESULT> {
    let host = old.client();
    start(&host)?;
    end();
    ok(host.wait_for_process_server_end(INFINITE))?;
    old.kill();
    start(&new.client())
}

fn check(profile: Profile, restart: impl Fn(&LabEngine, &LabEngine, &dyn Fn()) -> Result<(), HRESULT>) {
    let lab = Lab::new(profile);
    let (old, new, user) = (lab.engine(), lab.engine(), lab.engine().client());
    let restarted = restart(&old, &new, &|| {
        let server = connect(&user, "tcp:server=localhost,port=5005").unwrap();
        assert_eq!(ok(user.end_process_server(server)), Ok(()));
        assert_eq!(ok(user.disconnect_process_server(server)), Ok(()));
    });
    let _ = (old.kill(), new.kill());
    lab.assert_clean();
    assert_eq!(restarted, Ok(()));
}

#[test]
fn is_caught() {
    for profile in Profile::ALL {
        let said = caught(|| check(profile, buggy));
        let expected =
            "client2: StartProcessServer (tcp:port=5005 on WORKSTATION): a wait for the end of the server timed out";
        assert!(said.contains(expected), "{profile}: {said}");
        assert!(said.contains("\n    wait timed out at tests/cookbook/w23_"), "{profile}: {said}");
    }
}

#[test]
fn repaired_passes() {
    for profile in Profile::ALL {
        check(profile, repaired);
    }
}
