//! Null pointers for parameters that are not optional.

use super::definition::Defect;
use super::prelude::BOTH;
use crate::call::{Call, Pointer};
use crate::hresult::S_OK;
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::PointerNullIsRefused, "null-connection-string-accepted", BOTH)
        .stating("ConnectProcessServer returns S_OK for a null string.")
        .returning(S_OK, |_, call| matches!(call, Call::ConnectProcessServer { remote_options: None, .. })),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-handle-pointer-accepted", BOTH)
        .stating("ConnectProcessServer with a null pointer for the handle opens a connection that nobody can name.")
        .altering(|call| {
            if let Call::ConnectProcessServer { server, .. } = call {
                *server = Pointer::Given;
            }
        }),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-options-accepted", BOTH)
        .stating("StartProcessServer returns S_OK for null options.")
        .returning(S_OK, |_, call| matches!(call, Call::StartProcessServer { flags: 2, options: None, reserved: 0 })),
    Defect::breaks(Requirement::PointerNullIsRefused, "null-id-pointer-accepted", BOTH)
        .stating("A name query with a null pointer for the id returns S_OK.")
        .altering(|call| {
            if let Call::GetRunningProcessSystemIdByExecutableName { id, .. } = call {
                *id = Pointer::Given;
            }
        }),
];
