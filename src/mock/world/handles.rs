//! The handles of one engine: every operation takes constant time, however many handles there are.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::ids::ServerId;
use super::threads::ThreadId;
use crate::dispatch::CallSite;
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
}

impl Connection {
    /// Returns a thread as the connection sees it.
    pub(crate) fn caller(&self, thread: ThreadId) -> CallingThread {
        CallingThread::of(thread, self.thread)
    }

    pub(crate) fn past(&self) -> PastOfHandle {
        PastOfHandle { call_sites: (self.connected_at, CallSite::UNKNOWN), server: Some(self.server) }
    }
}

/// The number of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SlotId(u32);

/// The handles of an engine. Each connection has a slot; the slot of a closed one is used again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handles {
    slots: Vec<Slot>,
    /// The slot that was freed last is taken first.
    free: Vec<SlotId>,
    /// How many connections are open.
    live: usize,
    /// A caller has disconnected one.
    has_disconnected: bool,
    /// Where the last disconnect of an open connection failed.
    failed_disconnects: BTreeMap<SlotId, CallSite>,
    numbering: Numbering,
    issuer: Issuer,
}

/// The engine that issues handles. The values of another one are others, in the same lab and in another, so that a handle
/// that strays from one to the other is seen. Numbers that are very high are used again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Issuer {
    /// The part of every value that is the engine's own, where values have generations.
    bits: u64,
    /// The distance of every value from that of the same slot of the first engine, where values are addresses.
    distance: u64,
}

impl Issuer {
    /// `lab` is the number of the lab among those of its thread, `engine` that of the engine in the lab. Hosts share one.
    pub(crate) fn new(lab: u32, engine: u32) -> Issuer {
        let (lab, engine) = (u64::from(lab), u64::from(engine) % ENGINES);
        Issuer {
            bits: ((lab % LABS) << LAB_BIT) | (engine << ENGINE_BIT),
            distance: ((engine + lab * (ENGINES + 1)) % (STRIDE / ALIGNMENT)) * ALIGNMENT,
        }
    }
}

#[derive(Clone, Debug)]
struct Slot {
    /// How many connections it has had.
    generation: u32,
    /// Its connection, or where its last one was connected and disconnected.
    content: Result<Connection, (CallSite, CallSite)>,
}

/// The meaning of a handle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lookup<'a> {
    /// It was never issued.
    Unknown,
    /// Its connection is closed.
    Stale(PastOfHandle),
    /// Its connection is open.
    Open(SlotId, &'a Connection),
}

/// The past of a handle, as findings tell it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PastOfHandle {
    /// Where it was connected and, if it is closed, disconnected.
    pub(crate) call_sites: (CallSite, CallSite),
    /// Where it leads, if it is open.
    pub(crate) server: Option<ServerId>,
}

impl PastOfHandle {
    /// A past of which nothing is known.
    pub(crate) const UNKNOWN: PastOfHandle =
        PastOfHandle { call_sites: (CallSite::UNKNOWN, CallSite::UNKNOWN), server: None };
}

/// Which value a handle has.
#[derive(Clone, Debug, Default)]
enum Numbering {
    /// From the lowest bit: the number of the slot, that of the engine, the generation of the slot, and the number of the
    /// lab. It is above 2^32, and never the same twice.
    #[default]
    Generations,
    /// The slot's address: the value of a closed handle is issued again (OBS-2).
    Addresses,
    /// Values that were seen elsewhere.
    Scripted(Box<ScriptedValues>),
}

/// Values in the order in which they were issued elsewhere. Each slot has one value.
#[derive(Clone, Debug, Default)]
struct ScriptedValues {
    upcoming: VecDeque<u64>,
    slots: HashMap<u64, SlotId>,
    values: Vec<u64>,
}

impl Numbering {
    /// Returns the handle of a slot in this generation.
    #[inline(always)]
    fn value(&self, issuer: Issuer, slot: SlotId, generation: u32) -> u64 {
        match self {
            Numbering::Generations => issuer.bits | (u64::from(generation) << GENERATION_BIT) | (u64::from(slot.0) + 1),
            Numbering::Addresses => address(issuer, slot),
            Numbering::Scripted(script) => script.values[slot.0 as usize],
        }
    }
}

impl ScriptedValues {
    /// Returns the number of the slot that has a value.
    #[cold]
    fn slot(&self, value: u64) -> Option<u64> {
        self.slots.get(&value).map(|slot| slot.0.into())
    }
}

/// Where the real engine's first handle was seen, and how far the next ones were from it.
const FIRST_ADDRESS: u64 = 0x11c_7070;
const STRIDE: u64 = 0x14c0;
/// Where memory can begin on a heap of the real engine's platform.
const ALIGNMENT: u64 = 0x10;

/// The parts of a value with a generation. An engine has room for 67 million open connections.
const ENGINE_BIT: u32 = 26;
const GENERATION_BIT: u32 = 32;
const LAB_BIT: u32 = 56;
const ENGINES: u64 = 1 << (GENERATION_BIT - ENGINE_BIT);
const LABS: u64 = 1 << (63 - LAB_BIT);
const SLOT: u64 = (1 << ENGINE_BIT) - 1;
const ISSUER: u64 = (u64::MAX << LAB_BIT) | ((ENGINES - 1) << ENGINE_BIT);
const GENERATIONS: u32 = (1 << (LAB_BIT - GENERATION_BIT)) - 1;

impl Handles {
    pub(crate) fn new(profile: Profile, issuer: Issuer) -> Handles {
        let numbering = match profile {
            Profile::Contract => Numbering::Generations,
            Profile::Dbgeng | Profile::DbgengAt(_) => Numbering::Addresses,
        };
        Handles { numbering, issuer, ..Handles::default() }
    }

    /// Issues these values from now on, in this order.
    pub(crate) fn script(&mut self, values: impl IntoIterator<Item = u64>) {
        let upcoming = values.into_iter().collect();
        if let Numbering::Scripted(script) = &mut self.numbering {
            script.upcoming = upcoming;
            return;
        }
        let ids = || (0..).map(SlotId).take(self.slots.len());
        let values: Vec<u64> = ids().map(|slot| self.value(slot)).collect();
        let slots = values.iter().copied().zip(ids()).collect();
        self.numbering = Numbering::Scripted(Box::new(ScriptedValues { upcoming, slots, values }));
    }

    /// Opens a connection. Returns its handle.
    #[inline(always)]
    pub(crate) fn open(&mut self, connection: Connection) -> u64 {
        let id = match self.numbering {
            Numbering::Generations | Numbering::Addresses => self.free.pop().unwrap_or_else(|| self.add_slot()),
            Numbering::Scripted(_) => self.scripted_slot(),
        };
        let slot = &mut self.slots[id.0 as usize];
        slot.generation += 1;
        slot.content = Ok(connection);
        self.live += 1;
        self.numbering.value(self.issuer, id, slot.generation)
    }

    #[cold]
    fn add_slot(&mut self) -> SlotId {
        self.slots.push(Slot { generation: 0, content: Err((CallSite::UNKNOWN, CallSite::UNKNOWN)) });
        SlotId(u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX))
    }

    /// Returns the slot for the next value of the script or, after its end, any slot.
    #[cold]
    fn scripted_slot(&mut self) -> SlotId {
        let Numbering::Scripted(script) = &mut self.numbering else { return self.add_slot() };
        let wanted = script.upcoming.pop_front();
        let reused = match wanted {
            Some(value) => script.slots.get(&value).copied(),
            None => self.free.pop(),
        };
        // A script may have opened a free slot, or want the value of an open one once more.
        if let Some(free) = reused.filter(|slot| self.get(*slot).is_none()) {
            return free;
        }
        let id = self.add_slot();
        let value = wanted.unwrap_or_else(|| address(self.issuer, id));
        if let Numbering::Scripted(script) = &mut self.numbering {
            script.slots.insert(value, id);
            script.values.push(value);
        }
        id
    }

    /// Finds out what a handle means.
    #[inline(always)]
    pub(crate) fn look_up(&self, handle: u64) -> Lookup<'_> {
        let Some((id, slot)) = self.slot(handle) else { return Lookup::Unknown };
        match &slot.content {
            Ok(connection) if self.is_current(handle, slot) => Lookup::Open(id, connection),
            Err(call_sites) if self.is_current(handle, slot) => {
                Lookup::Stale(PastOfHandle { call_sites: *call_sites, server: None })
            }
            _ if (1..slot.generation).contains(&generation(handle)) => Lookup::Stale(PastOfHandle::UNKNOWN),
            _ => Lookup::Unknown,
        }
    }

    /// Returns the slot of a handle, if its connection is open.
    pub(crate) fn open_slot(&self, handle: u64) -> Option<SlotId> {
        if let Lookup::Open(slot, _) = self.look_up(handle) { Some(slot) } else { None }
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
        if let Lookup::Open(_, connection) = self.look_up(handle) { Some(connection) } else { None }
    }

    /// The same, to change it.
    pub(crate) fn connection_mut(&mut self, handle: u64) -> Option<&mut Connection> {
        self.open_slot(handle).and_then(|slot| self.get_mut(slot))
    }

    /// Moves an open connection to another state, in which it is open as well.
    #[inline]
    pub(crate) fn move_to(&mut self, slot: SlotId, state: HandleState) {
        if let Some(connection) = self.get_mut(slot) {
            connection.state = state;
        }
    }

    /// A caller closes a connection. Returns the connection, if it was open.
    #[inline]
    pub(crate) fn disconnect(&mut self, slot: SlotId, disconnected_at: CallSite) -> Option<Connection> {
        self.has_disconnected = true;
        self.close(slot, disconnected_at)
    }

    /// Closes a connection for whatever reason. Returns the connection, if it was open.
    #[inline(always)]
    pub(crate) fn close(&mut self, id: SlotId, closed_at: CallSite) -> Option<Connection> {
        let slot = &mut self.slots[id.0 as usize];
        let connected_at = slot.content.as_ref().ok()?.connected_at;
        let closed = std::mem::replace(&mut slot.content, Err((connected_at, closed_at)));
        self.live -= 1;
        if !self.failed_disconnects.is_empty() {
            self.failed_disconnects.remove(&id);
        }
        let is_reusable = match &self.numbering {
            // A slot whose generations are used up stays closed, so that no value is issued twice.
            Numbering::Generations => slot.generation < GENERATIONS,
            Numbering::Addresses => true,
            // A value that a script has issued is issued again only if a script says so.
            Numbering::Scripted(script) => script.values[id.0 as usize] == address(self.issuer, id),
        };
        if is_reusable {
            self.free.push(id);
        }
        closed.ok()
    }

    /// A disconnect of a handle fails. Its connection stays open.
    pub(crate) fn fail_disconnect(&mut self, handle: u64, failed_at: CallSite) {
        if let Lookup::Open(slot, _) = self.look_up(handle) {
            self.failed_disconnects.insert(slot, failed_at);
        }
    }

    /// Returns where the last disconnect of an open connection failed, if one has failed.
    pub(crate) fn failed_disconnect(&self, slot: SlotId) -> Option<CallSite> {
        self.failed_disconnects.get(&slot).copied()
    }

    /// Returns the open connections, with their slots.
    pub(crate) fn open_connections(&self) -> impl Iterator<Item = (SlotId, &Connection)> {
        let slots = self.slots.iter().zip((0..).map(SlotId));
        slots.filter_map(|(slot, id)| Some((id, slot.content.as_ref().ok()?)))
    }

    /// Whether callers have disconnected connections, and none is open.
    pub(crate) fn are_all_closed(&self) -> bool {
        self.has_disconnected && self.live == 0
    }

    /// Returns the past of a handle, if it was issued.
    pub(crate) fn past(&self, handle: u64) -> Option<PastOfHandle> {
        match self.look_up(handle) {
            Lookup::Unknown => None,
            Lookup::Stale(past) => Some(past),
            Lookup::Open(_, connection) => Some(connection.past()),
        }
    }

    /// Returns the handle that a slot was given last.
    pub(crate) fn value(&self, slot: SlotId) -> u64 {
        self.numbering.value(self.issuer, slot, self.slots[slot.0 as usize].generation)
    }

    #[inline(always)]
    fn slot(&self, handle: u64) -> Option<(SlotId, &Slot)> {
        let at = match &self.numbering {
            Numbering::Generations => {
                if handle & ISSUER != self.issuer.bits {
                    return None;
                }
                (handle & SLOT).checked_sub(1)?
            }
            Numbering::Addresses => {
                let distance = handle.checked_sub(address(self.issuer, SlotId(0)))?;
                (distance % STRIDE == 0).then_some(distance / STRIDE)?
            }
            Numbering::Scripted(script) => script.slot(handle)?,
        };
        let slot = self.slots.get(usize::try_from(at).ok()?)?;
        // There are no more slots than numbers for them.
        Some((SlotId(at as u32), slot))
    }

    fn is_current(&self, handle: u64, slot: &Slot) -> bool {
        !matches!(self.numbering, Numbering::Generations) || generation(handle) == slot.generation
    }

    /// Returns whether a value that no engine of its lab knows may be a handle of another lab.
    pub(crate) fn may_be_of(&self, lab: u32, handle: u64) -> bool {
        let of_lab = |engine| Issuer::new(lab, engine);
        match self.numbering {
            Numbering::Generations => {
                generation(handle) > 0 && handle & SLOT > 0 && handle >> LAB_BIT == of_lab(0).bits >> LAB_BIT
            }
            Numbering::Addresses => (0..MOST_ENGINES).any(|engine| {
                let distance = handle.checked_sub(address(of_lab(engine), SlotId(0)));
                distance.is_some_and(|distance| distance % STRIDE == 0 && distance / STRIDE < MOST_SLOTS)
            }),
            Numbering::Scripted(_) => false,
        }
    }
}

/// How far addresses of another lab are recognised.
const MOST_ENGINES: u32 = 4;
const MOST_SLOTS: u64 = 64;

fn generation(handle: u64) -> u32 {
    u32::try_from((handle >> GENERATION_BIT) & u64::from(GENERATIONS)).unwrap_or(0)
}

fn address(issuer: Issuer, slot: SlotId) -> u64 {
    FIRST_ADDRESS + issuer.distance + u64::from(slot.0) * STRIDE
}
