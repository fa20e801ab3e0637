//! The peers, labs, traces and histories that several benchmarks share.

pub mod cycles;
pub mod lab;
pub mod mocked;
pub mod overlapping;
pub mod state_machine;
pub mod tables;
