//! A lab with a process server, and the calls that most tests make on it.

use dbgeng_testkit::flags::Class;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, HRESULT, Profile};

pub(crate) const BOX17: &str = "tcp:server=box17,port=5005";

/// A lab with a process server at `tcp:port=5005` on BOX17, and a client.
pub(crate) fn lab(profile: Profile) -> (Lab, LabClient) {
    let lab = Lab::new(profile);
    lab.computer("BOX17").dbgsrv("tcp:port=5005").expect("the port is free");
    let client = lab.engine().client();
    (lab, client)
}

pub(crate) fn connect(client: &dyn DebugClient, options: &str) -> Result<u64, HRESULT> {
    let mut server = None;
    let hresult = client.connect_process_server(Some(options), Some(&mut server));
    if hresult.is_ok() { Ok(server.expect("a connect gives a handle")) } else { Err(hresult) }
}

pub(crate) fn start(client: &dyn DebugClient, options: &str) -> HRESULT {
    client.start_process_server(Class::USER_WINDOWS.bits(), Some(options), 0)
}

pub(crate) fn ids(client: &dyn DebugClient, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut ids = None;
    let hresult = client.get_running_process_system_ids(server, Some(&mut ids), 64, None);
    if hresult.is_ok() { Ok(ids.expect("ids are written")) } else { Err(hresult) }
}
