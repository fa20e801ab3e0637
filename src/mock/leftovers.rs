//! What callers leave behind, and what it is called.

use super::finding::Misuse;
use super::findings::Noted;
use super::state::{ServerState, State};
use crate::state::ServerLife;

impl State {
    /// What would be left over if everything ended now.
    pub(super) fn left_over(&self) -> impl Iterator<Item = Noted> {
        let callers = || {
            self.engines
                .iter()
                .enumerate()
                .filter(|(_, engine)| engine.alive && !engine.is_dbgsrv && engine.stands_for.is_none())
        };
        let noted = |engine, misuse, method, real_engine| Noted {
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
            server: None,
        };
        let handles = callers().flat_map(move |(number, engine)| {
            engine.handles.open_ones().map(move |(handle, link)| {
                let misuse = if link.disconnect_failed { Misuse::FailedDisconnect } else { Misuse::LeakedHandle };
                let real_engine = "holds the connection until the process ends";
                Noted {
                    handle: Some(handle),
                    connected_at: link.connected_at,
                    server: Some(link.server),
                    ..noted(number, misuse, "ConnectProcessServer", real_engine)
                }
            })
        });
        let servers = callers().flat_map(move |(number, engine)| {
            let running = engine.servers.iter().copied().filter(|server| {
                let server = &self.servers[*server];
                !server.is_debugging && server.life == ServerLife::Running
            });
            running.map(move |server| {
                let real_engine = "serves until the process ends";
                Noted {
                    call_site: self.servers[server].started_at,
                    server: u32::try_from(server).ok(),
                    ..noted(number, Misuse::ServerLeftRunning, "StartProcessServer", real_engine)
                }
            })
        });
        handles.chain(servers).filter(|left| !self.findings.permits(left.misuse))
    }

    /// A server by the string with which it was started, and its computer.
    pub(super) fn server_name(&self, server: usize) -> String {
        let ServerState { engine, options, .. } = &self.servers[server];
        let computer = &self.computers[self.engines[*engine].computer];
        format!("{options} on {}", computer.names.first().map_or("", String::as_str))
    }

    /// The names of the processes of all engines: `client`, `client2`, …, and of hosts: `server`, `server2`, ….
    pub(super) fn process_names(&self) -> Vec<String> {
        let (mut clients, mut hosts) = (0, 0);
        let mut name = |is_host: bool| {
            let (kind, before) = if is_host { ("server", &mut hosts) } else { ("client", &mut clients) };
            *before += 1;
            if *before == 1 { kind.to_owned() } else { format!("{kind}{before}") }
        };
        self.engines.iter().map(|engine| name(engine.is_dbgsrv)).collect()
    }
}
