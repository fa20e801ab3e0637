//! The refusals of client objects.

use std::cell::RefCell;

use dbgeng_testkit::com::{Refusal, on_refusal};

thread_local! {
    static REFUSALS: RefCell<Vec<Refusal>> = const { RefCell::new(Vec::new()) };
}

/// Returns what was refused on this thread since the last time. There is one observer for all tests of this process, so each
/// of them calls this before what it looks at.
pub(crate) fn take_refusals() -> Vec<Refusal> {
    on_refusal(|refusal| REFUSALS.with_borrow_mut(|refusals| refusals.push(*refusal)));
    REFUSALS.take()
}
