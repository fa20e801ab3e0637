//! Sets of endings.

use dbgeng_testkit::hresult::{E_ABORT, E_FAIL, E_INVALIDARG, E_NOTIMPL, E_UNEXPECTED, S_FALSE};
use dbgeng_testkit::status::Statuses;

const FIVE: Statuses = Statuses::code(E_ABORT).or(E_FAIL).or(E_INVALIDARG).or(E_NOTIMPL).or(S_FALSE);

#[test]
fn a_code_that_the_set_holds_takes_no_room() {
    assert_eq!(FIVE.or(E_FAIL), FIVE);
    assert_eq!(FIVE.codes().count(), 5);
}

#[test]
#[should_panic(expected = "holds five codes by name")]
fn a_sixth_code_is_not_dropped_in_silence() {
    let _ = FIVE.or(E_UNEXPECTED);
}
