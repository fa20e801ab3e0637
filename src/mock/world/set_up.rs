//! Where a test has set up a fault or a happening.

use std::fmt;
use std::panic::Location;

/// The place where a fault or a happening was set up.
#[derive(Clone, Debug)]
pub(crate) enum SetUpAt {
    Code(&'static Location<'static>),
    /// A path in a scenario, after the name of its file.
    #[cfg(feature = "trace")]
    Scenario(String),
}

impl SetUpAt {
    /// Returns the line of code that calls.
    #[track_caller]
    pub(crate) fn caller() -> SetUpAt {
        SetUpAt::Code(Location::caller())
    }
}

impl fmt::Display for SetUpAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetUpAt::Code(site) => site.fmt(f),
            #[cfg(feature = "trace")]
            SetUpAt::Scenario(path) => f.write_str(path),
        }
    }
}
