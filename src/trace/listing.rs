//! Values as text, each with the name of its parameter: `Server=#1, Flags=0`.

use std::fmt::{Display, Write};

use serde::Serialize;

/// Lists values, each with the name of its parameter.
pub(super) struct Listing<'n> {
    pub(super) text: String,
    /// Returns the name of a handle.
    name: &'n dyn Fn(u64) -> String,
}

impl<'n> Listing<'n> {
    pub(super) fn new(name: &'n dyn Fn(u64) -> String) -> Listing<'n> {
        Listing { text: String::new(), name }
    }

    /// Adds a value, in JSON.
    pub(super) fn add(&mut self, parameter: impl Display, value: &(impl Serialize + ?Sized)) {
        let value = serde_json::to_string(value).expect("a parameter is JSON");
        self.push(parameter, &value);
    }

    /// Adds text: in JSON, unless it looks like the name of a handle.
    pub(super) fn add_text(&mut self, parameter: impl Display, text: &str) {
        if text.starts_with('#') || text == "0" { self.push(parameter, text) } else { self.add(parameter, text) }
    }

    pub(super) fn add_handle(&mut self, parameter: impl Display, handle: u64) {
        let name = (self.name)(handle);
        self.add_text(parameter, &name);
    }

    fn push(&mut self, parameter: impl Display, value: &str) {
        let separator = if self.text.is_empty() { "" } else { ", " };
        write!(self.text, "{separator}{parameter}={value}").expect("a string takes every text");
    }
}
