//! A copy-on-write map: cloning costs only the changes since the last clone.

use std::hash::Hash;
use std::sync::Arc;

use rustc_hash::FxHashMap;

/// A map of two layers: one is shared with its clones, the other holds the changes since.
#[derive(Clone, Debug)]
pub(super) struct CowMap<K, V> {
    shared: Arc<FxHashMap<K, V>>,
    /// `None` marks a removed key.
    changed: FxHashMap<K, Option<V>>,
    len: usize,
}

impl<K, V> Default for CowMap<K, V> {
    fn default() -> CowMap<K, V> {
        CowMap { shared: Arc::default(), changed: FxHashMap::default(), len: 0 }
    }
}

impl<K: Copy + Eq + Hash, V: Copy> CowMap<K, V> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        match self.changed.get(&key) {
            Some(changed) => changed.as_ref(),
            None => self.shared.get(&key),
        }
    }

    /// Sets or removes a value and returns the previous one.
    pub(super) fn set(&mut self, key: K, value: Option<V>) -> Option<V> {
        let has_value = value.is_some();
        let before = match (self.own(), value) {
            (Some(own), Some(value)) => own.insert(key, value),
            (Some(own), None) => own.remove(&key),
            (None, value) => {
                let before = self.get(key).copied();
                self.changed.insert(key, value);
                before
            }
        };
        self.len = self.len + usize::from(has_value) - usize::from(before.is_some());
        before
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let unchanged = self.shared.iter().filter(|(key, _)| !self.changed.contains_key(key));
        let changed = self.changed.iter().filter_map(|(key, value)| Some((*key, value.as_ref()?)));
        unchanged.map(|(key, value)| (*key, value)).chain(changed)
    }

    /// Merges the layers if no clone shares the first one, or if most of it has changed.
    fn own(&mut self) -> Option<&mut FxHashMap<K, V>> {
        let is_alone = Arc::strong_count(&self.shared) == 1;
        if !is_alone && self.changed.len() <= 16 + self.shared.len() / 2 {
            return None;
        }
        let own = Arc::make_mut(&mut self.shared);
        if self.changed.is_empty() {
            return Some(own);
        }
        for (key, value) in self.changed.drain() {
            match value {
                Some(value) => own.insert(key, value),
                None => own.remove(&key),
            };
        }
        Some(own)
    }
}
