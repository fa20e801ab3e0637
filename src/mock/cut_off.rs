//! Names that were cut off by a buffer, and whether a caller takes one for the whole.

use std::collections::VecDeque;

use super::entered::Entered;
use super::finding::Misuse;

/// How many such names are remembered.
const MOST: usize = 64;

/// The names that were cut off last.
#[derive(Debug, Default)]
pub(super) struct CutOff(VecDeque<String>);

impl CutOff {
    /// A buffer took only this much of a name.
    pub(super) fn remember(&mut self, part: &str) {
        if part.is_empty() || self.0.iter().any(|known| known == part) {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(part.to_owned());
    }
}

impl Entered<'_> {
    /// Notes that a name is one that was cut off.
    pub(super) fn note_cut_off(&mut self, name: &str) {
        if self.state.cut_off.0.iter().any(|part| part == name) {
            self.note(Misuse::CutOffName, None, None, "finds nothing of that name, or something else");
        }
    }
}
