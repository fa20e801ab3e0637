//! The environment variables that the library reads, once, when it makes its first world.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file of the scenario.
pub(crate) const SCENARIO: &str = "DBGENG_TESTKIT_SCENARIO";
const TRACE_TO: &str = "DBGENG_TESTKIT_TRACE_TO";
const JOURNAL_TO: &str = "DBGENG_TESTKIT_JOURNAL_TO";
const FINDINGS_TO: &str = "DBGENG_TESTKIT_FINDINGS_TO";
const LOG_TO: &str = "DBGENG_TESTKIT_LOG_TO";
pub(crate) const STRICT: &str = "DBGENG_TESTKIT_STRICT";

/// The variables of the conformance kit, which runs libraries in processes of its own.
const OF_THE_KIT: [&str; 4] =
    ["DBGENG_TESTKIT_BYSTANDER", "DBGENG_TESTKIT_CHILD", "DBGENG_TESTKIT_HOST", "DBGENG_TESTKIT_WORKER"];

/// The settings of this process.
pub(crate) struct Settings {
    pub(crate) scenario: Option<PathBuf>,
    pub(crate) trace: Option<Sink>,
    pub(crate) journal: Option<Sink>,
    pub(crate) findings: Option<Sink>,
    pub(crate) log: Option<Sink>,
    pub(crate) is_strict: bool,
}

impl Settings {
    /// Reads the variables, and empties the files that they name: an old file is not taken for that of a process that
    /// crashes. Says on standard error what is wrong with them.
    pub(crate) fn read() -> Settings {
        let known = [SCENARIO, TRACE_TO, JOURNAL_TO, FINDINGS_TO, LOG_TO, STRICT];
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            let name = name.as_ref();
            if name.starts_with("DBGENG_TESTKIT_") && !known.contains(&name) && !OF_THE_KIT.contains(&name) {
                print(format_args!("{name} is not a variable of this library, which reads {}", known.join(", ")));
            }
        }
        Settings {
            scenario: std::env::var_os(SCENARIO).map(PathBuf::from),
            trace: Sink::named_by(TRACE_TO),
            journal: Sink::named_by(JOURNAL_TO),
            findings: Sink::named_by(FINDINGS_TO),
            log: Sink::named_by(LOG_TO),
            is_strict: is_strict(),
        }
    }
}

fn is_strict() -> bool {
    match given(STRICT) {
        None => false,
        Some(value) if value == "0" => false,
        Some(value) if value == "1" => true,
        Some(value) => {
            print(format_args!("{STRICT}={}: expected 0 or 1; it counts as 1", value.display()));
            true
        }
    }
}

/// Returns the value of a variable. An empty value is none.
fn given(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

/// A place to write to, and the variable that names it.
pub(crate) struct Sink {
    variable: &'static str,
    /// `None` for standard error.
    path: Option<PathBuf>,
}

impl Sink {
    fn named_by(variable: &'static str) -> Option<Sink> {
        let value = given(variable)?;
        if value == OsStr::new("stderr") {
            return Some(Sink { variable, path: None });
        }
        // The process may change its directory before it ends.
        let path = std::path::absolute(&value).unwrap_or_else(|_| PathBuf::from(value));
        let sink = Sink { variable, path: Some(path) };
        sink.write("");
        Some(sink)
    }

    pub(crate) fn is_standard_error(&self) -> bool {
        self.path.is_none()
    }

    /// Writes a text in place of what is in the file, or to standard error.
    pub(crate) fn write(&self, text: &str) {
        let Some(path) = &self.path else {
            let _: io::Result<()> = io::stderr().write_all(text.as_bytes());
            return;
        };
        self.expect(path, fs::write(path, text));
    }

    /// Adds a line to the file, or prints it to standard error.
    pub(crate) fn add(&self, line: &str) {
        let Some(path) = &self.path else { return print(format_args!("{line}")) };
        let file = fs::OpenOptions::new().append(true).create(true).open(path);
        self.expect(path, file.and_then(|mut file| writeln!(file, "{line}")));
    }

    fn expect(&self, path: &Path, written: io::Result<()>) {
        if let Err(error) = written {
            print(format_args!("{}: {}: {error}", self.variable, path.display()));
        }
    }
}

/// Prints a sentence to standard error, which may be closed or full: no reason to end the caller's process by a panic.
pub(crate) fn print(sentence: std::fmt::Arguments<'_>) {
    let _: io::Result<()> = writeln!(io::stderr(), "dbgeng-testkit: {sentence}");
}
