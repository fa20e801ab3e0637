//! Sets of endings.

use dbgeng_testkit::hresult::{E_ABORT, E_FAIL, E_INVALIDARG, E_NOTIMPL, E_UNEXPECTED};
use dbgeng_testkit::status::Statuses;

const FOUR: Statuses = Statuses::code(E_ABORT).or(E_FAIL).or(E_INVALIDARG).or(E_NOTIMPL);

#[test]
fn a_code_that_the_set_holds_takes_no_room() {
    assert_eq!(FOUR.or(E_FAIL), FOUR);
    assert_eq!(FOUR.codes().count(), 4);
}

#[test]
#[should_panic(expected = "holds four codes by name")]
fn a_fifth_code_is_not_dropped_in_silence() {
    let _ = FOUR.or(E_UNEXPECTED);
}
