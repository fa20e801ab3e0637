//! Faults that a test injects: calls that fail, connections that are lost.

use std::sync::{Arc, Weak};

use super::engine::LabEngine;
use super::lab_ref::{LabId, LabRef};
use super::shared::Shared;
use super::world::{CallSelector, Decision, Effect, FaultRule};
use crate::hresult::{E_OUTOFMEMORY, HRESULT, RPC_E_SERVER_DIED, RPC_E_VERSION_MISMATCH};
use crate::method::Method;

/// A fault: which calls it applies to, and how they end.
///
/// ```
/// use dbgeng_testkit::mock::{Fault, Lab};
/// use dbgeng_testkit::{DebugClient, Method, hresult::E_FAIL};
///
/// let lab = Lab::new(Default::default());
/// lab.engine().lab_computer().dbgsrv("tcp:port=5005")?;
/// let client = lab.engine().client();
///
/// let second = lab.fault(Fault::fail(E_FAIL).of(Method::ConnectProcessServer).on_nth(2));
/// let connect = || client.connect_process_server(Some("tcp:server=localhost,port=5005"), Some(&mut None));
/// assert_eq!([connect().is_ok(), connect().is_ok(), connect().is_ok()], [true, false, true]);
/// assert_eq!(second.hits(), 1);
/// # Ok::<(), dbgeng_testkit::mock::NotStarted>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    rule: FaultRule,
    /// The lab whose engines it names, if it names any.
    lab: Option<LabId>,
}

impl Fault {
    fn new(effect: Effect) -> Fault {
        Fault {
            rule: FaultRule { method: None, caller: None, host: None, which: CallSelector::Every, effect },
            lab: None,
        }
    }

    /// Calls have no effect and return this code.
    pub fn fail(hresult: HRESULT) -> Fault {
        Fault::new(Effect::Decide(Decision::Fail(hresult)))
    }

    /// Calls take this many milliseconds of the lab's time longer. That time passes before they take effect, even if the
    /// clock is paused.
    pub fn delay(ms: u32) -> Fault {
        Fault::new(Effect::Delay(ms))
    }

    /// The connection of a call is lost before the call takes effect. The call returns 0x8001000A, as later queries on that
    /// handle do. A call without a connection is spared.
    pub fn lose_connection_before() -> Fault {
        Fault::new(Effect::Decide(Decision::LoseBefore))
    }

    /// The connection of a call is lost after the call has taken effect. The call returns 0x8001000A, and a connect returns
    /// no handle. A call without a connection is spared.
    pub fn lose_connection_after() -> Fault {
        Fault::new(Effect::Decide(Decision::LoseAfter))
    }

    /// Connects are refused as those with a wrong password are (OBS-37).
    pub fn refuse_password() -> Fault {
        Fault::fail(RPC_E_SERVER_DIED).of(Method::ConnectProcessServer)
    }

    /// Connects find a debugging server in place of the process server (OBS-42).
    pub fn debugging_server() -> Fault {
        Fault::fail(RPC_E_SERVER_DIED).of(Method::ConnectProcessServer)
    }

    /// Connects fail because the two ends have different protocol versions (CPS-8). No source names the code; this is
    /// RPC_E_VERSION_MISMATCH.
    pub fn version_mismatch() -> Fault {
        Fault::fail(RPC_E_VERSION_MISMATCH).of(Method::ConnectProcessServer)
    }

    /// Calls fail because there is not enough memory.
    pub fn out_of_memory() -> Fault {
        Fault::fail(E_OUTOFMEMORY)
    }

    /// Returns the methods that a fault can apply to: those that make and release client objects never fail here.
    pub(super) fn methods() -> impl Iterator<Item = Method> {
        Method::ALL.iter().copied().filter(|method| !method.manages_clients())
    }

    /// Returns the only method that the fault applies to, if there is one.
    #[cfg(feature = "trace")]
    pub(super) fn method(&self) -> Option<Method> {
        self.rule.method
    }

    /// Applies the fault only to calls of this method.
    ///
    /// # Panics
    ///
    /// Panics if no call of that method can fail here: the fault would apply to nothing, and the test would prove nothing.
    #[must_use]
    #[track_caller]
    pub fn of(self, method: Method) -> Fault {
        if !Fault::methods().any(|one| one == method) {
            let methods: Vec<&str> = Fault::methods().map(Method::name).collect();
            panic!("a fault cannot apply to {method}: expected one of {}", methods.join(", "));
        }
        self.with(|rule| rule.method = Some(method))
    }

    /// Applies the fault only to the calls of this engine.
    #[must_use]
    pub fn by(self, engine: &LabEngine) -> Fault {
        Fault { lab: Some(engine.lab().id()), ..self }.with(|rule| rule.caller = Some(engine.id()))
    }

    /// Applies the fault only to calls that lead to a process server of this host, through a connection string or a handle.
    #[must_use]
    pub fn at(self, host: &LabEngine) -> Fault {
        Fault { lab: Some(host.lab().id()), ..self }.with(|rule| rule.host = Some(host.id()))
    }

    /// Applies the fault only to the n-th such call, counted from 1.
    ///
    /// # Panics
    ///
    /// Panics if `n` is 0.
    #[must_use]
    #[track_caller]
    pub fn on_nth(self, n: u64) -> Fault {
        assert_ne!(n, 0, "calls are counted from 1");
        self.with(|rule| rule.which = CallSelector::Nth(n))
    }

    /// Applies the fault only to the n-th call in the lab.
    pub(super) fn on_call(self, n: u64) -> Fault {
        self.with(|rule| rule.which = CallSelector::Call(n))
    }

    /// Applies the fault only to the first n such calls: later ones succeed.
    #[must_use]
    pub fn on_first(self, n: u64) -> Fault {
        self.with(|rule| rule.which = CallSelector::First(n))
    }

    /// Applies the fault to each such call with this probability, from 0 to 1. The seed decides to which.
    #[must_use]
    pub fn with_probability(self, probability: f64, seed: u64) -> Fault {
        let per_million = (probability.clamp(0.0, 1.0) * 1e6).round() as u32;
        self.with(|rule| rule.which = CallSelector::PerMillion(per_million, seed))
    }

    fn with(mut self, change: impl FnOnce(&mut FaultRule)) -> Fault {
        change(&mut self.rule);
        self
    }

    /// Returns the rule for a lab. Its numbers mean nothing in another lab.
    #[track_caller]
    pub(super) fn rule_for(self, lab: &LabRef) -> FaultRule {
        assert!(self.lab.is_none_or(|own| own == lab.id()), "the fault names an engine of another lab");
        self.rule
    }
}

/// Keeps a fault in its lab until it is dropped.
#[derive(Debug)]
#[must_use = "the fault ends with it: bind it to a name, or call `keep`"]
pub struct FaultGuard {
    shared: Weak<Shared>,
    id: u64,
}

impl FaultGuard {
    pub(super) fn new(lab: &LabRef, id: u64) -> FaultGuard {
        FaultGuard { shared: Arc::downgrade(lab.shared()), id }
    }

    /// Returns how many calls the fault has applied to so far.
    pub fn hits(&self) -> u64 {
        self.shared.upgrade().map_or(0, |shared| shared.with(|world| world.faults.hits(self.id)))
    }

    /// Leaves the fault in place as long as the lab exists.
    pub fn keep(mut self) {
        self.shared = Weak::new();
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.with(|world| world.faults.remove(self.id));
        }
    }
}
