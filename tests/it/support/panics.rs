//! Panics that a test expects.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the panic said that `work` ends with.
pub(crate) fn panic_of<T>(work: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(work)) else { panic!("it did not panic") };
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| (*payload.downcast::<&str>().unwrap()).to_owned())
}
