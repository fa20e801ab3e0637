//! The processes of a debugging session, as WaitForEvent brings them in (ATT-3, OBS-90, OBS-91).

use crate::flags::{AttachFlags, Class, EngineOptions, ExecutionStatus};
use crate::hresult::{E_INVALIDARG, E_UNEXPECTED, HRESULT, S_FALSE, S_OK};

/// The processes that an engine debugs, by how far its session knows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Debuggees {
    /// Attached or created, without an event that WaitForEvent has reported (ATT-3).
    pub pending: u32,
    /// In the session.
    pub present: u32,
    /// Whether those in the session run. A first event stops them, whether it breaks into the debugger or the time of the wait
    /// passes after it (OBS-240).
    pub run: bool,
}

impl Debuggees {
    /// Returns the execution status.
    pub fn status(self) -> ExecutionStatus {
        match self {
            Debuggees { present: 0, .. } => ExecutionStatus::NO_DEBUGGEE,
            Debuggees { run: true, .. } => ExecutionStatus::GO,
            _ => ExecutionStatus::BREAK,
        }
    }

    /// Returns the code of a WaitForEvent during which nothing happens but the first event of a pending process. `breaks` says
    /// whether that event breaks into the debugger.
    pub fn wait(self, breaks: bool) -> HRESULT {
        match self {
            Debuggees { pending: 0, present: 0, .. } => E_UNEXPECTED,
            Debuggees { pending: 1.., .. } if breaks => S_OK,
            _ => S_FALSE,
        }
    }
}

/// Returns whether the first event of a process breaks into the debugger that has attached with these flags.
pub fn breaks_initially(options: EngineOptions, flags: AttachFlags) -> bool {
    options.contains(EngineOptions::INITIAL_BREAK) && !flags.contains(AttachFlags::INVASIVE_NO_INITIAL_BREAK)
}

/// Returns the option that a debugger command changes by its filter of events, and whether it turns the option on (OBS-244).
pub fn filter_command(command: &str) -> Option<(EngineOptions, bool)> {
    let mut words = command.split_whitespace();
    let breaks = match words.next()? {
        "sxe" => true,
        "sxd" | "sxn" | "sxi" => false,
        _ => return None,
    };
    let option = match words.next()?.to_ascii_lowercase().as_str() {
        "ibp" => EngineOptions::INITIAL_BREAK,
        "iml" => EngineOptions::INITIAL_MODULE_BREAK,
        _ => return None,
    };
    words.next().is_none().then_some((option, breaks))
}

/// Returns the code of a call that names `count` processes from the index `start` on, of `number` in the session (OBS-243).
pub fn index_code(start: u32, count: u32, number: u32) -> HRESULT {
    let is_inside = start < number && count <= number - start;
    if is_inside { S_OK } else { E_INVALIDARG }
}

/// Returns the class and the qualifier of a user-mode target (REL-2).
pub fn debuggee_type(is_through_a_server: bool) -> (Class, u32) {
    (Class::USER_WINDOWS, u32::from(is_through_a_server))
}
