//! Says what a check on the outputs of a call expected and what happened instead, with the values of earlier steps.

use super::expectation::{EarlierValues, OutputCheck};
use crate::call::Outcome;
use crate::conformance::program::placeholders::{only, several};
use crate::model::Expected;
use crate::process::Process;
use crate::transcript::process_name;

impl OutputCheck {
    /// Returns what was expected of an outcome that does not pass the check, and what happened instead.
    pub(super) fn mismatch(&self, outcome: &Outcome, earlier: &EarlierValues) -> (String, String) {
        if let Some(clause) = self.clause().filter(|clause| !clause.contains(outcome)) {
            return clause.mismatch(outcome);
        }
        let expected = self.compared(earlier).unwrap_or_else(|| self.to_string());
        (expected, self.difference(outcome, earlier).unwrap_or_else(|| format!("{}, {}", outcome.ending, outcome.out)))
    }

    /// Returns the clause of the model that asks the same of an output that was written.
    fn clause(&self) -> Option<Expected<'static>> {
        Some(match *self {
            Self::AtMostIds(most) => Expected::AtMostIds(most),
            Self::UniqueIds => Expected::UniqueIds,
            Self::FilledIds(room) => Expected::FilledIds(room),
            Self::SizesCountNul => Expected::SizesCountNul,
            Self::Fits(exe_name, description) => Expected::FitsInto(exe_name, description),
            Self::SFalseIfCut(exe_name, description) => Expected::ShortBufferIsSFalse {
                exe_name: Some(exe_name),
                description: Some(description),
                open: false,
                unasked: false,
            },
            Self::NoPath => Expected::NoPath,
            _ => return None,
        })
    }

    /// Returns what was expected, with the values that the check compares with.
    fn compared(&self, earlier: &EarlierValues) -> Option<String> {
        let out = |step: &usize| earlier.outcomes.get(*step)?.as_ref().map(|outcome| &outcome.out);
        let (only, several) = (|| only(earlier.processes()), || several(earlier.processes()));
        Some(match self {
            Self::FirstIdsOf(step) => {
                format!("the first of the ids {:?} of an earlier call", out(step)?.ids.as_deref()?)
            }
            Self::IdsOfTheComputer(process) => {
                let (computer, _) = earlier.computers.get(process)?;
                let count = computer.processes.len();
                format!("the ids of the {count} processes on the computer of {}", process_name(*process))
            }
            Self::CountOf(step) => format!("ActualCount {}, as in an earlier call", out(step)?.actual_count?),
            Self::CountGrewSince(step) => {
                format!("an ActualCount above the {} of an earlier call", out(step)?.actual_count?)
            }
            Self::IdOfOnly => format!("Id {}, that of the only {}", only()?.id, only()?.file_name()),
            Self::IdOfSeveral => format!("the Id of one of the processes {}", several()?.file_name()),
            Self::IdOfFirstOfSeveral => format!("Id {}, that of the first {}", several()?.id, several()?.file_name()),
            Self::SizesOf(step) => {
                let (name, text) = (out(step)?.actual_exe_name_size?, out(step)?.actual_description_size?);
                format!("ActualExeNameSize {name} and ActualDescriptionSize {text}, as in an earlier call")
            }
            Self::BeginningsOf(step) => {
                let (name, text) = (out(step)?.exe_name.as_deref()?, out(step)?.description.as_deref()?);
                format!("beginnings of the ExeName {name:?} and the Description {text:?} of an earlier call")
            }
            Self::NamesTheImage => format!("ExeName {:?} or {:?}", only()?.exe, only()?.file_name()),
            Self::DescriptionWithout(flags) => format!("Description {:?}", only()?.description((*flags).into())),
            _ => return None,
        })
    }

    /// Returns the ids that are missing and those that are too many, if the check is about a list of processes.
    fn difference(&self, outcome: &Outcome, earlier: &EarlierValues) -> Option<String> {
        let Self::IdsOfTheComputer(process) = self else { return None };
        let (computer, others) = earlier.computers.get(process)?;
        let ids = outcome.out.ids.as_deref()?;
        let missing = computer.processes.iter().filter(|process| !ids.contains(&process.id));
        let missing: Vec<String> = missing.map(|process| named(process)).collect();
        let runs = |id: &&u32| computer.processes.iter().any(|process| process.id == **id);
        let strange: Vec<String> = ids.iter().filter(|id| !others && !runs(id)).map(u32::to_string).collect();
        let missing = (!missing.is_empty()).then(|| format!("{} missing", missing.join(", ")));
        let strange = (!strange.is_empty()).then(|| format!("{}, which no process there has", strange.join(", ")));
        Some(missing.into_iter().chain(strange).collect::<Vec<_>>().join(", and "))
    }
}

fn named(process: &Process) -> String {
    format!("{} ({})", process.id, process.file_name())
}
