//! DisconnectProcessServer on a connected handle.

use super::super::case::Set;
use super::super::script::Script;
use crate::call::Call;
use crate::interface::Interface;
use crate::spec::Requirement;

pub(super) fn cases(set: &mut Set) {
    set.case(Requirement::DisconnectConnectedHandleSucceeds, "a new connection", |script| {
        let handle = script.connected();
        script.disconnect(handle).ok();
    });
    set.case(Requirement::DisconnectConnectedHandleSucceeds, "a connection that was used", |script| {
        let handle = script.connected();
        script.ids(handle).succeeds();
        script.disconnect(handle).ok();
    });
    set.case(Requirement::DisconnectConnectedHandleSucceeds, "a thousand connections, one after the other", |script| {
        let server = script.server();
        for _ in 0..1_000 {
            let handle = script.open(server);
            script.disconnect(handle).ok();
        }
    });
    set.case(Requirement::DisconnectAnyClientOfTheEngine, "a client object that did not connect", |script| {
        let handle = script.connected();
        script.call(Call::CreateClient).ok();
        script.disconnect(handle).through(1).ok();
    });
    for version in 1..=5 {
        let name = ["IDebugClient", "IDebugClient2", "IDebugClient3", "IDebugClient4", "IDebugClient5"][version - 1];
        set.case(Requirement::DisconnectEveryInterfaceVersion, name, |script| {
            let handle = script.connected();
            let interface = Interface::from(name);
            script.call(Call::DebugCreate { interface }).ok();
            script.disconnect(handle).through(1).ok();
        });
    }
    set.case(Requirement::DisconnectLeavesOtherConnections, "another connection to the same server", |script| {
        let server = script.server();
        let handle = script.open(server);
        let other = script.open(server);
        leaves(script, handle, other);
    });
    set.case(Requirement::DisconnectLeavesOtherConnections, "a connection to another server", |script| {
        let (one, two) = (script.host("tcp:port=7001"), script.host("tcp:port=7002"));
        let handle = script.open(one);
        let other = script.open(two);
        leaves(script, handle, other);
    });
    set.case(Requirement::DisconnectLeavesServerRunning, "a new connection", |script| {
        let server = script.server();
        let handle = script.open(server);
        script.disconnect(handle).ok();
        script.open(server);
    });
    set.case(Requirement::DisconnectOtherThreadClosesNothing, "from another thread", |script| {
        let handle = script.connected();
        script.disconnect(handle).on_thread(1).ok();
        script.ids(handle).ok();
        script.disconnect(handle).ok();
    });
}

fn leaves(script: &mut Script, handle: super::super::program::HandleName, other: super::super::program::HandleName) {
    script.disconnect(handle).ok();
    script.disconnect(other).ok();
}
