//! What callers leave behind.

use super::finding::{Finding, Misuse};
use super::state::State;

impl State {
    /// What would be left over if everything ended now.
    pub(super) fn leftovers(&self) -> Vec<Finding> {
        let callers = || self.engines.iter().enumerate().filter(|(_, engine)| engine.alive && !engine.is_dbgsrv);
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
        };
        let handles = callers().flat_map(|(number, engine)| {
            engine.handles.open_ones().map(move |(handle, link)| {
                let misuse = if link.disconnect_failed { Misuse::FailedDisconnect } else { Misuse::LeakedHandle };
                let real_engine = "holds the connection until the process ends";
                let connected_at = link.connected_at;
                Finding {
                    handle: Some(handle),
                    connected_at,
                    ..finding(number, misuse, "ConnectProcessServer", real_engine)
                }
            })
        });
        let is_running =
            |server: &&usize| self.servers[**server].life.is_up() && !self.engines[self.servers[**server].engine].ended;
        let servers = callers().flat_map(|(number, engine)| {
            let running = engine.servers.iter().filter(is_running);
            running.map(move |_| {
                let real_engine = "serves until the process ends";
                finding(number, Misuse::ServerLeftRunning, "StartProcessServer", real_engine)
            })
        });
        handles.chain(servers).filter(|left| !self.permitted.contains(&left.misuse)).collect()
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
