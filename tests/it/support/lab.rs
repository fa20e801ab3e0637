//! A lab with a process server, and the calls that most tests make on it.

use dbgeng_testkit::flags::Class;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

/// The connection string of the process server in the lab of [`build_lab`].
pub(crate) const BOX17: &str = "tcp:server=box17,port=5005";

/// Builds a lab with a process server at `tcp:port=5005` on BOX17, and a client object on another computer.
pub(crate) fn build_lab(profile: Profile) -> (Lab, LabClient) {
    let lab = Lab::new(profile);
    lab.computer("BOX17").dbgsrv("tcp:port=5005").expect("the port is free");
    let client = lab.engine().client();
    (lab, client)
}

/// Connects, and returns the handle or the error.
pub(crate) fn connect(client: &dyn DebugClient, options: &str) -> Result<u64, HRESULT> {
    let mut server = None;
    let hresult = client.connect_process_server(Some(options), Some(&mut server));
    if hresult.is_ok() { Ok(server.expect("a connect gives a handle")) } else { Err(hresult) }
}

/// Starts a process server in the process of the client object.
pub(crate) fn start_server(client: &dyn DebugClient, options: &str) -> HRESULT {
    client.start_process_server(Class::USER_WINDOWS.bits(), Some(options), 0)
}

/// Lists the ids of the processes on the server's computer.
pub(crate) fn list_ids(client: &dyn DebugClient, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut ids = None;
    let hresult = client.get_running_process_system_ids(server, Some(&mut ids), 64, None);
    if hresult.is_ok() { Ok(ids.expect("ids are written")) } else { Err(hresult) }
}
