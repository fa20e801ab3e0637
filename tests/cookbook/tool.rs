//! The helpers that the tools of the recipes share.

use dbgeng_testkit::hresult::E_UNEXPECTED;
use dbgeng_testkit::{DebugClient, HRESULT};

/// Turns a failure code into an error. Every other code passes, S_FALSE too.
pub(crate) fn ok(hresult: HRESULT) -> Result<(), HRESULT> {
    if hresult.is_err() { Err(hresult) } else { Ok(()) }
}

/// Connects, and returns the handle. It is `#[track_caller]`, so that findings name the caller's line.
#[track_caller]
pub(crate) fn connect<C: DebugClient>(client: &C, options: &str) -> Result<u64, HRESULT> {
    let mut server = None;
    ok(client.connect_process_server(Some(options), Some(&mut server)))?;
    server.ok_or(E_UNEXPECTED)
}

/// Lists the ids of the running processes, at most a thousand.
#[track_caller]
pub(crate) fn ids<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut ids = None;
    ok(client.get_running_process_system_ids(server, Some(&mut ids), 1_000, None))?;
    ids.ok_or(E_UNEXPECTED)
}
