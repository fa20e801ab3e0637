//! `computer`: the facts about a computer, as a line has them.

use std::sync::Arc;

#[cfg(feature = "kit")]
use serde::Serializer;
use serde::{Deserialize, Deserializer, Serialize};

use super::value::{JsonObject, JsonText, given};
use crate::process::{Computer, Process};

/// A computer's names and processes. Neither may be left out: an empty list says that there are none, or none but others.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", expecting = "an object")]
pub(super) struct ComputerFacts<'a> {
    #[serde(borrow)]
    names: Vec<JsonText<'a>>,
    #[serde(borrow)]
    processes: Vec<JsonObject<ProcessFacts<'a>>>,
    #[serde(default, skip_serializing_if = "is_false")]
    others: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The facts about a running process.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase", expecting = "an object")]
struct ProcessFacts<'a> {
    id: u32,
    #[serde(borrow)]
    exe: JsonText<'a>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    session: Option<u32>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none", borrow)]
    user: Option<JsonText<'a>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none", borrow)]
    command_line: Option<JsonText<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    services: Vec<JsonText<'a>>,
    /// AMD64 if it is left out.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none", borrow)]
    architecture: Option<JsonText<'a>>,
}

/// Writes a list of processes, for other formats that describe a computer.
#[cfg(feature = "kit")]
pub(crate) fn write_processes<S: Serializer>(processes: &[Process], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(processes.iter().map(ProcessFacts::from))
}

/// Reads a list of processes, for other formats that describe a computer.
pub(crate) fn processes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Process>, D::Error> {
    let facts = Vec::<JsonObject<ProcessFacts<'de>>>::deserialize(deserializer)?;
    Ok(facts.into_iter().map(|process| process.0.into()).collect())
}

impl<'a> ComputerFacts<'a> {
    pub(super) fn new(computer: &'a Computer, others: bool) -> ComputerFacts<'a> {
        let processes = computer.processes.iter().map(|process| JsonObject((&**process).into()));
        ComputerFacts { names: borrowed(&computer.names), processes: processes.collect(), others }
    }

    /// Returns the computer, and whether other processes run there as well.
    pub(super) fn into_parts(self) -> (Computer, bool) {
        let processes = self.processes.into_iter().map(|process| Arc::new(process.0.into()));
        (Computer { names: owned(self.names), processes: processes.collect() }, self.others)
    }
}

impl From<ProcessFacts<'_>> for Process {
    fn from(facts: ProcessFacts<'_>) -> Process {
        Process {
            id: facts.id,
            exe: facts.exe.0.into_owned(),
            session: facts.session,
            user: facts.user.map(|user| user.0.into_owned()),
            command_line: facts.command_line.map(|line| line.0.into_owned()),
            services: owned(facts.services),
            architecture: facts.architecture.map_or_else(|| Process::AMD64.to_owned(), |name| name.0.into_owned()),
        }
    }
}

impl<'a> From<&'a Process> for ProcessFacts<'a> {
    fn from(process: &'a Process) -> ProcessFacts<'a> {
        ProcessFacts {
            id: process.id,
            exe: process.exe.as_str().into(),
            session: process.session,
            user: process.user.as_deref().map(Into::into),
            command_line: process.command_line.as_deref().map(Into::into),
            services: borrowed(&process.services),
            architecture: (process.architecture != Process::AMD64).then(|| process.architecture.as_str().into()),
        }
    }
}

fn borrowed(texts: &[String]) -> Vec<JsonText<'_>> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn owned(texts: Vec<JsonText<'_>>) -> Vec<String> {
    texts.into_iter().map(|text| text.0.into_owned()).collect()
}
