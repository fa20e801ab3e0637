//! Cases for DisconnectProcessServer on a connected handle.

use super::methods::{MethodCall, PROGRAM, QUERIES, TARGETS};
use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::script::{MANY, Script, VERY_MANY};
use crate::conformance::program::HandleName;
use crate::flags::{AttachFlags, CreateFlags};
use crate::interface::Interface;
use crate::spec::Requirement::*;

/// The version that connects, the one that disconnects, and its name.
const VERSIONS: [(u8, u8, &str); 5] = [
    (2, 1, "IDebugClient"),
    (1, 2, "IDebugClient2"),
    (1, 3, "IDebugClient3"),
    (1, 4, "IDebugClient4"),
    (1, 5, "IDebugClient5"),
];

pub(super) fn cases(set: &mut CaseSet) {
    set.given(DisconnectConnectedHandleSucceeds, "a new connection", Script::connected, |script, handle| {
        script.disconnect(handle).ok()
    });
    set.given(DisconnectConnectedHandleSucceeds, "a connection that was used", Script::connected, |script, handle| {
        script.ids(handle).succeeds();
        script.disconnect(handle).ok()
    });
    set.case(DisconnectConnectedHandleSucceeds, "many connections, one after the other", |script| {
        let server = script.server();
        for _ in 0..VERY_MANY {
            script.stale_at(server);
        }
        let handle = script.open(server);
        script.ids(handle).succeeds();
        script.disconnect(handle).ok();
    });
    set.case(DisconnectConnectedHandleSucceeds, "many connections at once", |script| {
        let server = script.server();
        let handles: Vec<HandleName> = (0..MANY).map(|_| script.open(server)).collect();
        for handle in handles {
            script.disconnect(handle).ok();
        }
        script.open(server);
    });
    set.given(
        DisconnectAnyClientOfTheEngine,
        "a client object that did not connect",
        Script::connected,
        |script, handle| {
            script.call(Call::CreateClient).ok();
            script.disconnect(handle).on_client(1).ok()
        },
    );
    for (name, method) in QUERIES.into_iter().chain(TARGETS) {
        set.given(DisconnectAnyClientOfTheEngine, name, Script::connected, |script, handle| {
            script.call(Call::CreateClient).ok();
            method(script, handle).on_client(1).succeeds()
        });
    }
    for (connects, disconnects, name) in VERSIONS {
        set.case(DisconnectEveryInterfaceVersion, name, |script| {
            script.server();
            for version in [connects, disconnects] {
                script.call(Call::DebugCreate { interface: Interface::DebugClient(version) }).ok();
            }
            script.connect("tcp:server=@1,port=7001").on_client(1).ok();
            let handle = script.latest();
            script.disconnect(handle).on_client(2).ok();
        });
    }
    set.case(DisconnectLeavesOtherConnections, "another connection to the same server", |script| {
        let server = script.server();
        let handle = script.open(server);
        let other = script.open(server);
        leaves(script, handle, other);
    });
    set.case(DisconnectLeavesOtherConnections, "a connection to another server", |script| {
        let (one, two) = (script.host("tcp:port=7001"), script.host("tcp:port=7002"));
        let handle = script.open(one);
        let other = script.open(two);
        leaves(script, handle, other);
    });
    set.case(DisconnectLeavesOtherConnections, "a connection of another engine", |script| {
        let (server, other) = (script.host("tcp:port=7011"), script.engine());
        let handle = script.open(server);
        script.connect("tcp:server=@1,port=7011").in_process(other).ok();
        let theirs = script.latest();
        script.disconnect(handle).ok();
        script.ids(theirs).in_process(other).succeeds();
    });
    set.case(DisconnectLeavesOtherConnections, "seven connections, in any order", |script| {
        let server = script.server();
        let mut open: Vec<HandleName> = (0..7).map(|_| script.open(server)).collect();
        // The middle, the last and the first, then two that were neighbours of a closed one, and the rest.
        for at in [3, 5, 0, 1, 1, 1] {
            script.disconnect(open.remove(at)).ok();
            for handle in &open {
                script.ids(*handle).succeeds();
            }
        }
        script.disconnect(open[0]).ok();
    });
    set.case(DisconnectLeavesServerRunning, "a new connection", |script| {
        let server = script.server();
        let handle = script.open(server);
        script.disconnect(handle).ok();
        script.open(server);
    });
    set.given(DisconnectOtherThreadClosesNothing, "from another thread", Script::connected, |script, handle| {
        script.disconnect(handle).on_thread(1).ok();
        script.ids(handle).ok();
        script.disconnect(handle).ok()
    });
    for (name, debug) in DEBUGGING {
        set.given(DisconnectSessionHoldsTheConnection, name, Script::connected, |script, handle| {
            debug(script, handle).ok();
            script.disconnect(handle).ok();
            script.ids(handle).ok();
            script.disconnect(handle).ok()
        });
    }
}

/// Calls after which the session uses the connection.
const DEBUGGING: [MethodCall; 2] = [
    ("after an attach", |script, handle| script.attach(handle, AttachFlags::NONINVASIVE.bits())),
    ("after a create to debug", |script, handle| script.create(handle, PROGRAM, CreateFlags::DEBUG_ONLY_THIS_PROCESS)),
];

fn leaves(script: &mut Script, handle: HandleName, other: HandleName) {
    script.disconnect(handle).ok();
    script.ids(other).succeeds();
    script.disconnect(other).ok();
}
