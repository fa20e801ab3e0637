//! Expectations of cases: checks on one step that are independent of the model.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::call::{Ending, Outcome};
use crate::conformance::perform::handle_table::HandleTable;
use crate::conformance::program::placeholders::{only, several};
use crate::hresult::{S_FALSE, S_OK};
use crate::process::{Computer, Process, size_with_nul};
use crate::status::Statuses;
use crate::trace::Recorded;

/// The allowed endings of a step, and checks on its outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expectation {
    /// The allowed endings.
    pub endings: Statuses,
    /// The checks on the outputs.
    pub outputs: Vec<OutputCheck>,
}

/// A check on the outputs of a call. A failed call is subject to [`OutputCheck::Nothing`] alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum OutputCheck {
    /// No output was written.
    Nothing,
    /// A client object was written.
    Client,
    /// A handle was written, and it is not zero.
    Handle,
    /// The handle differs from every open one of this process.
    HandleNotOpen,
    /// This process was not issued the handle before.
    HandleNeverIssued,
    /// Ids were written.
    Ids,
    /// ActualCount was written.
    Count,
    /// At most this many ids were written.
    AtMostIds(u32),
    /// No id was written twice.
    UniqueIds,
    /// The number of ids is ActualCount, or this if that is smaller.
    FilledIds(u32),
    /// The ids are the first ones of this earlier step.
    FirstIdsOf(usize),
    /// The ids are those of all processes on the computer of this process.
    IdsOfTheComputer(u32),
    /// ActualCount is that of this earlier step.
    CountOf(usize),
    /// ActualCount is greater than that of this earlier step.
    CountGrewSince(usize),
    /// The id is that of the process with a unique name.
    IdOfOnly,
    /// The id is that of a process whose name others share.
    IdOfSeveral,
    /// The id is that of the first process whose name others share.
    IdOfFirstOfSeveral,
    /// Both strings and their actual sizes were written; the sizes count the closing NUL.
    SizesCountNul,
    /// The actual sizes are those of this earlier step.
    SizesOf(usize),
    /// The strings are beginnings of those of this earlier step.
    BeginningsOf(usize),
    /// ExeName and Description have at most this many characters, with the closing NUL.
    Fits(u32, u32),
    /// The actual sizes were written, and the call returned S_FALSE if and only if one exceeds its buffer of this size.
    SFalseIfCut(u32, u32),
    /// ExeName is the executable of the process with a unique name, with or without its path.
    NamesTheImage,
    /// ExeName has no backslash.
    NoPath,
    /// ExeName is this.
    ExeName(&'static str),
    /// Description is that of the process with a unique name, without the parts that these flags leave out.
    DescriptionWithout(u32),
    /// Description is empty.
    EmptyDescription,
    /// The output of this name is this number.
    Number(&'static str, u32),
    /// SysId is the id of the process with a unique name.
    SysIdOfOnly,
    /// Release returned zero references.
    NoReferenceLeft,
}

/// The values of earlier steps, for checks that compare with them.
#[derive(Debug)]
pub(crate) struct EarlierValues {
    /// By step: its outcome, if it was made.
    pub(crate) outcomes: Vec<Option<Outcome>>,
    /// The handles of process 0.
    handles: HandleTable,
    /// By process: its computer.
    pub(crate) computers: HashMap<u32, (Computer, bool)>,
}

impl EarlierValues {
    /// Returns the values before the first step of a case with this many steps.
    pub(crate) fn new(steps: usize) -> EarlierValues {
        let mut handles = HandleTable::default();
        handles.add_process();
        EarlierValues { outcomes: vec![None; steps], handles, computers: HashMap::new() }
    }

    /// Returns the processes of the first process's computer.
    pub(super) fn processes(&self) -> &[Arc<Process>] {
        self.computers.get(&0).map_or(&[], |(computer, _)| &computer.processes)
    }

    /// Records a call, whether a step made it or not.
    pub(crate) fn record(&mut self, recorded: &Recorded) {
        if recorded.by.process == 0 {
            self.handles.record(recorded.by, &recorded.call, &recorded.outcome);
        }
    }
}

impl Expectation {
    /// Expects only that the call returns.
    pub(crate) fn returns() -> Expectation {
        Expectation { endings: Statuses::RETURNS, outputs: Vec::new() }
    }

    /// Returns what was expected and what happened instead, if the outcome does not meet the expectation.
    pub(crate) fn mismatch(&self, outcome: &Outcome, earlier: &EarlierValues) -> Option<(String, String)> {
        if !self.endings.contains(outcome.ending) {
            return Some((self.endings.to_string(), outcome.ending.to_string()));
        }
        let wrong = self.outputs.iter().find(|check| !check.holds(outcome, earlier))?;
        Some(wrong.mismatch(outcome, earlier))
    }
}

impl OutputCheck {
    /// Whether the check needs to know the running processes.
    pub(crate) fn needs_facts(&self) -> bool {
        matches!(self, Self::IdsOfTheComputer(_))
    }

    fn holds(&self, outcome: &Outcome, earlier: &EarlierValues) -> bool {
        let out = &outcome.out;
        if *self == Self::Nothing {
            return *out == Default::default();
        }
        if *self == Self::NoReferenceLeft {
            return outcome.ending == Ending::References(0);
        }
        if !outcome.succeeded() {
            return true;
        }
        let outcome_of = |step: &usize| earlier.outcomes.get(*step).and_then(Option::as_ref);
        let count_of = |step: &usize| outcome_of(step).and_then(|outcome| outcome.out.actual_count);
        let processes = earlier.processes();
        match self {
            Self::Nothing | Self::NoReferenceLeft => true,
            Self::Client => out.client.is_some(),
            Self::Handle => out.server.is_some_and(|handle| handle != 0),
            Self::HandleNotOpen => out.server.is_some_and(|handle| earlier.handles.is_open(0, handle) != Some(true)),
            Self::HandleNeverIssued => out.server.is_some_and(|handle| earlier.handles.is_open(0, handle).is_none()),
            Self::Ids => out.ids.is_some(),
            Self::Count => out.actual_count.is_some(),
            Self::AtMostIds(most) => out.ids.as_ref().is_none_or(|ids| ids.len() <= *most as usize),
            Self::UniqueIds => {
                out.ids.as_ref().is_none_or(|ids| ids.iter().enumerate().all(|(at, id)| !ids[..at].contains(id)))
            }
            Self::FilledIds(most) => out
                .ids
                .as_ref()
                .map(Vec::len)
                .zip(out.actual_count)
                .is_some_and(|(ids, count)| ids == count.min(*most) as usize),
            Self::FirstIdsOf(step) => {
                let before = outcome_of(step).and_then(|outcome| outcome.out.ids.as_ref());
                out.ids.as_ref().zip(before).is_some_and(|(ids, before)| before.starts_with(ids))
            }
            Self::IdsOfTheComputer(process) => out.ids.as_ref().is_some_and(|ids| {
                earlier.computers.get(process).is_none_or(|(computer, others)| {
                    let there = &computer.processes;
                    let runs = |id: &u32| there.iter().any(|process| process.id == *id);
                    there.iter().all(|process| ids.contains(&process.id)) && (*others || ids.iter().all(runs))
                })
            }),
            Self::CountOf(step) => {
                let before = count_of(step);
                before.is_some() && out.actual_count == before
            }
            Self::CountGrewSince(step) => {
                count_of(step).zip(out.actual_count).is_some_and(|(before, now)| now > before)
            }
            Self::IdOfOnly => out.id.is_some() && out.id == only(processes).map(|process| process.id),
            Self::IdOfSeveral => out.id.is_some_and(|id| {
                let name = several(processes).map(|process| process.file_name().to_owned());
                let has_it = |file_name: &str| name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(file_name));
                processes.iter().any(|process| process.id == id && has_it(process.file_name()))
            }),
            Self::IdOfFirstOfSeveral => out.id.is_some() && out.id == several(processes).map(|process| process.id),
            Self::SizesCountNul => {
                out.sizes().count() == 2 && out.sizes().all(|(text, actual)| size_with_nul(text) == actual)
            }
            Self::SizesOf(step) => outcome_of(step).is_some_and(|other| {
                let is_same = |now: Option<u32>, then: Option<u32>| now.is_some() && now == then;
                is_same(out.actual_exe_name_size, other.out.actual_exe_name_size)
                    && is_same(out.actual_description_size, other.out.actual_description_size)
            }),
            Self::BeginningsOf(step) => outcome_of(step).is_some_and(|other| {
                let begins = |now: &Option<String>, then: &Option<String>| match (now, then) {
                    (Some(now), Some(then)) => then.starts_with(now.as_str()),
                    (Some(_), None) => false,
                    (None, _) => true,
                };
                begins(&out.exe_name, &other.out.exe_name) && begins(&out.description, &other.out.description)
            }),
            Self::Fits(exe_name, description) => {
                let fits =
                    |text: &Option<String>, size: u32| text.as_ref().is_none_or(|text| size_with_nul(text) <= size);
                fits(&out.exe_name, *exe_name) && fits(&out.description, *description)
            }
            Self::SFalseIfCut(exe_name, description) => {
                let sizes = out.actual_exe_name_size.zip(out.actual_description_size);
                sizes.is_some_and(|(whole_name, whole_description)| {
                    let is_cut = whole_name > *exe_name || whole_description > *description;
                    outcome.hresult() == Some(if is_cut { S_FALSE } else { S_OK })
                })
            }
            Self::NamesTheImage => only(processes).zip(out.exe_name.as_ref()).is_some_and(|(process, name)| {
                [process.exe.as_str(), process.file_name()].iter().any(|own| own.eq_ignore_ascii_case(name))
            }),
            Self::NoPath => out.exe_name.as_ref().is_some_and(|name| !name.contains('\\')),
            Self::ExeName(name) => out.exe_name.as_deref() == Some(*name),
            Self::DescriptionWithout(flags) => {
                let whole = only(processes).map(|process| process.description((*flags).into()));
                whole.is_some() && out.description == whole
            }
            Self::Number(name, value) => out.number(name) == Some(*value),
            Self::SysIdOfOnly => out.sys_id.is_some() && out.sys_id == only(processes).map(|process| process.id),
            Self::EmptyDescription => out.description.as_deref() == Some(""),
        }
    }
}

impl fmt::Display for OutputCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing written"),
            Self::Client => f.write_str("a client object"),
            Self::Handle => f.write_str("a handle that is not zero"),
            Self::HandleNotOpen => f.write_str("a handle that no open connection has"),
            Self::HandleNeverIssued => f.write_str("a handle that was not issued before"),
            Self::Ids => f.write_str("Ids written"),
            Self::Count => f.write_str("ActualCount written"),
            Self::AtMostIds(most) => write!(f, "at most {most} ids"),
            Self::UniqueIds => f.write_str("no duplicate id"),
            Self::FilledIds(most) => write!(f, "as many ids as ActualCount, up to {most}"),
            Self::FirstIdsOf(step) => write!(f, "the first of the ids of step {}", step + 1),
            Self::IdsOfTheComputer(process) => {
                write!(f, "the ids of all processes on the computer of process {process}")
            }
            Self::CountOf(step) => write!(f, "the ActualCount of step {}", step + 1),
            Self::CountGrewSince(step) => write!(f, "a greater ActualCount than in step {}", step + 1),
            Self::IdOfOnly => f.write_str("the id of the only process of that name"),
            Self::IdOfSeveral => f.write_str("the id of one of the processes of that name"),
            Self::IdOfFirstOfSeveral => f.write_str("the id of the first process of that name"),
            Self::SizesCountNul => f.write_str("both strings and their sizes in characters with the closing NUL"),
            Self::SizesOf(step) => write!(f, "the actual sizes of step {}", step + 1),
            Self::BeginningsOf(step) => write!(f, "beginnings of the strings of step {}", step + 1),
            Self::Fits(exe_name, description) => {
                write!(f, "at most {exe_name} characters of ExeName and {description} of Description, with their NUL")
            }
            Self::SFalseIfCut(exe_name, description) => {
                write!(f, "S_FALSE exactly where {exe_name} and {description} characters are too few")
            }
            Self::NamesTheImage => f.write_str("the name of the executable"),
            Self::NoPath => f.write_str("an ExeName without a path"),
            Self::ExeName(name) => write!(f, "the ExeName {name:?}"),
            Self::DescriptionWithout(flags) => {
                write!(f, "the Description without the parts of flags {flags:#x}")
            }
            Self::Number(name, value) => write!(f, "the {name} {value:#x}"),
            Self::SysIdOfOnly => f.write_str("the id of the only process of that name"),
            Self::EmptyDescription => f.write_str("an empty Description"),
            Self::NoReferenceLeft => f.write_str("no reference left"),
        }
    }
}
