//! The outcomes that a requirement allows, and the violation that is reported for any other outcome.

use std::fmt;

use rustc_hash::FxHashSet;

use super::context::CallContext;
use super::issued_handles::IssuedHandles;
use super::strings::CallString;
use super::world::KnownProcess;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::DescriptionFlags;
use crate::process::{cut_to_fit, shows, size_with_nul};
use crate::profile::Profile;
use crate::spec::{Level, Requirement};
use crate::status::{EndingKinds, Statuses};

/// Receives each clause that applies to a call.
pub(super) type ClauseSink<'s, 'm> = &'s mut dyn FnMut(Requirement, Expected<'m>);

/// Emits the clauses for one call.
pub(super) struct Clauses<'s, 'm> {
    pub(super) context: &'s CallContext<'m>,
    /// The connection string of the call.
    pub(super) string: Option<&'s CallString>,
    pub(super) profile: Profile,
    /// The kinds of endings that the call may have for reasons of its own, whatever its requirements demand.
    pub(super) relaxation: EndingKinds,
    pub(super) sink: ClauseSink<'s, 'm>,
}

impl<'m> Clauses<'_, 'm> {
    pub(super) fn add(&mut self, requirement: Requirement, expected: Expected<'m>) {
        (self.sink)(requirement, expected);
    }

    /// Allows these endings and those of the relaxation.
    pub(super) fn ends(&mut self, requirement: Requirement, statuses: Statuses) {
        self.exactly(requirement, statuses.or_every(self.relaxation));
    }

    /// Allows these endings, whatever the relaxation.
    pub(super) fn exactly(&mut self, requirement: Requirement, statuses: Statuses) {
        self.add(requirement, Expected::Ending(statuses));
    }

    /// The same as [`Clauses::ends`], for the real engine alone.
    pub(super) fn observed(&mut self, requirement: Requirement, statuses: Statuses) {
        if self.profile.is_dbgeng() {
            self.ends(requirement, statuses);
        }
    }

    /// Refuses a null pointer where the documentation has no `opt` (STR-11).
    pub(super) fn null_pointer(&mut self) {
        let refused = match self.profile {
            Profile::Contract => Statuses::ERROR,
            Profile::Dbgeng | Profile::DbgengAt(_) => Statuses::ERROR.or_crash().or_hang(),
        };
        self.ends(Requirement::PointerNullIsRefused, refused);
    }
}

/// One condition of a requirement on the outcome of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Clause<'m> {
    /// The requirement.
    pub requirement: Requirement,
    /// The outcomes that it allows.
    pub expected: Expected<'m>,
}

/// A set of outcomes. Every set but [`Expected::Ending`] and [`Expected::NoCall`] contains the outcome of a call that wrote nothing.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Expected<'m> {
    /// The call ends in one of these ways.
    Ending(Statuses),
    /// The call was not made, for this reason.
    NoCall(&'static str),
    /// A failed call wrote none of its outputs.
    Untouched,
    /// Release returned zero references.
    NoReferenceLeft,
    /// ActualCount is at least this.
    AtLeast(usize),
    /// A successful connect wrote a handle that is not zero.
    NonZeroHandle,
    /// The handle differs from every open one of these.
    HandleNotLive(&'m IssuedHandles),
    /// The handle differs from every closed one of these.
    HandleNotClosed(&'m IssuedHandles),
    /// A successful query wrote the outputs for which it was given a pointer.
    WroteOutputs {
        /// Whether ids were asked for.
        ids: bool,
        /// Whether ActualCount was asked for.
        actual_count: bool,
    },
    /// A query that returned S_OK wrote an id.
    WroteId,
    /// At most this many ids were written.
    AtMostIds(u32),
    /// No id was written twice.
    UniqueIds,
    /// ActualCount is at least the number of ids.
    CountCoversIds,
    /// The number of ids is ActualCount, or this if that is smaller.
    FilledIds(u32),
    /// Every id belongs to one of these processes.
    IdsOf(&'m [KnownProcess]),
    /// The id belongs to one of these processes.
    IdOf(Vec<&'m KnownProcess>),
    /// A successful call wrote this number as the output of this name, as far as its bits are known.
    Number {
        /// The documented name of the output.
        name: &'static str,
        /// The number.
        value: u32,
        /// The bits that are known.
        known: u32,
    },
    /// None of these ids was written.
    WithoutIds(&'m [u32]),
    /// Each actual size of an uncut string counts its closing NUL.
    SizesCountNul,
    /// Each actual size of a cut string is at least its length.
    SizesAreWhole,
    /// S_FALSE if a buffer is too small for its string, and S_OK if neither is.
    ShortBufferIsSFalse {
        /// The size of the buffer for ExeName; `None` if there is none.
        exe_name: Option<u32>,
        /// The size of the buffer for Description.
        description: Option<u32>,
        /// Whether the status does not tell about ExeName.
        open: bool,
        /// Whether S_FALSE is allowed even if no string was cut: a string was not asked for.
        unasked: bool,
    },
    /// The strings fit into buffers of these sizes, with their closing NUL.
    FitsInto(u32, u32),
    /// The executable name is that of this process, with or without its path, cut to this size.
    NamesImage(&'m KnownProcess, u32),
    /// The executable name has no path.
    NoPath,
    /// The strings are those of this process, cut to these sizes. Without room for the description, its actual size may be
    /// too large.
    Describes(&'m KnownProcess, DescriptionFlags, u32, Option<u32>),
}

impl Expected<'_> {
    /// Whether the set says something about the outcome: about its ending always, about its outputs only where it
    /// should have written them.
    pub fn applies_to(&self, outcome: &Outcome) -> bool {
        match self {
            Self::Ending(_) | Self::NoReferenceLeft | Self::NoCall(_) => true,
            Self::Untouched => !outcome.succeeded(),
            _ => outcome.succeeded(),
        }
    }

    /// Returns the allowed endings, if the set is about endings.
    pub fn endings(&self) -> Option<Statuses> {
        match self {
            Self::Ending(statuses) => Some(*statuses),
            _ => None,
        }
    }

    /// Whether the outcome is in the set.
    #[inline]
    pub fn contains(&self, outcome: &Outcome) -> bool {
        match self {
            Self::Ending(statuses) => statuses.contains(outcome.ending),
            Self::NoCall(_) => false,
            Self::NoReferenceLeft => !matches!(outcome.ending, Ending::References(left) if left > 0),
            _ => self.contains_outputs(outcome),
        }
    }

    fn contains_outputs(&self, outcome: &Outcome) -> bool {
        let out = &outcome.out;
        match self {
            Self::Ending(_) | Self::NoCall(_) | Self::NoReferenceLeft => true,
            Self::AtLeast(count) => out.actual_count.is_none_or(|actual| actual as usize >= *count),
            Self::Untouched => outcome.succeeded() || *out == Default::default(),
            Self::NonZeroHandle => !outcome.succeeded() || out.server.is_some_and(|handle| handle != 0),
            Self::HandleNotLive(handles) => out.server.is_none_or(|handle| handles.open(handle).is_none()),
            Self::HandleNotClosed(handles) => !out.server.is_some_and(|handle| handles.is_closed(handle)),
            Self::WroteOutputs { ids, actual_count } => {
                !outcome.succeeded() || ((!ids || out.ids.is_some()) && (!actual_count || out.actual_count.is_some()))
            }
            Self::WroteId => outcome.hresult() != Some(crate::hresult::S_OK) || out.id.is_some(),
            Self::AtMostIds(count) => out.ids.as_ref().is_none_or(|ids| ids.len() as u64 <= u64::from(*count)),
            Self::UniqueIds => out.ids.as_ref().is_none_or(|ids| are_unique(ids)),
            Self::CountCoversIds => match (&out.ids, out.actual_count) {
                (Some(ids), Some(actual)) => ids.len() as u64 <= u64::from(actual),
                _ => true,
            },
            Self::FilledIds(count) => match (&out.ids, out.actual_count) {
                (Some(ids), Some(actual)) => ids.len() as u64 == u64::from(actual.min(*count)),
                _ => true,
            },
            Self::IdsOf(known) => out.ids.as_ref().is_none_or(|ids| are_of(ids, known)),
            Self::IdOf(known) => {
                out.id.is_none_or(|id| known.iter().any(|known| !known.id_is_known || known.has_id(id)))
            }
            Self::Number { name, value, known } => {
                !outcome.succeeded() || out.number(name).is_some_and(|own| own & known == value & known)
            }
            Self::WithoutIds(ended) => {
                let written = out.ids.iter().flatten().chain(&out.id);
                !written.into_iter().any(|id| ended.contains(id))
            }
            Self::SizesCountNul => {
                let is_whole = outcome.hresult() == Some(crate::hresult::S_OK);
                !is_whole || out.sizes().all(|(text, actual)| size_with_nul(text) == actual)
            }
            Self::SizesAreWhole => {
                let is_cut = outcome.hresult() == Some(crate::hresult::S_FALSE);
                !is_cut || out.sizes().all(|(text, actual)| size_with_nul(text) <= actual)
            }
            Self::ShortBufferIsSFalse { exe_name, description, open, unasked } => {
                let short = |size: Option<u32>, actual: Option<u32>| Some(actual? > size?);
                let exe_name = exe_name.filter(|_| !open);
                let sizes =
                    [short(exe_name, out.actual_exe_name_size), short(*description, out.actual_description_size)];
                let buffers = [exe_name, *description].iter().filter(|size| size.is_some()).count();
                let judged = sizes.iter().flatten().count();
                let cut = sizes.iter().flatten().any(|short| *short);
                match outcome.hresult() {
                    Some(crate::hresult::S_FALSE) => cut || judged < buffers || *open || *unasked,
                    Some(hresult) if hresult.is_ok() => !cut,
                    _ => true,
                }
            }
            Self::FitsInto(exe_name, description) => {
                let fits =
                    |text: &Option<String>, size: u32| text.as_ref().is_none_or(|text| size_with_nul(text) <= size);
                fits(&out.exe_name, *exe_name) && fits(&out.description, *description)
            }
            Self::NamesImage(known, size) => out.exe_name.as_ref().is_none_or(|name| {
                // A name that is longer than its buffer breaks another requirement.
                let room = size_with_nul(name).max(*size);
                let is = |whole: &str| {
                    cut_to_fit(whole, room).is_some_and(|part| part.eq_ignore_ascii_case(name) || shows(name, part))
                };
                is(&known.process.exe) || is(known.process.file_name())
            }),
            Self::NoPath => out.exe_name.as_ref().is_none_or(|name| !name.contains('\\')),
            Self::Describes(known, flags, exe_name_size, text_room) => {
                let name = known.process.described_name(*flags);
                let text = known.process.description(*flags);
                let is = |written: &Option<String>, whole: &str, size: u32| {
                    written.as_ref().is_none_or(|written| {
                        let room = size_with_nul(written).max(size);
                        cut_to_fit(whole, room).is_some_and(|part| shows(written, part))
                    })
                };
                let sized = |actual: Option<u32>, whole: &str| actual.is_none_or(|size| size == size_with_nul(whole));
                !outcome.succeeded()
                    || (is(&out.exe_name, name, *exe_name_size)
                        && is(&out.description, &text, text_room.unwrap_or(0))
                        && sized(out.actual_exe_name_size, name)
                        && match (text_room, out.actual_description_size) {
                            // OBS-208: without room, the real engine estimates the size.
                            (None, Some(size)) => size >= size_with_nul(&text),
                            (_, actual) => sized(actual, &text),
                        })
            }
        }
    }
}

fn are_unique(ids: &[u32]) -> bool {
    // Ids mostly come sorted.
    ids.is_sorted_by(|one, next| one < next) || {
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        sorted.windows(2).all(|pair| pair[0] != pair[1])
    }
}

/// Whether every id belongs to one of these processes; those of unknown id may have any.
fn are_of(ids: &[u32], known: &[KnownProcess]) -> bool {
    let strangers = known.iter().filter(|known| !known.id_is_known).count();
    let known: FxHashSet<u32> = known.iter().filter_map(KnownProcess::id).collect();
    ids.iter().filter(|id| !known.contains(id)).count() <= strangers
}

impl fmt::Display for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ending(statuses) => statuses.fmt(f),
            Self::NoCall(why) => write!(f, "no call, since {why}"),
            Self::NoReferenceLeft => f.write_str("no reference left"),
            Self::AtLeast(count) => write!(f, "an ActualCount of at least {count}"),
            Self::Untouched => f.write_str("a failed call that leaves its outputs untouched"),
            Self::NonZeroHandle => f.write_str("a handle that is not zero"),
            Self::HandleNotLive(_) => f.write_str("a handle that no open connection has"),
            Self::HandleNotClosed(_) => f.write_str("a handle that no closed connection had"),
            Self::WroteOutputs { ids, actual_count } => f.write_str(match (ids, actual_count) {
                (true, true) => "Ids and ActualCount written",
                (true, false) => "Ids written",
                (false, _) => "ActualCount written",
            }),
            Self::WroteId => f.write_str("Id written"),
            Self::AtMostIds(count) => write!(f, "at most {count} ids"),
            Self::UniqueIds => f.write_str("no duplicate id"),
            Self::CountCoversIds => f.write_str("an ActualCount no smaller than the number of ids"),
            Self::FilledIds(count) => write!(f, "as many ids as ActualCount, up to {count}"),
            Self::IdsOf(known) => write!(f, "ids out of {}", List(known.iter())),
            Self::IdOf(known) => write!(f, "one of {}", List(known.iter().copied())),
            Self::Number { name, value, known: u32::MAX } => write!(f, "{name} {value:#x}"),
            Self::Number { name, value, known } => write!(f, "{name} with the bits {value:#x} of {known:#x}"),
            Self::WithoutIds(ended) => write!(f, "none of the ended processes {ended:?}"),
            Self::SizesCountNul => f.write_str("actual sizes in characters with the closing NUL"),
            Self::SizesAreWhole => f.write_str("actual sizes of the whole strings"),
            Self::ShortBufferIsSFalse { .. } => f.write_str("S_FALSE exactly where a buffer is too small"),
            Self::FitsInto(exe_name, description) => {
                write!(f, "at most {exe_name} characters of ExeName and {description} of Description, with their NUL")
            }
            Self::NamesImage(known, _) => write!(f, "{:?}, or its file name", known.process.exe),
            Self::NoPath => f.write_str("a file name without its path"),
            Self::Describes(known, flags, ..) => {
                let name = known.process.described_name(*flags);
                write!(f, "{name:?} and {:?}", known.process.description(*flags))
            }
        }
    }
}

/// The largest number of processes that a list names. A real computer runs hundreds.
const MOST_LISTED: usize = 12;

struct List<I>(I);

impl<'a, I: Iterator<Item = &'a KnownProcess> + Clone> fmt::Display for List<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.0.clone().take(MOST_LISTED).map(|known| match known.id_is_known {
            true => known.process.id.to_string(),
            false => format!("the new {}", known.process.file_name()),
        });
        let more = self.0.clone().count().saturating_sub(MOST_LISTED);
        let more = if more > 0 { Some(format!("{more} more")) } else { None };
        f.write_str(&words.chain(more).collect::<Vec<_>>().join(", "))
    }
}

/// An outcome that a requirement does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{requirement}: {}: {}", call.method(), self.mismatch())]
pub struct Violation {
    /// The requirement that was broken.
    pub requirement: Requirement,
    /// The caller.
    pub by: Caller,
    /// The call.
    pub call: Call,
    /// The allowed outcomes, in words.
    pub expected: String,
    /// The outcome, in words.
    pub actual: String,
    /// The allowed endings, if the ending was wrong.
    pub endings: Option<Statuses>,
}

impl Violation {
    #[cold]
    pub(super) fn new(
        requirement: Requirement,
        by: Caller,
        call: &Call,
        expected: &Expected<'_>,
        outcome: &Outcome,
    ) -> Violation {
        let endings = expected.endings();
        let (expected, actual) = expected.mismatch(outcome);
        Violation { requirement, by, call: call.clone(), expected, actual, endings }
    }

    /// Returns what was expected and what happened instead, such as "expected an error, but the process crashed".
    pub fn mismatch(&self) -> String {
        mismatch(&self.expected, &self.actual)
    }

    /// Whether the violation rejects an order of overlapping calls: [`binds`].
    pub(crate) fn binds(&self) -> bool {
        binds(self.requirement)
    }
}

/// Says in a sentence what was expected and what happened instead.
pub(crate) fn mismatch(expected: &str, actual: &str) -> String {
    let has_subject = [Ending::Crashed, Ending::TimedOut].iter().any(|ending| ending.to_string() == actual);
    format!("expected {expected}, {} {actual}", if has_subject { "but" } else { "got" })
}

/// Whether breaking the requirement rejects an order of overlapping calls.
///
/// Every MUST does, but three that only name the cause of a failure: which cause applies depends on the order of
/// earlier calls.
pub(crate) fn binds(requirement: Requirement) -> bool {
    let names_a_cause = matches!(
        requirement,
        Requirement::DisconnectLeavesOtherConnections
            | Requirement::ServerServesSeveralClients
            | Requirement::HandleOtherHandlesUnharmed
    );
    requirement.level() == Level::Must && !names_a_cause
}
