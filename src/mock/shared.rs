//! The synchronisation around a world: the lock, the waiting, and the journal. Nothing else locks, notifies or writes the
//! journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::calls::{Awakening, CallOrigin, PendingWait, Reply, Request};
#[cfg(feature = "trace")]
use super::journal::{Journal, Log};
use super::thread;
use super::world::{Delivery, EngineId, JournalEntry, World};
use crate::call::{Call, Caller, Ending, Outcome, Outputs};
use crate::dispatch::CallSite;
use crate::flags::Class;
use crate::hresult::{HRESULT, S_OK};
use crate::process::Computer;
use crate::profile::Profile;
use crate::sync::{Condvar, Mutex, MutexGuard};

/// A world that is shared by everything through which callers reach it.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<Logged>,
    /// Notified whenever a blocked wait should be looked at again.
    changed: Condvar,
    /// How many threads wait for that. It changes only under the lock.
    waiting: AtomicU32,
}

/// A world and its journal.
#[derive(Clone, Debug)]
struct Logged {
    world: World,
    /// The outputs of the call that returns. A call that waits has none yet, and the next one finds none here.
    out: Outputs,
    #[cfg(feature = "trace")]
    log: Log,
}

impl Shared {
    pub(super) fn new(profile: Profile) -> Shared {
        let state = Logged {
            world: World::new(profile, thread::number_lab()),
            out: Outputs::default(),
            #[cfg(feature = "trace")]
            log: Log::default(),
        };
        Shared { state: Mutex::new(state), changed: Condvar::default(), waiting: AtomicU32::new(0) }
    }

    /// Looks at the world or changes it.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut World) -> T) -> T {
        let mut state = self.state.lock();
        let result = work(&mut state.world);
        self.free(state);
        result
    }

    /// Saves the world and its journal. Returns a function that brings both back, as often as it is called.
    pub(super) fn checkpoint(self: &Arc<Shared>) -> Box<dyn Fn()> {
        let shared = Arc::clone(self);
        let saved = shared.state.lock().clone();
        Box::new(move || {
            let replaced = std::mem::replace(&mut *shared.state.lock(), saved.clone());
            shared.wake();
            // The callbacks of client objects are dropped without the lock: they may call the engine again.
            drop(replaced);
        })
    }

    /// Does something on a client object that admits the call. It is not in the journal.
    pub(super) fn with_client(
        &self,
        origin: &CallOrigin,
        call: &Call<&str>,
        call_site: CallSite,
        work: impl FnOnce(&mut World),
    ) -> HRESULT {
        self.with(|world| {
            let request = Request::new(world, origin, thread::current(), call, call_site);
            match world.admit(&request) {
                Ok(()) => {
                    work(world);
                    S_OK
                }
                Err(refused) => refused,
            }
        })
    }

    /// Makes a call on a client object, and waits if it waits. `hand_out` takes the outputs.
    #[inline]
    pub(super) fn call(
        &self,
        origin: &CallOrigin,
        call: &Call<&str>,
        call_site: CallSite,
        hand_out: impl FnOnce(&mut Outputs),
    ) -> HRESULT {
        let (mut state, hresult) = self.make(origin, call, call_site);
        hand_out(&mut state.out);
        debug_assert!(
            state.out == Outputs::default(),
            "{:?} has other outputs than its method: {:?}",
            call.method(),
            state.out
        );
        self.free(state);
        hresult
    }

    /// Makes a call. Its outputs are in the state that is returned.
    fn make(&self, origin: &CallOrigin, call: &Call<&str>, call_site: CallSite) -> (MutexGuard<'_, Logged>, HRESULT) {
        let mut state = self.state.lock();
        if state.world.faults.have_predicates() {
            state = self.ask_predicates(state, origin, call);
        }
        let Logged { world, out, .. } = &mut *state;
        // Threads are numbered by who calls first, not by whose call returns first.
        let request = Request::new(world, origin, thread::current(), call, call_site);
        let hresult = match world.call(&request, out) {
            Some(hresult) => hresult,
            None => {
                let hresult;
                (state, hresult) = self.make_rare(state, request);
                hresult
            }
        };
        if hresult.is_err() {
            state.world.call_failed(request);
        }
        if state.world.aftermath.is_some() {
            state.world.state_changes();
            state.write_entries();
        }
        state.write(&request, hresult);
        (state, hresult)
    }

    /// Makes a call that is not frequent, and waits if it waits.
    #[inline(never)]
    fn make_rare<'a>(
        &'a self,
        mut state: MutexGuard<'a, Logged>,
        request: Request<'_>,
    ) -> (MutexGuard<'a, Logged>, HRESULT) {
        let Logged { world, out, .. } = &mut *state;
        match request.make(world, out) {
            Reply::Done(hresult) => (state, hresult),
            Reply::Wait(wait) => self.wait(state, &request, wait),
        }
    }

    /// Asks the predicates of faults about a call, without the lock.
    #[cold]
    fn ask_predicates<'a>(
        &'a self,
        state: MutexGuard<'a, Logged>,
        origin: &CallOrigin,
        call: &Call<&str>,
    ) -> MutexGuard<'a, Logged> {
        // No fault applies to the calls of hosts. That is asked here, where few calls come.
        if origin.identity.is_of_host {
            return state;
        }
        let predicates = state.world.faults.predicates(call.method());
        drop(state);
        let holding = predicates.into_iter().filter(|(_, predicate)| predicate.holds(call)).map(|(id, _)| id).collect();
        let mut state = self.state.lock();
        state.world.faults.set_holding(holding);
        state
    }

    /// Waits until the world says that the call returns.
    #[cold]
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, Logged>,
        request: &Request<'_>,
        mut wait: Box<PendingWait>,
    ) -> (MutexGuard<'a, Logged>, HRESULT) {
        let began = Instant::now();
        loop {
            let outbox = self.settle(&mut state);
            let timed_out;
            (state, timed_out) = match outbox.is_empty() {
                true => self.sleep(state, wait.at_most),
                false => (self.send_and_lock(state, outbox), false),
            };
            let awakening = Awakening { waited: began.elapsed(), timed_out };
            let Logged { world, out, .. } = &mut *state;
            match world.continue_wait(request, &wait, awakening, out) {
                Reply::Done(hresult) => return (state, hresult),
                Reply::Wait(next) => wait = next,
            }
        }
    }

    /// Waits until something has changed, or this time has passed. Returns whether it has passed.
    fn sleep<'a>(&'a self, state: MutexGuard<'a, Logged>, at_most: Option<Duration>) -> (MutexGuard<'a, Logged>, bool) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let woken = self.changed.wait(state, at_most);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        woken
    }

    /// Calls callbacks in a wait, which may ask to break into a target.
    fn send_and_lock<'a>(&'a self, state: MutexGuard<'a, Logged>, outbox: Vec<Delivery>) -> MutexGuard<'a, Logged> {
        drop(state);
        let breaks: Vec<EngineId> = outbox.into_iter().filter_map(Delivery::deliver).collect();
        let mut state = self.state.lock();
        for engine in breaks {
            state.world.engines[engine].session.asked_to_break = true;
        }
        state
    }

    /// Frees the lock, and does what is left to do.
    #[inline]
    fn free(&self, state: MutexGuard<'_, Logged>) {
        if state.world.aftermath.is_some() {
            self.settle_and_send(state);
        }
    }

    #[cold]
    fn settle_and_send(&self, mut state: MutexGuard<'_, Logged>) {
        let outbox = self.settle(&mut state);
        drop(state);
        for delivery in outbox {
            delivery.deliver();
        }
    }

    /// Writes what the journal does not have yet, and notifies the waits if something has changed for them. Returns what
    /// leaves the lab once its lock is free.
    fn settle(&self, state: &mut Logged) -> Vec<Delivery> {
        state.world.leave();
        state.write_entries();
        let (outbox, wakes_waits) = state.world.end_aftermath();
        if wakes_waits {
            self.wake();
        }
        outbox
    }

    /// Wakes the threads that wait. The system is not called for none.
    fn wake(&self) {
        if self.waiting.load(Ordering::Relaxed) > 0 {
            self.changed.notify_all();
        }
    }

    #[cfg(feature = "trace")]
    pub(super) fn journal(&self) -> Journal {
        let state = self.state.lock();
        state.log.read(state.world.profile, state.world.process_names())
    }

    #[cfg(feature = "trace")]
    pub(super) fn keep_journal(&self, calls: usize) {
        self.state.lock().log.keep(calls);
    }
}

impl Logged {
    #[cold]
    fn write_entries(&mut self) {
        let Some(aftermath) = &mut self.world.aftermath else { return };
        for entry in std::mem::take(&mut aftermath.entries) {
            match entry {
                JournalEntry::Killed(engine) => self.write_killed(engine.0),
                JournalEntry::Computer(engine, computer) => self.write_computer(engine.0, computer),
                JournalEntry::Client(by, made) => self.write_outcome(&by, &made.0, &made.1),
                JournalEntry::ServerStarted { by, options, is_debugging, hresult } => {
                    let options = Some(options.as_str());
                    let call = if is_debugging {
                        Call::StartServer { options }
                    } else {
                        Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }
                    };
                    self.write_outcome(&by, &call, &Outcome::returned(hresult));
                }
            }
        }
    }

    /// Writes the call that is being made.
    #[inline]
    fn write(&mut self, request: &Request<'_>, hresult: HRESULT) {
        let ending = Ending::Returned(hresult);
        #[cfg(feature = "trace")]
        self.log.call(|| request.by(), request.call, ending, &self.out);
        // There is no journal without the feature `trace`.
        let _ = (request, ending);
    }

    fn write_outcome(&mut self, by: &Caller, call: &Call<&str>, outcome: &Outcome) {
        #[cfg(feature = "trace")]
        self.log.call(|| *by, call, outcome.ending, &outcome.out);
        let _ = (by, call, outcome);
    }

    fn write_computer(&mut self, process: u32, computer: Computer) {
        #[cfg(feature = "trace")]
        self.log.computer(process, computer);
        #[cfg(not(feature = "trace"))]
        let _ = (process, computer);
    }

    fn write_killed(&mut self, process: u32) {
        #[cfg(feature = "trace")]
        self.log.killed(process);
        let _ = process;
    }
}
