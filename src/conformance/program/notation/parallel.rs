//! Programs of several threads as JSON: a program, and the steps of each thread in `threads`.

use serde::{Deserialize, Serialize};

use super::{HostJson, MalformedProgram, ProgramJson, StepJson};
use crate::conformance::program::parallel::ParallelProgram;
use crate::trace::parse_document;

impl ParallelProgram {
    /// Returns the program as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&ParallelProgramJson::of(self)).expect("a program holds nothing that JSON cannot express")
    }

    /// Reads a program from JSON.
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON, or not a program; the error names the line and column, or the thread and the step.
    pub fn from_json(text: &str) -> Result<ParallelProgram, MalformedProgram> {
        parse_document::<ParallelProgramJson>(text)?.program().map_err(MalformedProgram)
    }
}

/// A program of several threads as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParallelProgramJson {
    hosts: Vec<HostJson>,
    steps: Vec<StepJson>,
    threads: Vec<Vec<StepJson>>,
}

impl ParallelProgramJson {
    pub(crate) fn of(program: &ParallelProgram) -> ParallelProgramJson {
        let ProgramJson { hosts, steps } = ProgramJson::of(&program.beginning);
        let threads = program.threads.iter().map(|steps| steps.iter().map(StepJson::of).collect());
        ParallelProgramJson { hosts, steps, threads: threads.collect() }
    }

    pub(crate) fn program(self) -> Result<ParallelProgram, String> {
        let beginning = ProgramJson { hosts: self.hosts, steps: self.steps }.program()?;
        let threads = self
            .threads
            .into_iter()
            .enumerate()
            .map(|(number, steps)| super::steps(steps).map_err(|error| format!("thread {}, {error}", number + 1)));
        Ok(ParallelProgram { beginning, threads: threads.collect::<Result<_, _>>()? })
    }
}
