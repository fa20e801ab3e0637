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

/// The events that a debugger command filters by name, in the order of their indices: whether a part of the name can follow,
/// and the option that sets the filter.
const FILTERS: [(&str, bool, EngineOptions); 10] = [
    ("ct", false, EngineOptions::empty()),
    ("et", false, EngineOptions::empty()),
    ("cpr", true, EngineOptions::empty()),
    ("epr", true, EngineOptions::FINAL_BREAK),
    ("ld", true, EngineOptions::empty()),
    ("ud", true, EngineOptions::empty()),
    ("ser", false, EngineOptions::empty()),
    ("ibp", false, EngineOptions::INITIAL_BREAK),
    ("iml", false, EngineOptions::INITIAL_MODULE_BREAK),
    ("out", true, EngineOptions::empty()),
];

/// Returns whether one of these options sets an event filter.
pub fn sets_filters(options: EngineOptions) -> bool {
    FILTERS.iter().any(|(_, _, option)| options.intersects(*option))
}

/// A debugger command that says what happens at an event, such as `sxe ibp` (OBS-244).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterCommand {
    /// The index of the filter.
    pub index: u32,
    /// The option that the filter stands for.
    pub option: EngineOptions,
    /// Whether the event breaks into the debugger. `None` leaves that as it is.
    pub breaks: Option<bool>,
}

impl FilterCommand {
    /// Parses a command. `None` means that it is another one.
    pub fn parse(command: &str) -> Option<FilterCommand> {
        // Commands in quotes may run at the event, which changes nothing else.
        let unquoted: String = command.split('"').step_by(2).collect();
        let mut words = unquoted.split_whitespace().filter(|word| !matches!(*word, "-c" | "-c2" | "-h"));
        let breaks = match words.next()? {
            "sxe" => Some(true),
            "sxd" | "sxn" | "sxi" => Some(false),
            "sx-" => None,
            _ => return None,
        };
        let (word, None) = (words.next()?.to_ascii_lowercase(), words.next()) else { return None };
        let (name, part) = word.split_once(':').map_or((&*word, None), |(name, part)| (name, Some(part)));
        let (index, (_, _, option)) =
            (0..).zip(FILTERS).find(|(_, (own, has_part, _))| *own == name && (*has_part || part.is_none()))?;
        Some(FilterCommand { index, option, breaks })
    }
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
