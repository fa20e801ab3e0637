//! The variables of a test, and what it imports.

use std::collections::{BTreeSet, HashMap};

use crate::interface::Interface;
use crate::transcript::is_near;

/// A module of this crate that a test imports from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Module {
    Flags,
    Hresult,
    Root,
}

/// The names of the variables of a test, and which of them are used.
#[derive(Debug, Default)]
pub(crate) struct VariableNames {
    /// The variable of each client object and its interface, by process and number.
    clients: HashMap<(u32, u32), (String, Interface)>,
    /// The handles with their processes, in the order in which they were issued.
    handles: Vec<(u32, u64)>,
    /// The variables that some statement uses.
    pub(crate) used: BTreeSet<String>,
    /// The items that have to be imported.
    imports: BTreeSet<(Module, String)>,
}

impl VariableNames {
    /// Imports an item that a statement names.
    pub(crate) fn import(&mut self, module: Module, item: &str) {
        self.imports.insert((module, item.to_owned()));
    }

    /// Returns the items that have to be imported from a module.
    pub(crate) fn imports(&self, module: Module) -> Vec<&str> {
        self.imports.iter().filter(|(of, _)| *of == module).map(|(_, item)| item.as_str()).collect()
    }

    /// Returns the variable of the engine of a process.
    pub(crate) fn engine(process: u32) -> String {
        if process == 0 { "engine".to_owned() } else { format!("host{process}") }
    }

    /// Returns the variable of a new client object.
    pub(crate) fn new_client(&mut self, process: u32, client: u32, interface: &Interface) -> String {
        let of = if process == 0 { String::new() } else { format!("host{process}_") };
        let number = if client == 0 { String::new() } else { client.to_string() };
        let name = format!("{of}client{number}");
        self.clients.insert((process, client), (name.clone(), interface.clone()));
        name
    }

    /// Returns the variable of a client object that was brought to a newer interface.
    pub(crate) fn newer_client(&mut self, process: u32, client: u32, interface: &Interface) -> String {
        let (name, known) = self.clients.entry((process, client)).or_insert_with(|| {
            let name = if process == 0 { "client".to_owned() } else { format!("host{process}_client") };
            (name, interface.clone())
        });
        let version = interface.version().unwrap_or_default();
        *name = format!("{}_v{version}", name.split("_v").next().unwrap_or_default());
        known.clone_from(interface);
        name.clone()
    }

    /// Returns the variable of a client object that is called, and its interface.
    pub(crate) fn client(&mut self, process: u32, client: u32) -> (String, Interface) {
        let known = self.clients.get(&(process, client)).cloned();
        let known = known.unwrap_or_else(|| ("client".to_owned(), Interface::NEWEST));
        self.used.insert(known.0.clone());
        known
    }

    /// Returns the variable of a handle that was issued.
    pub(crate) fn new_handle(&mut self, process: u32, handle: u64) -> String {
        self.handles.push((process, handle));
        format!("server{}", self.handles.len())
    }

    /// Returns the source of a handle: the newest of this value, preferably of the same process.
    pub(crate) fn handle(&mut self, process: u32, handle: u64) -> String {
        let issued = || self.handles.iter().enumerate().rev();
        let own = issued().find(|(_, known)| **known == (process, handle));
        let known = own.or_else(|| issued().find(|(_, (_, known))| *known == handle && handle != 0));
        let near = || issued().find(|(_, (_, known))| handle != 0 && is_near(*known, handle));
        let (name, text) = match known.or_else(near) {
            None => return if handle == 0 { "0".to_owned() } else { format!("{handle:#x}") },
            Some((at, (_, known))) if *known == handle => {
                let name = format!("server{}", at + 1);
                (name.clone(), format!("{name}.unwrap()"))
            }
            Some((at, (_, known))) => {
                let name = format!("server{}", at + 1);
                (name.clone(), format!("{name}.unwrap() ^ {:#x}", known ^ handle))
            }
        };
        self.used.insert(name);
        text
    }
}
