//! Processes that host process servers, each with its own engine of the same library.
//!
//! A host is this executable, started again with the same arguments and an environment variable that
//! [`Library::load`](super::Library::load) recognises. It reads calls as lines of a trace from its standard input, makes them,
//! and writes each with its outcome to its standard output. It ends when its input ends.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

use super::process::leave;
use crate::ByCall;
use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::{DebugClient, Engine, Out, write_out};
use crate::conformance::{FOLDER, HOST, child_arguments, is_host, wait_at_most};
use crate::dispatch::AnswerCall;
use crate::harness::Harness;
use crate::hresult::{E_POINTER, E_UNEXPECTED, HRESULT};
use crate::interface::Interface;
use crate::trace::{EngineName, Event, EventKind, Header, Reader, Recorded, Writer};

/// The start of each line for the parent process, since an engine may print as well.
const MARK: &str = "dbgeng-testkit host: ";

/// How long the exit of a killed host is awaited. A host that stays is abandoned.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long other processes get to notice that a host is gone.
const SETTLING_TIME: Duration = Duration::from_millis(300);

/// The first line for a host: the library that it loads.
#[derive(Serialize, Deserialize)]
pub(super) struct HostCommand {
    pub(super) library: PathBuf,
    pub(super) is_wide: bool,
    pub(super) code_page: u16,
}

/// A host as an [`Engine`].
pub(super) struct HostProcess(Arc<HostPipe>);

/// The connection to a host.
struct HostPipe {
    child: Mutex<HostChild>,
    thread: AtomicU32,
    clients_made: AtomicU32,
}

struct HostChild {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl HostProcess {
    pub(super) fn start(command: &HostCommand) -> io::Result<HostProcess> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments())
            .env_remove(FOLDER)
            // The folder names what this host starts, so that it is ended with the child.
            .env(HOST, std::env::var_os(FOLDER).unwrap_or_default())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the host has no standard input and output"));
        };
        let mut child = HostChild { child, input: Some(input), output: BufReader::new(output) };
        child.send(&serde_json::to_string(command)?)?;
        let greeting = child.receive()?;
        if !greeting.is_empty() {
            return Err(io::Error::other(greeting));
        }
        Ok(HostProcess(Arc::new(HostPipe {
            child: Mutex::new(child),
            thread: AtomicU32::new(0),
            clients_made: AtomicU32::new(0),
        })))
    }
}

/// Returns the arguments with which this executable gets here again: those that run this test alone, or its own ones.
fn arguments() -> Vec<OsString> {
    let test_arguments = child_arguments(&[]);
    if test_arguments.is_empty() { std::env::args_os().skip(1).collect() } else { test_arguments }
}

impl HostChild {
    fn send(&mut self, line: &str) -> io::Result<()> {
        let input = self.input.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(input, "{line}")?;
        input.flush()
    }

    fn receive(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.output.read_until(b'\n', &mut line)? == 0 {
                return Err(io::Error::other("the host has exited"));
            }
            let text = String::from_utf8_lossy(&line);
            if let Some((_, text)) = text.split_once(MARK) {
                return Ok(text.trim_end().to_owned());
            }
        }
    }

    fn end(&mut self) {
        // The kill comes before the end of the input: a process that is killed while it exits may stay. Errors are ignored,
        // since the process may be gone.
        let _: io::Result<()> = self.child.kill();
        let _: io::Result<Option<ExitStatus>> = wait_at_most(&mut self.child, EXIT_TIMEOUT);
        drop(self.input.take());
    }
}

impl Drop for HostChild {
    fn drop(&mut self) {
        self.end();
    }
}

impl HostPipe {
    fn call(&self, client: u32, call: Call) -> Outcome {
        let by = Caller { process: 0, thread: self.thread.load(Ordering::Relaxed), client };
        let method = call.method();
        let asked = line(by, call, Outcome { ending: Ending::Crashed, out: Default::default() });
        let answered = asked.and_then(|asked| {
            let mut child = self.child.lock();
            child.send(&asked)?;
            parse(&child.receive()?)
        });
        match answered {
            Ok(recorded) => recorded.outcome,
            // No outcome of an engine could say that its process is gone.
            Err(error) => std::panic::resume_unwind(Box::new(format!("a host process crashed in {method}: {error}"))),
        }
    }
}

/// Writes a call as a line of a trace.
fn line(by: Caller, call: Call, outcome: Outcome) -> io::Result<String> {
    let recorded = Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None };
    let mut writer = Writer::resume(Vec::new());
    writer.event(&Event { seq: 1, kind: EventKind::Call(Box::new(recorded)) }, &[])?;
    let text = String::from_utf8(writer.into_inner()).map_err(io::Error::other)?;
    Ok(text.trim_end().to_owned())
}

/// Reads a call from a line of a trace.
fn parse(line: &str) -> io::Result<Recorded> {
    let mut text = Writer::new(Vec::new(), &Header::new(EngineName::default(), "", ""))?.into_inner();
    text.extend(line.as_bytes());
    let event = Reader::new("a host", text.as_slice()).map_err(io::Error::other)?.next();
    match event.transpose().map_err(io::Error::other)? {
        Some(Event { kind: EventKind::Call(recorded), .. }) => Ok(*recorded),
        _ => Err(io::Error::other(format!("not a call: {line:?}"))),
    }
}

impl Engine for HostProcess {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if client.is_none() {
            return E_POINTER;
        }
        let number = self.0.clients_made.load(Ordering::Relaxed);
        let made = self.0.call(number, Call::DebugCreate { interface: interface.clone() });
        if made.succeeded() {
            self.0.clients_made.store(number + 1, Ordering::Relaxed);
            write_out(client, RemoteClient::object(&self.0, number));
        }
        status(&made)
    }

    fn kill(&self) -> bool {
        self.0.child.lock().end();
        // Calls that overlap with the end of a process have random outcomes.
        std::thread::sleep(SETTLING_TIME);
        true
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        let before = self.0.thread.swap(thread, Ordering::Relaxed);
        work();
        self.0.thread.store(before, Ordering::Relaxed);
        true
    }
}

/// A client object of a host.
struct RemoteClient {
    pipe: Arc<HostPipe>,
    number: u32,
}

impl RemoteClient {
    fn object(pipe: &Arc<HostPipe>, number: u32) -> Box<dyn DebugClient> {
        Box::new(ByCall(RemoteClient { pipe: Arc::clone(pipe), number }))
    }
}

fn status(outcome: &Outcome) -> HRESULT {
    outcome.hresult().unwrap_or(E_UNEXPECTED)
}

impl AnswerCall for RemoteClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        self.pipe.call(self.number, call.owned())
    }

    /// The host keeps the newest interface that was requested, and makes every call through it.
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let asked = self.answer(&Call::QueryInterface { interface: interface.clone() });
        if asked.succeeded() {
            write_out(client, RemoteClient::object(&self.pipe, self.number));
        }
        status(&asked)
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let asked = self.answer(&Call::CreateClient);
        if let Some(number) = asked.out.client {
            self.pipe.clients_made.fetch_max(number + 1, Ordering::Relaxed);
            write_out(client, RemoteClient::object(&self.pipe, number));
        }
        status(&asked)
    }

    fn release(self) -> u32 {
        match self.answer(&Call::Release).ending {
            Ending::References(left) => left,
            _ => 0,
        }
    }
}

/// In a host process, serves until its input ends, and then ends the process. Returns at once in any other process. `open`
/// loads the library and makes its engine.
pub(super) fn serve_if_host(open: impl FnOnce(&HostCommand) -> io::Result<Box<dyn Engine>>) {
    if !is_host() {
        return;
    }
    let status = match serve(open) {
        Ok(()) => 0,
        Err(error) => {
            send_to_parent(&error.to_string());
            2
        }
    };
    leave(status)
}

fn send_to_parent(text: &str) {
    // A failure is ignored: the parent process notices the exit. The line starts anew, since a harness may have started one.
    let mut output = io::stdout().lock();
    let _: io::Result<()> = writeln!(output, "\n{MARK}{text}").and_then(|()| output.flush());
}

fn serve(open: impl FnOnce(&HostCommand) -> io::Result<Box<dyn Engine>>) -> io::Result<()> {
    let (lines, waiting) = channel();
    // A call may block for ever, so another thread watches for the end of the input.
    std::thread::spawn(move || {
        let mut input = io::stdin().lock().lines().map_while(Result::ok);
        while input.next().is_some_and(|line| lines.send(line).is_ok()) {}
        leave(0)
    });
    let command: HostCommand = serde_json::from_str(&waiting.recv().map_err(io::Error::other)?)?;
    let mut harness = Harness::new(open(&command)?);
    send_to_parent("");
    for asked in waiting {
        let Recorded { by, call, .. } = parse(&asked)?;
        let outcome = harness.perform(by, &call).unwrap_or_else(|| Outcome::returned(E_UNEXPECTED));
        send_to_parent(&line(by, call, outcome)?);
    }
    Ok(())
}
