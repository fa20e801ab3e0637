//! A trace of connections that come and go, and its lines as JSON alone.

use std::borrow::Cow;
use std::hint::black_box;

use dbgeng_testkit::flags::{Class, DescriptionFlags, GetProcessFlags};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::trace::{EngineName, Header, Recorder};
use dbgeng_testkit::{DebugClient, Engine, Interface, Profile};
use serde::Deserialize;

/// A trace of the mock engine: a server is started, then so many connections to it come and go.
pub fn trace(profile: Profile, cycles: usize) -> Vec<u8> {
    let header = Header::new(EngineName::default(), "cycles", "connections that come and go");
    let recorder = Recorder::new(Vec::new(), &header).expect("memory takes what is written");
    let lab = Lab::new(profile);
    let host = client(&*recorder.engine("server", Box::new(lab.engine())));
    let started = host.start_process_server(Class::USER_WINDOWS.bits(), Some("tcp:port=5005"), 0);
    assert!(started.is_ok());
    let client = client(&*recorder.engine("client", Box::new(lab.engine())));
    for _ in 0..cycles {
        cycle(&*client);
    }
    recorder.finish().expect("memory takes what is written")
}

fn client(engine: &dyn Engine) -> Box<dyn DebugClient> {
    let mut client = None;
    assert!(engine.debug_create(&Interface::NEWEST, Some(&mut client)).is_ok());
    client.expect("a success code comes with a client object")
}

/// The life of one connection.
fn cycle(client: &dyn DebugClient) {
    let mut server = None;
    let connected = client.connect_process_server(Some("tcp:server=localhost,port=5005"), Some(&mut server));
    let server = server.filter(|_| connected.is_ok()).expect("the server runs");
    let (mut ids, mut total, mut id) = (None, None, None);
    let listed = client.get_running_process_system_ids(server, Some(&mut ids), 64, Some(&mut total));
    let found = client.get_running_process_system_id_by_executable_name(
        server,
        Some("services.exe"),
        GetProcessFlags::empty(),
        Some(&mut id),
    );
    let (mut name, mut name_size, mut description, mut description_size) = (None, None, None, None);
    let described = client.get_running_process_description(
        server,
        id.expect("every computer runs it"),
        DescriptionFlags::empty(),
        Some(&mut name),
        256,
        Some(&mut name_size),
        Some(&mut description),
        256,
        Some(&mut description_size),
    );
    let disconnected = client.disconnect_process_server(server);
    assert!([listed, found, described, disconnected].iter().all(|hresult| hresult.is_ok()));
}

/// A line of the trace after the first as JSON alone, with nothing understood: strings are borrowed where they have no
/// escapes, handles and status codes stay text. Every field that occurs is here, so nothing is skipped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "parsing is all that is measured")]
struct Line<'a> {
    seq: u64,
    process: &'a str,
    thread: u32,
    client: u32,
    call: &'a str,
    #[serde(rename = "in", borrow)]
    input: Input<'a>,
    hresult: &'a str,
    #[serde(borrow)]
    out: Option<Output<'a>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsing is all that is measured")]
struct Input<'a> {
    interface: Option<&'a str>,
    options: Option<&'a str>,
    remote_options: Option<&'a str>,
    server: Option<&'a str>,
    count: Option<u32>,
    exe_name: Option<&'a str>,
    flags: Option<u32>,
    system_id: Option<u32>,
    exe_name_size: Option<u32>,
    description_size: Option<u32>,
}

/// The two strings have paths in them, and so escapes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[expect(dead_code, reason = "parsing is all that is measured")]
struct Output<'a> {
    server: Option<&'a str>,
    id: Option<u32>,
    actual_count: Option<u32>,
    ids: Option<Vec<u32>>,
    actual_exe_name_size: Option<u32>,
    actual_description_size: Option<u32>,
    exe_name: Option<Cow<'a, str>>,
    description: Option<Cow<'a, str>>,
}

/// Parses every line after the first; returns how many there are.
pub fn parse(trace: &[u8]) -> usize {
    let lines = trace.split(|byte| *byte == b'\n').skip(1).filter(|line| !line.is_empty());
    lines.map(serde_json::from_slice::<Line<'_>>).inspect(|line| assert!(black_box(line).is_ok())).count()
}
