//! Engines with a race. Nothing is left to chance: a thread that has looked a value up waits until another thread has
//! done so too, or no other thread is left.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, ThreadId};

use dbgeng_testkit::flags::INFINITE;
use dbgeng_testkit::hresult::{S_FALSE, S_OK};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{
    AnswerCall, ByCall, Call, Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Outcome, Profile,
    dispatch,
};

/// A handle that no lab issues.
const NEVER_ISSUED: u64 = u64::MAX - 1;

/// A race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Race {
    /// A disconnect looks the handle up under one lock, and closes it under another.
    Disconnect,
    /// A connect reads the next handle under one lock, and increments it under another.
    Connect,
    /// A disconnect panics while another one is running.
    Panic,
    /// A disconnect aborts the process while another one is running.
    Abort,
    /// A disconnect does not return while another one is running.
    Hang,
    /// Two starts that run at the same time both succeed, even at one address.
    Start,
    /// An infinite wait that is running when the server ends returns S_FALSE.
    Wait,
}

/// The mock with a race.
pub(crate) struct Racing {
    inner: LabEngine,
    shared: Arc<Shared>,
}

struct Shared {
    race: Race,
    main: ThreadId,
    meeting: Mutex<Meeting>,
    changed: Condvar,
    handles: Mutex<Handles>,
}

/// The threads that could still come, and those that wait.
#[derive(Default)]
struct Meeting {
    clients: HashMap<ThreadId, usize>,
    /// Whether an infinite wait has begun.
    waits: bool,
    waiting: usize,
    meetings: u64,
}

#[derive(Default)]
struct Handles {
    next: u64,
    issued: HashMap<u64, u64>,
    open: HashSet<u64>,
}

impl Racing {
    pub(crate) fn new(race: Race, profile: Profile) -> Racing {
        let (main, meeting, changed) = (thread::current().id(), Mutex::default(), Condvar::new());
        let handles = Mutex::new(Handles { next: 0x1000, ..Handles::default() });
        Racing { inner: Lab::new(profile).engine(), shared: Arc::new(Shared { race, main, meeting, changed, handles }) }
    }
}

impl Shared {
    /// Waits for another thread, and returns whether one came.
    fn meet(&self) -> bool {
        let me = thread::current().id();
        let mut meeting = self.meeting.lock().unwrap();
        if !meeting.clients.contains_key(&me) {
            return false;
        }
        if meeting.waiting > 0 {
            meeting.waiting = 0;
            meeting.meetings += 1;
            self.changed.notify_all();
            return true;
        }
        meeting.waiting = 1;
        let before = meeting.meetings;
        while meeting.meetings == before && meeting.clients.len() > 1 {
            meeting = self.changed.wait(meeting).unwrap();
        }
        let came = meeting.meetings != before;
        meeting.waiting = if came { meeting.waiting } else { 0 };
        came
    }

    fn connect(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let mut outcome = dispatch(client, call);
        let Some(handle) = outcome.out.server else { return outcome };
        let own = self.handles.lock().unwrap().next;
        if self.race == Race::Connect {
            self.meet();
        }
        let mut handles = self.handles.lock().unwrap();
        handles.next = own + 16;
        handles.issued.insert(own, handle);
        handles.open.insert(own);
        outcome.out.server = Some(own);
        outcome
    }

    fn start(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let outcome = dispatch(client, call);
        if self.meet() { Outcome::returned(S_OK) } else { outcome }
    }

    fn wait(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let has_ended = dispatch(client, &Call::WaitForProcessServerEnd { timeout: 0 });
        if has_ended == Outcome::returned(S_OK) {
            return has_ended;
        }
        self.meeting.lock().unwrap().waits = true;
        self.changed.notify_all();
        dispatch(client, call);
        Outcome::returned(S_FALSE)
    }

    /// Ends a server once another thread waits for that, or no other thread is left.
    fn end(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let meeting = self.meeting.lock().unwrap();
        let may_come = |meeting: &mut Meeting| !meeting.waits && meeting.clients.len() > 1;
        drop(self.changed.wait_while(meeting, may_come).unwrap());
        dispatch(client, call)
    }

    fn disconnect(&self, client: &dyn DebugClient, own: u64, call: &Call) -> Outcome {
        let is_open = self.handles.lock().unwrap().open.contains(&own);
        let meets = self.race != Race::Connect && self.meet();
        match self.race {
            Race::Panic if meets => panic!("two disconnects at once"),
            Race::Abort if meets => std::process::abort(),
            Race::Hang if meets => loop {
                thread::park();
            },
            _ => {}
        }
        let is_first = self.handles.lock().unwrap().open.remove(&own);
        // The handle was open when it was looked at, so this is the one that closes it, as far as it knows.
        let believes_it_closes = self.race != Race::Connect && is_open && !is_first;
        if believes_it_closes { Outcome::returned(S_OK) } else { dispatch(client, call) }
    }
}

/// A thread that holds a client object. The thread that made the engine takes no part.
struct Party {
    shared: Arc<Shared>,
    thread: ThreadId,
}

impl Party {
    fn new(shared: &Arc<Shared>) -> Party {
        let thread = thread::current().id();
        if thread != shared.main {
            *shared.meeting.lock().unwrap().clients.entry(thread).or_default() += 1;
        }
        Party { shared: Arc::clone(shared), thread }
    }
}

impl Drop for Party {
    fn drop(&mut self) {
        let mut meeting = self.shared.meeting.lock().unwrap();
        if let Some(clients) = meeting.clients.get_mut(&self.thread) {
            *clients -= 1;
            if *clients == 0 {
                meeting.clients.remove(&self.thread);
            }
        }
        self.shared.changed.notify_all();
    }
}

struct RacingClient {
    inner: Box<dyn DebugClient>,
    party: Party,
}

fn racing(shared: &Arc<Shared>, client: Out<'_, Box<dyn DebugClient>>, made: Option<Box<dyn DebugClient>>) {
    if let (Some(client), Some(inner)) = (client, made) {
        *client = Some(Box::new(ByCall(RacingClient { inner, party: Party::new(shared) })));
    }
}

impl Engine for Racing {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.debug_create(interface, client.is_some().then_some(&mut made));
        racing(&self.shared, client, made);
        hresult
    }

    /// Its hosts have no race.
    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        self.inner.start_process(place)
    }

    fn kill(&self) -> bool {
        self.inner.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.inner.on_thread(thread, work)
    }

    fn pass_time(&self, ms: u32) {
        self.inner.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        self.inner.computer()
    }
}

impl AnswerCall for RacingClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let shared = &self.party.shared;
        let mut inner = call.owned();
        if let Some(own) = call.server().filter(|own| *own != 0) {
            let issued = shared.handles.lock().unwrap().issued.get(&own).copied();
            inner.set_server(issued.unwrap_or(NEVER_ISSUED));
        }
        match *call {
            Call::ConnectProcessServer { .. } => shared.connect(&*self.inner, &inner),
            Call::StartProcessServer { .. } if shared.race == Race::Start => shared.start(&*self.inner, &inner),
            Call::WaitForProcessServerEnd { timeout: INFINITE } if shared.race == Race::Wait => {
                shared.wait(&*self.inner, &inner)
            }
            Call::EndProcessServer { .. } if shared.race == Race::Wait => shared.end(&*self.inner, &inner),
            Call::DisconnectProcessServer { server } if !matches!(shared.race, Race::Start | Race::Wait) => {
                shared.disconnect(&*self.inner, server, &inner)
            }
            _ => dispatch(&*self.inner, &inner),
        }
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.query_interface(interface, client.is_some().then_some(&mut made));
        racing(&self.party.shared, client, made);
        hresult
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.create_client(client.is_some().then_some(&mut made));
        racing(&self.party.shared, client, made);
        hresult
    }

    fn release(self) -> u32 {
        self.inner.release()
    }
}
