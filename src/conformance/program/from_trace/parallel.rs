//! Makes a program of several threads from a trace of overlapping calls. The inverse of
//! [`perform_parallel`](crate::conformance::perform::threads::perform_parallel).

use std::collections::BTreeMap;
use std::io::BufRead;

use super::{Program, ProgramReader, Step, events};
use crate::call::{Call, Caller};
use crate::conformance::program::HandleName;
use crate::conformance::program::parallel::ParallelProgram;
use crate::trace::{CheckError, Event, Recorded};

/// A thread of a process.
type ProgramThread = (u32, u32);

impl ParallelProgram {
    /// Makes the program that a trace with overlapping calls shows. Errors name the trace `file`.
    ///
    /// The program of a trace that the kit wrote makes the same calls, as far as the race allows. In another trace, the
    /// threads are those that make calls from the first overlap on. Everything before their first call is the
    /// beginning.
    ///
    /// # Errors
    ///
    /// Fails if a line is malformed, the trace does not begin with seq 1, or there is no call in it.
    pub fn from_trace(file: &str, input: impl BufRead) -> Result<ParallelProgram, CheckError> {
        let events = events(file, input, true)?;
        let mut reader = ProgramReader::new(&events);
        let from = first_of_threads(&events).unwrap_or(events.len());
        events[..from].iter().for_each(|event| reader.event(event));
        reader.drop_pending_client();
        let mut threads: BTreeMap<ProgramThread, Vec<&Recorded>> = BTreeMap::new();
        for event in &events[from..] {
            if let Some(recorded) = event.call() {
                threads.entry(thread(recorded)).or_default().push(recorded);
            }
        }
        let issued = ThreadHandles::of(reader.handles.issued().len(), threads.values());
        let steps = threads.values().zip(&issued.from).map(|(calls, from)| reader.thread(calls, &issued, *from));
        Ok(ParallelProgram { threads: steps.collect(), beginning: reader.program })
    }
}

fn thread(recorded: &Recorded) -> ProgramThread {
    (recorded.by.process, recorded.by.thread)
}

/// Returns the first event of the threads that make calls at the same time. The first thread of the run belongs to them
/// only if its calls overlap.
fn first_of_threads(events: &[Event]) -> Option<usize> {
    let calls = || events.iter().enumerate().filter_map(|(at, event)| Some((at, event.call()?)));
    let mut running: Option<(i64, ProgramThread)> = None;
    let mut threads = Vec::new();
    for (_, recorded) in calls() {
        let (start, end) = recorded.interval?;
        let overlapped = running.filter(|(until, _)| start < *until).map(|(_, thread)| thread);
        let is_later =
            !threads.is_empty() && calls().next().is_some_and(|(_, first)| thread(first) != thread(recorded));
        if overlapped.is_some() || is_later {
            threads.extend(overlapped);
            threads.push(thread(recorded));
        }
        running = running.max(Some((end, thread(recorded))));
    }
    calls().find(|(_, recorded)| threads.contains(&thread(recorded))).map(|(at, _)| at)
}

/// The handles that the threads were issued.
struct ThreadHandles {
    /// How many connects the beginning made.
    before: usize,
    /// By thread: the number of its first connect.
    from: Vec<usize>,
    /// By connect of a thread: its handle.
    handles: Vec<Option<u64>>,
}

impl ThreadHandles {
    fn of<'a>(before: usize, threads: impl Iterator<Item = &'a Vec<&'a Recorded>>) -> ThreadHandles {
        let mut issued = ThreadHandles { before, from: Vec::new(), handles: Vec::new() };
        for calls in threads {
            issued.from.push(before + issued.handles.len());
            let connects = calls.iter().filter(|recorded| matches!(recorded.call, Call::ConnectProcessServer { .. }));
            issued.handles.extend(connects.map(|recorded| recorded.outcome.out.server));
        }
        issued
    }

    /// Returns the name in the whole run of a handle that a thread calls `name`. The thread's first connect has the
    /// number `from`.
    fn name(&self, name: HandleName, from: usize) -> HandleName {
        let number = |n: usize| if n < self.before { n } else { n - self.before + from };
        match name {
            HandleName::Issued(n) => HandleName::Issued(number(n)),
            HandleName::Altered(n, alteration) => HandleName::Altered(number(n), alteration),
            HandleName::Raw(value) => {
                let connect = self.handles.iter().position(|issued| *issued == Some(value));
                connect.map_or(name, |connect| HandleName::Issued(self.before + connect))
            }
            HandleName::Open(_) | HandleName::Stale(_) | HandleName::Zero => name,
        }
    }
}

impl ProgramReader {
    /// Returns the steps of a thread that knows what this reader knows.
    fn thread(&self, calls: &[&Recorded], issued: &ThreadHandles, from: usize) -> Vec<Step> {
        let mut thread = ProgramReader {
            program: Program { hosts: self.program.hosts.clone(), steps: Vec::new() },
            handles: self.handles.for_thread(),
            placeholders: self.placeholders.clone(),
            has_begun: vec![true; self.has_begun.len()],
            starting: None,
            pending_client: None,
        };
        for (place, recorded) in calls.iter().enumerate() {
            let mut recorded = (*recorded).clone();
            recorded.by = Caller { thread: 0, ..recorded.by };
            // The thread begins with a client object of its own anyway.
            if place > 0 || !matches!(recorded.call, Call::DebugCreate { .. }) {
                thread.call(None, &recorded);
            } else {
                thread.handles.record(recorded.by, &recorded.call, &recorded.outcome);
            }
        }
        thread.drop_pending_client();
        for step in &mut thread.program.steps {
            if let Step::Call { handle, .. } = step {
                *handle = issued.name(*handle, from);
            }
        }
        thread.program.steps
    }
}
