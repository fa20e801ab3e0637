//! The engine that a command judges or records.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use dbgeng_testkit::com::{CharSet, Library};
use dbgeng_testkit::conformance::{Suite, quoted};
use dbgeng_testkit::mock::{Lab, Scenario};
use dbgeng_testkit::trace::EngineName;
use dbgeng_testkit::{CodePage, Engine, Profile};

use super::exit_status::CommandResult;
use super::input;

/// The number of random programs for a library. Each program takes a child process.
const PROGRAMS: u64 = 50;

/// The number of calls up to which a library is given every program: 90 programs.
const DEPTH: u32 = 3;

#[derive(Debug, clap::Args)]
pub(super) struct SubjectArguments {
    /// Use the engine of this library instead of the mock. Each program runs in its own child process.
    #[arg(long, value_name = "PATH")]
    library: Option<OsString>,
    /// Call the Wide methods of the library.
    #[arg(long, requires = "library")]
    wide: bool,
    /// The code page of the strings of the library's plain methods.
    #[arg(long, requires = "library", value_name = "NUMBER", default_value = "1252", value_parser = code_page)]
    code_page: CodePage,
    /// A scenario whose first computer has the processes that the engine of the library simulates. Without it, the engine is
    /// expected to show those of this computer.
    #[arg(long, requires = "library", value_name = "SCENARIO", value_parser = file)]
    facts: Option<PathBuf>,
    /// The name of the library in reports.
    #[arg(long, requires = "library")]
    name: Option<String>,
}

/// The engine that a command judges or records.
pub(super) struct Subject<'a> {
    arguments: &'a SubjectArguments,
    library: Option<Library>,
}

impl SubjectArguments {
    /// Loads the library, if there is one. In a process that hosts servers for another one, this does not return: call it
    /// before anything is read.
    pub(super) fn open(&self) -> CommandResult<Subject<'_>> {
        let char_set = if self.wide { CharSet::Wide } else { CharSet::Ansi };
        let library = self.library.as_ref().map(|path| load(path)).transpose()?;
        let mut library = library.map(|library| library.char_set(char_set).in_code_page(self.code_page));
        if let (Some(loaded), Some(path)) = (&library, &self.facts) {
            let lab = Scenario::parse(&input::name(path), &input::read(path)?)?.lab()?;
            library = lab.engine().computer().map(|computer| loaded.clone().simulates(computer));
        }
        Ok(Subject { arguments: self, library })
    }
}

/// Loads a library. A name without a folder is that of a file in this folder or, if there is none, one that the system finds.
fn load(library: &OsStr) -> CommandResult<Library> {
    let path = Path::new(library);
    let missing = input::check(path);
    if path.file_name() != Some(library) {
        missing?;
        return Ok(Library::load(library)?);
    }
    match missing {
        Ok(()) => Ok(Library::load(Path::new(".").join(path))?),
        Err(missing) => Library::load(library).map_err(|error| match error.is_no_engine() {
            true => error.into(),
            false => format!("{missing}; the system finds no such library either").into(),
        }),
    }
}

impl Subject<'_> {
    /// Returns the name of the engine in reports and traces.
    pub(super) fn name(&self) -> String {
        let path = || self.arguments.library.as_ref().map(|path| path.display().to_string());
        self.arguments.name.clone().or_else(path).unwrap_or_else(|| "the mock engine".to_owned())
    }

    /// Returns the arguments that name the engine, as a shell takes them, each after a space.
    pub(super) fn command_line(&self) -> String {
        self.engine_arguments().iter().map(|argument| format!(" {}", quoted(argument))).collect()
    }

    /// Returns the arguments that name the engine; none for the mock.
    fn engine_arguments(&self) -> Vec<OsString> {
        let SubjectArguments { library, wide, code_page, facts, .. } = self.arguments;
        let Some(library) = library else { return Vec::new() };
        let mut arguments = vec!["--library".into(), library.clone()];
        arguments.extend(wide.then(|| "--wide".into()));
        if *code_page != CodePage::default() {
            arguments.extend(["--code-page".into(), code_page.number().to_string().into()]);
        }
        arguments.extend(facts.iter().flat_map(|facts| ["--facts".into(), facts.clone().into_os_string()]));
        arguments
    }

    /// Returns the name of the engine in the header of a trace. The version of a library is not known.
    pub(super) fn engine_name(&self, profile: Profile) -> EngineName {
        match &self.library {
            Some(_) => EngineName { name: self.name(), ..EngineName::default() },
            None => EngineName::of_mock(profile),
        }
    }

    /// Returns a suite for the engine.
    pub(super) fn suite(&self, profile: Profile) -> Suite {
        let Some(library) = self.library.clone() else {
            let mock = move || Box::new(Lab::new(profile).engine()) as _;
            return Suite::new(self.name(), mock).profile(profile);
        };
        Suite::new(self.name(), move || Box::new(library.engine()))
            .profile(profile)
            .in_child_processes()
            .child_arguments(self.child_arguments(profile))
            .programs(PROGRAMS)
            .depth(DEPTH)
    }

    /// Returns the arguments with which a child process gets to the same suite. It reads no file of the command but the facts.
    fn child_arguments(&self, profile: Profile) -> Vec<OsString> {
        let own = ["run".into(), format!("--profile={profile}").into(), format!("--name={}", self.name()).into()];
        own.into_iter().chain(self.engine_arguments()).collect()
    }
}

/// Children read the file too, and their standard input is not that of the command.
fn file(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    if input::is_standard(&path) { Err("expected a file".to_owned()) } else { Ok(path) }
}

fn code_page(text: &str) -> Result<CodePage, String> {
    let page = text.parse().ok().and_then(CodePage::new);
    page.ok_or_else(|| {
        let known = CodePage::ALL.iter().map(|page| page.number().to_string()).collect::<Vec<_>>();
        format!("expected one of {}", known.join(", "))
    })
}
