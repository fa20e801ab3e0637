//! Makes the calls of a trace on the mock engine, and compares every outcome.
//!
//! Before each call, the lab gets the facts about the world around the engine: those that the trace states about its
//! computer, and those that its calls show (running processes, installed programs, values of handles). Every outcome is the
//! mock's own.

mod compare;
mod computers;
mod facts;
mod own_ids;
mod partial;
mod sightings;
mod text;

use std::collections::HashMap;
use std::fmt;
use std::io::BufRead;

use crate::call::{Call, Caller, Ending, Outcome};
use crate::client::Engine;
use crate::harness::Harness;
use crate::interface::Interface;
use crate::mock::LabEngine;
use crate::profile::Profile;
use crate::trace::{CheckError, Event, EventKind, Recorded, Sequence, TraceRules};
use computers::TraceComputers;
use facts::Preparation;
use own_ids::OwnIds;
use sightings::Sightings;

/// The result of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Replayed {
    /// The rules that the mock followed.
    pub rules: TraceRules,
    /// The number of calls that were made.
    pub calls: u64,
    /// The calls with another outcome on the mock.
    pub differences: Vec<Difference>,
}

/// A call with another outcome on the mock.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The `seq` of the call in the trace.
    pub seq: u64,
    /// The documented name of the method.
    pub method: &'static str,
    /// The outcome in the trace.
    pub recorded: Outcome,
    /// The outcome on the mock.
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

/// Replays a trace on a mock of this profile. `file` is its name in errors.
///
/// For [`Profile::Dbgeng`], the rules are those of the version that the trace names ([`Replayed::rules`]).
///
/// If the recorded process crashed in a call, or the call did not return, an error with a finding agrees with that, and so
/// does the error of a process that has ended on the mock. Status codes that depend on the platform agree with one another.
///
/// # Errors
///
/// Returns an error if the trace is malformed, does not start at its beginning, or has overlapping calls without an order.
pub fn replay<R: BufRead>(profile: Profile, file: &str, input: R) -> Result<Replayed, CheckError> {
    let sequence = Sequence::new(file, input)?;
    let rules = sequence.header().engine.rules(profile);
    let events = sequence.collect::<Result<Vec<Event>, CheckError>>()?;
    if let Some(Event { seq, .. }) = events.first().filter(|first| first.seq != 1) {
        return Err(CheckError::StartsMidway { file: file.to_owned(), seq: *seq });
    }
    let mut replay = Replay {
        sightings: Sightings::of(&events),
        own_ids: OwnIds::of(&events, rules.profile),
        computers: TraceComputers::of(&events, rules.profile),
        harness: None,
        processes: HashMap::new(),
        engines: HashMap::new(),
        replayed: Replayed { rules, calls: 0, differences: Vec::new() },
    };
    for event in &events {
        replay.event(event);
    }
    Ok(replay.replayed)
}

struct Replay {
    computers: TraceComputers,
    sightings: Sightings,
    own_ids: OwnIds,
    harness: Option<Harness>,
    /// The harness's number for each living process of the trace.
    processes: HashMap<u32, u32>,
    /// The engine of each process of the trace.
    engines: HashMap<u32, LabEngine>,
    replayed: Replayed,
}

impl Replay {
    fn event(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Elapsed { .. } => {}
            EventKind::ProcessKilled { process } => self.kill(*process),
            EventKind::Computer { process, computer, .. } => self.computers.state(*process, computer),
            EventKind::Call(recorded) if matches!(recorded.call, Call::OtherMethod { .. }) => {}
            EventKind::Call(recorded) => self.call(event.seq, recorded),
        }
    }

    fn kill(&mut self, process: u32) {
        if let (Some(number), Some(harness)) = (self.processes.remove(&process), &mut self.harness) {
            harness.kill(number);
        }
    }

    fn call(&mut self, seq: u64, recorded: &Recorded) {
        self.prepare(seq, recorded);
        let by = Caller { process: self.process(recorded.by.process), ..recorded.by };
        if let Some(engine) = self.engines.get(&recorded.by.process) {
            engine.script_handles(recorded.outcome.out.server);
        }
        let found = self.computers.lab().finding_count();
        let replayed = self.perform(by, &recorded.call);
        let is_gone = self.engines.get(&recorded.by.process).is_some_and(|engine| !engine.is_alive());
        let was_noticed = is_gone || self.computers.lab().finding_count() > found;
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

    /// Makes the lab as it was when the call was recorded, as far as the outcome shows.
    fn prepare(&mut self, seq: u64, recorded: &Recorded) {
        let Recorded { by, call, outcome, .. } = recorded;
        if let Call::ConnectProcessServer { remote_options: Some(text), .. } = call
            && outcome.succeeded()
        {
            self.computers.connect(by.process, text, outcome.out.server);
        }
        let preparation = Preparation {
            profile: self.replayed.rules.profile,
            seq,
            recorded,
            sightings: &self.sightings,
            own: self.computers.of_process(by.process),
            target: self.computers.of_handle(by.process, call.server()),
        };
        preparation.prepare();
    }

    /// Makes the call. If the trace does not show how the client object was made, makes that first.
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
        let made = self.computers.of_process(process).lab.engine();
        if let Some(id) = self.own_ids.get(process) {
            made.set_process_id(id);
        }
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
