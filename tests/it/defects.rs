//! Engines with one rule broken, made of any engine.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dbgeng_testkit::hresult::{E_FAIL, S_FALSE, S_OK};
use dbgeng_testkit::{
    AnswerCall, ByCall, Call, Computer, DebugClient, Ending, Engine, HRESULT, Interface, Out, Outcome, Place, dispatch,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Defect {
    StaleDisconnectSucceeds,
    UnknownDisconnectSucceeds,
    ZeroDisconnectSucceeds,
    LiveDisconnectFails,
    StaleQuerySucceeds,
    SecondConnectGivesTheSameHandle,
    DisconnectEndsTheServer,
    EndSaysNothing,
    WaitSeesAnEndBeforeAny,
    WaitFails,
    MoreIdsThanCount,
    NulIsNotCounted,
    WrongPasswordIsTaken,
    WrongClassIsTaken,
    OutputsOfAFailedNameQuery,
}

impl Defect {
    pub(crate) const ALL: [Defect; 15] = [
        Defect::StaleDisconnectSucceeds,
        Defect::UnknownDisconnectSucceeds,
        Defect::ZeroDisconnectSucceeds,
        Defect::LiveDisconnectFails,
        Defect::StaleQuerySucceeds,
        Defect::SecondConnectGivesTheSameHandle,
        Defect::DisconnectEndsTheServer,
        Defect::EndSaysNothing,
        Defect::WaitSeesAnEndBeforeAny,
        Defect::WaitFails,
        Defect::MoreIdsThanCount,
        Defect::NulIsNotCounted,
        Defect::WrongPasswordIsTaken,
        Defect::WrongClassIsTaken,
        Defect::OutputsOfAFailedNameQuery,
    ];

    /// The requirement that has to notice.
    pub(crate) fn breaks(self) -> &'static str {
        match self {
            Defect::StaleDisconnectSucceeds | Defect::StaleQuerySucceeds => "handle/stale-is-refused",
            Defect::UnknownDisconnectSucceeds => "handle/unknown-is-refused",
            Defect::ZeroDisconnectSucceeds => "handle/zero-is-refused",
            Defect::LiveDisconnectFails => "disconnect/connected-handle-succeeds",
            Defect::SecondConnectGivesTheSameHandle => "handle/is-unique-while-connected",
            Defect::DisconnectEndsTheServer => "disconnect/leaves-server-running",
            Defect::EndSaysNothing => "wait/ended-is-s-ok",
            Defect::WaitSeesAnEndBeforeAny => "wait/needs-an-end",
            Defect::WaitFails => "wait/time-out-is-s-false",
            Defect::MoreIdsThanCount => "ids/at-most-count",
            Defect::NulIsNotCounted => "description/actual-sizes-count-nul",
            Defect::WrongPasswordIsTaken => "connect/wrong-password-is-refused",
            Defect::WrongClassIsTaken => "start/class-must-be-user-windows",
            Defect::OutputsOfAFailedNameQuery => "name/no-match-is-e-nointerface",
        }
    }
}

/// An engine that behaves but for one defect.
pub(crate) struct Broken {
    inner: Box<dyn Engine>,
    hosts: Arc<Mutex<Vec<Arc<dyn Engine>>>>,
    defect: Defect,
    book: Arc<Book>,
}

/// What a defect has to remember.
#[derive(Default)]
struct Book {
    issued: Mutex<Vec<u64>>,
    live: Mutex<Vec<u64>>,
    invented: AtomicU64,
}

impl Broken {
    pub(crate) fn new(inner: Box<dyn Engine>, defect: Defect) -> Broken {
        Broken { inner, hosts: Arc::default(), defect, book: Arc::default() }
    }

    fn client(&self, inner: Box<dyn DebugClient>) -> Box<dyn DebugClient> {
        let (hosts, book) = (Arc::clone(&self.hosts), Arc::clone(&self.book));
        Box::new(ByCall(BrokenClient { inner, hosts, defect: self.defect, book }))
    }
}

impl Engine for Broken {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.debug_create(interface, Some(&mut made));
        if let (Some(client), Some(made)) = (client, made) {
            *client = Some(self.client(made));
        }
        hresult
    }

    fn start_process(&self, place: Place) -> Option<Box<dyn Engine>> {
        let inner: Arc<dyn Engine> = Arc::from(self.inner.start_process(place)?);
        self.hosts.lock().unwrap().push(Arc::clone(&inner));
        let hosts = Arc::clone(&self.hosts);
        Some(Box::new(Broken { inner: Box::new(Shared(inner)), hosts, defect: self.defect, book: Arc::default() }))
    }

    fn kill(&self) -> bool {
        self.inner.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut dyn FnMut()) -> bool {
        self.inner.on_thread(thread, work)
    }

    fn computer(&self) -> Option<Computer> {
        self.inner.computer()
    }
}

struct Shared(Arc<dyn Engine>);

impl Engine for Shared {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.0.debug_create(interface, client)
    }

    fn kill(&self) -> bool {
        self.0.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut dyn FnMut()) -> bool {
        self.0.on_thread(thread, work)
    }

    fn computer(&self) -> Option<Computer> {
        self.0.computer()
    }
}

struct BrokenClient {
    inner: Box<dyn DebugClient>,
    hosts: Arc<Mutex<Vec<Arc<dyn Engine>>>>,
    defect: Defect,
    book: Arc<Book>,
}

impl BrokenClient {
    fn was_issued(&self, handle: u64) -> bool {
        self.book.issued.lock().unwrap().contains(&handle)
    }

    fn is_live(&self, handle: u64) -> bool {
        self.book.live.lock().unwrap().contains(&handle)
    }

    fn enter(&self, call: &Call, outcome: &Outcome) {
        match (call, outcome.out.server) {
            (Call::ConnectProcessServer { .. }, Some(handle)) => {
                self.book.issued.lock().unwrap().push(handle);
                self.book.live.lock().unwrap().push(handle);
            }
            (Call::DisconnectProcessServer { server }, _) if outcome.succeeded() => {
                self.book.live.lock().unwrap().retain(|live| live != server);
            }
            _ => {}
        }
    }

    fn spoil(&self, call: &Call, mut outcome: Outcome, live_before: &[u64]) -> Outcome {
        let refused = outcome.hresult().is_some_and(|hresult| hresult.is_err());
        let ok = Ending::Returned(S_OK);
        match (self.defect, call) {
            (Defect::StaleDisconnectSucceeds, Call::DisconnectProcessServer { server })
                if refused && self.was_issued(*server) && !self.is_live(*server) =>
            {
                outcome.ending = ok;
            }
            (Defect::UnknownDisconnectSucceeds, Call::DisconnectProcessServer { server })
                if refused && *server != 0 && !self.was_issued(*server) =>
            {
                outcome.ending = ok;
            }
            (Defect::ZeroDisconnectSucceeds, Call::DisconnectProcessServer { server: 0 }) => outcome.ending = ok,
            (Defect::LiveDisconnectFails, Call::DisconnectProcessServer { .. }) if outcome.succeeded() => {
                outcome.ending = Ending::Returned(E_FAIL);
            }
            (Defect::StaleQuerySucceeds, Call::GetRunningProcessSystemIds { server, .. })
                if refused && self.was_issued(*server) && !self.is_live(*server) =>
            {
                outcome.ending = ok;
            }
            (Defect::SecondConnectGivesTheSameHandle, Call::ConnectProcessServer { .. }) if outcome.succeeded() => {
                outcome.out.server = live_before.first().copied().or(outcome.out.server);
            }
            (Defect::DisconnectEndsTheServer, Call::DisconnectProcessServer { .. }) if outcome.succeeded() => {
                self.hosts.lock().unwrap().iter().for_each(|host| {
                    host.kill();
                });
            }
            (Defect::EndSaysNothing, Call::WaitForProcessServerEnd { .. }) if outcome.succeeded() => {
                outcome.ending = Ending::Returned(S_FALSE);
            }
            (Defect::WaitSeesAnEndBeforeAny, Call::WaitForProcessServerEnd { .. }) => outcome.ending = ok,
            (Defect::WaitFails, Call::WaitForProcessServerEnd { .. }) => outcome.ending = Ending::Returned(E_FAIL),
            (Defect::MoreIdsThanCount, Call::GetRunningProcessSystemIds { count, .. }) if outcome.succeeded() => {
                outcome.out.ids = Some((0..=*count).map(|id| id * 4).collect());
            }
            (Defect::NulIsNotCounted, Call::GetRunningProcessDescription { .. }) => {
                outcome.out.actual_exe_name_size = outcome.out.actual_exe_name_size.map(|size| size - 1);
            }
            (Defect::WrongPasswordIsTaken, Call::ConnectProcessServer { remote_options: Some(text), .. })
                if refused && text.contains("password=") =>
            {
                outcome.ending = ok;
                let invented = self.book.invented.fetch_add(16, Ordering::Relaxed);
                outcome.out.server = Some(0x7fff_0000_0010 + invented);
            }
            (Defect::WrongClassIsTaken, Call::StartProcessServer { flags, .. }) if refused && *flags != 2 => {
                outcome.ending = ok;
            }
            (Defect::OutputsOfAFailedNameQuery, Call::GetRunningProcessSystemIdByExecutableName { .. }) if refused => {
                outcome.ending = ok;
                outcome.out.id = Some(4);
            }
            _ => {}
        }
        outcome
    }
}

impl AnswerCall for BrokenClient {
    fn answer(&self, call: &Call) -> Outcome {
        let live_before = self.book.live.lock().unwrap().clone();
        let outcome = dispatch(&*self.inner, call);
        self.enter(call, &outcome);
        self.spoil(call, outcome, &live_before)
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut other = None;
        let hresult = self.inner.query_interface(interface, Some(&mut other));
        if let (Some(client), Some(inner)) = (client, other) {
            *client = Some(self.with(inner));
        }
        hresult
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.create_client(Some(&mut made));
        if let (Some(client), Some(inner)) = (client, made) {
            *client = Some(self.with(inner));
        }
        hresult
    }

    fn release(self) -> u32 {
        self.inner.release()
    }
}

impl BrokenClient {
    fn with(&self, inner: Box<dyn DebugClient>) -> Box<dyn DebugClient> {
        let (hosts, book) = (Arc::clone(&self.hosts), Arc::clone(&self.book));
        Box::new(ByCall(BrokenClient { inner, hosts, defect: self.defect, book }))
    }
}
