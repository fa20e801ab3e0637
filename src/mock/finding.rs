//! What a caller did wrong, noticed while its calls were answered.

use std::fmt;

use crate::spec::Requirement;

/// A misuse by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The engine on which the call was made, numbered in the order in which the lab made them.
    pub engine: usize,
    /// The documented name of the method.
    pub method: &'static str,
    /// The handle that was passed, if it was the misuse.
    pub handle: Option<u64>,
    /// The requirement that says what an engine does with such a call.
    pub requirement: Requirement,
    /// What the real engine would have done.
    pub real_engine: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { engine, method, handle, requirement, real_engine } = self;
        write!(f, "engine {engine}: {method}")?;
        if let Some(handle) = handle {
            write!(f, " on {handle:#x}")?;
        }
        write!(f, " breaks {requirement}; the real engine {real_engine}")
    }
}
