//! OutputServers.

use super::definition::Defect;
use super::prelude::BOTH;
use crate::call::Call;
use crate::hresult::{E_FAIL, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] = &[Defect {
    name: "output-servers-fails",
    requirement: Requirement::OutputServersSucceeds,
    profiles: BOTH,
    statement: "OutputServers fails for the local machine.",
    answer: |context, call| match call {
        Call::OutputServers { .. } => context.pass(call).giving(S_OK, E_FAIL),
        _ => context.pass(call),
    },
}];
