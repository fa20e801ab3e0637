//! Compares two outcomes of a call in everything that the contract and the real engine define.

use crate::call::{Call, Ending, Outcome, Outputs};
use crate::hresult::{
    E_ACCESSDENIED, E_INVALIDARG, ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, ERROR_MOD_NOT_FOUND,
    ERROR_PATH_NOT_FOUND, ERROR_POSSIBLE_DEADLOCK, HRESULT, RPC_E_CANTTRANSMIT_CALL, RPC_E_CLIENT_DIED,
    RPC_E_SERVER_DIED, S_FALSE, S_OK, WSAEADDRINUSE, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::options::{Transport, named_transport, needs_certificate};
use crate::process::shows;
use crate::profile::Profile;
use crate::trace::Recorded;

/// Whether the outcome on the mock agrees with the recorded one.
pub(super) fn agrees(recorded: &Recorded, replayed: &Outcome, was_noticed: bool) -> bool {
    let call = &recorded.call;
    if asks_for_more(call) {
        return true;
    }
    match (recorded.outcome.ending, replayed.ending) {
        // OBS-201: some calls to a host that is gone do not return.
        (Ending::TimedOut, Ending::Returned(RPC_E_CANTTRANSMIT_CALL)) => true,
        // OBS-204: no line of a lab waits for its other end.
        (Ending::TimedOut, Ending::Returned(S_OK)) => {
            matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. } if needs_more_than_sockets(text))
        }
        // OBS-204: a connect over a serial line waits for the other end. The mock refuses it.
        (Ending::TimedOut, Ending::Returned(ERROR_FILE_NOT_FOUND)) if connects_over_serial_line(call) => true,
        // Where the real engine crashes or hangs, the mock returns an error and records a finding.
        (Ending::Crashed | Ending::TimedOut, Ending::Returned(code)) => code.is_err() && was_noticed,
        // OBS-224: a stale handle leads to memory that anything may use.
        (Ending::Returned(code), Ending::Returned(E_INVALIDARG)) if was_noticed && is_wild(call, code) => true,
        // OBS-201: the first call to a host that is gone can have its own code.
        (Ending::Returned(RPC_E_CLIENT_DIED), Ending::Returned(RPC_E_CANTTRANSMIT_CALL)) => true,
        (Ending::Returned(left), Ending::Returned(right)) if is_by_platform(call, left, right) => true,
        // OBS-74, OBS-223: the mock does not know the method, and answers as the plain one does.
        (Ending::Returned(S_FALSE), Ending::Returned(S_OK)) if call.has_open_status(Profile::Dbgeng) => {
            same_outputs(call, &recorded.outcome.out, &replayed.out)
        }
        (left, right) => left == right && same_outputs(call, &recorded.outcome.out, &replayed.out),
    }
}

/// Whether a call on a handle that is no connection can return this code.
fn is_wild(call: &Call, code: HRESULT) -> bool {
    let closes = matches!(call, Call::DisconnectProcessServer { .. });
    call.server().is_some_and(|server| server != 0) && (code.is_err() || closes)
}

fn connects_over_serial_line(call: &Call) -> bool {
    let Call::ConnectProcessServer { remote_options: Some(text), .. } = call else { return false };
    named_transport(text) == Some(Transport::Com)
}

/// Whether the call asks for an interface that only the real engine has.
fn asks_for_more(call: &Call) -> bool {
    match call {
        Call::DebugCreate { interface } | Call::QueryInterface { interface } => {
            interface.version().is_none() && !interface.is_of_every_client()
        }
        _ => false,
    }
}

/// Whether the difference depends on the platform (OBS-36, OBS-41, OBS-92): codes, and whether servers can be listed.
fn is_by_platform(call: &Call, recorded: HRESULT, replayed: HRESULT) -> bool {
    let (text, codes) = match call {
        Call::ConnectProcessServer { remote_options, .. } => {
            (remote_options, [WSAECONNREFUSED, WSAHOST_NOT_FOUND, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND])
        }
        // OBS-103: the mock has every pipe at once.
        Call::StartProcessServer { .. } if replayed == ERROR_ALREADY_EXISTS => return recorded.is_ok(),
        Call::StartProcessServer { options, .. } | Call::StartServer { options } => (options, [WSAEADDRINUSE; 4]),
        Call::OutputServers { .. } => return recorded == ERROR_MOD_NOT_FOUND,
        // The system's own code for a process that it does not let others read.
        Call::GetRunningProcessDescription { .. } => return recorded == E_ACCESSDENIED && replayed.is_err(),
        // The system's own code for a process that cannot be debugged.
        _ if call.attach().is_some() => return is_nt(recorded) && replayed.is_err(),
        _ => return false,
    };
    // The mock has every pipe at the call after its start (OBS-81), and shares those of other computers (OBS-210). No line of a lab is missing.
    let is_there = replayed.is_ok() || matches!(replayed, RPC_E_SERVER_DIED | ERROR_POSSIBLE_DEADLOCK);
    let transport = text.as_deref().and_then(named_transport);
    let is_limited = match transport {
        Some(Transport::Npipe) => {
            matches!(recorded, ERROR_FILE_NOT_FOUND | ERROR_PATH_NOT_FOUND | ERROR_ALREADY_EXISTS)
        }
        _ => text.as_deref().is_some_and(needs_more_than_sockets),
    };
    let needs_more = is_limited && is_there;
    // The engine looks for its certificate before it reads the rest of the string.
    let lacks_certificate = replayed == E_INVALIDARG && text.as_deref().is_some_and(needs_certificate);
    recorded.is_err() && (needs_more || lacks_certificate || codes.contains(&replayed))
}

/// Whether HRESULT_FROM_NT made the code: it sets this bit (RET-7).
fn is_nt(code: HRESULT) -> bool {
    code.0 & 0x1000_0000 != 0 && code.is_err()
}

/// Whether the transport needs more than sockets: hardware, a certificate, or pipes, which some platforms limit.
fn needs_more_than_sockets(text: &str) -> bool {
    let transport = named_transport(text);
    matches!(transport, Some(Transport::Com | Transport::Spipe | Transport::Ssl | Transport::Npipe))
}

fn same_outputs(call: &Call, recorded: &Outputs, replayed: &Outputs) -> bool {
    let mut replayed = replayed.clone();
    match call {
        // OBS-51: without an array, the count means nothing.
        Call::GetRunningProcessSystemIds { ids, count, .. } if ids.is_null() && *count > 0 => {
            replayed.actual_count = recorded.actual_count;
        }
        // OBS-208: without a buffer, the size of the description is an estimate.
        Call::GetRunningProcessDescription { description, description_size, .. }
            if description.is_null() || *description_size == 0 =>
        {
            replayed.actual_description_size = recorded.actual_description_size;
        }
        _ => {}
    }
    for (recorded, replayed) in
        [(&recorded.exe_name, &mut replayed.exe_name), (&recorded.description, &mut replayed.description)]
    {
        // OBS-88: a plain method writes a question mark for what its code page lacks.
        if recorded.as_deref().zip(replayed.as_deref()).is_some_and(|(written, whole)| shows(written, whole)) {
            replayed.clone_from(recorded);
        }
    }
    *recorded == replayed
}
