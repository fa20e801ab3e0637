//! Drives engines through calls as values. It holds the processes that a run started and the client objects in them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;

use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::{DebugClient, Engine, HostLocation};
use crate::dispatch::dispatch;
use crate::hresult::HRESULT;
use crate::interface::Interface;

/// The processes of one run, each with its engine and its client objects. Process 0 is the one that
/// [`Harness::new`] got; [`Harness::start_process`] adds others.
pub(crate) struct Harness {
    processes: Vec<HarnessProcess>,
}

impl Drop for Harness {
    /// Drops each object by itself. If two of them panicked in one go, the process would abort.
    fn drop(&mut self) {
        let mut first = None;
        let mut guarded = |drop: &mut dyn FnMut()| {
            let panicked = catch_unwind(AssertUnwindSafe(drop)).err();
            first = first.take().or(panicked);
        };
        for HarnessProcess { engine, clients, .. } in self.processes.drain(..) {
            let mut engine = Some(engine);
            guarded(&mut || drop(engine.take()));
            for client in clients.into_values() {
                let mut client = Some(client);
                guarded(&mut || drop(client.take()));
            }
        }
        if let Some(panic) = first.filter(|_| !std::thread::panicking()) {
            resume_unwind(panic);
        }
    }
}

struct HarnessProcess {
    engine: Arc<dyn Engine>,
    clients: BTreeMap<u32, HarnessClient>,
    made: u32,
    killed: bool,
}

struct HarnessClient {
    object: Box<dyn DebugClient>,
    interface: Interface,
    /// The interface that the object is asked for before its first call that version 1 does not have.
    later: Option<Interface>,
}

impl Harness {
    /// Starts with one process.
    pub(crate) fn new(engine: Box<dyn Engine>) -> Harness {
        Harness { processes: vec![HarnessProcess::new(engine)] }
    }

    /// Adds a process. Returns its number, or `None` if the engine cannot start one.
    pub(crate) fn start_process(&mut self, place: HostLocation) -> Option<u32> {
        let engine = self.processes.first()?.engine.start_process(place)?;
        Some(self.adopt(engine))
    }

    /// Adds a process that was started by other means. Returns its number.
    pub(crate) fn adopt(&mut self, engine: Box<dyn Engine>) -> u32 {
        self.processes.push(HarnessProcess::new(engine));
        u32::try_from(self.processes.len() - 1).unwrap_or(u32::MAX)
    }

    /// Returns the same processes for another thread, without client objects.
    pub(crate) fn beside(&self) -> Harness {
        let beside = |process: &HarnessProcess| {
            let engine = Arc::clone(&process.engine);
            HarnessProcess { engine, clients: BTreeMap::new(), made: 0, killed: process.killed }
        };
        Harness { processes: self.processes.iter().map(beside).collect() }
    }

    /// Ends a process from outside. Returns `false` if the engine cannot do that.
    pub(crate) fn kill(&mut self, process: u32) -> bool {
        let Some(process) = self.process(process) else { return false };
        process.killed = process.engine.kill();
        process.killed
    }

    /// Returns the engine of a process that is alive.
    pub(crate) fn engine(&self, process: u32) -> Option<&dyn Engine> {
        let process = self.processes.get(usize::try_from(process).ok()?)?;
        (!process.killed).then_some(&*process.engine)
    }

    /// Returns how many client objects a process has made, which is the number of its next one.
    pub(crate) fn clients_made(&self, process: u32) -> u32 {
        self.processes.get(usize::try_from(process).unwrap_or(usize::MAX)).map_or(0, |process| process.made)
    }

    /// Makes a call. Returns `None` if there is no such process, thread or client object, and makes no call then.
    ///
    /// `DebugCreate` makes the client object with the caller's number. CreateClient makes one with the next free number.
    /// That has version 1, and is brought to the interface of its maker when a call needs that (CLI-15). A client object is
    /// called through the newest version that it was asked for.
    pub(crate) fn perform(&mut self, by: Caller, call: &Call) -> Option<Outcome> {
        let process = self.process(by.process)?;
        let mut work =
            Work { process_clients: &mut process.clients, made: &mut process.made, engine: &*process.engine };
        let mut outcome = None;
        let ran = process.engine.on_thread(by.thread, &mut || outcome = work.perform(by.client, call));
        outcome.filter(|_| ran)
    }

    fn process(&mut self, process: u32) -> Option<&mut HarnessProcess> {
        self.processes.get_mut(usize::try_from(process).ok()?).filter(|process| !process.killed)
    }
}

impl HarnessProcess {
    fn new(engine: Box<dyn Engine>) -> HarnessProcess {
        HarnessProcess { engine: engine.into(), clients: BTreeMap::new(), made: 0, killed: false }
    }
}

struct Work<'a> {
    process_clients: &'a mut BTreeMap<u32, HarnessClient>,
    made: &'a mut u32,
    engine: &'a dyn Engine,
}

impl Work<'_> {
    fn perform(&mut self, number: u32, call: &Call) -> Option<Outcome> {
        match call {
            Call::DebugCreate { interface } => {
                let mut object = None;
                let hresult = self.engine.debug_create(interface, Some(&mut object));
                self.keep(number, object, interface);
                Some(Outcome::returned(hresult))
            }
            Call::CreateClient => self.create_client(number),
            Call::Release => {
                let client = self.process_clients.remove(&number)?;
                let references = client.object.release();
                Some(Outcome { ending: Ending::References(references), out: Default::default() })
            }
            Call::QueryInterface { interface } => self.query_interface(number, interface),
            _ => Some(dispatch(self.object(number, call)?, call)),
        }
    }

    fn query_interface(&mut self, number: u32, interface: &Interface) -> Option<Outcome> {
        let client = self.process_clients.get_mut(&number)?;
        let mut other = None;
        let hresult = client.object.query_interface(interface, Some(&mut other));
        let is_newer = interface.version() > client.interface.version();
        if let Some(object) = other.filter(|_| is_newer) {
            *client = HarnessClient { object, interface: interface.clone(), later: client.later.take() };
        }
        Some(Outcome::returned(hresult))
    }

    fn create_client(&mut self, number: u32) -> Option<Outcome> {
        let parent = self.process_clients.get(&number)?;
        let interface = parent.later.as_ref().unwrap_or(&parent.interface).clone();
        let mut made = None;
        let hresult = parent.object.create_client(Some(&mut made));
        let mut outcome = Outcome::returned(hresult);
        if let Some(object) = made {
            let number = *self.made;
            outcome.out.client = Some(number);
            self.keep(number, Some(object), &Interface::DebugClient(1));
            let made = self.process_clients.get_mut(&number)?;
            made.later = interface.version().filter(|version| *version > 1).map(|_| interface);
        }
        Some(outcome)
    }

    /// Returns the client object for a call. One that CreateClient made is brought to the interface of its maker before its
    /// first call that version 1 does not have.
    fn object(&mut self, number: u32, call: &Call) -> Option<&dyn DebugClient> {
        let client = self.process_clients.get_mut(&number)?;
        if call.since() > 1
            && let Some(interface) = client.later.take()
        {
            let mut newer = None;
            let _: HRESULT = client.object.query_interface(&interface, Some(&mut newer));
            if let Some(object) = newer {
                *client = HarnessClient { object, interface, later: None };
            }
        }
        Some(&*client.object)
    }

    fn keep(&mut self, number: u32, object: Option<Box<dyn DebugClient>>, interface: &Interface) {
        if let Some(object) = object {
            let client = HarnessClient { object, interface: interface.clone(), later: None };
            self.process_clients.insert(number, client);
            *self.made = (*self.made).max(number.saturating_add(1));
        }
    }
}
