//! A call, and the misuses that are noticed in it.

use crate::call::Call;
#[cfg(feature = "trace")]
use crate::call::Caller;
use crate::dispatch::CallSite;
use crate::hresult::{E_INVALIDARG, HRESULT};
use crate::mock::world::{
    ClientId, ClientIdentity, CurrentThread, EngineId, FindingRecord, Misuse, PartId, PastOfHandle, RealEngine, World,
};
use crate::spec::Requirement;

/// The code that a method returns; `Err` where it has refused the call.
pub(super) type Answered = Result<HRESULT, HRESULT>;

/// The origin of calls: a client object, the version of its interface, and the part of the lab through which it is reached.
#[derive(Debug)]
pub(crate) struct CallOrigin {
    pub(crate) part: PartId,
    pub(crate) client: ClientId,
    pub(crate) identity: ClientIdentity,
    pub(crate) version: u8,
}

/// A call that is made on a client object. What is rare takes it by value: with a reference instead, a connection needs eight
/// instructions more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    pub(crate) origin: &'a CallOrigin,
    pub(crate) engine: EngineId,
    pub(crate) thread: CurrentThread,
    /// The number of the thread in the engine.
    pub(crate) thread_number: u32,
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
        let thread_number = world.thread_number(origin.identity, thread.id);
        Request { origin, engine: origin.identity.engine, thread, thread_number, call, call_site }
    }

    /// Returns who makes the call, by the numbers that the journal has.
    #[cfg(feature = "trace")]
    #[inline]
    pub(crate) fn by(&self) -> Caller {
        Caller { process: self.engine.0, thread: self.thread_number, client: self.origin.identity.number }
    }
}

impl Request<'_> {
    /// Notes a misuse, unless it is permitted.
    pub(super) fn note(
        self,
        world: &mut World,
        misuse: Misuse,
        requirement: Option<Requirement>,
        real_engine: &'static RealEngine,
    ) {
        // Most findings of a loop are only counted.
        if world.findings.count_one(misuse) {
            world.findings.keep(FindingRecord { requirement, ..self.finding(misuse, real_engine) });
        }
    }

    /// Notes a misuse of a handle, unless it is permitted.
    pub(super) fn note_handle(
        self,
        world: &mut World,
        misuse: Misuse,
        requirement: Option<Requirement>,
        (handle, past): (u64, PastOfHandle),
        real_engine: &'static RealEngine,
    ) {
        if world.findings.count_one(misuse) {
            world.findings.keep(FindingRecord {
                requirement,
                handle: Some(handle),
                connected_at: past.call_sites.0,
                disconnected_at: past.call_sites.1,
                server: past.server,
                ..self.finding(misuse, real_engine)
            });
        }
    }

    /// Returns a finding about this call.
    pub(super) fn finding(&self, misuse: Misuse, real_engine: &'static RealEngine) -> FindingRecord {
        let finding = FindingRecord::new(self.engine, misuse, self.call.method(), real_engine);
        FindingRecord { thread: self.thread_number, call_site: self.call_site, ..finding }
    }

    /// Keeps a finding, unless its misuse is permitted.
    pub(super) fn keep(&self, world: &mut World, finding: FindingRecord) {
        if world.findings.count_one(finding.misuse) {
            world.findings.keep(finding);
        }
    }

    /// Notes a null pointer. Returns the code with which the call fails.
    pub(super) fn null_pointer(&self, world: &mut World, real_engine: &'static RealEngine) -> HRESULT {
        self.note(world, Misuse::NullPointer, Some(Requirement::PointerNullIsRefused), real_engine);
        E_INVALIDARG
    }

    /// Notes it if nothing was found by a name because a buffer had cut the name off.
    pub(super) fn note_cut_off(&self, world: &mut World, name: &str) {
        if world.cut_off.contains(self.engine, name) {
            self.note(world, Misuse::CutOffName, None, &RealEngine::Does("finds nothing of that name"));
        }
    }
}
