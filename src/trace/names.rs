//! The processes of a trace, numbered in the order in which they are met.

use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct CallNames {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The one that was met last, as most are that are met.
    last: u32,
}

impl CallNames {
    /// The number of the process of this name.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if self.names.get(self.last as usize).is_none_or(|last| last != name) {
            self.last = self.find(name).unwrap_or_else(|| self.add(name));
        }
        self.last
    }

    /// The same, if it has been met before.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    fn add(&mut self, name: &str) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// By their numbers.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}
