//! The events of a lab before a call or while time passes.

use std::sync::Arc;

use super::request::Request;
use crate::dispatch::CallSite;
use crate::interface::Interface;
use crate::mock::world::{EngineId, EngineState, JournalEntry, ThreadId, World, WorldEvent};
use crate::options::{ConnectionString, Side};

impl World {
    /// A call of a caller begins: first everything happens that is due by its number or by the time.
    #[inline]
    pub(super) fn begin_call(&mut self, request: &Request<'_>) {
        if request.origin.identity.is_of_host {
            return;
        }
        self.calls += 1;
        if !self.schedule.is_empty() {
            self.happen_before_call(*request);
        }
    }

    /// Everything happens that is due at the call that begins.
    #[cold]
    fn happen_before_call(&mut self, request: Request<'_>) {
        let due: Vec<WorldEvent> = self.schedule.take_call(self.calls).collect();
        if due.contains(&WorldEvent::CallIsWatched) {
            self.watched = Some((request.call.method(), request.call_site));
        }
        self.happen(due);
        self.pass_time(0);
    }

    /// Moves the clock forward, in milliseconds. Everything happens that is due by then.
    pub(crate) fn pass_time(&mut self, ms: u64) {
        let until = self.clock.now.saturating_add(ms);
        while let Some((at, due)) = self.schedule.take_first_until(until) {
            self.clock.now = self.clock.now.max(at);
            self.happen(due);
        }
        self.clock.now = until;
        if ms > 0 {
            self.wake_waits();
        }
    }

    fn happen(&mut self, events: impl IntoIterator<Item = WorldEvent>) {
        for event in events {
            match event {
                WorldEvent::ProcessStarts { computer, exe } => {
                    self.change(computer);
                    self.computers[computer].start(&exe);
                }
                WorldEvent::ProcessEnds { computer, id } => {
                    self.change(computer);
                    self.end_process(computer, id);
                }
                WorldEvent::HostDies(host) => self.host_dies(host),
                WorldEvent::HostRestarts(host) => self.restart(host),
                WorldEvent::PipeAppears(server) => self.begin_to_listen(server),
                WorldEvent::CallIsWatched => {}
                WorldEvent::AllHostsDie => {
                    let hosts = self.engines.iter().filter(|(_, engine)| engine.is_host);
                    let hosts: Vec<EngineId> = hosts.map(|(host, _)| host).collect();
                    hosts.into_iter().for_each(|host| self.kill(host));
                }
            }
        }
    }

    fn host_dies(&mut self, host: EngineId) {
        self.kill(self.engines[host].replaced_by.unwrap_or(host));
    }

    /// Replaces the process of a host by a new one that starts the same servers.
    fn restart(&mut self, host: EngineId) {
        self.host_dies(host);
        // The servers of the first process: a later one may have found an address taken.
        let servers = self.engines[host].servers.iter().map(|server| &self.servers[*server]);
        let servers: Vec<(String, bool)> =
            servers.map(|server| (server.text.to_string(), server.is_debugging)).collect();
        let EngineState { computer, is_host, .. } = self.engines[host];
        let engine = self.add_engine(computer, is_host);
        self.engines[engine].replaces = Some(host);
        self.engines[host].replaced_by = Some(engine);
        self.start_on_host(engine, servers);
    }

    /// A host starts servers, each with a string and whether it is a debugging server. If some other server has the address,
    /// the host does without this one.
    pub(super) fn start_on_host(&mut self, engine: EngineId, servers: Vec<(String, bool)>) {
        // Its thread is its own, not the thread of the call before which this happens.
        let thread = ThreadId::played(0);
        let client = self.debug_create(engine, thread, Interface::DebugClient(self.usual_version()), CallSite::UNKNOWN);
        let by = self.caller(self.clients[client].identity, thread);
        for (text, is_debugging) in servers {
            let Ok(options) = ConnectionString::parse(Side::Server, self.profile, &text) else { continue };
            let options = Arc::new(options);
            let (Ok(hresult) | Err(hresult)) = self.listen(engine, &text, &options, is_debugging, CallSite::UNKNOWN);
            self.aftermath().entries.push(JournalEntry::ServerStarted { by, options: text, is_debugging, hresult });
        }
        self.remove_reference(client);
    }
}
