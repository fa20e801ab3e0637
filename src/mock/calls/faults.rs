//! Applies faults to a call: `world/faults.rs` decides which; this file delays the call or lets it fail.

use super::request::Request;
use super::wait::Reply;
use crate::call::{Call, Outputs};
use crate::hresult::{HRESULT, RPC_E_CANTTRANSMIT_CALL};
use crate::mock::world::{CallFacts, Decision, EngineId, Lookup, Route, World};

impl Request<'_> {
    /// Delays the call, and returns the decision of the first fault that applies to it.
    pub(super) fn intercept(&self, world: &mut World) -> Option<Decision> {
        if world.engines[self.engine].is_host {
            return None;
        }
        let host = if world.faults.name_hosts() { self.host(world) } else { None };
        let handles = &world.engines[self.engine].handles;
        let is_open = self.call.server().is_some_and(|handle| handles.connection(handle).is_some());
        let is_connected = is_open || matches!(self.call, Call::ConnectProcessServer { .. });
        let (method, caller, number) = (self.call.method(), self.engine, world.calls);
        let (delay, decision) = world.faults.apply(CallFacts { method, caller, host, number, is_connected });
        if delay > 0 {
            world.pass_time(delay);
        }
        decision
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

    /// Ends the call as a fault has decided.
    pub(super) fn fail(&self, world: &mut World, decision: Decision, out: &mut Outputs) -> HRESULT {
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
                if let Reply::Wait(_) = self.answer(world, out) {
                    world.threads.end_wait(self.thread.os);
                    world.engines[self.engine].session.is_waiting = false;
                }
                self.lose_connection(world);
                let handles = &mut world.engines[self.engine].handles;
                if let Some(Lookup::Open(slot)) = std::mem::take(out).server.map(|handle| handles.look_up(handle)) {
                    handles.close(slot, self.call_site);
                }
                RPC_E_CANTTRANSMIT_CALL
            }
        }
    }

    /// A call that should have closed a handle has failed.
    fn note_failed_disconnect(&self, world: &mut World) {
        if let Call::DisconnectProcessServer { server } = self.call
            && let Some(connection) = world.engines[self.engine].handles.connection_mut(*server)
        {
            connection.disconnect_failed = true;
        }
    }

    fn lose_connection(&self, world: &mut World) {
        let handles = &mut world.engines[self.engine].handles;
        if let Some(connection) = self.call.server().and_then(|handle| handles.connection_mut(handle)) {
            connection.is_lost = true;
        }
    }
}
