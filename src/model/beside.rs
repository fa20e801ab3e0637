//! What stands beside a run: a process server that no process of it hosts.

use super::Model;
use super::world::{Place, ServerKind};
use crate::address::Host;
use crate::options::{ConnectionString, Item, ParseError, Side};

impl Model {
    /// Tells that a process server runs beside the run, by the connection string that reaches it.
    ///
    /// # Errors
    ///
    /// It is no connection string.
    pub fn server_beside(&mut self, reached: &str) -> Result<(), ParseError> {
        let reached = ConnectionString::parse(Side::Client, self.profile, reached)?;
        let computer = match Host::of(&reached) {
            Host::Local | Host::Impossible => self.actor(0).map_or(0, |actor| actor.computer),
            Host::Named(name) => self.computer_named(name),
        };
        let mut offered = ConnectionString::new(Side::Server, reached.transport());
        for item in reached.items().iter().filter(|item| !matches!(item, Item::Server(_))) {
            offered = offered.with(item.clone());
        }
        self.listens(None, computer, &offered, ServerKind::Process);
        Ok(())
    }

    fn computer_named(&mut self, name: &str) -> usize {
        let known =
            self.computers.iter().position(|place| place.names.iter().any(|own| own.eq_ignore_ascii_case(name)));
        known.unwrap_or_else(|| {
            self.computers.push(Place { names: vec![name.to_owned()], processes: None });
            self.computers.len() - 1
        })
    }
}
