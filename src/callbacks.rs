//! The objects through which an engine calls its caller.
//!
//! A client object has at most one of each kind, and holds a reference to it (CLI-18). Callbacks may call the engine again.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::flags::{EventMask, ExecutionStatus, OutputMask};

/// Is told of events. The [`Any`] lets the caller recognise an object of its own when the engine hands it out again.
///
/// ```
/// use dbgeng_testkit::flags::ExecutionStatus;
/// use dbgeng_testkit::{DebugEvent, EventCallbacks};
///
/// struct BreakAtExceptions;
///
/// impl EventCallbacks for BreakAtExceptions {
///     fn event(&self, event: &DebugEvent) -> ExecutionStatus {
///         match event {
///             DebugEvent::Exception { .. } => ExecutionStatus::BREAK,
///             _ => ExecutionStatus::NO_CHANGE,
///         }
///     }
/// }
/// ```
pub trait EventCallbacks: Any + Send + Sync {
    /// Returns the events that the callbacks are interested in. The engine asks when the callbacks are set.
    fn interest_mask(&self) -> EventMask {
        EventMask::all()
    }

    /// Receives an event. The return value says what the target does next; the engine ignores it after a `SessionStatus` or a
    /// `Change…State`.
    fn event(&self, event: &DebugEvent) -> ExecutionStatus;
}

/// Receives the output of an engine.
pub trait OutputCallbacks: Any + Send + Sync {
    /// Receives text. `mask` is its kind.
    fn output(&self, mask: OutputMask, text: &str);
}

/// Is asked for input.
pub trait InputCallbacks: Any + Send + Sync {
    /// The engine waits for input, of at most this many characters.
    fn start_input(&self, _buffer_size: u32) {}

    /// The engine no longer waits for input.
    fn end_input(&self) {}
}

/// An event, as a method of IDebugEventCallbacks receives it: one variant for each method, with its documented parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DebugEvent {
    /// An exception.
    Exception {
        /// Its code.
        code: u32,
        /// Its flags.
        flags: u32,
        /// Its address.
        address: u64,
        /// Whether no handler has seen it yet.
        first_chance: bool,
    },
    /// A new thread.
    CreateThread {
        /// The system's handle of the thread.
        handle: u64,
        /// The address of its data.
        data_offset: u64,
        /// The address at which it starts.
        start_offset: u64,
    },
    /// The end of a thread.
    ExitThread {
        /// Its exit code.
        exit_code: u32,
    },
    /// A new process.
    CreateProcess {
        /// The system's handle of its image file.
        image_file_handle: u64,
        /// The system's handle of the process.
        handle: u64,
        /// The address of its image.
        base_offset: u64,
        /// The size of its image.
        module_size: u32,
        /// The name of its module.
        module_name: String,
        /// The name of its executable file.
        image_name: String,
        /// The checksum of the image.
        check_sum: u32,
        /// The time stamp of the image.
        time_date_stamp: u32,
        /// The system's handle of its first thread.
        initial_thread_handle: u64,
        /// The address of that thread's data.
        thread_data_offset: u64,
        /// The address at which that thread starts.
        start_offset: u64,
    },
    /// The end of a process.
    ExitProcess {
        /// Its exit code.
        exit_code: u32,
    },
    /// The session begins or ends.
    SessionStatus {
        /// A `DEBUG_SESSION_*` value; 0 is `DEBUG_SESSION_ACTIVE`.
        status: u32,
    },
    /// A target has changed.
    ChangeDebuggeeState {
        /// The `DEBUG_CDS_*` bits of what has changed.
        flags: u32,
        /// More about the change, if only one bit is set.
        argument: u64,
    },
    /// The engine has changed.
    ChangeEngineState {
        /// The `DEBUG_CES_*` bits of what has changed.
        flags: u32,
        /// More about the change, if only one bit is set.
        argument: u64,
    },
    /// The symbols have changed.
    ChangeSymbolState {
        /// The `DEBUG_CSS_*` bits of what has changed.
        flags: u32,
        /// More about the change, if only one bit is set.
        argument: u64,
    },
}

impl DebugEvent {
    /// Returns the bit of the event in an interest mask.
    pub fn kind(&self) -> EventMask {
        match self {
            DebugEvent::Exception { .. } => EventMask::EXCEPTION,
            DebugEvent::CreateThread { .. } => EventMask::CREATE_THREAD,
            DebugEvent::ExitThread { .. } => EventMask::EXIT_THREAD,
            DebugEvent::CreateProcess { .. } => EventMask::CREATE_PROCESS,
            DebugEvent::ExitProcess { .. } => EventMask::EXIT_PROCESS,
            DebugEvent::SessionStatus { .. } => EventMask::SESSION_STATUS,
            DebugEvent::ChangeDebuggeeState { .. } => EventMask::CHANGE_DEBUGGEE_STATE,
            DebugEvent::ChangeEngineState { .. } => EventMask::CHANGE_ENGINE_STATE,
            DebugEvent::ChangeSymbolState { .. } => EventMask::CHANGE_SYMBOL_STATE,
        }
    }
}

/// The last event of a session, as GetLastEventInformation describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LastEvent {
    /// Its bit in an interest mask; empty if there was no event.
    pub kind: EventMask,
    /// The debugger's id of its process, or [`LastEvent::ANY_ID`].
    pub process_id: u32,
    /// The debugger's id of its thread, or [`LastEvent::ANY_ID`].
    pub thread_id: u32,
    /// The bytes of a `DEBUG_LAST_EVENT_INFO_*` structure.
    pub extra_information: Vec<u8>,
    /// A description for people.
    pub description: String,
}

impl LastEvent {
    /// `DEBUG_ANY_ID`: there is none.
    pub const ANY_ID: u32 = u32::MAX;

    /// Returns what an engine says that has seen no event (OBS-247).
    pub fn none() -> LastEvent {
        LastEvent {
            kind: EventMask::empty(),
            process_id: LastEvent::ANY_ID,
            thread_id: LastEvent::ANY_ID,
            extra_information: Vec::new(),
            description: String::new(),
        }
    }
}

/// Callbacks of one kind as a value; `None` is null.
#[derive(Clone)]
pub enum Callbacks {
    /// Those that are told of events.
    Event(Option<Arc<dyn EventCallbacks>>),
    /// Those that receive output.
    Output(Option<Arc<dyn OutputCallbacks>>),
    /// Those that are asked for input.
    Input(Option<Arc<dyn InputCallbacks>>),
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, is_set) = match self {
            Callbacks::Event(event) => ("Event", event.is_some()),
            Callbacks::Output(output) => ("Output", output.is_some()),
            Callbacks::Input(input) => ("Input", input.is_some()),
        };
        write!(f, "{kind}({})", if is_set { "set" } else { "null" })
    }
}
