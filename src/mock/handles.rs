//! The handles of one engine: constant time for each operation, whatever their number.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::Location;

use super::thread::ThreadId;
use crate::profile::Profile;
use crate::state::{HandleState, Holds};

/// An open connection.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) connected_at: Site,
    pub(super) thread: ThreadId,
    /// Its number in the lab, in 32 bits, as there may be a million connections.
    pub(super) server: u32,
    /// [`HandleState::Connected`] or [`HandleState::Ending`].
    pub(super) state: HandleState,
    pub(super) holds: Holds,
    /// The connection to the server was lost.
    pub(super) is_lost: bool,
    /// A disconnect of it has failed.
    pub(super) disconnect_failed: bool,
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
    /// The slots of the connections that the session of a thread holds.
    held: BTreeSet<(ThreadId, u32)>,
    numbering: Numbering,
}

#[derive(Debug)]
struct Slot {
    /// How many connections it has had.
    generation: u32,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Open(Link),
    /// Where its last connection was opened and closed.
    Closed(Site, Site),
}

impl Slot {
    fn link(&self) -> Option<&Link> {
        match &self.content {
            Content::Open(link) => Some(link),
            Content::Closed(..) => None,
        }
    }

    fn link_mut(&mut self) -> Option<&mut Link> {
        match &mut self.content {
            Content::Open(link) => Some(link),
            Content::Closed(..) => None,
        }
    }
}

/// Which value a handle has.
#[derive(Debug)]
enum Numbering {
    /// The slot's generation above the slot's number: above 2^32, and never the same twice.
    Generations,
    /// The slot's address: a closed value comes back (OBS-2).
    Addresses,
    /// Values that were seen elsewhere, in the order in which they were issued there. Each slot has one value.
    Scripted { upcoming: VecDeque<u64>, slots: HashMap<u64, u32>, values: Vec<u64> },
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
        let (slots, free, held) = (Vec::new(), Vec::new(), BTreeSet::new());
        Handles { slots, free, live: 0, has_closed: false, held, numbering }
    }

    /// Issues these values from now on, in this order.
    pub(super) fn script(&mut self, values: impl IntoIterator<Item = u64>) {
        let script = values.into_iter().collect();
        if let Numbering::Scripted { upcoming, .. } = &mut self.numbering {
            *upcoming = script;
            return;
        }
        let values: Vec<u64> = (0..).take(self.slots.len()).map(|at| self.value(at)).collect();
        let slots = values.iter().copied().zip(0..).collect();
        self.numbering = Numbering::Scripted { upcoming: script, slots, values };
    }

    pub(super) fn open(&mut self, link: Link) -> u64 {
        self.live += 1;
        let (wanted, reused) = match &mut self.numbering {
            Numbering::Generations | Numbering::Addresses => (None, self.free.pop()),
            Numbering::Scripted { upcoming, slots, .. } => match upcoming.pop_front() {
                Some(value) => (Some(value), slots.get(&value).copied()),
                None => (None, self.free.pop()),
            },
        };
        // A script may have opened a free slot, or want the value of an open one once more.
        let reused = reused.filter(|at| self.slots[*at as usize].link().is_none());
        let at = reused.unwrap_or_else(|| {
            self.slots.push(Slot { generation: 0, content: Content::Closed(None, None) });
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        let slot = &mut self.slots[at as usize];
        slot.generation += 1;
        slot.content = Content::Open(link);
        if let Numbering::Scripted { slots, values, .. } = &mut self.numbering
            && reused.is_none()
        {
            let value = wanted.unwrap_or_else(|| address(at));
            slots.insert(value, at);
            values.push(value);
        }
        self.value(at)
    }

    /// Where the handle is in its life, and its connection if that is open.
    pub(super) fn get(&self, handle: u64) -> (HandleState, Option<&Link>) {
        let Some(at) = self.slot(handle) else { return (HandleState::Unconnected, None) };
        let slot = &self.slots[at];
        match &slot.content {
            Content::Open(link) if self.is_current(handle, slot) => (link.state, Some(link)),
            _ if self.is_past(handle, slot) => (HandleState::Disconnected, None),
            _ => (HandleState::Unconnected, None),
        }
    }

    pub(super) fn get_mut(&mut self, handle: u64) -> Option<&mut Link> {
        let at = self.slot(handle)?;
        let current = self.is_current(handle, &self.slots[at]);
        self.slots[at].link_mut().filter(|_| current)
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
        self.slots.iter().zip(0..).filter_map(|(slot, at)| Some((self.value(at), slot.link()?)))
    }

    /// Whether connections were closed, and none is open.
    pub(super) fn are_all_closed(&self) -> bool {
        self.has_closed && self.live == 0
    }

    /// Where a handle was connected and, if it is closed, disconnected.
    pub(super) fn sites(&self, handle: u64) -> (Site, Site) {
        let slot = self.slot(handle).map(|at| &self.slots[at]).filter(|slot| self.is_current(handle, slot));
        match slot.map(|slot| &slot.content) {
            Some(Content::Open(link)) => (link.connected_at, None),
            Some(Content::Closed(connected_at, disconnected_at)) => (*connected_at, *disconnected_at),
            None => (None, None),
        }
    }

    /// The session of the thread that connected holds the connection, too.
    pub(super) fn join(&mut self, handle: u64) {
        let Some(at) = self.slot(handle) else { return };
        if let Some(link) = self.slots[at].link_mut() {
            link.holds = link.holds.joined();
            self.held.insert((link.thread, u32::try_from(at).unwrap_or(u32::MAX)));
        }
    }

    /// The session of a thread ends, and with it the connections that nothing else holds.
    pub(super) fn end_session(&mut self, thread: ThreadId) {
        let held: Vec<_> = self.held.range((thread, 0)..=(thread, u32::MAX)).copied().collect();
        for (_, at) in held {
            self.held.remove(&(thread, at));
            let at = at as usize;
            let Some(link) = self.slots[at].link_mut() else { continue };
            link.holds = link.holds.session_ended();
            if link.holds.is_none() {
                self.close_slot(at, None);
            }
        }
    }

    fn close_slot(&mut self, at: usize, closed_at: Site) {
        let slot = &mut self.slots[at];
        let Content::Open(Link { connected_at, thread, holds, .. }) = slot.content else { return };
        slot.content = Content::Closed(connected_at, closed_at);
        self.live -= 1;
        // A slot whose generations are used up stays closed, so that no value is issued twice.
        let is_spent = slot.generation == u32::MAX;
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        if holds.has_session() {
            self.held.remove(&(thread, at));
        }
        // What a script has issued comes back when a script says so.
        let is_scripted =
            matches!(&self.numbering, Numbering::Scripted { values, .. } if values[at as usize] != address(at));
        if !is_spent && !is_scripted {
            self.free.push(at);
        }
    }

    /// The handle that a slot was given last.
    fn value(&self, at: u32) -> u64 {
        match &self.numbering {
            Numbering::Generations => (u64::from(self.slots[at as usize].generation) << 32) | (u64::from(at) + 1),
            Numbering::Addresses => address(at),
            Numbering::Scripted { values, .. } => values[at as usize],
        }
    }

    #[inline]
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
