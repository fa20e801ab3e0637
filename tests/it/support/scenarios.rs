//! The published scenarios.

/// Two computers with processes and process servers.
pub(crate) const TWO_COMPUTERS: &str = include_str!("../../../fixtures/scenarios/two-computers.json");

/// A computer with faults and later events.
pub(crate) const UNSTEADY_BOX: &str = include_str!("../../../fixtures/scenarios/unsteady-box.json");
