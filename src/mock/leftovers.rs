//! Everything that callers leave open or running, or that is wrong with a lab.

use std::collections::BTreeSet;

use super::finding::{Finding, Uncited, advice, fact};
use super::unused;
use super::world::{ClientState, EngineId, EngineState, FindingRecord, MOST_FINDINGS, Misuse, RealEngine, World};
use crate::dispatch::CallSite;
use crate::method::Method;
use crate::state::{Attachment, ServerLife};

/// Returns what would be left over if everything ended now: targets, open handles, running process servers and, on request,
/// client objects.
pub(super) fn of(world: &World) -> impl Iterator<Item = FindingRecord> {
    let targets = callers(world).flat_map(|(id, _)| attached_targets(world, id));
    let handles = callers(world).flat_map(|(id, engine)| open_handles(id, engine));
    let servers = callers(world).flat_map(|(id, engine)| running_servers(world, id, engine));
    let clients = callers(world).flat_map(|(id, _)| clients(world, id));
    let all = targets.chain(handles).chain(servers).chain(clients.map(unreleased));
    all.filter(|left| !world.findings.permits(left.misuse))
}

/// Returns the engines that run and that callers have made.
fn callers(world: &World) -> impl Iterator<Item = (EngineId, &EngineState)> {
    world.engines.iter().filter(|(_, engine)| engine.is_alive && !engine.is_host && engine.replaces.is_none())
}

/// Returns the client objects of an engine that are not released.
fn clients(world: &World, id: EngineId) -> impl Iterator<Item = &ClientState> {
    let clients = world.clients.iter().map(|(_, client)| client);
    clients.filter(move |client| client.identity.engine == id && client.references > 0)
}

fn attached_targets(world: &World, id: EngineId) -> impl Iterator<Item = FindingRecord> {
    let misuse = if clients(world, id).next().is_some() { Misuse::TargetLeftAttached } else { Misuse::SessionLeftOpen };
    world.targets.of(id).map(move |target| {
        let real_engine = match target.attachment {
            Attachment::Debugger => &RealEngine::Shown("ends the process when the debugger goes", "OBS-84"),
            Attachment::Joined | Attachment::Observer => {
                &RealEngine::Shown("stays attached until the debugger goes", "OBS-84")
            }
        };
        FindingRecord {
            process_id: Some(target.process),
            attach_flags: target.attach_flags,
            thread: target.thread,
            call_site: target.call_site,
            server: target.server,
            ..FindingRecord::new(id, misuse, target.method, real_engine)
        }
    })
}

fn open_handles(id: EngineId, engine: &EngineState) -> impl Iterator<Item = FindingRecord> {
    engine.handles.open_connections().map(move |(slot, connection)| {
        let failed_at = engine.handles.failed_disconnect(slot);
        let misuse = if failed_at.is_some() { Misuse::FailedDisconnect } else { Misuse::LeakedHandle };
        let real_engine = &RealEngine::Does("holds the connection until the process ends");
        FindingRecord {
            handle: Some(engine.handles.value(slot)),
            connected_at: connection.connected_at,
            earlier_call: failed_at.unwrap_or(CallSite::UNKNOWN),
            server: Some(connection.server),
            ..FindingRecord::new(id, misuse, Method::ConnectProcessServer, real_engine)
        }
    })
}

fn running_servers(world: &World, id: EngineId, engine: &EngineState) -> impl Iterator<Item = FindingRecord> {
    let servers = engine.servers.iter().map(|server| (*server, &world.servers[*server]));
    let running = servers.filter(|(_, server)| !server.is_debugging && server.life == ServerLife::Running);
    running.map(move |(number, server)| {
        let real_engine = &RealEngine::Does("serves until the process ends");
        FindingRecord {
            call_site: server.started_at,
            earlier_call: engine.timed_out.unwrap_or(CallSite::UNKNOWN),
            server: Some(number),
            ..FindingRecord::new(id, Misuse::ServerLeftRunning, Method::StartProcessServer, real_engine)
        }
    })
}

fn unreleased(client: &ClientState) -> FindingRecord {
    let identity = client.identity;
    let real_engine = &RealEngine::Does("keeps it until the process ends");
    FindingRecord {
        thread: identity.thread_number,
        call_site: client.made_at,
        client_object: Some(identity.number),
        ..FindingRecord::new(identity.engine, Misuse::UnreleasedClient, Method::DebugCreate, real_engine)
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
    let pages: BTreeSet<&str> = all().filter_map(|finding| finding.misuse.page()).collect();
    texts.extend(pages.into_iter().map(advice));
    texts.extend(unused::explained(world));
    if texts.is_empty() { None } else { Some(texts.join("\n")) }
}
