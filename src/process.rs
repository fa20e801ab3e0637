//! The facts about a running process, and how the three queries use them.
//!
//! The mock answers queries with these facts. The model judges by them, where it knows them.

pub(crate) mod command_line;

use std::borrow::Cow;
use std::sync::Arc;

use crate::flags::{DescriptionFlags, GetProcessFlags};
use crate::profile::{Behaviour, Profile};

/// The flags of GetRunningProcessDescription that every engine accepts (OBS-54).
pub(crate) const DESCRIPTION_PARTS: DescriptionFlags = DescriptionFlags::from_bits_retain(0x3f);

/// Returns the flags of GetRunningProcessDescription that an engine accepts (OBS-54, OBS-96).
pub(crate) fn description_flags(profile: Profile) -> DescriptionFlags {
    if profile.has(Behaviour::DescribesArchitecture) {
        DESCRIPTION_PARTS | DescriptionFlags::WITH_PACKAGEFAMILY | DescriptionFlags::WITH_ARCHITECTURE
    } else {
        DESCRIPTION_PARTS
    }
}

/// The parts of a description in their order, each with the flag that leaves it out and its label (OBS-54).
pub(crate) const LABELS: [(DescriptionFlags, &str); 4] = [
    (DescriptionFlags::NO_SESSION_ID, "Session: "),
    (DescriptionFlags::NO_USER_NAME, "User: "),
    (DescriptionFlags::NO_SERVICES, "Services: "),
    (DescriptionFlags::NO_COMMAND_LINE, "Command Line: "),
];

/// The label of the part before these, in a newer engine that is asked for it (OBS-96).
pub(crate) const ARCHITECTURE_LABEL: &str = "Arch: ";

/// The text between two parts of a description.
pub(crate) const BETWEEN: &str = "  ";

/// The process ids that systems reserve for themselves: engines describe them, and no list need have them.
#[cfg(feature = "kit")]
pub(crate) const RESERVED_IDS: [u32; 2] = [0, SYSTEM_PROCESS];

/// The id of the system, whether a list has it or not (OBS-75).
pub(crate) const SYSTEM_PROCESS: u32 = 4;

/// The largest count with which a null array through a server was answered; 9,500 crashed the host (OBS-239).
pub(crate) const LARGEST_NULL_ARRAY: u32 = 9_300;

/// Returns the name by which an engine describes a process of the system itself, whether a process has the id or not
/// (OBS-55, OBS-75). Its description is empty.
pub(crate) fn system_process(profile: Profile, id: u32) -> Option<&'static str> {
    match id {
        0 => Some("System Process"),
        SYSTEM_PROCESS if profile.is_dbgeng() => Some("System"),
        _ => None,
    }
}

/// The facts about a computer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Computer {
    /// The names under which it can be reached, without leading `\\`.
    pub names: Vec<String>,
    /// Its running processes, in the order in which the engine lists them. They are shared, because a run states them often.
    pub processes: Vec<Arc<Process>>,
}

/// The facts about a running process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// The system's process id.
    pub id: u32,
    /// The path of the executable file.
    pub exe: String,
    /// The session it runs in.
    pub session: Option<u32>,
    /// The account it runs under, as `HOST\name`.
    pub user: Option<String>,
    /// Its command line.
    pub command_line: Option<String>,
    /// The names of the services that it hosts.
    pub services: Vec<String>,
    /// The architecture of its program, as the engine writes it (OBS-96).
    pub architecture: String,
}

impl Default for Process {
    /// Returns a process of which only the architecture is known: AMD64.
    fn default() -> Process {
        Process {
            id: 0,
            exe: String::new(),
            session: None,
            user: None,
            command_line: None,
            services: Vec::new(),
            architecture: Process::AMD64.to_owned(),
        }
    }
}

impl Process {
    /// The architecture of most programs.
    pub(crate) const AMD64: &str = "AMD64";

    /// Makes a process that runs `exe` in session 1, with the quoted path as its command line.
    pub fn new(id: u32, exe: impl Into<String>) -> Process {
        let exe = exe.into();
        let command_line = Some(["\"", &exe, "\""].concat());
        Process { id, exe, session: Some(1), command_line, ..Process::default() }
    }

    /// Returns the file name of the executable, without its path.
    pub fn file_name(&self) -> &str {
        file_name(&self.exe)
    }

    /// Returns whether GetRunningProcessSystemIdByExecutableName finds this process under `name` (GRPN-4, OBS-52).
    ///
    /// Letter case does not count; the extension does. A path matches only with [`GetProcessFlags::FULL_MATCH`], and in
    /// the profiles of Microsoft's engine never.
    pub fn answers_to(&self, profile: Profile, name: &str, flags: GetProcessFlags) -> bool {
        self.names(NameKind::sought(profile, flags)).any(|own| same(own, name))
    }

    /// Returns the names of one kind.
    pub(crate) fn names(&self, kind: NameKind) -> impl Iterator<Item = &str> {
        let (services, exe) = match kind {
            NameKind::Service => (self.services.as_slice(), None),
            NameKind::Path => (&[][..], Some(self.exe.as_str())),
            NameKind::File => (&[][..], Some(self.file_name())),
        };
        services.iter().map(String::as_str).chain(exe)
    }

    /// Returns the executable name that GetRunningProcessDescription gives (GRPD-4).
    pub fn described_name(&self, flags: DescriptionFlags) -> &str {
        if flags.contains(DescriptionFlags::NO_PATHS) { self.file_name() } else { &self.exe }
    }

    /// Returns the description that GetRunningProcessDescription gives. Its layout is observed (OBS-54, OBS-96), not
    /// documented (GRPD-7). No process here belongs to a package.
    pub fn description(&self, flags: DescriptionFlags) -> String {
        let asks_for_architecture = flags.contains(DescriptionFlags::WITH_ARCHITECTURE);
        let architecture = asks_for_architecture.then(|| [ARCHITECTURE_LABEL, &self.architecture].concat());
        let shown = LABELS.iter().enumerate().filter(|(_, (omit, _))| !flags.contains(*omit));
        let parts = shown.filter_map(|(at, (_, label))| Some([label, &*self.part(at)?].concat()));
        architecture.into_iter().chain(parts).collect::<Vec<_>>().join(BETWEEN)
    }

    /// Returns the part of the description with this place in [`LABELS`], without its label.
    pub(crate) fn part(&self, at: usize) -> Option<Cow<'_, str>> {
        match at {
            0 => self.session.map(|session| session.to_string().into()),
            1 => self.user.as_deref().map(Cow::Borrowed),
            2 if self.services.is_empty() => None,
            2 => Some(self.services.join(",").into()),
            _ => self.command_line.as_deref().map(Cow::Borrowed),
        }
    }
}

/// The kind of name by which a process is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum NameKind {
    /// A service that the process hosts.
    Service,
    /// The executable file, by its path.
    Path,
    /// The executable file, without its path.
    File,
}

impl NameKind {
    /// Every kind of name.
    pub(crate) const ALL: [NameKind; 3] = [NameKind::Service, NameKind::Path, NameKind::File];

    /// Returns the kind that GetRunningProcessSystemIdByExecutableName looks up with these flags (GRPN-4, OBS-52). The real
    /// engine never looks up a path.
    pub(crate) fn sought(profile: Profile, flags: GetProcessFlags) -> NameKind {
        if flags.contains(GetProcessFlags::SERVICE_NAME) {
            NameKind::Service
        } else if !profile.is_dbgeng() && flags.contains(GetProcessFlags::FULL_MATCH) {
            NameKind::Path
        } else {
            NameKind::File
        }
    }
}

/// Returns the part of a path after its last separator.
pub(crate) fn file_name(path: &str) -> &str {
    let separator = path.bytes().rposition(|byte| matches!(byte, b'\\' | b'/'));
    separator.map_or(path, |at| &path[at + 1..])
}

/// Returns whether an executable file is the one that is meant by a path, or by a name alone.
pub(crate) fn runs(exe: &str, program: &str) -> bool {
    same(exe, program) || same(file_name(exe), program)
}

/// Returns whether two file names are the same to the system: letter case does not count.
pub(crate) fn same(left: &str, right: &str) -> bool {
    let is_ascii = left.is_ascii() && right.is_ascii();
    left.eq_ignore_ascii_case(right) || (!is_ascii && left.to_lowercase() == right.to_lowercase())
}

/// Returns whether a string that an engine wrote shows this one: 8-bit strings have `?` for what their code page lacks
/// (OBS-88).
#[cfg(feature = "kit")]
pub(crate) fn shows(written: &str, whole: &str) -> bool {
    let is_shown = |(written, whole): (u16, u16)| written == whole || (written == u16::from(b'?') && whole >= 0x80);
    written == whole
        || (!whole.is_ascii()
            && written.encode_utf16().count() == whole.encode_utf16().count()
            && written.encode_utf16().zip(whole.encode_utf16()).all(is_shown))
}

/// Returns the length of a string as the engine counts it: in UTF-16 units, with the closing NUL (STR-1).
pub(crate) fn size_with_nul(text: &str) -> u32 {
    let units = if text.is_ascii() { text.len() } else { text.encode_utf16().count() };
    u32::try_from(units + 1).unwrap_or(u32::MAX)
}

/// Returns as much of `text` as fits into a buffer of `size` characters together with a closing NUL (STR-5), or `None` if
/// not even the NUL fits. A character of two units that does not fit whole is left out.
pub(crate) fn cut_to_fit(text: &str, size: u32) -> Option<&str> {
    let room = usize::try_from(size.checked_sub(1)?).unwrap_or(usize::MAX);
    // No text has more units than bytes.
    if text.len() <= room {
        return Some(text);
    }
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, character)| {
        units += character.len_utf16();
        (units > room).then_some(at)
    });
    Some(&text[..end.unwrap_or(text.len())])
}
