//! What the benchmarks have in common.

pub mod lab;
pub mod tables;
