//! What the tools of the recipes have in common.

use dbgeng_testkit::hresult::E_UNEXPECTED;
use dbgeng_testkit::{DebugClient, HRESULT};

/// A failure code is an error; every other one passes, S_FALSE too.
pub(crate) fn ok(hresult: HRESULT) -> Result<(), HRESULT> {
    if hresult.is_err() { Err(hresult) } else { Ok(()) }
}

/// Connects, and answers the handle. Findings name the caller's line and not this one: it is `#[track_caller]`.
#[track_caller]
pub(crate) fn connect<C: DebugClient>(client: &C, options: &str) -> Result<u64, HRESULT> {
    let mut server = None;
    ok(client.connect_process_server(Some(options), Some(&mut server)))?;
    server.ok_or(E_UNEXPECTED)
}

/// The ids of the running processes, as long as they are no more than a thousand.
#[track_caller]
pub(crate) fn ids<C: DebugClient>(client: &C, server: u64) -> Result<Vec<u32>, HRESULT> {
    let mut ids = None;
    ok(client.get_running_process_system_ids(server, Some(&mut ids), 1_000, None))?;
    ids.ok_or(E_UNEXPECTED)
}
