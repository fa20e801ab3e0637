//! Client objects.

use super::Defect;
use super::words::{BOTH, CONTRACT, DBGENG, ok};
use crate::call::{Call, Ending, Outcome};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_OUTOFMEMORY, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use crate::interface::Interface;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "old-interface-answers-s-false",
        requirement: Requirement::ClientDebugCreateSucceeds,
        profiles: BOTH,
        statement: "DebugCreate makes a client and answers S_FALSE where it was asked for less than IDebugClient5.",
        answer: |scene, call| match call {
            Call::DebugCreate { interface } if *interface != Interface::NEWEST => {
                scene.pass(call).giving(S_OK, S_FALSE)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "client-starts-with-two-references",
        requirement: Requirement::ClientStartsWithOneReference,
        profiles: BOTH,
        statement: "A client fresh from DebugCreate holds a reference that nobody gives up.",
        answer: |scene, call| {
            let outcome = scene.pass(call);
            match outcome.ending {
                Ending::References(left) => Outcome { ending: Ending::References(left + 1), ..outcome },
                _ => outcome,
            }
        },
    },
    Defect {
        name: "any-interface-created",
        requirement: Requirement::ClientUnimplementedInterfaceIsENointerface,
        profiles: BOTH,
        statement: "DebugCreate answers every interface that it does not know with its newest one.",
        answer: |scene, call| match call {
            Call::DebugCreate { interface: Interface::Other(_) } => {
                scene.pass(&Call::DebugCreate { interface: Interface::NEWEST })
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "unknown-interface-has-another-code",
        requirement: Requirement::ClientUnimplementedInterfaceIsENointerface,
        profiles: BOTH,
        statement: "DebugCreate answers an interface that it does not know with E_INVALIDARG.",
        answer: |scene, call| match call {
            Call::DebugCreate { interface: Interface::Other(_) } => {
                scene.pass(call).giving(E_NOINTERFACE, E_INVALIDARG)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "newer-interface-is-not-found",
        requirement: Requirement::ClientQueryInterfaceSucceeds,
        profiles: BOTH,
        statement: "QueryInterface on an old version of the interface does not find the newer ones.",
        answer: |scene, call| match call {
            Call::QueryInterface { interface } if interface.version() > Some(scene.by.version) => {
                Outcome::returned(E_NOINTERFACE)
            }
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "version-1-ends-servers",
        requirement: Requirement::ClientVersion1HasNoEnd,
        profiles: CONTRACT,
        statement: "EndProcessServer answers S_OK on a version-1 client.",
        answer: |scene, call| match call {
            Call::EndProcessServer { .. } | Call::WaitForProcessServerEnd { .. } if scene.by.version == 1 => ok(),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "create-client-refused",
        requirement: Requirement::ClientCreateClientSucceeds,
        profiles: BOTH,
        statement: "CreateClient fails.",
        answer: |scene, call| match call {
            Call::CreateClient => Outcome::returned(E_OUTOFMEMORY),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "create-client-on-own-thread-alone",
        requirement: Requirement::ClientCreateClientFromAnyThread,
        profiles: BOTH,
        statement: "CreateClient is refused on a thread other than the client's own.",
        answer: |scene, call| match call {
            Call::CreateClient if scene.by.is_on_another_thread() => Outcome::returned(RPC_E_WRONG_THREAD),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "other-thread-accepted",
        requirement: Requirement::ClientOtherThreadIsRefused,
        profiles: CONTRACT,
        statement: "A disconnect on a thread other than the client's own is answered with S_OK and does nothing.",
        answer: |scene, call| match call {
            Call::DisconnectProcessServer { .. } if scene.by.is_on_another_thread() => ok(),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "release-closes-connections",
        requirement: Requirement::ClientReleaseKeepsConnections,
        profiles: DBGENG,
        statement: "Releasing a client object closes the connections that it opened.",
        answer: |scene, call| {
            if *call == Call::Release {
                for opened in scene.open().into_iter().filter(|one| one.by.client == scene.by.client) {
                    scene.disconnect(opened.handle);
                }
            }
            scene.pass(call)
        },
    },
    Defect {
        name: "end-session-closes-connections",
        requirement: Requirement::ClientEndSessionKeepsConnections,
        profiles: DBGENG,
        statement: "EndSession closes every connection of the engine.",
        answer: |scene, call| {
            if matches!(call, Call::EndSession { .. }) {
                for open in scene.open() {
                    scene.disconnect(open.handle);
                }
            }
            scene.pass(call)
        },
    },
];
