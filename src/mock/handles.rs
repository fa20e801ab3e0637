//! The handles of one engine: constant time for each operation, whatever their number.

use std::collections::{HashMap, VecDeque};
use std::panic::Location;

use super::thread::ThreadId;
use crate::profile::Profile;
use crate::state::{Connection, Holds};

/// An open connection.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// [`Connection::Connected`] or [`Connection::Ending`].
    pub(super) state: Connection,
    pub(super) server: usize,
    pub(super) thread: ThreadId,
    pub(super) holds: Holds,
    /// The connection to the server was lost.
    pub(super) is_lost: bool,
    /// A disconnect of it has failed.
    pub(super) disconnect_failed: bool,
    pub(super) connected_at: Site,
}

/// A place in the caller's code, as far as it is known.
pub(super) type Site = Option<&'static Location<'static>>;

/// A slot for each connection that is open at once; closed ones leave their slot to the next.
#[derive(Debug)]
pub(super) struct Handles {
    slots: Vec<Slot>,
    /// The slot that was freed last is taken first.
    free: Vec<u32>,
    /// How many connections are open, and whether one was ever closed.
    live: usize,
    has_closed: bool,
    numbering: Numbering,
}

#[derive(Debug)]
struct Slot {
    /// The handle that it was given last.
    value: u64,
    generation: u32,
    link: Option<Link>,
    /// Where its last closed connection was opened and closed.
    past: (Site, Site),
}

/// Which value a handle has.
#[derive(Debug)]
enum Numbering {
    /// The slot's generation above the slot's number: above 2^32, and never the same twice.
    Generations,
    /// The slot's address: a closed value comes back (OBS-2).
    Addresses,
    /// Values that were seen elsewhere, in the order in which they were issued there.
    Scripted { upcoming: VecDeque<u64>, slots: HashMap<u64, u32> },
}

/// Where the real engine's first handle was seen, and how far the next ones were from it.
const FIRST_ADDRESS: u64 = 0x11c_7070;
const STRIDE: u64 = 0x14c0;

impl Handles {
    pub(super) fn new(profile: Profile) -> Handles {
        let numbering = match profile {
            Profile::Contract => Numbering::Generations,
            Profile::Dbgeng => Numbering::Addresses,
        };
        Handles { slots: Vec::new(), free: Vec::new(), live: 0, has_closed: false, numbering }
    }

    /// Issues these values from now on, in this order.
    pub(super) fn script(&mut self, upcoming: impl IntoIterator<Item = u64>) {
        let values = upcoming.into_iter().collect();
        match &mut self.numbering {
            Numbering::Scripted { upcoming, .. } => *upcoming = values,
            numbering => *numbering = Numbering::Scripted { upcoming: values, slots: HashMap::new() },
        }
    }

    pub(super) fn open(&mut self, link: Link) -> u64 {
        self.live += 1;
        let (reused, scripted) = match &mut self.numbering {
            Numbering::Scripted { upcoming, slots } => {
                let value = upcoming.pop_front();
                (value.and_then(|value| slots.get(&value).copied()), value)
            }
            Numbering::Generations | Numbering::Addresses => (self.free.pop(), None),
        };
        let reused = reused.filter(|at| self.slots[*at as usize].link.is_none());
        let at = reused.unwrap_or_else(|| {
            self.slots.push(Slot { value: 0, generation: 0, link: None, past: (None, None) });
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let slot = &mut self.slots[at as usize];
        slot.generation += 1;
        slot.link = Some(link);
        slot.value = match &mut self.numbering {
            Numbering::Generations => (u64::from(slot.generation) << 32) | (u64::from(at) + 1),
            Numbering::Addresses => address(at),
            Numbering::Scripted { slots, .. } => {
                let value = scripted.unwrap_or_else(|| address(at));
                slots.insert(value, at);
                value
            }
        };
        slot.value
    }

    /// Where the handle is in its life, and its connection if that is open.
    pub(super) fn get(&self, handle: u64) -> (Connection, Option<&Link>) {
        let Some(slot) = self.slot(handle) else { return (Connection::Unconnected, None) };
        let slot = &self.slots[slot];
        match &slot.link {
            Some(link) if self.is_current(handle, slot) => (link.state, Some(link)),
            _ if self.is_past(handle, slot) => (Connection::Disconnected, None),
            _ => (Connection::Unconnected, None),
        }
    }

    pub(super) fn get_mut(&mut self, handle: u64) -> Option<&mut Link> {
        let at = self.slot(handle)?;
        let current = self.is_current(handle, &self.slots[at]);
        self.slots[at].link.as_mut().filter(|_| current)
    }

    pub(super) fn close(&mut self, handle: u64, closed_at: Site) {
        if let Some(at) = self.slot(handle) {
            self.close_slot(at, closed_at);
            self.has_closed = true;
        }
    }

    /// Closes a handle of which nobody was told.
    pub(super) fn give_up(&mut self, handle: u64) {
        if let Some(at) = self.slot(handle) {
            self.close_slot(at, None);
        }
    }

    /// The open connections, with their handles.
    pub(super) fn open_ones(&self) -> impl Iterator<Item = (u64, &Link)> {
        self.slots.iter().filter_map(|slot| Some((slot.value, slot.link.as_ref()?)))
    }

    /// Whether connections were closed, and none is open.
    pub(super) fn are_all_closed(&self) -> bool {
        self.has_closed && self.live == 0
    }

    /// Where a handle was connected and, if it is closed, disconnected.
    pub(super) fn sites(&self, handle: u64) -> (Site, Site) {
        let Some(slot) = self.slot(handle).map(|at| &self.slots[at]) else { return (None, None) };
        match &slot.link {
            Some(link) if self.is_current(handle, slot) => (link.connected_at, None),
            None if self.is_current(handle, slot) => slot.past,
            _ => (None, None),
        }
    }

    /// The session of a thread ends, and with it the connections that nothing else holds.
    pub(super) fn end_session(&mut self, thread: ThreadId) {
        for at in 0..self.slots.len() {
            let Some(link) = self.slots[at].link.as_mut().filter(|link| link.thread == thread) else { continue };
            link.holds = link.holds.session_ended();
            if link.holds.is_none() {
                self.close_slot(at, None);
            }
        }
    }

    fn close_slot(&mut self, at: usize, closed_at: Site) {
        let slot = &mut self.slots[at];
        let Some(link) = slot.link.take() else { return };
        slot.past = (link.connected_at, closed_at);
        self.live -= 1;
        // A slot whose generations are used up stays closed, so that no value is issued twice.
        if slot.generation < u32::MAX {
            self.free.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }

    fn slot(&self, handle: u64) -> Option<usize> {
        let at = match &self.numbering {
            Numbering::Generations => (handle & 0xffff_ffff).checked_sub(1)?,
            Numbering::Addresses => {
                let distance = handle.checked_sub(FIRST_ADDRESS)?;
                (distance % STRIDE == 0).then_some(distance / STRIDE)?
            }
            Numbering::Scripted { slots, .. } => u64::from(*slots.get(&handle)?),
        };
        usize::try_from(at).ok().filter(|at| *at < self.slots.len())
    }

    fn is_current(&self, handle: u64, slot: &Slot) -> bool {
        !matches!(self.numbering, Numbering::Generations) || handle >> 32 == u64::from(slot.generation)
    }

    fn is_past(&self, handle: u64, slot: &Slot) -> bool {
        let generation = handle >> 32;
        !matches!(self.numbering, Numbering::Generations)
            || (generation > 0 && generation <= u64::from(slot.generation))
    }
}

fn address(slot: u32) -> u64 {
    FIRST_ADDRESS + u64::from(slot) * STRIDE
}
