//! A call, and the misuses that are noticed in it.

use crate::call::{Call, Caller};
use crate::dispatch::CallSite;
use crate::hresult::{E_INVALIDARG, HRESULT};
use crate::mock::world::{ClientId, CurrentThread, EngineId, FindingRecord, Misuse, PartId, RealEngine, World};
use crate::spec::Requirement;

/// The code that a method returns; `Err` where it has refused the call.
pub(super) type Answered = Result<HRESULT, HRESULT>;

/// The origin of calls: a client object, the version of its interface, and the part of the lab through which it is reached.
#[derive(Debug)]
pub(crate) struct CallOrigin {
    pub(crate) part: PartId,
    pub(crate) client: ClientId,
    pub(crate) version: u8,
}

/// A call that is made on a client object.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) origin: &'a CallOrigin,
    pub(crate) engine: EngineId,
    pub(crate) thread: CurrentThread,
    /// Whether the client object was made for that thread.
    pub(crate) is_own_thread: bool,
    /// The same by the numbers that the journal has.
    pub(crate) by: Caller,
    pub(crate) call: &'a Call<&'a str>,
    pub(crate) call_site: CallSite,
}

impl<'a> Request<'a> {
    /// A thread begins a call.
    #[inline(always)]
    pub(crate) fn new(
        world: &mut World,
        origin: &'a CallOrigin,
        thread: CurrentThread,
        call: &'a Call<&'a str>,
        call_site: CallSite,
    ) -> Request<'a> {
        world.use_part(origin.part, thread.os);
        let is_own_thread = world.clients[origin.client].thread == thread.id;
        let by = world.caller(origin.client, thread.id);
        Request { origin, engine: EngineId(by.process), thread, is_own_thread, by, call, call_site }
    }
}

impl Request<'_> {
    /// Notes a misuse, unless it is permitted.
    pub(super) fn note(
        &self,
        world: &mut World,
        misuse: Misuse,
        requirement: Option<Requirement>,
        handle: Option<u64>,
        real_engine: RealEngine,
    ) {
        // Most findings of a loop are only counted.
        if !world.findings.count_one(misuse) {
            return;
        }
        let mut finding = FindingRecord { requirement, handle, ..self.finding(misuse, real_engine) };
        if let Some(past) = handle.and_then(|handle| world.past(self.engine, handle)) {
            (finding.connected_at, finding.disconnected_at) = past.call_sites;
            finding.server = past.server;
        }
        world.findings.keep(finding);
    }

    /// Returns a finding about this call.
    pub(super) fn finding(&self, misuse: Misuse, real_engine: RealEngine) -> FindingRecord {
        let finding = FindingRecord::new(self.engine, misuse, self.call.method(), real_engine);
        FindingRecord { thread: self.by.thread, call_site: self.call_site, ..finding }
    }

    /// Keeps a finding, unless its misuse is permitted.
    pub(super) fn keep(&self, world: &mut World, finding: FindingRecord) {
        if world.findings.count_one(finding.misuse) {
            world.findings.keep(finding);
        }
    }

    /// Notes a null pointer. Returns the code with which the call fails.
    pub(super) fn null_pointer(&self, world: &mut World, real_engine: RealEngine) -> HRESULT {
        self.note(world, Misuse::NullPointer, Some(Requirement::PointerNullIsRefused), None, real_engine);
        E_INVALIDARG
    }

    /// Notes it if nothing was found by a name because a buffer had cut the name off.
    pub(super) fn note_cut_off(&self, world: &mut World, name: &str) {
        if world.cut_off.contains(self.engine, name) {
            self.note(world, Misuse::CutOffName, None, None, RealEngine::does("finds nothing of that name"));
        }
    }
}
