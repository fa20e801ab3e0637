//! Everything that callers leave open or running, or that is wrong with a lab.

use std::collections::BTreeSet;

use super::finding::{Finding, Uncited, fact};
use super::unused;
use super::world::{EngineId, EngineState, FindingRecord, MOST_FINDINGS, Misuse, RealEngine, ServerId, World};
use crate::method::Method;
use crate::state::{Attachment, ServerLife};

/// Returns what would be left over if everything ended now: targets, open handles, running process servers.
pub(super) fn of(world: &World) -> impl Iterator<Item = FindingRecord> {
    let targets = callers(world).flat_map(|(id, _)| attached_targets(world, id));
    let handles = callers(world).flat_map(|(id, engine)| open_handles(id, engine));
    let servers = callers(world).flat_map(|(id, engine)| running_servers(world, id, engine));
    targets.chain(handles).chain(servers).filter(|left| !world.findings.permits(left.misuse))
}

/// Returns the engines that run and that callers have made.
fn callers(world: &World) -> impl Iterator<Item = (EngineId, &EngineState)> {
    world.engines.iter().filter(|(_, engine)| engine.is_alive && !engine.is_host && engine.replaces.is_none())
}

fn attached_targets(world: &World, id: EngineId) -> impl Iterator<Item = FindingRecord> {
    let targets = world.targets.iter().filter(move |target| target.engine == id);
    targets.map(move |target| {
        let real_engine = match target.attachment {
            Attachment::Debugger => RealEngine::does("ends the process when the debugger goes").source("OBS-84"),
            Attachment::Joined | Attachment::Observer => {
                RealEngine::does("stays attached until the debugger goes").source("OBS-84")
            }
        };
        FindingRecord {
            process_id: Some(target.process),
            attach_flags: target.attach_flags,
            real_engine,
            thread: target.thread,
            call_site: target.call_site,
            ..left(id, Misuse::TargetLeftAttached, target.method, target.server, "")
        }
    })
}

fn open_handles(id: EngineId, engine: &EngineState) -> impl Iterator<Item = FindingRecord> {
    engine.handles.open_connections().map(move |(handle, connection)| {
        let misuse = if connection.disconnect_failed { Misuse::FailedDisconnect } else { Misuse::LeakedHandle };
        let does = "holds the connection until the process ends";
        let left = left(id, misuse, Method::ConnectProcessServer, Some(connection.server), does);
        FindingRecord { handle: Some(handle), connected_at: connection.connected_at, ..left }
    })
}

fn running_servers(world: &World, id: EngineId, engine: &EngineState) -> impl Iterator<Item = FindingRecord> {
    let servers = engine.servers.iter().map(|server| (*server, &world.servers[*server]));
    let running = servers.filter(|(_, server)| !server.is_debugging && server.life == ServerLife::Running);
    running.map(move |(number, server)| FindingRecord {
        call_site: server.started_at,
        ..left(id, Misuse::ServerLeftRunning, Method::StartProcessServer, Some(number), "serves until the process ends")
    })
}

fn left(
    engine: EngineId,
    misuse: Misuse,
    method: Method,
    server: Option<ServerId>,
    does: &'static str,
) -> FindingRecord {
    FindingRecord {
        misuse,
        engine,
        method,
        handle: None,
        requirement: None,
        real_engine: RealEngine::does(does),
        thread: 0,
        call_site: None,
        connected_at: None,
        disconnected_at: None,
        server,
        process_id: None,
        attach_flags: None,
    }
}

/// Puts everything that is wrong with a lab into words; `None` if nothing is.
pub(super) fn complaint(world: &World) -> Option<String> {
    let findings = Finding::all(world, world.findings.kept());
    let leftovers = Finding::all(world, of(world).take(MOST_FINDINGS));
    let all = || findings.iter().chain(&leftovers);
    let mut texts: Vec<String> = all().map(|finding| Uncited(finding).to_string()).collect();
    let more = world.findings.count() + of(world).count() - texts.len();
    if more > 0 {
        texts.push(format!("and {more} more, which are counted but not kept"));
    }
    let cited: BTreeSet<&str> = all().filter_map(|finding| finding.source).collect();
    texts.extend(cited.into_iter().map(fact));
    texts.extend(unused::explained(world));
    if texts.is_empty() { None } else { Some(texts.join("\n")) }
}
