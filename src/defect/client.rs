//! Client objects.

use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG, ok};
use crate::call::{Call, Ending, Outcome};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, E_OUTOFMEMORY, RPC_E_WRONG_THREAD, S_FALSE, S_OK};
use crate::interface::Interface;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "old-interface-answers-s-false",
        requirement: Requirement::ClientDebugCreateSucceeds,
        profiles: BOTH,
        statement: "DebugCreate makes a client object and returns S_FALSE if it was asked for less than IDebugClient5.",
        answer: |context, call| match call {
            Call::DebugCreate { interface } if *interface != Interface::NEWEST => {
                context.pass(call).giving(S_OK, S_FALSE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "client-starts-with-two-references",
        requirement: Requirement::ClientStartsWithOneReference,
        profiles: BOTH,
        statement: "A client object fresh from DebugCreate holds a reference that nobody releases.",
        answer: |context, call| {
            let outcome = context.pass(call);
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
        statement: "DebugCreate returns its newest interface for every interface that it does not know.",
        answer: |context, call| match call {
            Call::DebugCreate { interface: Interface::Other(_) } => {
                context.pass(&Call::DebugCreate { interface: Interface::NEWEST })
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "unknown-interface-has-another-code",
        requirement: Requirement::ClientUnimplementedInterfaceIsENointerface,
        profiles: BOTH,
        statement: "DebugCreate returns E_INVALIDARG for an interface that it does not know.",
        answer: |context, call| match call {
            Call::DebugCreate { interface: Interface::Other(_) } => {
                context.pass(call).giving(E_NOINTERFACE, E_INVALIDARG)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "newer-interface-is-not-found",
        requirement: Requirement::ClientQueryInterfaceSucceeds,
        profiles: BOTH,
        statement: "QueryInterface on an old version of the interface does not find the newer ones.",
        answer: |context, call| match call {
            Call::QueryInterface { interface } if interface.version() > Some(context.by.version) => {
                Outcome::returned(E_NOINTERFACE)
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "version-1-ends-servers",
        requirement: Requirement::ClientVersion1HasNoEnd,
        profiles: CONTRACT,
        statement: "EndProcessServer returns S_OK on a version-1 client.",
        answer: |context, call| match call {
            _ if call.since() == 2 && context.by.version == 1 => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "create-client-refused",
        requirement: Requirement::ClientCreateClientSucceeds,
        profiles: BOTH,
        statement: "CreateClient fails.",
        answer: |context, call| match call {
            Call::CreateClient => Outcome::returned(E_OUTOFMEMORY),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "create-client-on-own-thread-alone",
        requirement: Requirement::ClientCreateClientFromAnyThread,
        profiles: BOTH,
        statement: "CreateClient is refused on a thread other than the client's own.",
        answer: |context, call| match call {
            Call::CreateClient if context.by.is_on_another_thread() => Outcome::returned(RPC_E_WRONG_THREAD),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "other-thread-accepted",
        requirement: Requirement::ClientOtherThreadIsRefused,
        profiles: CONTRACT,
        statement: "A disconnect on a thread other than the client's own returns S_OK and does nothing.",
        answer: |context, call| match call {
            Call::DisconnectProcessServer { .. } if context.by.is_on_another_thread() => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "release-closes-connections",
        requirement: Requirement::ClientReleaseKeepsConnections,
        profiles: DBGENG,
        statement: "Releasing a client object closes the connections that it opened.",
        answer: |context, call| {
            if *call == Call::Release {
                for opened in context.open().into_iter().filter(|one| one.by.client == context.by.client) {
                    context.disconnect(opened.handle);
                }
            }
            context.pass(call)
        },
    },
    Defect {
        name: "end-session-closes-connections",
        requirement: Requirement::ClientEndSessionKeepsConnections,
        profiles: DBGENG,
        statement: "EndSession closes every connection of the engine.",
        answer: |context, call| {
            if matches!(call, Call::EndSession { .. }) {
                for open in context.open() {
                    context.disconnect(open.handle);
                }
            }
            context.pass(call)
        },
    },
];
