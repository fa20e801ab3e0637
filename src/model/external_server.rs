//! A process server outside the run.

use super::Model;
use super::world::{ComputerRecord, ServerKind};
use crate::address::ServerHost;
use crate::options::{ConnectionString, Item, ParseError, Side};

impl Model {
    /// Says that a process server outside the run is reached by this connection string.
    ///
    /// # Errors
    ///
    /// The text is not a valid connection string.
    pub fn external_server(&mut self, reached: &str) -> Result<(), ParseError> {
        let reached = ConnectionString::parse(Side::Client, self.profile, reached)?;
        let computer = match ServerHost::of(&reached) {
            ServerHost::Local | ServerHost::Impossible => self.process(0).map_or(0, |process| process.computer),
            ServerHost::Named(name) => self.computer_named(name),
        };
        let mut offered = ConnectionString::new(Side::Server, reached.transport());
        for item in reached.items().iter().filter(|item| !matches!(item, Item::Server(_))) {
            offered = offered.with(item.clone());
        }
        self.add_server(None, computer, &offered, ServerKind::Process);
        Ok(())
    }

    fn computer_named(&mut self, name: &str) -> usize {
        let known =
            self.computers.iter().position(|place| place.names.iter().any(|own| own.eq_ignore_ascii_case(name)));
        known.unwrap_or_else(|| {
            self.computers.push(ComputerRecord { names: vec![name.to_owned()], processes: None });
            self.computers.len() - 1
        })
    }
}
