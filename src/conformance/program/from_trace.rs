//! Makes a program of a trace: what was recorded can be run again, on any engine. The inverse of
//! [`perform`](crate::conformance::perform).

mod parallel;

use std::io::BufRead;

use super::placeholders::PlaceholderTable;
use super::{HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::{Call, Caller, Outcome};
use crate::client::HostLocation;
use crate::conformance::perform::handle_table::HandleTable;
use crate::flags::Class;
use crate::hresult::S_OK;
use crate::interface::Interface;
use crate::process::Computer;
use crate::trace::{CheckError, Event, EventKind, Recorded, Sequence};
use crate::transcript::process_name;

impl Program {
    /// The program that a trace shows. `file` is the name that errors give.
    ///
    /// Run on a fresh engine that answers as the recorded one did, the program of a trace that the kit wrote makes the
    /// same calls in the same order. Any other trace gives the program that comes nearest to it: the process named `client`
    /// is the engine, or else the first one; processes are there from the start, each with a client object of the newest
    /// version, process ids that no [`Computer`] event tells of name nobody, and pauses and calls outside the process-server
    /// surface are left out.
    ///
    /// # Errors
    ///
    /// A line is malformed, calls overlap in time, the trace does not begin with seq 1, or there is no call in it.
    pub fn from_trace(file: &str, input: impl BufRead) -> Result<Program, CheckError> {
        let events = events(file, input, false)?;
        let mut reading = ProgramReader::new(&events);
        for event in &events {
            reading.event(event);
        }
        reading.give_up_client();
        Ok(reading.program)
    }
}

/// The events of a trace that shows a run from its beginning, with the process under test as process 0.
fn events(file: &str, input: impl BufRead, may_overlap: bool) -> Result<Vec<Event>, CheckError> {
    let mut sequence = if may_overlap { Sequence::overlapping(file, input)? } else { Sequence::new(file, input)? };
    let mut events = sequence.by_ref().collect::<Result<Vec<Event>, CheckError>>()?;
    if let Some(Event { seq, .. }) = events.first().filter(|first| first.seq != 1) {
        return Err(CheckError::StartsMidway { file: file.to_owned(), seq: *seq });
    }
    let under_test = sequence.processes().iter().position(|name| *name == process_name(0));
    let under_test = under_test.and_then(|number| u32::try_from(number).ok()).unwrap_or(0);
    events.iter_mut().for_each(|event| event.swap_processes(0, under_test));
    Ok(events)
}

/// A trace that is being read.
struct ProgramReader {
    program: Program,
    handles: HandleTable,
    names: PlaceholderTable,
    /// By process: whether its first client object was made, which is no step.
    settled: Vec<bool>,
    /// The host whose first client object was made just now.
    starting: Option<Caller>,
    /// A client object that was asked for just now where there was none: the next step of that thread did it.
    made: Option<PendingClient>,
}

struct PendingClient {
    by: Caller,
    call: Call,
    succeeded: bool,
}

impl ProgramReader {
    fn new(events: &[Event]) -> ProgramReader {
        let processes = events.iter().map(Event::process).max().map_or(0, |last| last as usize + 1);
        let mut computers: Vec<Option<Computer>> = vec![None; processes];
        let mut handles = HandleTable::default();
        for event in events {
            if let EventKind::Computer { process, computer } = &event.kind {
                computers[*process as usize].get_or_insert_with(|| computer.clone());
            }
        }
        let mut names = PlaceholderTable::default();
        for computer in &computers {
            handles.add_process();
            names.computer(computer.as_ref());
        }
        let own = computers.first().and_then(Option::as_ref);
        let place = |computer: &Option<Computer>| match (own, computer) {
            (Some(own), Some(computer)) if own.names != computer.names => HostLocation::Elsewhere,
            _ => HostLocation::Here,
        };
        let hosts =
            computers.iter().skip(1).map(|computer| ProgramHost { place: place(computer), options: None }).collect();
        ProgramReader {
            program: Program { hosts, steps: Vec::new() },
            handles,
            settled: vec![false; processes],
            names,
            starting: None,
            made: None,
        }
    }

    fn event(&mut self, event: &Event) {
        let starting = self.starting.take();
        match &event.kind {
            EventKind::Elapsed { .. } | EventKind::Computer { .. } => {}
            EventKind::ProcessKilled { process } => {
                self.give_up_client();
                self.program.steps.push(Step::Kill { process: *process });
            }
            EventKind::Call(recorded) => self.call(starting, recorded),
        }
    }

    fn call(&mut self, starting: Option<Caller>, recorded: &Recorded) {
        if let Call::OtherMethod { .. } = recorded.call {
            return;
        }
        if !self.settles(recorded) && !self.starts(starting, recorded) && !self.makes_a_client(recorded) {
            self.step(recorded);
        }
        self.handles.record(recorded.by, &recorded.call, &recorded.outcome);
    }

    /// Whether the call is how its process begins. A process that the trace shows in the middle of things has begun.
    fn settles(&mut self, recorded: &Recorded) -> bool {
        let by = recorded.by;
        if std::mem::replace(&mut self.settled[by.process as usize], true) {
            return false;
        }
        if let Call::DebugCreate { .. } = &recorded.call {
            self.give_up_client();
            self.starting = (by.process != 0).then_some(by);
            return true;
        }
        let interface = Interface::NEWEST;
        self.handles.record(by, &Call::DebugCreate { interface }, &Outcome::returned(S_OK));
        false
    }

    /// Whether the call starts the process server with which a host begins.
    fn starts(&mut self, starting: Option<Caller>, recorded: &Recorded) -> bool {
        let Call::StartProcessServer { flags, options: Some(options), reserved: 0 } = &recorded.call else {
            return false;
        };
        let is_plain = *flags == Class::USER_WINDOWS.bits() && recorded.by.thread == 0;
        // Behind the first step it is too late to be a part of how things began.
        if starting != Some(recorded.by) || !is_plain || !self.program.steps.is_empty() {
            return false;
        }
        let host = (recorded.by.process as usize).checked_sub(1).and_then(|number| self.program.hosts.get_mut(number));
        host.is_some_and(|host| host.options.replace(options.clone()).is_none())
    }

    /// Whether the call only makes the client object that a step needs.
    fn makes_a_client(&mut self, recorded: &Recorded) -> bool {
        let by = recorded.by;
        let is_create = matches!(recorded.call, Call::DebugCreate { .. });
        let is_its_step = self.made.as_ref().is_some_and(|made| {
            // Where there still is no client object, the same call may just as well be the next step's.
            (made.by.process, made.by.thread) == (by.process, by.thread)
                && (made.succeeded || made.call != recorded.call)
        });
        if is_its_step {
            self.made = None;
            return false;
        }
        self.give_up_client();
        let is_needed = is_create && self.handles.clients(by.process).is_empty();
        if is_needed {
            self.made =
                Some(PendingClient { by, call: recorded.call.clone(), succeeded: recorded.outcome.succeeded() });
        }
        is_needed
    }

    /// Nothing was done with the client object that was asked for. If there is none, any call asks for it again and is
    /// not made; if there is one, the next call that needs it asks for it.
    fn give_up_client(&mut self) {
        if let Some(PendingClient { by, .. }) = self.made.take().filter(|made| !made.succeeded) {
            let (handle, target) = (HandleName::Zero, ProcessRef::Unknown);
            let by = Caller { client: 0, ..by };
            self.program.steps.push(Step::Call { by, call: Call::Release, handle, target });
        }
    }

    fn step(&mut self, recorded: &Recorded) {
        let Recorded { by, call, .. } = recorded;
        let handle = call.server().map_or(HandleName::Zero, |handle| self.handles.name(by.process, handle));
        let id = call.process_id().filter(|id| *id != 0);
        let target = id.map_or(ProcessRef::Unknown, |id| self.names.target(id));
        let client = match call {
            Call::DebugCreate { .. } => Some(0),
            _ => self.handles.clients(by.process).iter().position(|client| *client == by.client),
        };
        let client = client.and_then(|client| u32::try_from(client).ok()).unwrap_or(by.client);
        let mut call = call.clone();
        call.set_server(0);
        call.set_process_id(1);
        if let Call::ConnectProcessServer { remote_options: Some(text), .. } = &mut call {
            *text = self.names.unresolved(text, &self.program.hosts);
        }
        self.program.steps.push(Step::Call { by: Caller { client, ..*by }, call, handle, target });
    }
}
