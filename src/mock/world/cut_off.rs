//! Names that were cut off because a buffer was too small.

use std::collections::VecDeque;

use super::ids::EngineId;

/// How many such names are remembered.
const MOST: usize = 64;

/// The names that were cut off last, each with the engine that has read it.
#[derive(Debug, Default)]
pub(crate) struct CutOffNames(VecDeque<(EngineId, String)>);

impl CutOffNames {
    /// Remembers the part of a name that fitted into the buffer.
    pub(crate) fn remember(&mut self, engine: EngineId, part: &str) {
        if part.is_empty() || self.contains(engine, part) {
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back((engine, part.to_owned()));
    }

    pub(crate) fn contains(&self, engine: EngineId, name: &str) -> bool {
        self.0.iter().any(|(by, part)| *by == engine && part == name)
    }
}
