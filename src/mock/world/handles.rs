//! The handles of one engine: every operation takes constant time, however many handles there are.

use std::collections::{HashMap, VecDeque};
use std::panic::Location;

use super::ids::ServerId;
use super::threads::ThreadId;
use crate::profile::Profile;
use crate::state::{CallingThread, Debugging, HandleState, Holds};

/// An open connection. There may be a million of them, so it is small.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) connected_at: CallSite,
    pub(crate) thread: ThreadId,
    pub(crate) server: ServerId,
    /// [`HandleState::Connected`] or [`HandleState::Ending`].
    pub(crate) state: HandleState,
    pub(crate) holds: Holds,
    /// The use that the session makes of it.
    pub(crate) debugging: Debugging,
    /// The connection to the server was lost.
    pub(crate) is_lost: bool,
    /// A disconnect of it has failed.
    pub(crate) disconnect_failed: bool,
}

impl Connection {
    /// Returns a thread as the connection sees it.
    pub(crate) fn caller(&self, thread: ThreadId) -> CallingThread {
        CallingThread::of(thread, self.thread)
    }
}

/// A place in the caller's code, if it is known.
pub(crate) type CallSite = Option<&'static Location<'static>>;

/// The number of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotId(u32);

/// The handles of an engine. Each connection has a slot; the slot of a closed one is used again.
#[derive(Debug, Default)]
pub(crate) struct Handles {
    slots: Vec<Slot>,
    /// The slot that was freed last is taken first.
    free: Vec<SlotId>,
    /// How many connections are open.
    live: usize,
    /// A caller has disconnected one.
    has_disconnected: bool,
    numbering: Numbering,
}

#[derive(Debug)]
struct Slot {
    /// How many connections it has had.
    generation: u32,
    /// Its connection, or where its last one was connected and disconnected.
    content: Result<Connection, (CallSite, CallSite)>,
}

/// The meaning of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// It was never issued.
    Unknown,
    /// Its connection is closed.
    Stale,
    /// Its connection is open.
    Open(SlotId),
}

/// Which value a handle has.
#[derive(Debug, Default)]
enum Numbering {
    /// The slot's generation above the slot's number: above 2^32, and never the same twice.
    #[default]
    Generations,
    /// The slot's address: the value of a closed handle is issued again (OBS-2).
    Addresses,
    /// Values that were seen elsewhere, in the order in which they were issued there. Each slot has one value.
    Scripted { upcoming: VecDeque<u64>, slots: HashMap<u64, SlotId>, values: Vec<u64> },
}

/// Where the real engine's first handle was seen, and how far the next ones were from it.
const FIRST_ADDRESS: u64 = 0x11c_7070;
const STRIDE: u64 = 0x14c0;

impl Handles {
    pub(crate) fn new(profile: Profile) -> Handles {
        let numbering = match profile {
            Profile::Contract => Numbering::Generations,
            Profile::Dbgeng | Profile::DbgengAt(_) => Numbering::Addresses,
        };
        Handles { numbering, ..Handles::default() }
    }

    /// Issues these values from now on, in this order.
    pub(crate) fn script(&mut self, values: impl IntoIterator<Item = u64>) {
        let script = values.into_iter().collect();
        if let Numbering::Scripted { upcoming, .. } = &mut self.numbering {
            *upcoming = script;
            return;
        }
        let ids = || (0..).map(SlotId).take(self.slots.len());
        let values: Vec<u64> = ids().map(|slot| self.value(slot)).collect();
        let slots = values.iter().copied().zip(ids()).collect();
        self.numbering = Numbering::Scripted { upcoming: script, slots, values };
    }

    /// Opens a connection. Returns its handle.
    pub(crate) fn open(&mut self, connection: Connection) -> u64 {
        self.live += 1;
        let (wanted, reused) = match &mut self.numbering {
            Numbering::Generations | Numbering::Addresses => (None, self.free.pop()),
            Numbering::Scripted { upcoming, slots, .. } => match upcoming.pop_front() {
                Some(value) => (Some(value), slots.get(&value).copied()),
                None => (None, self.free.pop()),
            },
        };
        // A script may have opened a free slot, or want the value of an open one once more.
        let reused = reused.filter(|slot| self.get(*slot).is_none());
        let id = reused.unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, content: Err((None, None)) });
            SlotId(u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX))
        });
        let slot = &mut self.slots[id.0 as usize];
        slot.generation += 1;
        slot.content = Ok(connection);
        if let Numbering::Scripted { slots, values, .. } = &mut self.numbering
            && reused.is_none()
        {
            let value = wanted.unwrap_or_else(|| address(id));
            slots.insert(value, id);
            values.push(value);
        }
        self.value(id)
    }

    /// Finds out what a handle means.
    #[inline]
    pub(crate) fn look_up(&self, handle: u64) -> Lookup {
        let Some(id) = self.slot(handle) else { return Lookup::Unknown };
        let slot = &self.slots[id.0 as usize];
        match &slot.content {
            Ok(_) if self.is_current(handle, slot) => Lookup::Open(id),
            _ if self.is_past(handle, slot) => Lookup::Stale,
            _ => Lookup::Unknown,
        }
    }

    /// Returns the connection of a slot, if it is open.
    #[inline]
    pub(crate) fn get(&self, slot: SlotId) -> Option<&Connection> {
        self.slots[slot.0 as usize].content.as_ref().ok()
    }

    /// The same, to change it.
    #[inline]
    pub(crate) fn get_mut(&mut self, slot: SlotId) -> Option<&mut Connection> {
        self.slots[slot.0 as usize].content.as_mut().ok()
    }

    /// Returns the connection of a handle, if it is open.
    pub(crate) fn connection(&self, handle: u64) -> Option<&Connection> {
        if let Lookup::Open(slot) = self.look_up(handle) { self.get(slot) } else { None }
    }

    /// The same, to change it.
    pub(crate) fn connection_mut(&mut self, handle: u64) -> Option<&mut Connection> {
        if let Lookup::Open(slot) = self.look_up(handle) { self.get_mut(slot) } else { None }
    }

    /// A caller closes a connection. Returns the connection, if it was open.
    pub(crate) fn disconnect(&mut self, slot: SlotId, disconnected_at: CallSite) -> Option<Connection> {
        self.has_disconnected = true;
        self.close(slot, disconnected_at)
    }

    /// Closes a connection for whatever reason. Returns the connection, if it was open.
    pub(crate) fn close(&mut self, id: SlotId, closed_at: CallSite) -> Option<Connection> {
        let slot = &mut self.slots[id.0 as usize];
        let connected_at = slot.content.as_ref().ok()?.connected_at;
        let closed = std::mem::replace(&mut slot.content, Err((connected_at, closed_at)));
        self.live -= 1;
        // A slot whose generations are used up stays closed, so that no value is issued twice.
        let is_spent = slot.generation == u32::MAX;
        // A value that a script has issued is issued again only if a script says so.
        let is_scripted =
            matches!(&self.numbering, Numbering::Scripted { values, .. } if values[id.0 as usize] != address(id));
        if !is_spent && !is_scripted {
            self.free.push(id);
        }
        closed.ok()
    }

    /// Returns the open connections, with their handles.
    pub(crate) fn open_connections(&self) -> impl Iterator<Item = (u64, &Connection)> {
        let slots = self.slots.iter().zip((0..).map(SlotId));
        slots.filter_map(|(slot, id)| Some((self.value(id), slot.content.as_ref().ok()?)))
    }

    /// Whether callers have disconnected connections, and none is open.
    pub(crate) fn are_all_closed(&self) -> bool {
        self.has_disconnected && self.live == 0
    }

    /// Returns where a handle was connected and, if it is closed, disconnected.
    pub(crate) fn call_sites(&self, handle: u64) -> (CallSite, CallSite) {
        let slot = self.slot(handle).map(|id| &self.slots[id.0 as usize]);
        match slot.filter(|slot| self.is_current(handle, slot)).map(|slot| &slot.content) {
            Some(Ok(connection)) => (connection.connected_at, None),
            Some(Err(places)) => *places,
            None => (None, None),
        }
    }

    /// Returns the handle that a slot was given last.
    fn value(&self, slot: SlotId) -> u64 {
        match &self.numbering {
            Numbering::Generations => {
                (u64::from(self.slots[slot.0 as usize].generation) << 32) | (u64::from(slot.0) + 1)
            }
            Numbering::Addresses => address(slot),
            Numbering::Scripted { values, .. } => values[slot.0 as usize],
        }
    }

    #[inline]
    fn slot(&self, handle: u64) -> Option<SlotId> {
        let at = match &self.numbering {
            Numbering::Generations => (handle & 0xffff_ffff).checked_sub(1)?,
            Numbering::Addresses => {
                let distance = handle.checked_sub(FIRST_ADDRESS)?;
                (distance % STRIDE == 0).then_some(distance / STRIDE)?
            }
            Numbering::Scripted { slots, .. } => return slots.get(&handle).copied(),
        };
        let id = SlotId(u32::try_from(at).ok()?);
        ((id.0 as usize) < self.slots.len()).then_some(id)
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

fn address(slot: SlotId) -> u64 {
    FIRST_ADDRESS + u64::from(slot.0) * STRIDE
}
