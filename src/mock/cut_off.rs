//! Names that were cut off by a buffer, and whether a caller takes one for the whole.

use std::collections::VecDeque;

use super::entered::Entered;
use super::finding::Misuse;

/// How many such names are remembered.
const MOST: usize = 64;

/// The names that were cut off last, each with the engine that has read it.
#[derive(Debug, Default)]
pub(super) struct CutOff(VecDeque<(usize, String)>);

impl CutOff {
    /// A buffer took only this much of a name.
    pub(super) fn remember(&mut self, engine: usize, part: &str) {
        if part.is_empty() || self.has(engine, part) {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((engine, part.to_owned()));
    }

    fn has(&self, engine: usize, name: &str) -> bool {
        self.0.iter().any(|(by, part)| *by == engine && part == name)
    }
}

impl Entered<'_> {
    /// Notes it if the name that nothing was found by is one that was cut off.
    pub(super) fn note_cut_off(&mut self, name: &str) {
        if self.state.cut_off.has(self.engine, name) {
            self.note(Misuse::CutOffName, None, None, "finds nothing of that name");
        }
    }
}
