//! OutputServers.

use super::definition::Defect;
use super::prelude::BOTH;
use crate::call::Call;
use crate::hresult::{E_FAIL, S_OK};
use crate::spec::Requirement;

pub(super) const DEFECTS: &[Defect] =
    &[Defect::breaks(Requirement::OutputServersSucceeds, "output-servers-fails", BOTH)
        .stating("OutputServers fails for the local machine.")
        .giving(S_OK, E_FAIL, |_, call| matches!(call, Call::OutputServers { .. }))];
