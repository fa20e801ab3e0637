//! Whether two outcomes of one call are the same for all that the contract and the real engine define.

use crate::call::{Call, Ending, Outcome, Outputs};
use crate::hresult::{
    ERROR_FILE_NOT_FOUND, ERROR_MOD_NOT_FOUND, HRESULT, RPC_E_CANTTRANSMIT_CALL, RPC_E_CLIENT_DIED, WSAEADDRINUSE,
    WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::trace::Recorded;

/// Whether the mock's answer agrees with the recorded one.
pub(super) fn agrees(recorded: &Recorded, replayed: &Outcome, was_noticed: bool) -> bool {
    let call = &recorded.call;
    if asks_for_more(call) {
        return true;
    }
    match (recorded.outcome.ending, replayed.ending) {
        // Measured: of the calls that find a host gone, one in some does not come back.
        (Ending::TimedOut, Ending::Returned(RPC_E_CANTTRANSMIT_CALL)) => true,
        // Where the real engine goes down or does not come back, the mock says so.
        (Ending::Crashed | Ending::TimedOut, Ending::Returned(code)) => code.is_err() && was_noticed,
        // Measured: the call that finds the host gone can have a code of its own.
        (Ending::Returned(RPC_E_CLIENT_DIED), Ending::Returned(RPC_E_CANTTRANSMIT_CALL)) => true,
        (Ending::Returned(left), Ending::Returned(right)) if is_by_platform(call, left, right) => true,
        (left, right) => left == right && same_outputs(call, &recorded.outcome.out, &replayed.out),
    }
}

/// The real engine has interfaces that the mock does not claim to have.
fn asks_for_more(call: &Call) -> bool {
    match call {
        Call::DebugCreate { interface } | Call::QueryInterface { interface } => {
            interface.version().is_none_or(|version| version > 5)
        }
        _ => false,
    }
}

/// OBS-36, OBS-41: the code is the platform's, and so is whether a list of servers can be had at all (measured).
fn is_by_platform(call: &Call, recorded: HRESULT, replayed: HRESULT) -> bool {
    let (text, codes) = match call {
        Call::ConnectProcessServer { remote_options, .. } => {
            (remote_options, [WSAECONNREFUSED, WSAHOST_NOT_FOUND, ERROR_FILE_NOT_FOUND])
        }
        Call::StartProcessServer { options, .. } | Call::StartServer { options } => (options, [WSAEADDRINUSE; 3]),
        Call::OutputServers { .. } => return recorded == ERROR_MOD_NOT_FOUND,
        // The system's own word on a process that cannot be debugged.
        Call::AttachProcess { .. } => return is_nt(recorded) && replayed.is_err(),
        _ => return false,
    };
    let needs_more = text.as_deref().is_some_and(needs_more_than_sockets) && replayed.is_ok();
    recorded.is_err() && (needs_more || codes.contains(&replayed))
}

/// HRESULT_FROM_NT sets this bit (RET-7).
fn is_nt(code: HRESULT) -> bool {
    code.0 & 0x1000_0000 != 0 && code.is_err()
}

/// A serial line needs hardware, a secured channel a certificate, and on some platforms a pipe has one name alone.
fn needs_more_than_sockets(text: &str) -> bool {
    let transport = text.split(':').next().unwrap_or_default();
    ["com", "spipe", "ssl", "npipe"].iter().any(|known| transport.eq_ignore_ascii_case(known))
}

fn same_outputs(call: &Call, recorded: &Outputs, replayed: &Outputs) -> bool {
    let mut replayed = replayed.clone();
    match call {
        // OBS-51: a count without an array is not one.
        Call::GetRunningProcessSystemIds { ids, count, .. } if ids.is_null() && *count > 0 => {
            replayed.actual_count = recorded.actual_count;
        }
        // Measured: without a buffer for it, the size of the description is an estimate.
        Call::GetRunningProcessDescription { description, description_size, .. }
            if description.is_null() || *description_size == 0 =>
        {
            replayed.actual_description_size = recorded.actual_description_size;
        }
        _ => {}
    }
    *recorded == replayed
}
