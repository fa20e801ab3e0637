//! The numbers that the methods take, by their names in the header.
//!
//! A flag set keeps the bits that have no name, and an enumeration keeps the values that have none. A test can therefore
//! pass everything that a caller of the engine can pass.
//!
//! ```
//! use dbgeng_testkit::flags::{AttachFlags, Class};
//!
//! let flags = AttachFlags::from(0x41);
//! assert!(flags.contains(AttachFlags::NONINVASIVE));
//! assert_eq!(flags.unnamed().bits(), 0x40);
//! assert!(!flags.is_legal_combination());
//! assert_eq!(Class::from(2), Class::USER_WINDOWS);
//! ```

#[macro_use]
mod macros;

mod attach;
mod create;
mod engine;
mod output;
mod query;
mod session;

pub use attach::AttachFlags;
pub use create::{CreateFlags, CreateProcessOptions, EngCreateFlags};
pub use engine::{EngineOptions, EventMask, ExecuteFlags, ExecutionStatus, InterruptFlags, OutputMask};
pub use output::{OutputControl, ServersFlags};
pub use query::{DescriptionFlags, GetProcessFlags};
pub use session::{Class, EndSessionFlags};

/// `INFINITE` (K-42): the time-out of a wait without end, in milliseconds.
pub const INFINITE: u32 = u32::MAX;

/// `DEBUG_ANY_ID` (K-43): the id that stands for any process, thread or system.
pub const ANY_ID: u32 = u32::MAX;
