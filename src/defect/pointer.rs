//! Null pointers for parameters that are not optional.

use super::definition::Defect;
use super::prelude::{BOTH, ok};
use crate::call::{Call, Pointer};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        name: "null-connection-string-accepted",
        requirement: Requirement::PointerNullIsRefused,
        profiles: BOTH,
        statement: "ConnectProcessServer returns S_OK for a null string.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { remote_options: None, .. } => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "null-handle-pointer-accepted",
        requirement: Requirement::PointerNullIsRefused,
        profiles: BOTH,
        statement: "ConnectProcessServer with a null pointer for the handle opens a connection that nobody can name.",
        answer: |context, call| match call {
            Call::ConnectProcessServer { remote_options, server: Pointer::Null } => {
                let remote_options = remote_options.clone();
                context.pass(&Call::ConnectProcessServer { remote_options, server: Pointer::Given })
            }
            _ => context.pass(call),
        },
    },
    Defect {
        name: "null-options-accepted",
        requirement: Requirement::PointerNullIsRefused,
        profiles: BOTH,
        statement: "StartProcessServer returns S_OK for null options.",
        answer: |context, call| match call {
            Call::StartProcessServer { flags: 2, options: None, reserved: 0 } => ok(),
            _ => context.pass(call),
        },
    },
    Defect {
        name: "null-id-pointer-accepted",
        requirement: Requirement::PointerNullIsRefused,
        profiles: BOTH,
        statement: "A name query with a null pointer for the id returns S_OK.",
        answer: |context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id: Pointer::Null } => {
                let (server, exe_name, flags) = (*server, exe_name.clone(), *flags);
                let id = Pointer::Given;
                context.pass(&Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id })
            }
            _ => context.pass(call),
        },
    },
];
