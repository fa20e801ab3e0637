//! Helpers that several test modules share. No test module uses a helper of another one.

pub(crate) mod arbitrary;
pub(crate) mod cli;
pub(crate) mod defects;
pub(crate) mod fixtures;
pub(crate) mod histories;
pub(crate) mod lab;
#[cfg(unix)]
pub(crate) mod library;
pub(crate) mod malformed_lines;
pub(crate) mod panics;
pub(crate) mod reports;
pub(crate) mod scenarios;
pub(crate) mod schemas;
pub(crate) mod suites;
pub(crate) mod traces;
