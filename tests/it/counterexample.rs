// Written by the kit; see counterexamples.rs.

/// handle/stale-is-refused (MUST): Once DisconnectProcessServer has returned S_OK for a handle, every method that
/// takes a handle MUST return an error for that one and change nothing, unless the engine has meanwhile issued the
/// same value to a new connection.
///
/// Expected: an error. Actual: S_OK (0x00000000).
///
/// `engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.
#[test]
fn handle_stale_is_refused() {
    use dbgeng_testkit::hresult::NamedCode;
    use dbgeng_testkit::{Engine, HostLocation, Interface};

    let engine: Box<dyn Engine> = engine();
    let mut client = None;
    let _ = engine.debug_create(&Interface::DebugClient(5), Some(&mut client)); // S_OK
    let client = client.unwrap();
    let host1 = engine.start_process(HostLocation::Here).unwrap();
    let mut host1_client = None;
    let _ = host1.debug_create(&Interface::DebugClient(5), Some(&mut host1_client)); // S_OK
    let host1_client = host1_client.unwrap();
    let _ = host1_client.start_process_server(2, Some("tcp:port=7001"), 0); // S_OK
    let mut server1 = None;
    let _ = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut server1)); // S_OK
    let _ = client.disconnect_process_server(server1.unwrap()); // S_OK
    let answer = client.disconnect_process_server(server1.unwrap());
    assert!(answer.is_err(), "expected an error, got {}", NamedCode(answer));
}

/// disconnect/connected-handle-succeeds (MUST): DisconnectProcessServer on a connected handle MUST return S_OK, and
/// the handle is disconnected from then on. The contract leaves open whether there is still something to disconnect
/// once the server has ended or its host is gone; the dbgeng profile asks for S_OK there as well.
///
/// Expected: S_OK (0x00000000). Actual: E_FAIL (0x80004005).
///
/// `engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.
#[test]
fn disconnect_connected_handle_succeeds() {
    use dbgeng_testkit::hresult::{NamedCode, S_OK};
    use dbgeng_testkit::{Engine, HostLocation, Interface};

    let engine: Box<dyn Engine> = engine();
    let mut client = None;
    let _ = engine.debug_create(&Interface::DebugClient(5), Some(&mut client)); // S_OK
    let client = client.unwrap();
    let host1 = engine.start_process(HostLocation::Here).unwrap();
    let mut host1_client = None;
    let _ = host1.debug_create(&Interface::DebugClient(5), Some(&mut host1_client)); // S_OK
    let host1_client = host1_client.unwrap();
    let _ = host1_client.start_process_server(2, Some("tcp:port=7001"), 0); // S_OK
    let mut server1 = None;
    let _ = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut server1)); // S_OK
    let answer = client.disconnect_process_server(server1.unwrap());
    assert!(answer == S_OK, "expected S_OK (0x00000000), got {}", NamedCode(answer));
}

/// wait/needs-an-end (MUST): WaitForProcessServerEnd MUST NOT return S_OK before a process server of its own
/// process has ended.
///
/// Expected: S_FALSE (0x00000001) or an error. Actual: S_OK (0x00000000).
///
/// `engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.
#[test]
fn wait_needs_an_end() {
    use dbgeng_testkit::hresult::{NamedCode, S_FALSE};
    use dbgeng_testkit::{Engine, Interface};

    let engine: Box<dyn Engine> = engine();
    let mut client = None;
    let _ = engine.debug_create(&Interface::DebugClient(5), Some(&mut client)); // S_OK
    let client = client.unwrap();
    let answer = client.wait_for_process_server_end(0);
    assert!(answer == S_FALSE || answer.is_err(), "expected S_FALSE (0x00000001) or an error, got {}", NamedCode(answer));
}

/// disconnect/leaves-server-running (MUST): A disconnect MUST NOT stop the process server: it keeps accepting
/// connections. A server started with clicon serves one client and is excepted.
///
/// Expected: S_OK (0x00000000). Actual: WSAECONNREFUSED (0x8007274d).
///
/// `engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.
#[test]
fn disconnect_leaves_server_running() {
    use dbgeng_testkit::hresult::{NamedCode, S_OK};
    use dbgeng_testkit::{Engine, HostLocation, Interface};

    let engine: Box<dyn Engine> = engine();
    let mut client = None;
    let _ = engine.debug_create(&Interface::DebugClient(5), Some(&mut client)); // S_OK
    let client = client.unwrap();
    let host1 = engine.start_process(HostLocation::Here).unwrap();
    let mut host1_client = None;
    let _ = host1.debug_create(&Interface::DebugClient(5), Some(&mut host1_client)); // S_OK
    let host1_client = host1_client.unwrap();
    let _ = host1_client.start_process_server(2, Some("tcp:port=7001"), 0); // S_OK
    let mut server1 = None;
    let _ = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut server1)); // S_OK
    let _ = client.disconnect_process_server(server1.unwrap()); // S_OK
    let answer = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut None));
    assert!(answer == S_OK, "expected S_OK (0x00000000), got {}", NamedCode(answer));
}

/// handle/is-unique-while-connected (MUST): Two connections of one engine that are connected at the same time MUST
/// have different handles, even if both lead to the same process server.
///
/// Expected: a handle that no open connection has. Actual: 0x100000001.
///
/// `engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.
#[test]
fn handle_is_unique_while_connected() {
    use dbgeng_testkit::{Engine, HostLocation, Interface};

    let engine: Box<dyn Engine> = engine();
    let mut client = None;
    let _ = engine.debug_create(&Interface::DebugClient(5), Some(&mut client)); // S_OK
    let client = client.unwrap();
    let host1 = engine.start_process(HostLocation::Here).unwrap();
    let mut host1_client = None;
    let _ = host1.debug_create(&Interface::DebugClient(5), Some(&mut host1_client)); // S_OK
    let host1_client = host1_client.unwrap();
    let _ = host1_client.start_process_server(2, Some("tcp:port=7001"), 0); // S_OK
    let _ = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut None)); // S_OK
    let _ = client.connect_process_server(Some("tcp:server=WORKSTATION,port=7001"), Some(&mut None));
    // Expected: a handle that no open connection has.
    // Actual: 0x100000001.
}
