//! A call that a client object has let in. What the methods do is in the files named after what they are about.

use std::sync::MutexGuard;

use super::finding::Finding;
use super::state::{Shared, State};
use super::thread::ThreadId;
use crate::hresult::{E_INVALIDARG, HRESULT};
use crate::profile::Profile;
use crate::spec::Requirement;

/// A call that was let in: the lab, locked, and who calls.
pub(super) struct Entered<'a> {
    pub(super) state: MutexGuard<'a, State>,
    pub(super) shared: &'a Shared,
    pub(super) engine: usize,
    pub(super) thread: ThreadId,
    pub(super) method: &'static str,
}

impl Entered<'_> {
    /// Notes a misuse.
    pub(super) fn note(&mut self, requirement: Requirement, handle: Option<u64>, real_engine: &'static str) {
        let Entered { engine, method, .. } = *self;
        self.state.findings.push(Finding { engine, method, handle, requirement, real_engine });
    }

    /// Notes a null pointer; answers what the call answers.
    pub(super) fn null_pointer(&mut self, real_engine: &'static str) -> HRESULT {
        self.note(Requirement::PointerNullIsRefused, None, real_engine);
        E_INVALIDARG
    }

    pub(super) fn is_contract(&self) -> bool {
        self.state.profile == Profile::Contract
    }

    pub(super) fn computer(&self) -> usize {
        self.state.engines[self.engine].computer
    }
}
