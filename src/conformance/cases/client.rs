//! Cases for client objects, and for what belongs to the engine instead.

use super::methods::{CREATE_AND_ATTACH, DISCONNECT, END, QUERIES, TARGETS};
use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{LastStep, MANY, Script};
use crate::conformance::program::HandleName;
use crate::flags::{AttachFlags, EndSessionFlags, ServersFlags};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, S_OK};
use crate::interface::Interface;
use crate::profile::Profile;
use crate::spec::Requirement::*;
use crate::status::Statuses;

const VERSIONS: [(u8, &str); 5] =
    [(1, "IDebugClient"), (2, "IDebugClient2"), (3, "IDebugClient3"), (4, "IDebugClient4"), (5, "IDebugClient5")];

/// An interface that no client object implements.
const UNKNOWN_INTERFACE: &str = "IStranger";

pub(super) fn cases(set: &mut CaseSet) {
    made(set);
    queried(set);
    newer(set);
    version_1(set);
    created(set);
    other_thread(set);
    releases(set);
    sessions(set);
}

fn debug_create(script: &mut Script, interface: Interface) -> LastStep<'_> {
    script.call(Call::DebugCreate { interface })
}

/// Makes a query that the case makes again on another client object.
fn listed(script: &mut Script) {
    script.ids(HandleName::Zero).succeeds();
}

fn made(set: &mut CaseSet) {
    for (version, name) in VERSIONS {
        set.step(ClientDebugCreateSucceeds, name, |script| debug_create(script, Interface::DebugClient(version)).ok());
        set.case(ClientStartsWithOneReference, name, |script| {
            debug_create(script, Interface::DebugClient(version)).ok();
            script.call(Call::Release).on_client(1).succeeds().wrote(NoReferenceLeft);
        });
    }
    set.given(ClientDebugCreateSucceeds, "many client objects", listed, |script, ()| {
        for _ in 0..MANY {
            debug_create(script, Interface::DebugClient(1)).ok();
            script.call(Call::Release).on_client(1).succeeds();
        }
        for _ in 0..MANY {
            debug_create(script, Interface::DebugClient(1)).ok();
        }
        script.ids(HandleName::Zero).on_client(1).succeeds()
    });
    set.step(ClientStartsWithOneReference, "the last client object", |script| {
        script.call(Call::Release).succeeds().wrote(NoReferenceLeft)
    });
    set.given(ClientStartsWithOneReference, "a client object that was used", Script::connected, |script, handle| {
        script.ids(handle).succeeds();
        script.call(Call::Release).succeeds().wrote(NoReferenceLeft)
    });
    set.step(ClientUnimplementedInterfaceIsENointerface, "a client object is made", |script| {
        debug_create(script, Interface::from(UNKNOWN_INTERFACE)).returns(E_NOINTERFACE)
    });
    set.case(ClientUnimplementedInterfaceIsENointerface, "a client object is queried", |script| {
        script.call(Call::QueryInterface { interface: Interface::from(UNKNOWN_INTERFACE) }).returns(E_NOINTERFACE);
    });
}

/// The versions that were added after the process-server surface was complete.
const NEWER: [(u8, &str, &str); 4] = [
    (6, "IDebugClient6", "IDebugClient6 is queried for"),
    (7, "IDebugClient7", "IDebugClient7 is queried for"),
    (8, "IDebugClient8", "IDebugClient8 is queried for"),
    (9, "IDebugClient9", "IDebugClient9 is queried for"),
];

fn newer(set: &mut CaseSet) {
    for (version, made, queried) in NEWER {
        let has_it = version <= set.profile.newest_client();
        let code = if has_it { S_OK } else { E_NOINTERFACE };
        set.step(ClientInterfacesOfItsVersion, made, |script| {
            debug_create(script, Interface::DebugClient(version)).returns(code)
        });
        set.step(ClientInterfacesOfItsVersion, queried, |script| script.query_interface(version).returns(code));
    }
}

fn queried(set: &mut CaseSet) {
    for (version, name) in VERSIONS {
        set.step(ClientQueryInterfaceSucceeds, name, |script| script.query_interface(version).ok());
    }
    set.case(ClientQueryInterfaceSucceeds, "every version on every version", |script| {
        // A client object is called through the newest version that it was asked for, so each is asked once.
        let pairs = VERSIONS.into_iter().flat_map(|(version, _)| VERSIONS.map(|(other, _)| (version, other)));
        for ((version, other), client) in pairs.zip(1..) {
            debug_create(script, Interface::DebugClient(version)).ok();
            script.query_interface(other).on_client(client).ok();
        }
    });
}

fn version_1(set: &mut CaseSet) {
    // The real engine has one table for all versions, where callers reach both methods.
    let missing = match set.profile {
        Profile::Contract => Statuses::ERROR,
        Profile::Dbgeng | Profile::DbgengAt(_) => Statuses::SUCCESS.or_error(),
    };
    set.given(ClientVersion1HasNoEnd, "end", with_version_1, |script, handle| {
        script.end(handle).on_client(1).allows(missing);
        if !script.profile.is_dbgeng() {
            script.a_moment();
            script.ids(handle).succeeds();
        }
        script.query_interface(2).on_client(1).ok();
        script.end(handle).on_client(1).ok()
    });
    set.given(ClientVersion1HasNoEnd, "wait", with_version_1, |script, handle| {
        script.wait(0).on_client(1).allows(missing);
        script.query_interface(2).on_client(1).ok();
        script.wait(0).on_client(1).succeeds();
        script.end(handle).ok();
        script.wait(script.limits.call_timeout_ms).on_client(1).ok()
    });
}

/// Connects to a server of the process itself, and adds a client object of version 1.
fn with_version_1(script: &mut Script) -> HandleName {
    script.start("tcp:port=7011").ok();
    script.connect("tcp:server=@0,port=7011").ok();
    let handle = script.latest();
    debug_create(script, Interface::DebugClient(1)).ok();
    handle
}

fn created(set: &mut CaseSet) {
    let succeeds = ClientCreateClientSucceeds;
    set.step(succeeds, "a further client object", |script| script.call(Call::CreateClient).ok().wrote(Client));
    set.given(succeeds, "it is one of the same engine", Script::connected, |script, handle| {
        script.call(Call::CreateClient).ok().wrote(Client);
        script.ids(handle).on_client(1).succeeds()
    });
    set.given(succeeds, "it can do all that version 1 can", Script::server, |script, server| {
        script.call(Call::CreateClient).ok().wrote(Client);
        let text = script.client_string(server);
        script.connect(&text).on_client(1).ok().wrote(Handle);
        let handle = script.latest();
        for (_, query) in QUERIES {
            query(script, handle).on_client(1).succeeds();
        }
        script.disconnect(handle).on_client(1).ok()
    });
    set.given(succeeds, "many client objects", listed, |script, ()| {
        for _ in 0..MANY {
            script.call(Call::CreateClient).ok().wrote(Client);
            script.call(Call::Release).on_client(1).succeeds();
        }
        for _ in 0..MANY {
            script.call(Call::CreateClient).ok().wrote(Client);
        }
        script.ids(HandleName::Zero).on_client(1).succeeds()
    });
    set.case(succeeds, "on a client object that was made so", |script| {
        script.call(Call::CreateClient).ok().wrote(Client);
        script.call(Call::CreateClient).on_client(1).ok().wrote(Client);
    });
    for (version, name) in VERSIONS {
        set.case(succeeds, name, |script| {
            debug_create(script, Interface::DebugClient(version)).ok();
            script.call(Call::CreateClient).on_client(1).ok().wrote(Client);
        });
    }
    set.step(ClientCreateClientFromAnyThread, "from another thread", |script| {
        script.call(Call::CreateClient).on_thread(1).ok().wrote(Client)
    });
    set.given(ClientCreateClientFromAnyThread, "it is one of that thread", listed, |script, ()| {
        script.call(Call::CreateClient).on_thread(1).ok().wrote(Client);
        script.ids(HandleName::Zero).on_thread(1).on_client(1).succeeds()
    });
    set.given(
        ClientCreateClientFromAnyThread,
        "it uses the connections of its engine",
        Script::connected,
        |script, handle| {
            script.call(Call::CreateClient).on_thread(1).ok().wrote(Client);
            script.ids(handle).on_thread(1).on_client(1).succeeds();
            script.ids(handle).succeeds()
        },
    );
    set.given(
        ClientCreateClientFromAnyThread,
        "from a third thread, on one of another thread",
        listed,
        |script, ()| {
            script.call(Call::CreateClient).on_thread(1).ok().wrote(Client);
            script.call(Call::CreateClient).on_thread(2).on_client(1).ok().wrote(Client);
            script.ids(HandleName::Zero).on_thread(2).on_client(2).succeeds()
        },
    );
}

fn other_thread(set: &mut CaseSet) {
    for (name, method) in [DISCONNECT, END].into_iter().chain(QUERIES).chain(TARGETS).chain(CREATE_AND_ATTACH) {
        set.given(ClientOtherThreadIsRefused, name, Script::connected, |script, handle| {
            method(script, handle).on_thread(1).fails();
            script.ids(handle).succeeds()
        });
    }
    set.case(ClientOtherThreadIsRefused, "connect", |script| {
        script.server();
        script.connect("tcp:server=@1,port=7001").on_thread(1).fails();
    });
    set.case(ClientOtherThreadIsRefused, "start", |script| {
        script.start("tcp:port=7011").on_thread(1).fails();
        script.connect("tcp:server=@0,port=7011").fails();
    });
    set.step(ClientOtherThreadIsRefused, "wait", |script| script.wait(0).on_thread(1).fails());
    set.case(ClientOtherThreadIsRefused, "output servers", |script| {
        let machine = Some(r"\\localhost".to_owned());
        script.call(Call::OutputServers { output_control: 0, machine, flags: ServersFlags::ALL }).on_thread(1).fails();
    });
}

fn releases(set: &mut CaseSet) {
    for (name, client) in [("the client object that connected", 0), ("a client object that did not connect", 1)] {
        set.given(ClientReleaseKeepsConnections, name, Script::connected, |script, handle| {
            script.call(Call::CreateClient).ok();
            script.call(Call::Release).on_client(client).succeeds();
            script.ids(handle).ok()
        });
    }
    set.given(ClientReleaseKeepsConnections, "the last client object", Script::connected, |script, handle| {
        script.call(Call::Release).succeeds();
        script.ids(handle).ok()
    });
    set.case(ClientReleaseKeepsConnections, "the last client object of a host", |script| {
        script.start("tcp:port=7011").ok();
        script.connect("tcp:server=@0,port=7011").ok();
        let handle = script.latest();
        script.call(Call::Release).succeeds();
        script.ids(handle).ok();
        script.connect("tcp:server=@0,port=7011").ok().wrote(HandleNotOpen);
    });
}

fn sessions(set: &mut CaseSet) {
    let ways = [
        ("passive", EndSessionFlags::PASSIVE),
        ("terminate", EndSessionFlags::ACTIVE_TERMINATE),
        ("detach", EndSessionFlags::ACTIVE_DETACH),
    ];
    for (name, flags) in ways {
        set.given(ClientEndSessionKeepsConnections, name, Script::connected, |script, handle| {
            // It does not matter whether there is a session to end.
            script.call(Call::EndSession { flags });
            script.ids(handle).ok()
        });
        set.given(ClientEndSessionClosesAnothersConnection, name, Script::connected, |script, handle| {
            script.attach(handle, AttachFlags::NONINVASIVE.bits()).on_thread(1).ok();
            script.call(Call::EndSession { flags }).ok();
            script.ids(handle).refused()
        });
    }
    set.given(ClientEndSessionDisconnectIsForRemoteClients, "it is refused", Script::connected, |script, handle| {
        script.call(Call::EndSession { flags: EndSessionFlags::DISCONNECT }).fails();
        script.disconnect(handle).ok()
    });
    for (name, value) in [("disconnect", 4), ("an unknown value", 5)] {
        set.step(ClientEndSessionRefusalIsEInvalidarg, name, |script| {
            script.call(Call::EndSession { flags: value.into() }).returns(E_INVALIDARG)
        });
    }
}
