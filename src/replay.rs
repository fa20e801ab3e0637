//! Makes the calls of a trace on the mock engine and compares every answer.
//!
//! What the trace tells of its computer, and else what it shows of the world around the engine (which processes ran,
//! which programs there were, which values the handles had), the lab is told before each call; everything else the mock
//! has to answer by itself.

mod compare;
mod facts;

use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;

use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::Engine;
use crate::harness::Harness;
use crate::interface::Interface;
use crate::mock::{Lab, LabComputer, LabEngine};
use crate::process::Computer;
use crate::profile::Profile;
use crate::trace::{CheckError, Event, EventKind, Recorded, Sequence};
use facts::TraceFacts;

/// The number of the process that a trace names first.
const FIRST_PROCESS: u32 = 0;

/// What came of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many calls were made.
    pub calls: u64,
    /// Where the mock answered something else.
    pub differences: Vec<Difference>,
}

/// A call that the mock answered differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its place in the trace.
    pub seq: u64,
    /// The documented name of the method.
    pub method: &'static str,
    /// What the trace has.
    pub recorded: Outcome,
    /// What the mock did.
    pub replayed: Outcome,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference { seq, method, recorded, replayed } = self;
        write!(f, "seq {seq}: {method}: recorded {}, replayed {}", recorded.ending, replayed.ending)?;
        if recorded.out != replayed.out {
            write!(f, "; recorded {}; replayed {}", recorded.out, replayed.out)?;
        }
        Ok(())
    }
}

/// Replays a trace on a mock of this profile. `file` is the name that errors give.
///
/// A call in which the recorded process crashed, or that did not come back, agrees with an error and a finding. Codes
/// that depend on the platform agree with one another.
///
/// # Errors
///
/// The trace cannot be replayed.
pub fn replay<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Replayed, CheckError> {
    let events = Sequence::new(file, input)?.collect::<Result<Vec<Event>, CheckError>>()?;
    if let Some(Event { seq, .. }) = events.first().filter(|first| first.seq != 1) {
        return Err(CheckError::StartsMidway { file: file.to_owned(), seq: *seq });
    }
    let lab = Lab::new(profile);
    let mut replay = Replay {
        facts: TraceFacts::of(&events),
        computer: lab.engine().lab_computer(),
        names: None,
        harness: None,
        processes: HashMap::new(),
        engines: HashMap::new(),
        replayed: Replayed { calls: 0, differences: Vec::new() },
        lab,
    };
    for event in &events {
        replay.event(event);
    }
    Ok(replay.replayed)
}

struct Replay {
    lab: Lab,
    computer: LabComputer,
    /// The names of the computer of the trace's first process, where the trace tells them.
    names: Option<Vec<String>>,
    harness: Option<Harness>,
    /// The harness's number for each process of the trace that is there.
    processes: HashMap<u32, u32>,
    /// The engine of each process of the trace.
    engines: HashMap<u32, LabEngine>,
    facts: TraceFacts,
    replayed: Replayed,
}

impl Replay {
    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Elapsed { .. } => {}
            EventKind::ProcessKilled { process } => self.kill(*process),
            EventKind::Computer { process, computer } => self.set_computer(*process, computer),
            EventKind::Call(recorded) if matches!(recorded.call, Call::OtherMethod { .. }) => {}
            EventKind::Call(recorded) => self.call(event.seq, recorded),
        }
    }

    fn kill(&mut self, process: u32) {
        if let (Some(number), Some(harness)) = (self.processes.remove(&process), &mut self.harness) {
            harness.kill(number);
        }
    }

    /// All engines of a replay are on one computer, which stands for that of the trace's first process.
    fn set_computer(&mut self, process: u32, computer: &Computer) {
        if process == FIRST_PROCESS {
            self.names = Some(computer.names.clone());
        } else if self.names.as_ref() != Some(&computer.names) {
            return;
        }
        let known = self.computer.facts().names;
        let is_known = |name: &String| known.iter().any(|known| known.eq_ignore_ascii_case(name));
        for name in computer.names.iter().filter(|name| !is_known(name)) {
            self.computer.add_name(name);
        }
        self.computer.set_processes(computer.processes.clone());
        self.facts.set_processes(&computer.processes);
    }

    fn call(&mut self, seq: u64, recorded: &Recorded) {
        self.facts.prepare(recorded, &self.computer);
        let by = Caller { process: self.process(recorded.by.process), ..recorded.by };
        if let Some(engine) = self.engines.get(&recorded.by.process) {
            engine.script_handles(recorded.outcome.out.server);
        }
        let found = self.lab.finding_count();
        let replayed = self.perform(by, &recorded.call);
        let was_noticed = self.lab.finding_count() > found;
        self.replayed.calls += 1;
        if !compare::agrees(recorded, &replayed, was_noticed) {
            let method = recorded.call.method().name();
            let recorded = recorded.outcome.clone();
            self.replayed.differences.push(Difference { seq, method, recorded, replayed });
        }
        if recorded.outcome.ending == Ending::Crashed {
            self.kill(recorded.by.process);
        }
    }

    /// Makes the call, and before it the client object, if the trace begins after that was made.
    fn perform(&mut self, by: Caller, call: &Call) -> Outcome {
        let Some(harness) = &mut self.harness else { return Outcome::returned(crate::hresult::E_UNEXPECTED) };
        if let Some(outcome) = harness.perform(by, call) {
            return outcome;
        }
        let _: Option<Outcome> = harness.perform(by, &Call::DebugCreate { interface: Interface::NEWEST });
        harness.perform(by, call).unwrap_or_else(|| Outcome::returned(crate::hresult::E_UNEXPECTED))
    }

    fn process(&mut self, process: u32) -> u32 {
        if let Some(number) = self.processes.get(&process) {
            return *number;
        }
        let made = self.computer.engine();
        let engine: Box<dyn Engine> = Box::new(made.clone());
        self.engines.insert(process, made);
        let number = match &mut self.harness {
            Some(harness) => harness.adopt(engine),
            empty => {
                *empty = Some(Harness::new(engine));
                0
            }
        };
        self.processes.insert(process, number);
        number
    }
}
