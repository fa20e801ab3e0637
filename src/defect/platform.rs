//! Status codes that the platform decides.

use super::definition::Defect;
use super::prelude::DBGENG;
use super::strings::{same_address, value};
use crate::call::Call;
use crate::hresult::{
    E_ACCESSDENIED, E_FAIL, ERROR_FILE_NOT_FOUND, S_OK, STATUS_ACCESS_DENIED, WSAEADDRINUSE, WSAECONNREFUSED,
    WSAHOST_NOT_FOUND,
};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::PlatformConnectCodes, "connect-failure-has-another-code", DBGENG)
        .stating("ConnectProcessServer returns E_FAIL if no server listens there.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { .. } => context
                .pass(call)
                .giving(WSAECONNREFUSED, E_FAIL)
                .giving(WSAHOST_NOT_FOUND, E_FAIL)
                .giving(ERROR_FILE_NOT_FOUND, E_FAIL),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::PlatformAddressInUseCode, "address-in-use-has-another-code", DBGENG)
        .stating("StartProcessServer returns E_FAIL for a port that is taken.")
        .giving(WSAEADDRINUSE, E_FAIL, |_, _| true),
    Defect::breaks(Requirement::PlatformPipeNameCanBeShared, "pipe-name-is-not-shared", DBGENG)
        .stating("A second server on a pipe name that is taken is refused.")
        .giving(S_OK, E_ACCESSDENIED, |context, call| {
            matches!(call, Call::StartProcessServer { options: Some(text), .. }
                if value(text, "pipe").is_some()
                    && context.world().offers.iter().any(|offer| same_address(offer, text)))
        }),
    Defect::breaks(Requirement::PlatformPipeNameEnds, "dots-of-a-pipe-count", DBGENG)
        .stating("A dot at the end of a pipe's name is part of the name.")
        .returning(ERROR_FILE_NOT_FOUND, |_, call| {
            matches!(call, Call::ConnectProcessServer { remote_options: Some(text), .. }
                if value(text, "pipe").is_some_and(|pipe| pipe.ends_with('.')))
        }),
    Defect::breaks(Requirement::PlatformFirewireCode, "firewire-has-another-code", DBGENG)
        .stating("StartProcessServer over the transport 1394 returns E_FAIL.")
        .returning(E_FAIL, |_, call| {
            matches!(call, Call::StartProcessServer { flags: 2, options: Some(text), .. } if text.starts_with("1394:"))
        }),
    Defect::breaks(Requirement::PlatformSecondDebuggerCode, "second-debugger-has-another-code", DBGENG)
        .stating("AttachProcess returns E_FAIL for a process that has a debugger.")
        .giving(STATUS_ACCESS_DENIED, E_FAIL, |_, call| matches!(call, Call::AttachProcess { .. })),
];
