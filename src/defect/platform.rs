//! What the platform decides.

use super::Defect;
use super::strings::{same_address, value};
use super::words::DBGENG;
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
        statement: "A connect to where no server is answers E_FAIL.",
        answer: |scene, call| match call {
            Call::ConnectProcessServer { .. } => scene
                .pass(call)
                .giving(WSAECONNREFUSED, E_FAIL)
                .giving(WSAHOST_NOT_FOUND, E_FAIL)
                .giving(ERROR_FILE_NOT_FOUND, E_FAIL),
            _ => scene.pass(call),
        },
    },
    Defect {
        name: "address-in-use-has-another-code",
        requirement: Requirement::PlatformAddressInUseCode,
        profiles: DBGENG,
        statement: "StartProcessServer answers E_FAIL for a port that is taken.",
        answer: |scene, call| scene.pass(call).giving(WSAEADDRINUSE, E_FAIL),
    },
    Defect {
        name: "pipe-name-is-not-shared",
        requirement: Requirement::PlatformPipeNameCanBeShared,
        profiles: DBGENG,
        statement: "A second server on a pipe name that is taken is refused.",
        answer: |scene, call| match call {
            Call::StartProcessServer { options: Some(text), .. }
                if value(text, "pipe").is_some()
                    && scene.world().offers.iter().any(|offer| same_address(offer, text)) =>
            {
                scene.pass(call).giving(S_OK, E_ACCESSDENIED)
            }
            _ => scene.pass(call),
        },
    },
];
