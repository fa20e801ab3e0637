//! Runs a program on an engine, with the model looking on.

use super::program::{HandleName, Program, Step};
use crate::call::{Call, Caller, Outcome};
use crate::client::{Engine, Place};
use crate::flags::Class;
use crate::harness::Harness;
use crate::interface::Interface;
use crate::model::{Model, Violation, World};
use crate::process::Computer;
use crate::profile::Profile;
use crate::trace::{Event, Recorded, What};

/// A value that no engine is likely to issue, for a program that names a handle where there is none.
const STRANGER: u64 = 0x1234_5678;

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Execution {
    /// What was done, as a trace has it. Kept only if asked for.
    pub events: Vec<Event>,
    /// Every requirement that was broken, with the seq of the call.
    pub broken: Vec<(u64, Violation)>,
    /// How many calls were made.
    pub calls: u64,
    /// How often each requirement had something to say, in the order of the spec.
    pub judged: Vec<u64>,
}

/// Runs a program on a fresh engine. `keep` keeps the events.
pub fn execute(program: &Program, engine: Box<dyn Engine>, profile: Profile, keep: bool) -> Execution {
    let mut run = Run {
        harness: Harness::new(engine),
        model: Model::new(profile, World::Closed),
        computers: Vec::new(),
        handles: Vec::new(),
        clients: Vec::new(),
        killed: Vec::new(),
        execution: Execution::default(),
        seq: 0,
        keep,
    };
    run.settle(0);
    for host in &program.hosts {
        run.host(host.place, &host.options);
    }
    for step in &program.steps {
        run.step(step);
    }
    run.execution.judged = run.model.judged().to_vec();
    run.execution
}

struct Run {
    harness: Harness,
    model: Model,
    computers: Vec<Option<Computer>>,
    /// By process: the handles that were issued, and whether each is open.
    handles: Vec<Vec<(u64, bool)>>,
    /// By process: the client objects that are there.
    clients: Vec<Vec<u32>>,
    killed: Vec<bool>,
    execution: Execution,
    seq: u64,
    keep: bool,
}

impl Run {
    /// A process begins with one client object of the newest version.
    fn settle(&mut self, process: u32) {
        let computer = self.harness.engine(process).and_then(Engine::computer);
        if let Some(computer) = &computer {
            self.model.place(process, computer);
        }
        self.computers.push(computer);
        self.handles.push(Vec::new());
        self.clients.push(Vec::new());
        self.killed.push(false);
        self.make_client(Caller { process, ..Caller::default() });
    }

    fn make_client(&mut self, by: Caller) {
        let by = Caller { client: self.harness.clients_made(by.process), ..by };
        let _: Option<Outcome> = self.perform(by, Call::DebugCreate { interface: Interface::NEWEST });
    }

    fn host(&mut self, place: Place, options: &str) {
        let Some(process) = self.harness.start_process(place) else { return };
        self.settle(process);
        let call = Call::StartProcessServer {
            flags: Class::USER_WINDOWS.bits(),
            options: Some(options.to_owned()),
            reserved: 0,
        };
        let _: Option<Outcome> = self.perform(Caller { process, ..Caller::default() }, call);
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Kill { process } => self.kill(self.process(*process)),
            Step::Call { by, call, handle, target } => {
                let process = self.process(by.process);
                if self.killed[process as usize] {
                    return;
                }
                let by = Caller { process, ..*by };
                if self.clients[process as usize].is_empty() {
                    self.make_client(by);
                }
                let Some(by) = self.caller(by, call) else { return };
                let call = self.resolve(by, call.clone(), *handle, *target);
                let _: Option<Outcome> = self.perform(by, call);
            }
        }
    }

    fn process(&self, number: u32) -> u32 {
        number % u32::try_from(self.clients.len()).unwrap_or(u32::MAX)
    }

    fn kill(&mut self, process: u32) {
        if process == 0 || self.killed[process as usize] || !self.harness.kill(process) {
            return;
        }
        self.killed[process as usize] = true;
        self.model.process_killed(process);
        self.event(What::ProcessKilled { process });
    }

    fn caller(&self, by: Caller, call: &Call) -> Option<Caller> {
        if let Call::DebugCreate { .. } = call {
            return Some(Caller { client: self.harness.clients_made(by.process), ..by });
        }
        let clients = &self.clients[by.process as usize];
        let client = *clients.get(by.client as usize % clients.len().max(1))?;
        Some(Caller { client, ..by })
    }

    fn resolve(&self, by: Caller, mut call: Call, handle: HandleName, target: usize) -> Call {
        let handles = &self.handles[by.process as usize];
        let nth = |open: bool, n: usize| {
            let mut fitting = handles.iter().filter(|(_, is_open)| *is_open == open);
            let count = fitting.clone().count();
            fitting.nth(n % count.max(1)).map_or(STRANGER, |(value, _)| *value)
        };
        call.set_server(match handle {
            HandleName::Open(n) => nth(true, n),
            HandleName::Stale(n) => nth(false, n),
            HandleName::Stranger(value) => value,
            HandleName::Zero => 0,
        });
        let processes = self.computers.first().and_then(Option::as_ref).map_or(&[][..], |known| &known.processes);
        let id = processes.get(target % (processes.len() + 1)).map_or(0xfff0, |process| process.id);
        call.set_process_id(id);
        if let Call::ConnectProcessServer { remote_options: Some(text), .. } = &mut call {
            for (process, computer) in self.computers.iter().enumerate() {
                let name = computer.as_ref().and_then(|computer| computer.names.first());
                *text = text.replace(&format!("@{process}"), name.map_or("localhost", String::as_str));
            }
        }
        call
    }

    fn perform(&mut self, by: Caller, call: Call) -> Option<Outcome> {
        let outcome = self.harness.perform(by, &call)?;
        self.execution.calls += 1;
        let violations = self.model.observe(by, &call, &outcome).err().unwrap_or_default();
        self.follow(by, &call, &outcome);
        let recorded =
            || Recorded { by, call, wide: false, outcome: outcome.clone(), elapsed_us: None, interval: None };
        let what = self.keep.then(|| What::Call(Box::new(recorded())));
        self.seq += 1;
        self.execution.broken.extend(violations.into_iter().map(|violation| (self.seq, violation)));
        if let Some(what) = what {
            self.execution.events.push(Event { seq: self.seq, what });
        }
        Some(outcome)
    }

    fn event(&mut self, what: What) {
        self.seq += 1;
        if self.keep {
            self.execution.events.push(Event { seq: self.seq, what });
        }
    }

    fn follow(&mut self, by: Caller, call: &Call, outcome: &Outcome) {
        let at = by.process as usize;
        match call {
            Call::DebugCreate { .. } if outcome.succeeded() => self.clients[at].push(by.client),
            Call::CreateClient => self.clients[at].extend(outcome.out.client),
            Call::Release => self.clients[at].retain(|client| *client != by.client),
            Call::ConnectProcessServer { .. } if outcome.succeeded() => {
                if let Some(handle) = outcome.out.server {
                    self.handles[at].retain(|(value, _)| *value != handle);
                    self.handles[at].push((handle, true));
                }
            }
            Call::DisconnectProcessServer { server } if outcome.succeeded() => {
                if let Some(handle) = self.handles[at].iter_mut().find(|(value, _)| value == server) {
                    handle.1 = false;
                }
            }
            _ => {}
        }
    }
}
