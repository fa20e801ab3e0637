//! The published scenarios.

/// The published example, as a tool author would have it beside his tests.
pub(crate) const EXAMPLE: &str = include_str!("../../../fixtures/scenarios/two-computers.json");

/// An example of faults and of what happens later.
pub(crate) const UNSTEADY: &str = include_str!("../../../fixtures/scenarios/unsteady-box.json");
