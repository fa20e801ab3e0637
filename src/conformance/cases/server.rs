//! Cases for process servers: their clients, and their ends.

use super::methods::{CREATE_AND_ATTACH, END, QUERIES, TARGETS};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{MANY, Script, VERY_MANY};
use crate::conformance::program::HandleName;
use crate::hresult::{RPC_E_CANTTRANSMIT_CALL, RPC_E_CLIENT_DIED};
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// Not the plain host: most of these cases end it.
const SERVER: &str = "tcp:port=7011";
const REACHED: &str = "tcp:server=@1,port=7011";

pub(super) fn cases(set: &mut CaseSet) {
    serves_several(set);
    ip_versions(set);
    for (name, method) in [END].into_iter().chain(QUERIES).chain(TARGETS).chain(CREATE_AND_ATTACH) {
        set.given(ServerGoneIsAnError, name, gone, |script, handle| method(script, handle).host_gone());
    }
    for (name, method) in
        [("another server takes the address, end", END.1), ("another server takes the address, ids", QUERIES[0].1)]
    {
        set.given(ServerGoneIsAnError, name, replaced, |script, old| {
            method(script, old).host_gone();
            script.connect(REACHED).ok().wrote(HandleNotOpen);
            let new = script.latest();
            method(script, old).host_gone();
            script.ids(new).ok()
        });
    }
    set.given(ServerGoneStaysGone, "another process takes the address", replaced, |script, old| {
        script.ids(old).host_gone();
        script.end(old).host_gone()
    });
    set.given(ServerGoneStaysGone, "a new connection there", replaced, |script, old| {
        script.connect(REACHED).ok().wrote(HandleNotOpen);
        let new = script.latest();
        script.ids(old).host_gone();
        script.ids(new).ok()
    });
    for (name, method) in [END].into_iter().chain(QUERIES) {
        set.given(ServerGoneCode, name, gone, |script, handle| {
            let codes = Statuses::code(RPC_E_CANTTRANSMIT_CALL).or(RPC_E_CLIENT_DIED);
            method(script, handle).allows(codes.or_hang())
        });
    }
    ended(set);
}

fn ip_versions(set: &mut CaseSet) {
    for (name, client) in
        [("an address of IPv6", "tcp:server=::1,port=7011"), ("in brackets", "tcp:server=[::1],port=7011")]
    {
        set.case(ServerListensOnBothIpVersions, name, |script| {
            script.start(SERVER).ok();
            script.connect(client).ok().wrote(Handle);
        });
        set.case(ServerListensOnOneIpVersion, name, |script| {
            script.start(SERVER).ok();
            script.connect(client).fails();
        });
    }
    set.case(ServerListensOnBothIpVersions, "a port serves one server", |script| {
        script.start(SERVER).ok();
        script.start("tcp:port=7011,ipversion=6").fails();
    });
    set.case(ServerListensOnOneIpVersion, "a port serves a server of each version", |script| {
        script.start(SERVER).ok();
        script.start("tcp:port=7011,ipversion=6").ok();
        script.connect("tcp:server=::1,port=7011,ipversion=6").ok().wrote(Handle);
    });
}

/// Connects to a server whose host is killed afterwards.
fn gone(script: &mut Script) -> HandleName {
    let host = script.host(SERVER);
    let handle = script.open(host);
    script.kill(host);
    handle
}

/// Connects to a server whose host is killed, and starts another server at its address.
fn replaced(script: &mut Script) -> HandleName {
    let host = script.host(SERVER);
    let new = script.engine();
    let handle = script.open(host);
    script.kill(host);
    script.start(SERVER).in_process(new).ok();
    handle
}

fn serves_several(set: &mut CaseSet) {
    let several = ServerServesSeveralClients;
    set.case(several, "two connections of one engine", |script| {
        let server = script.server();
        let (one, two) = (script.open(server), script.open(server));
        for handle in [one, two, one] {
            script.ids(handle).succeeds();
        }
    });
    set.case(several, "twenty connections of one engine", |script| {
        let server = script.server();
        let handles: Vec<HandleName> = (0..20).map(|_| script.open(server)).collect();
        for handle in handles {
            script.ids(handle).succeeds();
        }
    });
    set.case(several, "many connections at once", |script| {
        let server = script.server();
        let handles: Vec<HandleName> = (0..MANY).map(|_| script.open(server)).collect();
        let at_the_edges =
            |number: usize| (number + 1).is_power_of_two() || number.is_power_of_two() || number + 1 == MANY;
        for (number, handle) in handles.into_iter().enumerate() {
            script.ids(handle).succeeds();
            if at_the_edges(number) {
                for (_, query) in QUERIES {
                    query(script, handle).succeeds();
                }
            }
        }
    });
    // On the real engine each connection takes threads of both processes.
    if !set.profile.is_dbgeng() {
        set.given(several, "more than a thousand connections at once", Script::server, |script, server| {
            let first = script.open(server);
            for _ in 1..VERY_MANY {
                script.open(server);
            }
            let last = script.latest();
            script.ids(first).succeeds();
            script.ids(last).succeeds()
        });
    }
    set.given(several, "one of two connections is given up", Script::server, |script, server| {
        let (one, two, third) = (script.open(server), script.open(server), script.open(server));
        script.disconnect(one).ok();
        script.ids(two).succeeds();
        script.ids(third).succeeds()
    });
    set.given(several, "two engines", two_engines, |script, Engines { own, other, theirs }| {
        script.ids(own[0]).succeeds();
        script.ids(theirs).in_process(other).succeeds();
        script.ids(own[1]).succeeds()
    });
    set.given(several, "one of two engines disconnects", two_engines, |script, Engines { own, other, theirs }| {
        script.disconnect(theirs).in_process(other).ok();
        script.ids(own[0]).succeeds();
        script.ids(own[1]).succeeds()
    });
    set.given(several, "one of two engines is killed", two_engines, |script, Engines { own, other, .. }| {
        script.kill(other);
        script.ids(own[0]).succeeds();
        script.ids(own[1]).succeeds()
    });
}

/// Two engines that are connected to one server.
struct Engines {
    /// Two connections of the engine under test.
    own: [HandleName; 2],
    /// The process of the other engine.
    other: u32,
    /// The connection of the other engine.
    theirs: HandleName,
}

fn two_engines(script: &mut Script) -> Engines {
    let server = script.host(SERVER);
    let other = script.engine();
    let own = [script.open(server), script.open(server)];
    script.connect(REACHED).in_process(other).ok();
    Engines { own, other, theirs: script.latest() }
}

fn ended(set: &mut CaseSet) {
    let serves = ServerEndedServesOthers;
    set.case(serves, "another connection", |script| {
        let server = script.host(SERVER);
        let (ended, other) = (script.open(server), script.open(server));
        script.end(ended).ok();
        script.ids(other).ok();
    });
    set.given(serves, "a new connection", ended_server, |script, server| {
        let new = script.open(server);
        script.ids(new).ok()
    });
    set.given(serves, "a connection of another engine", two_engines, |script, Engines { own, other, theirs }| {
        script.end(own[0]).ok();
        script.ids(theirs).in_process(other).ok()
    });
    let keeps = ServerEndedKeepsItsAddress;
    set.given(keeps, "a new connection", ended_server, |script, _| script.connect(REACHED).ok().wrote(HandleNotOpen));
    set.given(keeps, "a second server", ended_server, |script, _| {
        script.start(SERVER).fails();
        script.connect(REACHED).ok()
    });
}

/// Adds a host whose server was ended.
fn ended_server(script: &mut Script) -> u32 {
    let server = script.host(SERVER);
    let handle = script.open(server);
    script.end(handle).ok();
    server
}
