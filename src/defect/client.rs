//! Client objects.

use super::definition::Defect;
use super::prelude::{BOTH, CONTRACT, DBGENG, DBGENG_15063};
use crate::call::{Call, Ending};
use crate::flags::EndSessionFlags;
use crate::hresult::{
    E_FAIL, E_INVALIDARG, E_NOINTERFACE, E_OUTOFMEMORY, E_UNEXPECTED, RPC_E_WRONG_THREAD, S_FALSE, S_OK,
};
use crate::interface::Interface;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::ClientDebugCreateSucceeds, "old-interface-answers-s-false", BOTH)
        .stating("DebugCreate makes a client object and returns S_FALSE if it was asked for less than IDebugClient5.")
        .giving(
            S_OK,
            S_FALSE,
            |_, call| matches!(call, Call::DebugCreate { interface } if *interface != Interface::NEWEST),
        ),
    Defect::breaks(Requirement::ClientDebugCreateSucceeds, "gap-in-the-versions", BOTH)
        .stating("DebugCreate returns E_NOINTERFACE for IDebugClient3, although it gives the versions around it.")
        .returning(E_NOINTERFACE, |_, call| matches!(call, Call::DebugCreate { interface: Interface::DebugClient(3) })),
    Defect::breaks(Requirement::ClientDebugCreateSucceeds, "oldest-interface-is-only-queried-for", BOTH)
        .stating("DebugCreate returns E_NOINTERFACE for IDebugClient, which QueryInterface gives.")
        .returning(E_NOINTERFACE, |_, call| matches!(call, Call::DebugCreate { interface: Interface::DebugClient(1) })),
    Defect::breaks(Requirement::ClientDebugCreateSucceeds, "newest-interface-is-only-queried-for", BOTH)
        .stating("DebugCreate returns E_NOINTERFACE for IDebugClient5, which QueryInterface gives.")
        .returning(E_NOINTERFACE, |_, call| matches!(call, Call::DebugCreate { interface: Interface::DebugClient(5) })),
    Defect::breaks(Requirement::ClientStartsWithOneReference, "client-starts-with-two-references", BOTH)
        .stating("A client object fresh from DebugCreate holds a reference that nobody releases.")
        .editing(|_, _, outcome| {
            if let Ending::References(left) = &mut outcome.ending {
                *left += 1;
            }
        }),
    Defect::breaks(Requirement::ClientUnimplementedInterfaceIsENointerface, "any-interface-created", BOTH)
        .stating("DebugCreate returns its newest interface for every interface that it does not know.")
        .altering(|call| {
            if let Call::DebugCreate { interface: interface @ Interface::Other(_) } = call {
                *interface = Interface::NEWEST;
            }
        }),
    Defect::breaks(Requirement::ClientUnimplementedInterfaceIsENointerface, "unknown-interface-has-another-code", BOTH)
        .stating("DebugCreate returns E_INVALIDARG for an interface that it does not know.")
        .giving(E_NOINTERFACE, E_INVALIDARG, |_, call| {
            matches!(call, Call::DebugCreate { interface: Interface::Other(_) })
        }),
    Defect::breaks(Requirement::ClientQueryInterfaceSucceeds, "newer-interface-is-not-found", BOTH)
        .stating("QueryInterface on an old version of the interface does not find the newer ones.")
        .returning(E_NOINTERFACE, |context, call| {
            let is_newer = |interface: &Interface| interface.version() > Some(context.by.version);
            matches!(call, Call::QueryInterface { interface } if is_newer(interface))
        }),
    Defect::breaks(Requirement::ClientInterfacesOfItsVersion, "nothing-after-version-5", DBGENG)
        .stating(
            "DebugCreate and QueryInterface return E_NOINTERFACE for every interface that is newer than IDebugClient5.",
        )
        .returning(E_NOINTERFACE, |_, call| {
            let is_newer = |interface: &Interface| interface.version() > Interface::NEWEST.version();
            matches!(call, Call::DebugCreate { interface } | Call::QueryInterface { interface } if is_newer(interface))
        }),
    Defect::breaks(Requirement::ClientInterfacesOfItsVersion, "version-of-the-future", DBGENG_15063)
        .stating("DebugCreate returns IDebugClient7 for a newer version, which the engine does not have yet.")
        .altering(|call| {
            if let Call::DebugCreate { interface: Interface::DebugClient(version) } = call {
                *version = (*version).min(7);
            }
        }),
    Defect::breaks(Requirement::ClientVersion1HasNoEnd, "version-1-ends-servers", CONTRACT)
        .stating("EndProcessServer returns S_OK on a version-1 client.")
        .returning(S_OK, |context, call| call.since() == 2 && context.by.version == 1),
    Defect::breaks(Requirement::ClientCreateClientSucceeds, "create-client-refused", BOTH)
        .stating("CreateClient fails.")
        .returning(E_OUTOFMEMORY, |_, call| matches!(call, Call::CreateClient)),
    Defect::breaks(Requirement::ClientCreateClientSucceeds, "created-client-is-dead", BOTH)
        .stating("The object that CreateClient gives refuses every call until it is asked for another interface.")
        .returning(E_UNEXPECTED, |context, call| context.by.is_created && *call != Call::Release),
    Defect::breaks(Requirement::ClientCreateClientSucceeds, "created-clients-leak", BOTH)
        .stating("A Release frees nothing, so CreateClient fails after 256 of them.")
        .returning(E_OUTOFMEMORY, |context, call| *call == Call::CreateClient && context.count() > 256),
    Defect::breaks(Requirement::ClientCreateClientFromAnyThread, "create-client-on-own-thread-alone", BOTH)
        .stating("CreateClient is refused on a thread other than the client's own.")
        .returning(
            RPC_E_WRONG_THREAD,
            |context, call| matches!(call, Call::CreateClient if context.by.is_on_another_thread()),
        ),
    Defect::breaks(Requirement::ClientOtherThreadIsRefused, "other-thread-accepted", CONTRACT)
        .stating("A disconnect on a thread other than the client's own returns S_OK and does nothing.")
        .returning(
            S_OK,
            |context, call| matches!(call, Call::DisconnectProcessServer { .. } if context.by.is_on_another_thread()),
        ),
    Defect::breaks(Requirement::ClientReleaseKeepsConnections, "release-closes-connections", BOTH)
        .stating("Releasing a client object closes the connections that it opened.")
        .answering(|context, call| {
            if *call == Call::Release {
                for opened in context.open().into_iter().filter(|one| one.by.client == context.by.client) {
                    context.disconnect(opened.handle);
                }
            }
            context.pass(call)
        }),
    Defect::breaks(Requirement::ClientEndSessionKeepsConnections, "end-session-closes-connections", BOTH)
        .stating("EndSession closes every connection of the engine.")
        .answering(|context, call| {
            if matches!(call, Call::EndSession { .. }) {
                for open in context.open() {
                    context.disconnect(open.handle);
                }
            }
            context.pass(call)
        }),
    Defect::breaks(Requirement::ClientEndSessionClosesAnothersConnection, "end-session-ends-nothing", DBGENG)
        .stating("EndSession leaves the session as it is.")
        .altering(|call| {
            if let Call::EndSession { flags } = call
                && flags.ends_the_session()
            {
                *flags = EndSessionFlags::REENTRANT;
            }
        }),
    Defect::breaks(
        Requirement::ClientEndSessionDisconnectIsForRemoteClients,
        "end-session-disables-a-local-client",
        BOTH,
    )
    .stating("EndSession with DEBUG_END_DISCONNECT returns S_OK for a local client.")
    .returning(S_OK, |_, call| matches!(call, Call::EndSession { flags: EndSessionFlags::DISCONNECT })),
    Defect::breaks(Requirement::ClientEndSessionRefusalIsEInvalidarg, "end-session-refusal-has-another-code", DBGENG)
        .stating("EndSession refuses its values with E_FAIL.")
        .giving(E_INVALIDARG, E_FAIL, |_, call| matches!(call, Call::EndSession { .. })),
];
