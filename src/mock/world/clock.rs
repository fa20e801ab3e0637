//! The virtual clock of a lab.

/// The virtual clock, and how time passes.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    /// In milliseconds since the lab was made.
    pub(crate) now: u64,
    pub(crate) mode: TimeMode,
}

/// How time passes in a lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TimeMode {
    /// A wait takes no real time: it moves the clock forward by itself.
    #[default]
    Virtual,
    /// The clock stands still until a test advances it.
    Paused,
    /// A wait takes the time that it is asked to take.
    Real,
}
