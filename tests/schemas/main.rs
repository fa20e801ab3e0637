//! The schemas in `spec` and `fixtures`: they accept what the crate writes, and refuse what is wrong.
//!
//! These tests are a package of their own, because the validator takes long to build.

mod program;
mod report;
mod requirements;
mod scenario;
mod support;
mod trace;
mod validation;
mod vectors;
mod verdict;
