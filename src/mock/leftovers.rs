//! What callers leave behind.

use super::finding::{Finding, Misuse};
use super::state::{ServerState, State};
use crate::state::ServerLife;

impl State {
    /// What would be left over if everything ended now.
    pub(super) fn leftovers(&self) -> Vec<Finding> {
        let callers = || {
            self.engines
                .iter()
                .enumerate()
                .filter(|(_, engine)| engine.alive && !engine.is_dbgsrv && !engine.is_stand_in)
        };
        let finding = |engine, misuse, method, real_engine| Finding {
            misuse,
            process: self.process_name(engine),
            method,
            handle: None,
            requirement: None,
            real_engine,
            thread: 0,
            call_site: None,
            connected_at: None,
            disconnected_at: None,
            server: None,
        };
        let handles = callers().flat_map(|(number, engine)| {
            engine.handles.open_ones().map(move |(handle, link)| {
                let misuse = if link.disconnect_failed { Misuse::FailedDisconnect } else { Misuse::LeakedHandle };
                let real_engine = "holds the connection until the process ends";
                Finding {
                    handle: Some(handle),
                    connected_at: link.connected_at,
                    server: Some(self.server_name(link.server)),
                    ..finding(number, misuse, "ConnectProcessServer", real_engine)
                }
            })
        });
        let is_running = |server: &&usize| {
            let server = &self.servers[**server];
            !server.is_debugging && server.life == ServerLife::Running
        };
        let servers = callers().flat_map(|(number, engine)| {
            let running = engine.servers.iter().filter(is_running);
            running.map(move |server| {
                let real_engine = "serves until the process ends";
                Finding {
                    call_site: self.servers[*server].started_at,
                    server: Some(self.server_name(*server)),
                    ..finding(number, Misuse::ServerLeftRunning, "StartProcessServer", real_engine)
                }
            })
        });
        handles.chain(servers).filter(|left| !self.permitted.contains(&left.misuse)).collect()
    }

    /// A server by the string with which it was started, and its computer.
    pub(super) fn server_name(&self, server: usize) -> String {
        let ServerState { engine, options, .. } = &self.servers[server];
        let computer = &self.computers[self.engines[*engine].computer];
        format!("{options} on {}", computer.names.first().map_or("", String::as_str))
    }

    /// The name of the process of an engine: `client`, `client2`, …, or of a host: `server`, `server2`, ….
    pub(super) fn process_name(&self, engine: usize) -> String {
        let is_host = self.engines[engine].is_dbgsrv;
        let kind = if is_host { "server" } else { "client" };
        match self.engines[..engine].iter().filter(|other| other.is_dbgsrv == is_host).count() {
            0 => kind.to_owned(),
            before => format!("{kind}{}", before + 1),
        }
    }

    /// The names of all processes, by the numbers of their engines.
    #[cfg(feature = "kit")]
    pub(super) fn process_names(&self) -> Vec<String> {
        (0..self.engines.len()).map(|engine| self.process_name(engine)).collect()
    }
}
