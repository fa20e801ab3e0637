//! Status codes that the platform decides.

use super::definition::Defect;
use super::prelude::DBGENG;
use super::strings::{same_address, value};
use crate::call::Call;
use crate::hresult::{
    E_ACCESSDENIED, E_FAIL, ERROR_FILE_NOT_FOUND, S_OK, WSAEADDRINUSE, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "connect-failure-has-another-code",
        requirement: Requirement::PlatformConnectCodes,
        profiles: DBGENG,
        statement: "ConnectProcessServer returns E_FAIL if no server listens there.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { .. } => context
                .pass(call)
                .giving(WSAECONNREFUSED, E_FAIL)
                .giving(WSAHOST_NOT_FOUND, E_FAIL)
                .giving(ERROR_FILE_NOT_FOUND, E_FAIL),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "address-in-use-has-another-code",
        requirement: Requirement::PlatformAddressInUseCode,
        profiles: DBGENG,
        statement: "StartProcessServer returns E_FAIL for a port that is taken.",
        answer: |context, call| context.pass(call).giving(WSAEADDRINUSE, E_FAIL),
    },
    Defect {
        name: "pipe-name-is-not-shared",
        requirement: Requirement::PlatformPipeNameCanBeShared,
        profiles: DBGENG,
        statement: "A second server on a pipe name that is taken is refused.",
        answer: |context, call| match call {
            Call::StartProcessServer { options: Some(text), .. }
                if value(text, "pipe").is_some()
                    && context.world().offers.iter().any(|offer| same_address(offer, text)) =>
            {
                context.pass(call).giving(S_OK, E_ACCESSDENIED)
            }
            _ => context.pass(call),
        },
    },
];
