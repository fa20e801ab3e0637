//! The processes of a computer: in the order of their list, and found by an index if there are many.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::flags::GetProcessFlags;
use crate::process::{NameKind, Process};
use crate::profile::Profile;

/// Up to this number, the list is searched: an index would cost more than it saves.
const FEW: usize = 16;

/// The processes of a computer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Processes {
    /// By their places in the list. Copies of the world share them.
    listed: Arc<BTreeMap<u64, Arc<Process>>>,
    /// The place of the next process.
    next: u64,
    /// The places of processes, in order, by their keys. It is built when it is first needed.
    index: OnceCell<HashMap<Key, Vec<u64>>>,
}

/// A key by which a process is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Id(u32),
    /// In lower case.
    Name(NameKind, String),
}

impl Key {
    fn all_of(process: &Process) -> Vec<Key> {
        let names = |kind| process.names(kind).map(move |name| Key::Name(kind, name.to_lowercase()));
        let mut keys: Vec<Key> = NameKind::ALL.into_iter().flat_map(names).collect();
        keys.push(Key::Id(process.id));
        keys
    }
}

impl Processes {
    /// Returns the processes in the order of the list.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Process>> {
        self.listed.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.listed.len()
    }

    /// Returns the first process with this id.
    pub(crate) fn get(&self, id: u32) -> Option<&Process> {
        self.listed.get(&self.place(id)?).map(|process| &**process)
    }

    /// Returns the id of the first process with this name, and whether it is the only one.
    pub(crate) fn named(&self, profile: Profile, name: &str, flags: GetProcessFlags) -> Option<(u32, bool)> {
        if self.listed.len() <= FEW {
            let mut found = self.iter().filter(|process| process.answers_to(profile, name, flags));
            return Some((found.next()?.id, found.next().is_none()));
        }
        let places = self.places(&Key::Name(NameKind::sought(profile, flags), name.to_lowercase()));
        Some((self.listed.get(places.first()?)?.id, places.len() == 1))
    }

    /// Adds a process at the end of the list.
    pub(crate) fn push(&mut self, process: Process) {
        self.put(self.next, Arc::new(process));
        self.next += 1;
    }

    /// Replaces the first process with this id. Returns `false` if there is none.
    pub(crate) fn replace(&mut self, id: u32, process: Process) -> bool {
        let Some(place) = self.place(id) else { return false };
        self.take(place);
        self.put(place, Arc::new(process));
        true
    }

    /// Ends the processes with this id. Returns `false` if there are none.
    pub(crate) fn end(&mut self, id: u32) -> bool {
        let mut has_ended = false;
        while let Some(place) = self.place(id) {
            self.take(place);
            has_ended = true;
        }
        has_ended
    }

    fn place(&self, id: u32) -> Option<u64> {
        if self.listed.len() <= FEW {
            return self.listed.iter().find(|(_, process)| process.id == id).map(|(place, _)| *place);
        }
        self.places(&Key::Id(id)).first().copied()
    }

    fn places(&self, key: &Key) -> &[u64] {
        let index = self.index.get_or_init(|| {
            let mut index = HashMap::<Key, Vec<u64>>::new();
            for (place, process) in &*self.listed {
                Key::all_of(process).into_iter().for_each(|key| add(&mut index, key, *place));
            }
            index
        });
        index.get(key).map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, place: u64, process: Arc<Process>) {
        if let Some(index) = self.index.get_mut() {
            Key::all_of(&process).into_iter().for_each(|key| add(index, key, place));
        }
        Arc::make_mut(&mut self.listed).insert(place, process);
    }

    fn take(&mut self, place: u64) {
        let (Some(process), index) = (Arc::make_mut(&mut self.listed).remove(&place), self.index.get_mut()) else {
            return;
        };
        let Some(index) = index else { return };
        for key in Key::all_of(&process) {
            let Some(places) = index.get_mut(&key) else { continue };
            places.retain(|known| *known != place);
            if places.is_empty() {
                index.remove(&key);
            }
        }
    }
}

/// Adds a place to a key. A process may have a name twice, as a service.
fn add(index: &mut HashMap<Key, Vec<u64>>, key: Key, place: u64) {
    let places = index.entry(key).or_default();
    if let Err(at) = places.binary_search(&place) {
        places.insert(at, place);
    }
}

impl FromIterator<Arc<Process>> for Processes {
    fn from_iter<T: IntoIterator<Item = Arc<Process>>>(list: T) -> Processes {
        let listed: BTreeMap<u64, Arc<Process>> = (0..).zip(list).collect();
        Processes { next: listed.len() as u64, listed: Arc::new(listed), index: OnceCell::new() }
    }
}
