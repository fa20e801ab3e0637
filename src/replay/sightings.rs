//! The facts about processes that a trace shows piece by piece: in descriptions, whose strings may be cut, and under the
//! names by which processes were found.

use std::collections::HashMap;

use super::partial::PartialText;
use crate::call::Call;
use crate::flags::{DescriptionFlags, GetProcessFlags};
use crate::hresult::S_FALSE;
use crate::process::{ARCHITECTURE_LABEL, BETWEEN, LABELS, Process, RESERVED_IDS, file_name, size_with_nul};
use crate::trace::{Event, EventKind, Recorded};

/// A fact that one call shows about a process.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sighting {
    Path(PartialText),
    FileName(PartialText),
    /// The process was found under this name, whatever the case of its letters.
    Found(String),
    Service(String),
    Description(DescriptionFlags, PartialText),
}

impl Sighting {
    /// A process was found under a name.
    fn found(name: &str, flags: GetProcessFlags) -> Sighting {
        let is_service = flags.contains(GetProcessFlags::SERVICE_NAME);
        if is_service { Sighting::Service(name.to_owned()) } else { Sighting::Found(file_name(name).to_owned()) }
    }

    fn is_like(&self, other: &Sighting) -> bool {
        match (self, other) {
            (Sighting::Description(flags, _), Sighting::Description(others, _)) => flags == others,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// The sightings of every process, by its id, with the seqs of the calls that show them.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    of: HashMap<u32, Vec<(u64, Sighting)>>,
}

impl Sightings {
    /// Collects what the descriptions and names in a trace show.
    pub(super) fn of(events: &[Event]) -> Sightings {
        let mut sightings = Sightings::default();
        for event in events {
            let EventKind::Call(recorded) = &event.kind else { continue };
            match (&recorded.call, recorded.outcome.out.id) {
                (Call::GetRunningProcessDescription { system_id, .. }, _) if !RESERVED_IDS.contains(system_id) => {
                    sightings.described(event.seq, recorded);
                }
                (Call::GetRunningProcessSystemIdByExecutableName { exe_name: Some(name), flags, .. }, Some(id)) => {
                    sightings.add(id, event.seq, Sighting::found(name, *flags));
                }
                _ => {}
            }
        }
        sightings
    }

    /// Takes the strings of a description and their sizes.
    fn described(&mut self, seq: u64, recorded: &Recorded) {
        let Call::GetRunningProcessDescription { system_id: id, flags, exe_name_size, description_size, .. } =
            recorded.call
        else {
            return;
        };
        let out = &recorded.outcome.out;
        // S_FALSE says that one of the two was cut: one that leaves room in its buffer was not. With the architecture, S_OK does
        // not say that the name is whole (OBS-219).
        let is_s_false = recorded.outcome.hresult() == Some(S_FALSE);
        let may_be_cut = is_s_false || flags.contains(DescriptionFlags::WITH_ARCHITECTURE);
        let was_cut = |may_be: bool, text: &Option<String>, size: u32| {
            may_be && text.as_ref().is_none_or(|text| size_with_nul(text) >= size)
        };
        let name = PartialText::written(
            out.exe_name.as_deref(),
            out.actual_exe_name_size,
            was_cut(may_be_cut, &out.exe_name, exe_name_size),
        );
        if let Some(name) = name {
            let is_file = flags.contains(DescriptionFlags::NO_PATHS);
            self.add(id, seq, if is_file { Sighting::FileName(name) } else { Sighting::Path(name) });
        }
        // OBS-208: without a buffer, the size of the description is an estimate.
        let size = if description_size == 0 { None } else { out.actual_description_size };
        let cut = was_cut(is_s_false, &out.description, description_size);
        if out.description.is_some()
            && let Some(text) = PartialText::written(out.description.as_deref(), size, cut)
        {
            self.add(id, seq, Sighting::Description(flags, text));
        }
    }

    fn add(&mut self, id: u32, seq: u64, sighting: Sighting) {
        let known = self.of.entry(id).or_default();
        let last = known.iter().rev().find(|(_, last)| last.is_like(&sighting));
        if last.is_none_or(|(_, last)| *last != sighting) {
            known.push((seq, sighting));
        }
    }

    /// Returns whether the trace shows anything about a process with this id.
    pub(super) fn have(&self, id: u32) -> bool {
        self.of.contains_key(&id)
    }

    /// Returns the process as the call with this seq saw it. A call that is nearer in the trace counts for more: a process
    /// may end, and another may get its id.
    pub(super) fn process(&self, id: u32, seq: u64) -> Process {
        let mut nearest: Vec<&(u64, Sighting)> = self.of.get(&id).into_iter().flatten().collect();
        nearest.sort_by_key(|(at, _)| at.abs_diff(seq));
        let (mut path, mut file) = (PartialText::default(), PartialText::default());
        let mut parts = DescriptionParts::default();
        let mut services = Vec::new();
        for (_, sighting) in &nearest {
            match sighting {
                Sighting::Path(seen) => path.join(seen),
                Sighting::FileName(seen) => file.join(seen),
                Sighting::Found(name) => file.join_name(name),
                Sighting::Service(name) => services.push(name.clone()),
                Sighting::Description(flags, text) => parts.join(&DescriptionParts::read(*flags, text)),
            }
        }
        let mut process = Process { id, exe: PartialText::path(&path, &file, id), ..Process::default() };
        parts.apply_to(&mut process);
        if process.services.is_empty() {
            process.services = services;
        }
        let own = nearest.iter().find_map(|(at, sighting)| match sighting {
            Sighting::Description(flags, text) if *at == seq => Some((*flags, text)),
            _ => None,
        });
        if let Some((flags, text)) = own {
            fit(&mut process, flags, text);
        }
        process
    }
}

/// A part of a description.
#[derive(Clone, Debug, Default)]
enum DescriptionPart {
    #[default]
    Unknown,
    Absent,
    Shown(PartialText),
}

/// The values of the parts, in the order of [`LABELS`], and that of the part before them (OBS-96).
#[derive(Clone, Debug, Default)]
struct DescriptionParts {
    values: [DescriptionPart; LABELS.len()],
    architecture: Option<String>,
}

impl DescriptionParts {
    /// Reads a description that may be cut.
    fn read(flags: DescriptionFlags, text: &PartialText) -> DescriptionParts {
        let mut parts = DescriptionParts::default();
        let is_whole = text.is_whole();
        let mut rest = text.start();
        if flags.contains(DescriptionFlags::WITH_ARCHITECTURE) {
            let value = rest.strip_prefix(ARCHITECTURE_LABEL).unwrap_or_default();
            let (value, later) = match value.split_once(BETWEEN) {
                Some((value, later)) => (Some(value), later),
                None => (is_whole.then_some(value), ""),
            };
            parts.architecture = value.map(str::to_owned);
            rest = later;
        }
        for (at, (_, label)) in LABELS.iter().enumerate().filter(|(_, (omit, _))| !flags.contains(*omit)) {
            parts.values[at] = match rest.strip_prefix(label) {
                Some(value) => {
                    let later = LABELS[at + 1..].iter().filter(|(omit, _)| !flags.contains(*omit));
                    let end = later.filter_map(|(_, label)| end_before(value, label, is_whole)).min();
                    rest = end.and_then(|end| value.get(end + BETWEEN.len()..)).unwrap_or_default();
                    DescriptionPart::Shown(match end {
                        Some(end) => PartialText::whole(&value[..end]),
                        None if is_whole => PartialText::whole(value),
                        None => PartialText::beginning(value),
                    })
                }
                None if is_whole => DescriptionPart::Absent,
                None if rest.is_empty() => break,
                None if label.starts_with(rest) => {
                    parts.values[at] = DescriptionPart::Shown(PartialText::beginning(""));
                    break;
                }
                None => DescriptionPart::Absent,
            };
            if rest.is_empty() && !is_whole {
                break;
            }
        }
        parts
    }

    fn join(&mut self, other: &DescriptionParts) {
        self.architecture = self.architecture.take().or_else(|| other.architecture.clone());
        for (own, other) in self.values.iter_mut().zip(&other.values) {
            match (own, other) {
                (DescriptionPart::Shown(own), DescriptionPart::Shown(other)) => own.join(other),
                (own @ DescriptionPart::Unknown, other) => *own = other.clone(),
                _ => {}
            }
        }
    }

    fn apply_to(&self, process: &mut Process) {
        if let Some(architecture) = &self.architecture {
            process.architecture.clone_from(architecture);
        }
        for (at, part) in self.values.iter().enumerate() {
            if let DescriptionPart::Shown(text) = part {
                set(process, at, Some(text.filled(at)));
            }
        }
    }
}

/// Returns where a value ends because the next part follows, of which a text that is cut shows only the beginning.
fn end_before(value: &str, label: &str, is_whole: bool) -> Option<usize> {
    let next = [BETWEEN, label].concat();
    let cut = || value.char_indices().map(|(at, _)| at).find(|at| next.starts_with(&value[*at..]));
    value.find(&next).or_else(|| if is_whole { None } else { cut() })
}

/// Sets the part with this place in [`LABELS`].
fn set(process: &mut Process, at: usize, value: Option<String>) {
    match at {
        // No digit follows a zero.
        0 => {
            process.session =
                value.and_then(|session| if session.starts_with('0') { Some(0) } else { session.parse().ok() })
        }
        1 => process.user = value,
        2 => process.services = value.into_iter().collect(),
        _ => process.command_line = value,
    }
}

/// Gives the description the length that a call saw, if the text was cut: changes a part that the call did not see whole.
fn fit(process: &mut Process, flags: DescriptionFlags, text: &PartialText) {
    let fits = |process: &Process| text.agrees_with(&process.description(flags));
    if fits(process) {
        return;
    }
    let seen = DescriptionParts::read(flags, text);
    let is_open = |at: &usize| match &seen.values[*at] {
        DescriptionPart::Shown(text) => !text.is_whole(),
        DescriptionPart::Unknown => !flags.contains(LABELS[*at].0),
        DescriptionPart::Absent => false,
    };
    let open: Vec<usize> = (0..LABELS.len()).rev().filter(is_open).collect();
    // First with the other parts as they are known, then without those that this call did not see.
    for alone in [false, true] {
        for at in &open {
            let mut changed = process.clone();
            for other in open.iter().filter(|other| alone && *other != at) {
                set(&mut changed, *other, None);
            }
            set(&mut changed, *at, None);
            let without = changed.description(flags);
            let between = if without.is_empty() { 0 } else { BETWEEN.len() };
            let around = without.chars().count() + between + LABELS[*at].1.len();
            let start = match &seen.values[*at] {
                DescriptionPart::Shown(text) => text.start().to_owned(),
                _ => process.part(*at).unwrap_or_default().into_owned(),
            };
            let room = match text.length() {
                Some(length) => length.checked_sub(around),
                None => Some(start.chars().count() + 1),
            };
            let Some(room) = room else { continue };
            set(&mut changed, *at, Some(PartialText::of(&start, room).filled(*at)));
            if fits(&changed) {
                *process = changed;
                return;
            }
        }
    }
}
