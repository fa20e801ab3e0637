//! The engine that a command judges or records.

use std::ffi::OsString;

use dbgeng_testkit::com::{CharSet, Library, LibraryError};
use dbgeng_testkit::conformance::Suite;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::trace::EngineName;
use dbgeng_testkit::{CodePage, Profile};

/// The number of random programs for a library. Each program takes a child process.
const PROGRAMS: u64 = 50;

/// The number of calls up to which a library is given every program: 90 programs.
const DEPTH: u32 = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Subject {
    /// Use the engine of this library instead of the mock. Each program runs in its own child process.
    #[arg(long, value_name = "PATH")]
    library: Option<OsString>,
    /// Call the Wide methods of the library.
    #[arg(long, requires = "library")]
    wide: bool,
    /// The code page of the strings of the library's plain methods.
    #[arg(long, requires = "library", value_name = "NUMBER", default_value = "1252", value_parser = code_page)]
    code_page: CodePage,
    /// The name of the library in reports.
    #[arg(long, requires = "library")]
    name: Option<String>,
}

impl Subject {
    /// Returns the name of the engine in reports and traces.
    pub(super) fn name(&self) -> String {
        let path = || self.library.as_ref().map(|path| path.display().to_string());
        self.name.clone().or_else(path).unwrap_or_else(|| "the mock engine".to_owned())
    }

    /// Returns the name of the engine in the header of a trace. The version of a library is not known.
    pub(super) fn engine_name(&self, profile: Profile) -> EngineName {
        match &self.library {
            Some(_) => EngineName { name: self.name(), ..EngineName::default() },
            None => EngineName::of_mock(profile),
        }
    }

    /// Returns a suite for the engine.
    pub(super) fn suite(&self, profile: Profile) -> Result<Suite, LibraryError> {
        let Some(path) = &self.library else {
            let mock = move || Box::new(Lab::new(profile).engine()) as _;
            return Ok(Suite::new(self.name(), mock).profile(profile));
        };
        let char_set = if self.wide { CharSet::Wide } else { CharSet::Ansi };
        let library = Library::load(path)?.char_set(char_set).in_code_page(self.code_page);
        let suite = Suite::new(self.name(), move || Box::new(library.engine()))
            .profile(profile)
            .in_child_processes()
            .child_arguments(std::env::args_os().skip(1));
        Ok(suite.programs(PROGRAMS).depth(DEPTH))
    }
}

fn code_page(text: &str) -> Result<CodePage, String> {
    let page = text.parse().ok().and_then(CodePage::new);
    page.ok_or_else(|| {
        let known = CodePage::ALL.iter().map(|page| page.number().to_string()).collect::<Vec<_>>();
        format!("expected one of {}", known.join(", "))
    })
}
