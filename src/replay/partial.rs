//! Strings that a trace shows in part.

use crate::process::{file_name, size_with_nul};

/// The character that stands for one that no call shows.
const UNSEEN: char = 'x';

/// A string as far as calls show it: how it starts and, perhaps, its length in characters. Without a length, it is longer
/// than its start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartialText {
    start: String,
    length: Option<usize>,
}

impl PartialText {
    pub(super) fn whole(text: &str) -> PartialText {
        PartialText { start: text.to_owned(), length: Some(text.chars().count()) }
    }

    pub(super) fn beginning(start: &str) -> PartialText {
        PartialText { start: start.to_owned(), length: None }
    }

    /// Returns a text of this length. A start that is too long for it is cut.
    pub(super) fn of(start: &str, length: usize) -> PartialText {
        PartialText { start: start.chars().take(length).collect(), length: Some(length) }
    }

    /// Takes a string that a call wrote into a buffer, and the size that it reported. `was_cut` says whether the call may
    /// have cut the string.
    pub(super) fn written(text: Option<&str>, actual: Option<u32>, was_cut: bool) -> Option<PartialText> {
        let start = text.unwrap_or_default();
        match actual {
            // The size counts UTF-16 units.
            Some(size) if size == size_with_nul(start) => Some(PartialText::whole(start)),
            Some(size) => Some(PartialText { start: start.to_owned(), length: Some(size.saturating_sub(1) as usize) }),
            None if was_cut => text.map(PartialText::beginning),
            None => text.map(PartialText::whole),
        }
    }

    pub(super) fn start(&self) -> &str {
        &self.start
    }

    pub(super) fn length(&self) -> Option<usize> {
        self.length
    }

    pub(super) fn is_whole(&self) -> bool {
        self.length == Some(self.start.chars().count())
    }

    pub(super) fn agrees_with(&self, text: &str) -> bool {
        text.starts_with(&self.start)
            && self.length.map_or(text.len() > self.start.len(), |length| length == text.chars().count())
    }

    /// Adds what another call shows, unless the two contradict each other.
    pub(super) fn join(&mut self, other: &PartialText) {
        let longer = if self.start.len() >= other.start.len() { &self.start } else { &other.start };
        let length = self.length.or(other.length);
        let agree = longer.starts_with(&self.start)
            && longer.starts_with(&other.start)
            && other.length.is_none_or(|own| length == Some(own))
            && length.is_none_or(|length| longer.chars().count() <= length);
        if agree {
            *self = PartialText { start: longer.clone(), length };
        }
    }

    /// Adds a name that is known but for the case of its letters.
    pub(super) fn join_name(&mut self, name: &str) {
        let seen = self.start.chars().count();
        let (same, rest): (String, String) = (name.chars().take(seen).collect(), name.chars().skip(seen).collect());
        if same.to_lowercase() == self.start.to_lowercase() {
            self.join(&PartialText::whole(&[&*self.start, &rest].concat()));
        }
    }

    /// Returns a text of the whole length. Part 0 of a description is a number.
    pub(super) fn filled(&self, part: usize) -> String {
        let filler = if part == 0 { '1' } else { UNSEEN };
        let length = self.length.unwrap_or_else(|| self.start.chars().count() + 1);
        self.start.chars().chain(std::iter::repeat(filler)).take(length).collect()
    }

    /// Returns the path of an executable of which the path and the file name are known so far.
    pub(super) fn path(path: &PartialText, file: &PartialText, id: u32) -> String {
        let is_seen = |text: &PartialText| *text != PartialText::default();
        if !is_seen(file) {
            return if is_seen(path) { path.filled(1) } else { format!("process{id}") };
        }
        let shortest = file.filled(1).chars().count();
        // A file name that was cut may be as long as the whole path, and one that seems cut may be whole (OBS-219).
        let longest = file.length.or(path.length).unwrap_or(shortest);
        let whole = file.start.chars().count();
        let mut candidates = (shortest..=longest).chain([whole]).map(|name| path.ending_with(&file.start, name));
        let is_possible = |text: &String| file.agrees_with(file_name(text)) || file_name(text) == file.start;
        candidates.find(is_possible).unwrap_or_else(|| path.ending_with(&file.start, shortest))
    }

    /// Returns this path, so that it ends with a file name of this start and length.
    fn ending_with(&self, file: &str, name: usize) -> String {
        let file: Vec<char> = file.chars().chain(std::iter::repeat(UNSEEN)).take(name).collect();
        let begun = self.start.chars().count();
        let length = self.length.unwrap_or_else(|| match self.start.rsplit_once('\\') {
            _ if begun == 0 => name,
            // The file name has begun where the path was cut.
            Some((_, part)) if file.iter().copied().take(part.chars().count()).eq(part.chars()) => {
                begun - part.chars().count() + name
            }
            _ => begun + 1 + name,
        });
        let before = length.saturating_sub(name);
        let directory = std::iter::repeat_n(UNSEEN, before.saturating_sub(1)).chain((before > 0).then_some('\\'));
        self.start.chars().chain(directory.chain(file).skip(begun)).take(length).collect()
    }
}
