//! Saves counterexamples as files, so that they can be run again.

use std::io;
use std::path::{Path, PathBuf};

use super::data::{Counterexample, PropertyReport};
use super::shell::quoted;
use crate::conformance::temporary::write_file;
use crate::spec::Requirement;

/// The environment variable that names a trace. A suite then runs the program of the trace and nothing else.
pub(crate) const TRACE: &str = "DBGENG_TESTKIT_TRACE";

impl Counterexample {
    /// Saves the trace as a new file in the system's folder for temporary files, and returns its path. The file is not removed.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written.
    pub fn save_trace(&self) -> io::Result<PathBuf> {
        let name = self.failure.requirement.map_or("counterexample", Requirement::id).replace('/', "-");
        write_file(&name, ".jsonl", &self.trace)
    }
}

impl PropertyReport {
    /// Saves the traces of the failures. The text says where they are, and how to run them again.
    pub(crate) fn save_traces(&self) -> String {
        let bad = self.counterexamples.iter().filter(|example| example.verdict.is_bad());
        let saved = bad.map(|example| match example.save_trace() {
            Ok(path) => format!("\nThe trace is in {}. To run it again: {}\n", path.display(), command_with(&path)),
            Err(error) => format!("\nThe trace could not be saved: {error}\n"),
        });
        saved.collect()
    }
}

/// Returns the command that runs the program of a trace.
fn command_with(trace: &Path) -> String {
    match cfg!(windows) {
        true => format!("set \"{TRACE}={}\" && {}", trace.display(), command()),
        false => format!("{TRACE}={} {}", quoted(trace), command()),
    }
}

/// Returns the command that runs this test executable.
pub(crate) fn command() -> String {
    let executable = std::env::current_exe().unwrap_or_default();
    let stem = executable.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    // Cargo appends a hash to the name of a test.
    let target = stem.rsplit_once('-').map_or(stem.as_str(), |(target, _)| target);
    format!("cargo test --test {target}")
}
