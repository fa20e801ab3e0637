//! Null pointers for parameters that are not optional.

use super::definition::Defect;
use super::prelude::{BOTH, ok};
use crate::call::{Call, Pointer};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::PointerNullIsRefused, "null-connection-string-accepted", BOTH)
        .stating("ConnectProcessServer returns S_OK for a null string.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options: None, .. } => ok(),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-handle-pointer-accepted", BOTH)
        .stating("ConnectProcessServer with a null pointer for the handle opens a connection that nobody can name.")
        .answering(|context, call| match call {
            Call::ConnectProcessServer { remote_options, server: Pointer::Null } => {
                let remote_options = remote_options.clone();
                context.pass(&Call::ConnectProcessServer { remote_options, server: Pointer::Given })
            }
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-options-accepted", BOTH)
        .stating("StartProcessServer returns S_OK for null options.")
        .answering(|context, call| match call {
            Call::StartProcessServer { flags: 2, options: None, reserved: 0 } => ok(),
            _ => context.pass(call),
        }),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-id-pointer-accepted", BOTH)
        .stating("A name query with a null pointer for the id returns S_OK.")
        .answering(|context, call| match call {
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id: Pointer::Null } => {
                let (server, exe_name, flags) = (*server, exe_name.clone(), *flags);
                let id = Pointer::Given;
                context.pass(&Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, id })
            }
            _ => context.pass(call),
        }),
];
