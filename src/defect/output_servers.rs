//! OutputServers.

use super::definition::Defect;
use super::prelude::BOTH;
use crate::call::Call;
use crate::hresult::{E_FAIL, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::breaks(Requirement::OutputServersSucceeds, "output-servers-fails", BOTH)
        .stating("OutputServers fails for the local machine.")
        .giving(S_OK, E_FAIL, |_, call| matches!(call, Call::OutputServers { .. })),
    Defect::breaks(Requirement::OutputServersSucceeds, "servers-of-another-computer-not-listed", BOTH)
        .stating("OutputServers fails for every machine but the local one.")
        .giving(S_OK, E_FAIL, |_, call| {
            matches!(call, Call::OutputServers { machine: Some(machine), .. }
                if ![r"\\localhost", r"\\127.0.0.1"].contains(&machine.as_str()))
        }),
];
