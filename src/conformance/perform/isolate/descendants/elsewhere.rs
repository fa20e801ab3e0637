//! Descendants on a system that tells nothing about them.

use std::path::Path;

/// Does nothing.
pub(crate) fn end_strays(_folder: &Path) {}

/// Returns that the system cannot do that.
pub(crate) fn adopt_orphans() -> bool {
    false
}

/// Returns that something may run.
pub(crate) fn is_childless() -> bool {
    false
}

/// Returns that nothing is known.
pub(crate) fn leaks_processes(_programs: usize) -> bool {
    false
}
