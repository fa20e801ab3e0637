//! Panics that a test expects.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`, which has to panic, and returns the message of the panic.
pub(crate) fn catch_panic<T>(work: impl FnOnce() -> T) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(work)) else { panic!("it did not panic") };
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| (*payload.downcast::<&str>().unwrap()).to_owned())
}
