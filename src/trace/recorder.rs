//! Records the calls on client objects of any engine.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread::ThreadId;

use super::event::{Event, EventKind, Header, Recorded};
use super::process_names::ProcessNames;
use super::writer::Writer;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::callbacks::{Callbacks, LastEvent};
use crate::client::{DebugClient, Engine, HostLocation, Out, write_out};
use crate::dispatch::{AnswerCall, ByCall, dispatch};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::process::Computer;
use crate::sync::Mutex;

/// Writes a trace of every call on the engines and client objects that it wraps.
///
/// Calls are written in the order in which they return, without times. The threads of a process are numbered in the
/// order of their first calls.
///
/// ```
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::trace::{EngineName, Header, Recorder};
/// use dbgeng_testkit::{Engine, Interface, Profile};
///
/// let header = Header::new(EngineName::default(), "zero", "a disconnect of zero");
/// let recorder = Recorder::new(Vec::new(), &header)?;
/// let engine = recorder.engine("client", Box::new(Lab::new(Profile::Contract).engine()));
/// let mut client = None;
/// assert!(engine.debug_create(&Interface::NEWEST, Some(&mut client)).is_ok());
/// assert!(client.unwrap().disconnect_process_server(0).is_err());
/// let trace = String::from_utf8(recorder.finish()?)?;
/// assert!(trace.trim_end().ends_with(r#""in": {"Server": "0x0"}, "hresult": "0x80070057"}"#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Recorder<W> {
    log: Arc<Mutex<TraceLog<W>>>,
}

#[derive(Debug)]
struct TraceLog<W> {
    /// `None` once the trace was returned.
    writer: Option<Writer<W>>,
    seq: u64,
    names: ProcessNames,
    /// The processes, by their numbers.
    processes: Vec<RecordedProcess>,
    error: Option<io::Error>,
}

/// The numbers that were given in a process so far.
#[derive(Debug, Default)]
struct RecordedProcess {
    clients: u32,
    threads: HashMap<ThreadId, u32>,
}

impl<W: Write + Send + 'static> Recorder<W> {
    /// Starts a trace on `output`.
    ///
    /// # Errors
    ///
    /// Returns the errors of `output`.
    pub fn new(output: W, header: &Header) -> io::Result<Recorder<W>> {
        let log = TraceLog {
            writer: Some(Writer::new(output, header)?),
            seq: 0,
            names: ProcessNames::default(),
            processes: Vec::new(),
            error: None,
        };
        Ok(Recorder { log: Arc::new(Mutex::new(log)) })
    }

    /// Wraps an engine, which is recorded as the process `name`.
    pub fn engine(&self, name: &str, engine: Box<dyn Engine>) -> Box<dyn Engine> {
        let process = self.log.lock().process(name);
        Box::new(RecordedEngine { log: Arc::clone(&self.log), inner: engine, process })
    }

    /// Wraps a client object, which is recorded as one of the process `name`. Its creation is not recorded.
    ///
    /// If an [`engine`](Recorder::engine) is recorded under the same name, this object has to make the first call:
    /// [`check`](crate::conformance::check) refuses calls on an object that a process seen from its start has not made.
    pub fn client(&self, name: &str, client: Box<dyn DebugClient>) -> Box<dyn DebugClient> {
        let mut log = self.log.lock();
        let process = log.process(name);
        let number = log.next_client(process);
        recorded(&self.log, client, process, number)
    }

    /// Ends the trace and returns the output. Later calls are not recorded.
    ///
    /// # Errors
    ///
    /// Returns the first error of the output since the start.
    pub fn finish(self) -> io::Result<W> {
        let mut log = self.log.lock();
        match (log.error.take(), log.writer.take()) {
            (None, Some(writer)) => Ok(writer.into_inner()),
            (error, _) => Err(error.unwrap_or_else(|| io::Error::other("the trace was finished before"))),
        }
    }
}

fn recorded<W: Write + Send + 'static>(
    log: &Arc<Mutex<TraceLog<W>>>,
    inner: Box<dyn DebugClient>,
    process: u32,
    number: u32,
) -> Box<dyn DebugClient> {
    Box::new(ByCall(RecordedClient { log: Arc::clone(log), inner, process, number }))
}

impl<W: Write> TraceLog<W> {
    fn process(&mut self, name: &str) -> u32 {
        let process = self.names.number(name);
        self.processes.resize_with(self.names.names().len(), RecordedProcess::default);
        process
    }

    fn next_client(&mut self, process: u32) -> u32 {
        let next = &mut self.processes[process as usize].clients;
        *next += 1;
        *next - 1
    }

    fn thread(&mut self, process: u32) -> u32 {
        if let Some(thread) = THREAD.get() {
            return thread;
        }
        let threads = &mut self.processes[process as usize].threads;
        let next = u32::try_from(threads.len()).unwrap_or(u32::MAX);
        *threads.entry(std::thread::current().id()).or_insert(next)
    }

    fn call(&mut self, process: u32, client: u32, call: Call, outcome: Outcome) {
        let by = Caller { process, thread: self.thread(process), client };
        let call = Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None };
        self.event(EventKind::Call(Box::new(call)));
    }

    fn event(&mut self, kind: EventKind) {
        self.seq += 1;
        let event = Event { seq: self.seq, kind };
        let Some(writer) = self.writer.as_mut().filter(|_| self.error.is_none()) else { return };
        self.error = writer.event(&event, self.names.names()).err();
    }
}

thread_local! {
    /// The number of the thread that the engine simulates on this thread.
    static THREAD: Cell<Option<u32>> = const { Cell::new(None) };
}

/// Restores the number when it is dropped, also after a panic.
struct RestoreRecorder(Option<u32>);

impl Drop for RestoreRecorder {
    fn drop(&mut self) {
        THREAD.set(self.0);
    }
}

struct RecordedEngine<W> {
    log: Arc<Mutex<TraceLog<W>>>,
    inner: Box<dyn Engine>,
    process: u32,
}

impl<W: Write + Send + 'static> Engine for RecordedEngine<W> {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.debug_create(interface, client.is_some().then_some(&mut made));
        let number = {
            let mut log = self.log.lock();
            // A call that made nothing gets the number of the next object.
            let number = if made.is_some() {
                log.next_client(self.process)
            } else {
                log.processes[self.process as usize].clients
            };
            let call = Call::DebugCreate { interface: interface.clone() };
            log.call(self.process, number, call, Outcome::returned(hresult));
            number
        };
        if let Some(made) = made {
            write_out(client, recorded(&self.log, made, self.process, number));
        }
        hresult
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        let inner = self.inner.start_process(place)?;
        let mut log = self.log.lock();
        let mut names = (log.processes.len()..).map(|number| format!("server{number}"));
        let name = names.find(|name| log.names.find(name).is_none()).unwrap_or_default();
        let process = log.process(&name);
        Some(Box::new(RecordedEngine { log: Arc::clone(&self.log), inner, process }))
    }

    fn kill(&self) -> bool {
        let killed = self.inner.kill();
        if killed {
            self.log.lock().event(EventKind::ProcessKilled { process: self.process });
        }
        killed
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.inner.on_thread(thread, &mut || {
            let _restore = RestoreRecorder(THREAD.replace((thread != 0).then_some(thread)));
            work();
        })
    }

    fn pass_time(&self, ms: u32) {
        self.inner.pass_time(ms);
        self.log.lock().event(EventKind::Elapsed { process: self.process, ms: ms.into() });
    }

    fn computer(&self) -> Option<Computer> {
        self.inner.computer()
    }
}

struct RecordedClient<W> {
    log: Arc<Mutex<TraceLog<W>>>,
    inner: Box<dyn DebugClient>,
    process: u32,
    number: u32,
}

impl<W: Write + Send + 'static> AnswerCall for RecordedClient<W> {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let call = call.owned();
        let outcome = dispatch(&*self.inner, &call);
        self.log.lock().call(self.process, self.number, call, outcome.clone());
        outcome
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut other = None;
        let hresult = self.inner.query_interface(interface, client.is_some().then_some(&mut other));
        let call = Call::QueryInterface { interface: interface.clone() };
        self.log.lock().call(self.process, self.number, call, Outcome::returned(hresult));
        if let Some(other) = other {
            write_out(client, recorded(&self.log, other, self.process, self.number));
        }
        hresult
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.create_client(client.is_some().then_some(&mut made));
        let mut outcome = Outcome::returned(hresult);
        let number = {
            let mut log = self.log.lock();
            outcome.out.client = made.is_some().then(|| log.next_client(self.process));
            let number = outcome.out.client;
            log.call(self.process, self.number, Call::CreateClient, outcome);
            number
        };
        if let (Some(made), Some(number)) = (made, number) {
            write_out(client, recorded(&self.log, made, self.process, number));
        }
        hresult
    }

    fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
        self.inner.get_last_event_information(event)
    }

    fn set_callbacks(&self, callbacks: Callbacks) -> HRESULT {
        callbacks.set_on(&*self.inner)
    }

    fn get_callbacks(&self, callbacks: &mut Callbacks) -> HRESULT {
        callbacks.get_from(&*self.inner)
    }

    fn release(self) -> u32 {
        let RecordedClient { log, inner, process, number } = self;
        let references = inner.release();
        let outcome = Outcome { ending: Ending::References(references), out: Default::default() };
        log.lock().call(process, number, Call::Release, outcome);
        references
    }
}
