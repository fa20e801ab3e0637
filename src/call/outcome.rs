//! The result of a call as a value.

use std::fmt;

use crate::hresult::{HRESULT, NamedCode};
use crate::sentence::debug_as_display;

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It returned this HRESULT, kept raw.
    Returned(HRESULT),
    /// It returned a reference count (`Release`).
    References(u32),
    /// The process crashed in it.
    Crashed,
    /// It had not returned when the harness stopped waiting.
    TimedOut,
}

impl Ending {
    /// Whether the call did not return.
    #[cfg(feature = "kit")]
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Ending::Crashed | Ending::TimedOut)
    }
}

/// Writes the code by its name, for assertions.
impl fmt::Debug for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Returned(code) => write!(f, "Returned({})", NamedCode(*code)),
            Ending::References(count) => write!(f, "References({count})"),
            Ending::Crashed => f.write_str("Crashed"),
            Ending::TimedOut => f.write_str("TimedOut"),
        }
    }
}

/// The outputs of a call. `None` is an output that the call did not write, or for which a null pointer was passed.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Outputs {
    /// The handle that ConnectProcessServer issued.
    pub server: Option<u64>,
    /// The number of the client object that CreateClient made, in its process.
    pub client: Option<u32>,
    /// The id of the process that was found; of a session's method, the debugger's.
    pub id: Option<u32>,
    /// The number of running processes.
    pub actual_count: Option<u32>,
    /// The ids that were written.
    pub ids: Option<Vec<u32>>,
    /// The size of the executable name in characters, with the closing NUL.
    pub actual_exe_name_size: Option<u32>,
    /// The size of the description in characters, with the closing NUL.
    pub actual_description_size: Option<u32>,
    /// The executable name, without the closing NUL.
    pub exe_name: Option<String>,
    /// The description, without the closing NUL.
    pub description: Option<String>,
    /// The exit code of the current process.
    pub code: Option<u32>,
    /// The output mask.
    pub mask: Option<u32>,
    /// The engine options.
    pub options: Option<u32>,
    /// The execution status.
    pub status: Option<u32>,
    /// The class of the target.
    pub class: Option<u32>,
    /// The kind of target in its class.
    pub qualifier: Option<u32>,
    /// The number of processes in the session.
    pub number: Option<u32>,
    /// The system's id of the current process.
    pub sys_id: Option<u32>,
    /// The system's ids that were written.
    pub sys_ids: Option<Vec<u32>>,
    /// The outputs of a method outside the surface, as JSON.
    pub other: Option<String>,
}

impl Outputs {
    /// Returns the strings that were written together with their actual sizes.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, u32)> {
        let exe_name = self.exe_name.as_deref().zip(self.actual_exe_name_size);
        exe_name.into_iter().chain(self.description.as_deref().zip(self.actual_description_size))
    }
}

impl Outputs {
    /// Returns the outputs of the session's methods by their documented names.
    fn numbers(&self) -> [(&'static str, Option<u32>); 8] {
        [
            ("Code", self.code),
            ("Mask", self.mask),
            ("Options", self.options),
            ("Status", self.status),
            ("Class", self.class),
            ("Qualifier", self.qualifier),
            ("Number", self.number),
            ("SysId", self.sys_id),
        ]
    }

    /// Returns the output of a session's method that has this documented name: a number, or the first one of an array.
    #[cfg(feature = "kit")]
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let first = |ids: &Option<Vec<u32>>| ids.as_ref()?.first().copied();
        match name {
            "Id" => self.id,
            "Ids" => first(&self.ids),
            "SysIds" => first(&self.sys_ids),
            _ => self.numbers().into_iter().find(|(own, _)| *own == name)?.1,
        }
    }
}

impl fmt::Display for Outputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |name: &str, value: Option<u32>| value.map(|value| format!("{name} {value}"));
        let string = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value:?}"));
        let written = [
            self.server.map(|server| format!("Server {server:#x}")),
            number("Client", self.client),
            number("Id", self.id),
            number("ActualCount", self.actual_count),
            self.ids.as_ref().map(|ids| format!("Ids {ids:?}")),
            number("ActualExeNameSize", self.actual_exe_name_size),
            number("ActualDescriptionSize", self.actual_description_size),
            string("ExeName", &self.exe_name),
            string("Description", &self.description),
            self.sys_ids.as_ref().map(|ids| format!("SysIds {ids:?}")),
            self.other.clone(),
        ];
        let session = self.numbers().map(|(name, value)| number(name, value));
        let written: Vec<String> = written.into_iter().chain(session).flatten().collect();
        if written.is_empty() { f.write_str("nothing written") } else { f.write_str(&written.join(", ")) }
    }
}

debug_as_display!(Outputs);

/// The result of a call, as its caller saw it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// How the call ended.
    pub ending: Ending,
    /// The outputs that it wrote.
    pub out: Outputs,
}

impl Outcome {
    /// Makes the outcome of a call that returned `hresult` and wrote nothing.
    pub fn returned(hresult: HRESULT) -> Outcome {
        Outcome { ending: Ending::Returned(hresult), out: Outputs::default() }
    }

    /// Returns the HRESULT, if the call returned one.
    pub fn hresult(&self) -> Option<HRESULT> {
        match self.ending {
            Ending::Returned(hresult) => Some(hresult),
            _ => None,
        }
    }

    /// Returns `true` if the call returned a success code; S_FALSE is one.
    pub fn succeeded(&self) -> bool {
        self.hresult().is_some_and(|hresult| hresult.is_ok())
    }
}
