//! The names of the processes of a trace, numbered in the order of their first lines.

use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct ProcessNames {
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    /// The number that was asked for last. Most lines are of the same process as the line before.
    last: u32,
}

impl ProcessNames {
    /// Returns the number of the process of this name, and numbers a new one.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if self.names.get(self.last as usize).is_none_or(|last| last != name) {
            self.last = self.find(name).unwrap_or_else(|| self.add(name));
        }
        self.last
    }

    /// Returns the number of the process of this name, if it has one.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(name).copied()
    }

    fn add(&mut self, name: &str) -> u32 {
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// Returns the names, by their numbers.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}
