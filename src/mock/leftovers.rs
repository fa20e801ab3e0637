//! What callers leave behind.

use super::finding::{Finding, Misuse};
use super::state::State;

impl State {
    /// What would be left over if everything ended now.
    pub(super) fn leftovers(&self) -> Vec<Finding> {
        let callers = || self.engines.iter().enumerate().filter(|(_, engine)| engine.alive && !engine.is_dbgsrv);
        let finding = |engine, misuse, method, real_engine| Finding {
            misuse,
            engine,
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
        handles.chain(servers).collect()
    }

    /// The names of the processes in a journal, by the numbers of their engines.
    #[cfg(feature = "kit")]
    pub(super) fn process_names(&self) -> Vec<String> {
        let (mut clients, mut servers) = (0, 0);
        let name = |engine: &super::state::EngineState| {
            let (kind, count) = if engine.is_dbgsrv { ("server", &mut servers) } else { ("client", &mut clients) };
            *count += 1;
            if *count == 1 { kind.to_owned() } else { format!("{kind}{count}") }
        };
        self.engines.iter().map(name).collect()
    }
}
