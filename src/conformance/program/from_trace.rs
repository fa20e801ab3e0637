//! Makes a program from a trace, so that a recorded run can be repeated on any engine. The inverse of
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
    /// Makes the program that a trace shows. Errors name the trace `file`.
    ///
    /// The program of a trace that the kit wrote makes the same calls in the same order, if the engine answers as the
    /// recorded one did. Any other trace gives the nearest program:
    ///
    /// - The process named `client` is the engine, or else the first one.
    /// - Processes run from the start, each with a client object of the newest version.
    /// - Process ids that no [`Computer`] event contains are unknown ones.
    /// - Pauses and calls outside the process-server surface are left out.
    ///
    /// # Errors
    ///
    /// Fails if a line is malformed, calls overlap, the trace does not begin with seq 1, or there is no call in it.
    pub fn from_trace(file: &str, input: impl BufRead) -> Result<Program, CheckError> {
        let events = events(file, input, false)?;
        let mut reader = ProgramReader::new(&events);
        for event in &events {
            reader.event(event);
        }
        reader.drop_pending_client();
        Ok(reader.program)
    }
}

/// Returns the events of a trace that shows a whole run, with the process under test as process 0.
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

/// Reads a program from events.
struct ProgramReader {
    program: Program,
    handles: HandleTable,
    placeholders: PlaceholderTable,
    /// By process: whether its first client object was made, which is not a step.
    has_begun: Vec<bool>,
    /// The host whose first client object was just made.
    starting: Option<Caller>,
    /// A client object that was just created because there was none: the next step of the thread needed it.
    pending_client: Option<PendingClient>,
}

struct PendingClient {
    by: Caller,
    call: Call,
    succeeded: bool,
}

impl ProgramReader {
    fn new(events: &[Event]) -> ProgramReader {
        let processes = events.iter().map(Event::process).max().map_or(0, |last| last as usize + 1);
        let mut computers: Vec<(Option<Computer>, bool)> = vec![(None, false); processes];
        let mut handles = HandleTable::default();
        for event in events {
            if let EventKind::Computer { process, computer, others } = &event.kind {
                let first = &mut computers[*process as usize];
                if first.0.is_none() {
                    *first = (Some(computer.clone()), *others);
                }
            }
        }
        let mut placeholders = PlaceholderTable::default();
        for (computer, others) in &computers {
            handles.add_process();
            placeholders.add_computer(computer.as_ref(), *others);
        }
        let own = computers.first().and_then(|(computer, _)| computer.as_ref());
        let place = |computer: &Option<Computer>| match (own, computer) {
            (Some(own), Some(computer)) if own.names != computer.names => HostLocation::Elsewhere,
            _ => HostLocation::Here,
        };
        let hosts = computers
            .iter()
            .skip(1)
            .map(|(computer, _)| ProgramHost { place: place(computer), options: None })
            .collect();
        ProgramReader {
            program: Program { hosts, steps: Vec::new() },
            handles,
            has_begun: vec![false; processes],
            placeholders,
            starting: None,
            pending_client: None,
        }
    }

    fn event(&mut self, event: &Event) {
        let starting = self.starting.take();
        match &event.kind {
            EventKind::Computer { .. } => {}
            EventKind::Elapsed { ms, .. } => {
                let ms = u32::try_from(*ms).unwrap_or(u32::MAX);
                self.program.steps.push(Step::Pause { ms });
            }
            EventKind::ProcessKilled { process } => {
                self.drop_pending_client();
                self.program.steps.push(Step::Kill { process: *process });
            }
            EventKind::Call(recorded) => self.call(starting, recorded),
        }
    }

    fn call(&mut self, starting: Option<Caller>, recorded: &Recorded) {
        if let Call::OtherMethod { .. } = recorded.call {
            return;
        }
        if !self.begins_process(recorded) && !self.starts_server(starting, recorded) && !self.makes_a_client(recorded) {
            self.step(recorded);
        }
        self.handles.record(recorded.by, &recorded.call, &recorded.outcome);
    }

    /// Whether the call makes the first client object of its process. A process that the trace shows midway has one.
    fn begins_process(&mut self, recorded: &Recorded) -> bool {
        let by = recorded.by;
        if std::mem::replace(&mut self.has_begun[by.process as usize], true) {
            return false;
        }
        if let Call::DebugCreate { .. } = &recorded.call {
            self.drop_pending_client();
            self.starting = (by.process != 0).then_some(by);
            return true;
        }
        let interface = Interface::NEWEST;
        self.handles.record(by, &Call::DebugCreate { interface }, &Outcome::returned(S_OK));
        false
    }

    /// Whether the call starts the server of a host.
    fn starts_server(&mut self, starting: Option<Caller>, recorded: &Recorded) -> bool {
        let Call::StartProcessServer { flags, options: Some(options), reserved: 0 } = &recorded.call else {
            return false;
        };
        let is_plain = *flags == Class::USER_WINDOWS.bits() && recorded.by.thread == 0;
        // After the first step, a start is a step itself.
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
        let is_its_step = self.pending_client.as_ref().is_some_and(|made| {
            // If there is still no client object, the same call may belong to the next step.
            (made.by.process, made.by.thread) == (by.process, by.thread)
                && (made.succeeded || made.call != recorded.call)
        });
        if is_its_step {
            self.pending_client = None;
            return false;
        }
        self.drop_pending_client();
        let is_needed = is_create && self.handles.clients(by.process).is_empty();
        if is_needed {
            self.pending_client =
                Some(PendingClient { by, call: recorded.call.clone(), succeeded: recorded.outcome.succeeded() });
        }
        is_needed
    }

    /// Adds a step for a client object that could not be made and that no step used: any call tries to make it again.
    fn drop_pending_client(&mut self) {
        if let Some(PendingClient { by, .. }) = self.pending_client.take().filter(|made| !made.succeeded) {
            let (handle, target) = (HandleName::Zero, ProcessRef::Unknown);
            let by = Caller { client: 0, ..by };
            self.program.steps.push(Step::Call { by, call: Call::Release, handle, target });
        }
    }

    fn step(&mut self, recorded: &Recorded) {
        let Recorded { by, call, .. } = recorded;
        let handle = call.server().map_or(HandleName::Zero, |handle| self.handles.name(by.process, handle));
        let id = call.process_id().filter(|id| *id != 0);
        let target = id.map_or(ProcessRef::Unknown, |id| self.placeholders.target(id));
        let client = match call {
            Call::DebugCreate { .. } => Some(0),
            _ => self.handles.clients(by.process).iter().position(|client| *client == by.client),
        };
        let client = client.and_then(|client| u32::try_from(client).ok()).unwrap_or(by.client);
        let mut call = call.clone();
        call.set_server(0);
        call.set_process_id(1);
        if let Call::ConnectProcessServer { remote_options: Some(text), .. } = &mut call {
            *text = self.placeholders.with_placeholders(text, &self.program.hosts);
        }
        self.program.steps.push(Step::Call { by: Caller { client, ..*by }, call, handle, target });
    }
}
