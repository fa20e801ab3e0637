//! A client object of the mock engine, and the calls that are measured through `dyn DebugClient`.

use dbgeng_testkit::flags::GetProcessFlags;
use dbgeng_testkit::mock::{Lab, LabClient};
use dbgeng_testkit::{DebugClient, Profile};

/// A lab in which a process server runs, and a client object in it.
pub fn lab(profile: Profile) -> (Lab, LabClient) {
    let lab = Lab::new(profile);
    lab.engine().lab_computer().dbgsrv("tcp:port=5005").expect("the string is valid and the port is free");
    let client = lab.engine().client();
    (lab, client)
}

pub fn connect(client: &dyn DebugClient) -> u64 {
    let mut server = None;
    let hresult = client.connect_process_server(Some("tcp:server=localhost,port=5005"), Some(&mut server));
    server.filter(|_| hresult.is_ok()).expect("a process server runs there")
}

pub fn disconnect(client: &dyn DebugClient, server: u64) {
    assert!(client.disconnect_process_server(server).is_ok());
}

/// Returns the id of a process by the name of its executable.
pub fn find(client: &dyn DebugClient, server: u64, exe_name: &str) -> u32 {
    let mut id = None;
    let flags = GetProcessFlags::empty();
    let found = client.get_running_process_system_id_by_executable_name(server, Some(exe_name), flags, Some(&mut id));
    id.filter(|_| found.is_ok()).expect("the process runs")
}
