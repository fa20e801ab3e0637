//! The tool forgets the handle only after a successful disconnect. After a failed one the next clean-up disconnects it
//! again. If the first disconnect got through and only its answer was lost, the real engine crashes. Seen in a binding for
//! scripts.

use dbgeng_testkit::mock::{Fault, Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};

use crate::caught;
use crate::tool::{connect, ok};

fn buggy<C: DebugClient>(client: &C, server: &mut Option<u64>) -> Result<(), HRESULT> {
    let Some(handle) = *server else { return Ok(()) };
    ok(client.disconnect_process_server(handle))?;
    *server = None;
    Ok(())
}

/// If the disconnect did not get through, the connection stays open until the process ends. That costs less than a crash.
fn repaired<C: DebugClient>(client: &C, server: &mut Option<u64>) -> Result<(), HRESULT> {
    let Some(handle) = server.take() else { return Ok(()) };
    ok(client.disconnect_process_server(handle))
}

fn check(disconnect: impl Fn(&LabClient, &mut Option<u64>) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    let client = lab.engine().client();
    let mut server = connect(&client, "tcp:server=box17,port=5005").ok();

    lab.fault(Fault::lose_connection_after().of(Method::DisconnectProcessServer).on_nth(1)).keep();
    assert!(disconnect(&client, &mut server).is_err(), "the user is told");
    // The window is closed.
    let _ = disconnect(&client, &mut server);
    lab.assert_clean();
}

#[test]
fn is_caught() {
    let said = caught(|| check(buggy));
    assert!(said.contains("disconnected twice; the real engine crashes"), "{said}");
}

#[test]
fn repaired_passes() {
    check(repaired);
}
