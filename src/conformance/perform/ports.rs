//! Ports of this computer that nobody else uses.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of ports of a block.
pub(super) const PORTS: u16 = 10;

/// The first port of the first block. From 32768 on, systems give ports to the near ends of connections.
const FIRST: u16 = 10_000;
const LAST: u16 = 32_767;

/// The number of blocks. Each has a guard before its ports.
const BLOCKS: u16 = (LAST - FIRST) / (PORTS + 1);

/// How many blocks are kept for later runs: as long as possible, no run gets the ports of the run before it.
const KEPT: usize = 32;

/// Of so many runs, one is asked whether its engine really listens.
const ASKED: u32 = 16;

/// Blocks that were free, the one that was used last at the end.
static FREE: Mutex<VecDeque<PortBlock>> = Mutex::new(VecDeque::new());

/// Whether an engine in this process listens on real ports. A simulated one needs no port that is free, so its runs share a
/// few blocks, without asking the system again.
static LISTENS: AtomicBool = AtomicBool::new(false);

/// Consecutive ports that were free, and that no other run gets until they are given back.
#[derive(Debug)]
pub(super) struct PortBlock {
    first: u16,
    /// The port before the first one, which is held so that no other process takes the block. `None` where nothing can be
    /// held.
    guard: Option<TcpListener>,
    /// The ports that a run used, as bits.
    used: u16,
}

impl PortBlock {
    /// Returns a block that is free.
    pub(super) fn lease() -> PortBlock {
        let kept = if LISTENS.load(Ordering::Relaxed) { None } else { kept() };
        kept.unwrap_or_else(PortBlock::find)
    }

    fn find() -> PortBlock {
        let start = fastrand::u16(..BLOCKS);
        let firsts = (0..BLOCKS).map(|n| FIRST + (start + n) % BLOCKS * (PORTS + 1) + 1);
        let guarded = firsts.clone().find_map(|first| {
            let guard = TcpListener::bind((Ipv4Addr::LOCALHOST, first - 1)).ok()?;
            let block = PortBlock { first, guard: Some(guard), used: 0 };
            (0..PORTS).all(|port| !block.is_taken(port)).then_some(block)
        });
        // Where no port can be bound, no engine listens either.
        guarded.unwrap_or(PortBlock { first: FIRST + start * (PORTS + 1) + 1, guard: None, used: 0 })
    }

    /// Returns the n-th port, from 0.
    pub(super) fn port(&mut self, n: u16) -> u16 {
        self.used |= 1 << n;
        self.first + n
    }

    /// Looks now and then whether somebody listens on the ports of a run. The engine of the run still exists.
    pub(super) fn observe<'a>(mut blocks: impl Iterator<Item = &'a PortBlock>) {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        if RUNS.fetch_add(1, Ordering::Relaxed).is_multiple_of(ASKED) {
            let is_taken = |block: &PortBlock| (0..PORTS).any(|n| block.used & 1 << n != 0 && block.is_taken(n));
            if blocks.any(is_taken) {
                LISTENS.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Gives the block back.
    pub(super) fn give_back(mut self) {
        if !LISTENS.load(Ordering::Relaxed) && self.guard.is_some() {
            self.used = 0;
            free().push_back(self);
        }
    }

    /// Only this computer's own addresses are asked: for others, the firewalls of some systems ask the user.
    fn is_taken(&self, n: u16) -> bool {
        let own = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        own.into_iter().any(|address| {
            let bound = TcpListener::bind((address, self.first + n));
            // Any other error says that the computer does not have the address.
            bound.is_err_and(|error| matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied))
        })
    }
}

fn kept() -> Option<PortBlock> {
    let mut free = free();
    if free.len() < KEPT { None } else { free.pop_front() }
}

fn free() -> MutexGuard<'static, VecDeque<PortBlock>> {
    FREE.lock().unwrap_or_else(PoisonError::into_inner)
}
