//! The peers and labs that several benchmarks share.

pub mod lab;
pub mod tables;
