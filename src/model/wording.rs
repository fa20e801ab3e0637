//! Says what a clause expected of a wrong outcome and what happened instead, with the values in which the two differ.

use super::expected::Expected;
use super::world::KnownProcess;
use crate::call::{Outcome, Outputs};
use crate::flags::DescriptionFlags;
use crate::hresult::S_FALSE;
use crate::process::{cut_to_fit, shows, size_with_nul};

/// The words for an expectation, and for what happened instead.
type MismatchWords = (String, String);

impl Expected<'_> {
    /// Returns what was expected of a wrong outcome, and the part of the outcome that is wrong, in words.
    pub(crate) fn mismatch(&self, outcome: &Outcome) -> MismatchWords {
        let out = &outcome.out;
        let ids = out.ids.as_deref().unwrap_or_default();
        let count = out.actual_count.unwrap_or_default();
        let actual = match self {
            Self::Ending(_) | Self::NoCall(_) | Self::NoReferenceLeft => outcome.ending.to_string(),
            Self::NonZeroHandle | Self::HandleNotLive(_) | Self::HandleNotClosed(_) => match out.server {
                Some(handle) => format!("{handle:#x}"),
                None => "no handle".to_owned(),
            },
            Self::AtLeast(_) => format!("ActualCount {count}"),
            Self::AtMostIds(_) => format!("{} ids", ids.len()),
            Self::UniqueIds => {
                let repeated = ids.iter().enumerate().find(|(at, id)| ids[..*at].contains(id));
                format!("the id {} more than once", repeated.map_or(0, |(_, id)| *id))
            }
            Self::CountCoversIds => {
                return (format!("an ActualCount of at least {}", ids.len()), format!("ActualCount {count}"));
            }
            Self::FilledIds(room) => {
                let expected = format!("{} ids, with room for {room} and ActualCount {count}", count.min(*room));
                return (expected, format!("{} ids", ids.len()));
            }
            Self::IdsOf(known) => {
                let strangers = ids.iter().filter(|id| !known.iter().any(|known| known.has_id(**id)));
                format!("{}, which no known process has", listed(strangers))
            }
            Self::IdOf(_) => out.id.map_or_else(|| "no id".to_owned(), |id| id.to_string()),
            Self::WithoutIds(ended) => listed(ids.iter().chain(&out.id).filter(|id| ended.contains(id))),
            Self::SizesCountNul => {
                return joined(strings(out).filter_map(|StringOutput { name, text, size }| {
                    let (whole, size) = (size_with_nul(text?), size?);
                    let is_wrong = whole != size;
                    is_wrong.then(|| (format!("{}, with the closing NUL", sized(name, whole)), sized(name, size)))
                }));
            }
            Self::SizesAreWhole => {
                return joined(strings(out).filter_map(|StringOutput { name, text, size }| {
                    let (part, size) = (size_with_nul(text?), size?);
                    let is_wrong = part > size;
                    is_wrong.then(|| (format!("an Actual{name}Size of at least {part}"), sized(name, size)))
                }));
            }
            Self::ShortBufferIsSFalse { exe_name, description, open, .. } => {
                let rooms = [exe_name.filter(|_| !open), *description];
                return (short_buffer(out, rooms, outcome.hresult() == Some(S_FALSE)), outcome.ending.to_string());
            }
            Self::FitsInto(exe_name, description) => {
                let rooms = [*exe_name, *description].into_iter();
                return joined(strings(out).zip(rooms).filter_map(|(StringOutput { name, text, .. }, room)| {
                    let written = size_with_nul(text?);
                    let expected = || format!("at most {room} characters of {name}, with the closing NUL");
                    (written > room).then(|| (expected(), format!("{written} characters of {name}")))
                }));
            }
            Self::NamesImage(known, size) => {
                let room = out.exe_name.as_deref().map_or(0, size_with_nul).max(*size);
                let part = |whole| cut_to_fit(whole, room).unwrap_or_default();
                let (path, file) = (part(&known.process.exe), part(known.process.file_name()));
                return (format!("ExeName {path:?} or {file:?}"), exe_name(out));
            }
            Self::NoPath => exe_name(out),
            Self::Number { name, .. } => match out.number(name) {
                Some(value) => format!("{name} {value:#x}"),
                None => format!("no {name}"),
            },
            Self::Describes(known, flags, name_size, text_room) => {
                return described(out, known, *flags, [Some(*name_size), *text_room]);
            }
            Self::Untouched | Self::WroteOutputs { .. } | Self::WroteId => out.to_string(),
        };
        (self.to_string(), actual)
    }
}

/// One of the two strings of a description.
struct StringOutput<'o> {
    name: &'static str,
    text: Option<&'o str>,
    /// Its actual size.
    size: Option<u32>,
}

fn strings(out: &Outputs) -> impl Iterator<Item = StringOutput<'_>> {
    let exe_name = StringOutput { name: "ExeName", text: out.exe_name.as_deref(), size: out.actual_exe_name_size };
    let (text, size) = (out.description.as_deref(), out.actual_description_size);
    [exe_name, StringOutput { name: "Description", text, size }].into_iter()
}

fn sized(name: &str, size: u32) -> String {
    format!("Actual{name}Size {size}")
}

fn exe_name(out: &Outputs) -> String {
    format!("ExeName {:?}", out.exe_name.as_deref().unwrap_or_default())
}

fn listed<'i>(ids: impl Iterator<Item = &'i u32>) -> String {
    ids.map(u32::to_string).collect::<Vec<_>>().join(", ")
}

fn joined(differences: impl Iterator<Item = MismatchWords>) -> MismatchWords {
    let (expected, actual): (Vec<String>, Vec<String>) = differences.unzip();
    (expected.join(" and "), actual.join(" and "))
}

/// Returns the status that buffers of these sizes ask for, and why. `is_cut` says that the call returned S_FALSE.
fn short_buffer(out: &Outputs, rooms: [Option<u32>; 2], is_cut: bool) -> String {
    let reasons = strings(out).zip(rooms).filter_map(|(StringOutput { name, size, .. }, room)| {
        let (room, size) = (room?, size?);
        let is_reason = is_cut || size > room;
        is_reason.then(|| format!("{name} needs {size} characters and has room for {room}"))
    });
    let reasons = reasons.collect::<Vec<_>>().join(", and ");
    format!("{}, since {reasons}", if is_cut { "S_OK" } else { "S_FALSE" })
}

/// Returns the outputs that do not describe a process, with buffers of these sizes.
fn described(out: &Outputs, known: &KnownProcess, flags: DescriptionFlags, rooms: [Option<u32>; 2]) -> MismatchWords {
    let wholes = [known.process.described_name(flags).to_owned(), known.process.description(flags)];
    let outputs = strings(out).zip(wholes.iter().zip(rooms));
    joined(outputs.flat_map(|(StringOutput { name, text, size }, (whole, room))| {
        let part = cut_to_fit(whole, text.map_or(0, size_with_nul).max(room.unwrap_or(0))).unwrap_or_default();
        let wrong_text = text.filter(|text| !shows(text, part));
        let needed = size_with_nul(whole);
        // OBS-208: without room, the real engine estimates the size of the description.
        let wrong_size = size.filter(|size| if room.is_none() { *size < needed } else { *size != needed });
        let text = wrong_text.map(|text| (format!("{name} {part:?}"), format!("{name} {text:?}")));
        text.into_iter().chain(wrong_size.map(|size| (sized(name, needed), sized(name, size))))
    }))
}
