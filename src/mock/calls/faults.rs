//! Applies faults to a call: `world/faults.rs` decides which; this file delays the call or lets it fail.

use super::request::Request;
use super::wait::Reply;
use crate::call::{Call, Outputs};
use crate::hresult::{E_UNEXPECTED, HRESULT, RPC_E_CANTTRANSMIT_CALL, STATUS_PROCESS_IS_TERMINATING};
use crate::mock::world::{ComputerId, Condition, Decision, Effect, EngineId, FaultRule, Lookup, Route, World};
use crate::process::runs;

impl Request<'_> {
    /// Delays the call, or ends it with a code.
    #[cold]
    pub(super) fn apply_faults(self, world: &mut World, out: &mut Outputs) -> Option<HRESULT> {
        let decision = self.intercept(world);
        // A delay is time enough for its process to end.
        if !world.engines[self.engine].is_alive {
            return Some(E_UNEXPECTED);
        }
        decision.map(|decision| self.fail(world, decision, out))
    }

    /// Delays the call, and returns the decision of the first fault that applies to it.
    fn intercept(&self, world: &mut World) -> Option<Decision> {
        if self.origin.identity.is_of_host {
            return None;
        }
        // A condition looks at the rest of the world.
        let mut faults = std::mem::take(&mut world.faults);
        let (delay, decision) = faults.apply(world.calls, |rule| self.matches(world, rule));
        world.faults = faults;
        if delay > 0 {
            world.pass_time(delay);
        }
        decision
    }

    /// Returns whether a fault is about the call but for its predicate, and could have its effect on it.
    fn matches(&self, world: &mut World, rule: &FaultRule) -> bool {
        let is_met = rule.conditions.iter().all(|condition| match condition {
            Condition::Method(method) => self.call.method() == *method,
            Condition::Caller(engine) => self.engine == *engine,
            Condition::Host(host) => self.host(world) == Some(*host),
            Condition::Process(computer, process) => {
                self.call.process_id() == Some(*process) && self.computer(world) == Some(*computer)
            }
            Condition::Program(program) => self.names_program(world, program),
            Condition::Predicate(_) => true,
        });
        let could_happen = match rule.effect {
            Effect::Delay(_) | Effect::Decide(Decision::Fail(_)) => true,
            Effect::Decide(Decision::LoseBefore | Decision::LoseAfter) => self.is_connected(world),
            Effect::Decide(Decision::EndProcess) => self.attached_process(world).is_some(),
        };
        is_met && could_happen
    }

    /// Returns whether there is a connection that the call could lose.
    fn is_connected(&self, world: &World) -> bool {
        let handles = &world.engines[self.engine].handles;
        let is_open = self.call.server().is_some_and(|handle| handles.connection(handle).is_some());
        is_open || matches!(self.call, Call::ConnectProcessServer { .. })
    }

    /// Returns the engine that hosts the server to which the call leads.
    fn host(&self, world: &mut World) -> Option<EngineId> {
        let server = match self.call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => match world.route(self.engine, text) {
                Route::Server(server) => server,
                _ => return None,
            },
            _ => world.engines[self.engine].handles.connection(self.call.server()?)?.server,
        };
        let host = world.servers[server].host;
        // A fault names the host that the test has made, not the one that took its place.
        Some(world.engines[host].replaces.unwrap_or(host))
    }

    /// Returns the computer on which the call works, if its handle says so.
    fn computer(&self, world: &World) -> Option<ComputerId> {
        let engine = &world.engines[self.engine];
        match self.call.server()? {
            0 => Some(engine.computer),
            handle => Some(world.computer_of(engine.handles.connection(handle)?.server)),
        }
    }

    /// Returns whether the call names a program: by its name, by a command line or by the id of a process that runs it.
    fn names_program(&self, world: &World, program: &str) -> bool {
        let Some(computer) = self.computer(world).map(|id| &world.computers[id]) else { return false };
        let named = match self.call {
            Call::GetRunningProcessSystemIdByExecutableName { exe_name, .. } => {
                exe_name.is_some_and(|exe| runs(exe, program))
            }
            _ => false,
        };
        let process = self.call.process_id().and_then(|id| computer.processes.get(id));
        let created = self.call.command_line().and_then(|line| computer.program(line));
        named
            || process.is_some_and(|process| runs(&process.exe, program))
            || created.is_some_and(|exe| runs(exe, program))
    }

    /// Returns the running process to which the call attaches, and its computer.
    fn attached_process(&self, world: &World) -> Option<(ComputerId, u32)> {
        let (_, id, _) = self.call.attach()?;
        let computer = self.computer(world)?;
        world.computers[computer].processes.get(id).map(|_| (computer, id))
    }

    /// Ends the call as a fault has decided.
    fn fail(&self, world: &mut World, decision: Decision, out: &mut Outputs) -> HRESULT {
        match decision {
            Decision::Fail(hresult) => {
                self.note_failed_disconnect(world);
                hresult
            }
            Decision::LoseBefore => {
                self.note_failed_disconnect(world);
                self.lose_connection(world);
                RPC_E_CANTTRANSMIT_CALL
            }
            Decision::LoseAfter => {
                // The outputs are lost with the connection.
                if self.make_frequent(world, out).is_none()
                    && let Reply::Wait(_) = self.make(world, out)
                {
                    world.threads.end_wait(self.thread.os);
                    world.engines[self.engine].session.is_waiting = false;
                }
                self.lose_connection(world);
                let handles = &mut world.engines[self.engine].handles;
                if let Some(Lookup::Open(slot, _)) = std::mem::take(out).server.map(|handle| handles.look_up(handle)) {
                    handles.close(slot, self.call_site);
                }
                RPC_E_CANTTRANSMIT_CALL
            }
            Decision::EndProcess => {
                if let Some((computer, id)) = self.attached_process(world) {
                    world.change(computer);
                    world.end_process(computer, id);
                }
                STATUS_PROCESS_IS_TERMINATING
            }
        }
    }

    /// A call that should have closed a handle has failed.
    fn note_failed_disconnect(&self, world: &mut World) {
        if let Call::DisconnectProcessServer { server } = self.call {
            world.engines[self.engine].handles.fail_disconnect(*server, self.call_site);
        }
    }

    fn lose_connection(&self, world: &mut World) {
        let handles = &mut world.engines[self.engine].handles;
        if let Some(connection) = self.call.server().and_then(|handle| handles.connection_mut(handle)) {
            connection.is_lost = true;
        }
    }
}
