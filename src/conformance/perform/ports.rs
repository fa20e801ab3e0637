//! Ports of this computer that nobody else uses.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

/// The number of ports of a block.
pub(super) const PORTS: u16 = 10;

/// The names of ports that are almost the one with the name 7001: each has another bit, another first digit, or one digit
/// less. An engine that compares too little of a port takes them for that one.
pub(crate) const ALMOST_PORTS: [u16; 5] = [7901, 7911, 7921, 7931, LAST_DIGIT_CUT];

/// The name of the port with the name 7001 without its last digit.
pub(crate) const LAST_DIGIT_CUT: u16 = 7941;

/// The names of all such ports. The last digit is that of the port that they are almost; the digit before it says how.
pub(super) const ALMOST: std::ops::RangeInclusive<u16> = 7900..=7949;

/// The first port of the first block. From 32768 on, systems give ports to the near ends of connections.
const FIRST: u16 = 10_000;
const LAST: u16 = 32_767;

/// The number of blocks. Each has a guard before its ports.
const BLOCKS: u16 = (LAST - FIRST) / (PORTS + 1);

/// How many blocks are kept for later runs: as long as possible, no run gets the ports of the run before it.
const KEPT: usize = 32;

/// Of so many runs, one is asked whether its engine really listens, and each of as many at the beginning.
const ASKED: u32 = 32;

/// Blocks that were free, the one that was used last at the end.
static FREE: Mutex<VecDeque<PortBlock>> = Mutex::new(VecDeque::new());

/// Whether a subject listens on real ports, as far as its runs have shown. A simulated one needs no port that is free, so
/// its runs share a few blocks, without asking the system again.
#[derive(Debug, Default)]
pub(crate) struct Listening {
    is_seen: AtomicBool,
    runs: AtomicU32,
}

impl Listening {
    /// The record that the runs outside of any suite share.
    pub(super) fn shared() -> Arc<Listening> {
        static SHARED: LazyLock<Arc<Listening>> = LazyLock::new(Arc::default);
        Arc::clone(&SHARED)
    }

    /// Whether a run has shown that the subject listens.
    pub(crate) fn is_seen(&self) -> bool {
        self.is_seen.load(Ordering::Relaxed)
    }

    /// Looks now and then whether somebody listens on the ports of a run. The engine of the run still exists.
    pub(super) fn observe<'a>(&self, mut blocks: impl Iterator<Item = &'a PortBlock>) {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let is_asked = run < ASKED || run.is_multiple_of(ASKED);
        if is_asked && !self.is_seen() && blocks.any(PortBlock::is_listened_at) {
            self.is_seen.store(true, Ordering::Relaxed);
            FREE.lock().clear();
        }
    }
}

/// Consecutive ports that were free, and that no other run gets until they are given back.
#[derive(Debug)]
pub(super) struct PortBlock {
    first: u16,
    /// The port before the first one, which is held so that no other process takes the block. `None` where nothing can be
    /// held.
    guard: Option<TcpListener>,
    /// The ports that a run used, as bits.
    used: u16,
    /// The ports that are almost those of the block, by name, each with the guard of the block to which it belongs.
    almost: Vec<(u16, u16, Option<TcpListener>)>,
}

impl PortBlock {
    /// Returns a block that is free.
    pub(super) fn lease(listening: &Listening) -> PortBlock {
        let kept = if listening.is_seen() { None } else { kept() };
        kept.unwrap_or_else(PortBlock::find)
    }

    fn find() -> PortBlock {
        let start = fastrand::u16(..BLOCKS);
        let firsts = (0..BLOCKS).map(|n| FIRST + (start + n) % BLOCKS * (PORTS + 1) + 1);
        let guarded = firsts.clone().find_map(|first| {
            let guard = TcpListener::bind((Ipv4Addr::LOCALHOST, first - 1)).ok()?;
            let is_free = (first..first + PORTS).all(|port| !is_taken(port));
            is_free.then(|| PortBlock { guard: Some(guard), ..PortBlock::unguarded(first) })
        });
        // Where no port can be bound, no engine listens either.
        guarded.unwrap_or(PortBlock::unguarded(FIRST + start * (PORTS + 1) + 1))
    }

    fn unguarded(first: u16) -> PortBlock {
        PortBlock { first, guard: None, used: 0, almost: Vec::new() }
    }

    /// Returns the n-th port, from 0.
    pub(super) fn port(&mut self, n: u16) -> u16 {
        self.used |= 1 << n;
        self.first + n
    }

    /// Returns the port of one of the names in [`ALMOST`], or the last port of the block if somebody else may have it.
    pub(super) fn almost(&mut self, name: u16) -> u16 {
        if let Some((_, port, _)) = self.almost.iter().find(|(own, ..)| *own == name) {
            return *port;
        }
        let port = self.first + name % PORTS;
        let almost = match (name - ALMOST.start()) / PORTS {
            0 => port ^ 0x100,
            1 => port ^ 0x1000,
            2 => port ^ 0x8000,
            3 => port + 10_000,
            _ => port / 10,
        };
        // Nobody meets a simulated engine there, so what it is asked does not depend on the computer.
        let (is_free, guard) = if self.is_listened_at() { hold(almost) } else { (true, None) };
        let almost = if is_free { almost } else { self.first + PORTS - 1 };
        self.almost.push((name, almost, guard));
        almost
    }

    /// Whether somebody listens at a port that the run used. That is its engine, which listens on real ports.
    fn is_listened_at(&self) -> bool {
        (0..PORTS).any(|n| self.used & 1 << n != 0 && is_taken(self.first + n))
    }

    /// Gives the block back.
    pub(super) fn give_back(mut self, listening: &Listening) {
        if !listening.is_seen() && self.guard.is_some() {
            self.used = 0;
            self.almost.clear();
            FREE.lock().push_back(self);
        }
    }
}

/// Keeps other runs from the block that has this port, if one does. Returns whether nobody has the port, and what is held.
fn hold(port: u16) -> (bool, Option<TcpListener>) {
    let guard = guard_of(port).map(|guard| TcpListener::bind((Ipv4Addr::LOCALHOST, guard)));
    let is_free = guard_of(port) != Some(port) && !matches!(guard, Some(Err(_))) && !is_taken(port);
    (is_free, guard.and_then(Result::ok))
}

/// Returns the guard of the block that has this port, if one does.
fn guard_of(port: u16) -> Option<u16> {
    let block = port.checked_sub(FIRST)? / (PORTS + 1);
    (block < BLOCKS).then_some(FIRST + block * (PORTS + 1))
}

/// Only this computer's own addresses are asked: for others, the firewalls of some systems ask the user.
fn is_taken(port: u16) -> bool {
    let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    own.into_iter().any(|address| {
        let bound = TcpListener::bind((address, port));
        // Any other error says that the computer does not have the address.
        bound.is_err_and(|error| matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied))
    })
}

fn kept() -> Option<PortBlock> {
    let mut free = FREE.lock();
    if free.len() < KEPT { None } else { free.pop_front() }
}
