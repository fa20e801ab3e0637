//! Faults that a test injects: calls that fail, connections that are lost.

use std::sync::{Arc, Weak};

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::lab_ref::{LabId, LabRef};
use super::shared::Shared;
use super::world::{CallPredicate, CallSelector, Condition, Decision, Effect, FaultId, FaultRule, SetUpAt};
use crate::call::Call;
use crate::hresult::{E_OUTOFMEMORY, HRESULT, RPC_E_SERVER_DIED, RPC_E_VERSION_MISMATCH};
use crate::method::Method;
use crate::process::file_name;

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
///
/// It applies to the calls that meet every condition: [`of`](Fault::of) a method, [`by`](Fault::by) an engine, [`at`](Fault::at)
/// a host, [`about_process`](Fault::about_process), [`about_program`](Fault::about_program), [`when`](Fault::when) a predicate
/// holds. A condition replaces an earlier one of its kind. [`on_nth`](Fault::on_nth), [`on_first`](Fault::on_first) and
/// [`with_probability`](Fault::with_probability) choose among these calls, and the last of the three counts.
///
/// Some failures that callers have reported of the real engine, as faults:
///
/// | failure | fault |
/// |---|---|
/// | nobody attaches to an elevated or protected process | `Fault::fail(E_ACCESSDENIED).of(Method::AttachProcess).about_program("lsass.exe")` |
/// | a debugger of 32 bits cannot attach to a process of 64 bits | `Fault::fail(from_nt(0xC000_0055)).of(Method::AttachProcess).about_process(&computer, id)` |
/// | the process ends during the attach, now and then | `Fault::process_ends().with_probability(0.1, seed)` |
/// | the server is reached from the third attempt on | `Fault::fail(WSAECONNREFUSED).of(Method::ConnectProcessServer).on_first(2)` |
///
/// A fault that never applies proves nothing, so [`Lab::assert_clean`](super::Lab::assert_clean) names it, unless it is
/// [`optional`](Fault::optional).
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it applies to nothing until `Lab::fault` has it"]
pub struct Fault {
    rule: FaultRule,
    /// The lab whose engines or computers it names, if it names any.
    lab: Option<LabId>,
    is_optional: bool,
}

impl Fault {
    fn new(effect: Effect) -> Fault {
        let rule = FaultRule { conditions: Vec::new(), which: CallSelector::Every, effect };
        Fault { rule, lab: None, is_optional: false }
    }

    /// Calls have no effect and return this code.
    #[doc(alias = "error")]
    #[doc(alias = "return")]
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

    /// The process to which a call attaches ends during the call, which returns 0xD000010A, as callers have reported. Calls
    /// that attach to no running process are spared.
    pub fn process_ends() -> Fault {
        Fault::new(Effect::Decide(Decision::EndProcess))
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
        self.rule.method()
    }

    /// Applies the fault only to calls of this method.
    ///
    /// # Panics
    ///
    /// Panics if no call of that method can fail here: the fault would apply to nothing, and the test would prove nothing.
    #[doc(alias = "method")]
    #[doc(alias = "on")]
    #[track_caller]
    pub fn of(self, method: Method) -> Fault {
        if !Fault::methods().any(|one| one == method) {
            let methods: Vec<&str> = Fault::methods().map(Method::name).collect();
            panic!("a fault cannot apply to {method}: expected one of {}", methods.join(", "));
        }
        self.only(Condition::Method(method))
    }

    /// Applies the fault only to the calls of this engine.
    ///
    /// # Panics
    ///
    /// Panics if the fault names a part of another lab already.
    #[track_caller]
    pub fn by(self, engine: &LabEngine) -> Fault {
        self.within(engine.lab()).only(Condition::Caller(engine.id()))
    }

    /// Applies the fault only to calls that lead to a process server of this host, through a connection string or a handle.
    ///
    /// # Panics
    ///
    /// Panics if the fault names a part of another lab already.
    #[track_caller]
    pub fn at(self, host: &LabEngine) -> Fault {
        self.within(host.lab()).only(Condition::Host(host.id()))
    }

    /// Applies the fault only to calls that name this process of a computer, whether it is running or not: attaches and
    /// descriptions.
    ///
    /// # Panics
    ///
    /// Panics if the fault names a part of another lab already.
    #[doc(alias = "for_process")]
    #[doc(alias = "process")]
    #[track_caller]
    pub fn about_process(self, computer: &LabComputer, id: u32) -> Fault {
        self.within(computer.lab()).only(Condition::Process(computer.id(), id))
    }

    /// Applies the fault only to calls that name this program, or a running process of it: attaches, descriptions, creates and
    /// lookups by name.
    ///
    /// A path means one file, and a name without a path every file of that name. Letter case does not count.
    ///
    /// # Panics
    ///
    /// Panics if the program has no file name.
    #[doc(alias = "for_program")]
    #[doc(alias = "program")]
    #[track_caller]
    pub fn about_program(self, program: &str) -> Fault {
        if let Err(problem) = startable(program) {
            panic!("{problem}");
        }
        self.only(Condition::Program(program.to_owned()))
    }

    /// Applies the fault only to calls for which the predicate holds. It is asked about each call that meets the condition
    /// [`of`](Fault::of), before the call begins. It may use the lab, which a clone in it keeps alive.
    ///
    /// ```
    /// use dbgeng_testkit::flags::AttachFlags;
    /// use dbgeng_testkit::hresult::{E_ACCESSDENIED, S_OK};
    /// use dbgeng_testkit::mock::{Fault, Lab};
    /// use dbgeng_testkit::{Call, DebugClient, Method};
    ///
    /// let lab = Lab::default();
    /// let (client, noninvasive) = (lab.engine().client(), AttachFlags::NONINVASIVE);
    /// let game = lab.engine().lab_computer().add_process("game.exe");
    /// let invasive = |call: &Call<&str>| {
    ///     matches!(call, Call::AttachProcess { attach_flags, .. } if !attach_flags.contains(AttachFlags::NONINVASIVE))
    /// };
    /// let _refused = lab.fault(Fault::fail(E_ACCESSDENIED).of(Method::AttachProcess).when(invasive));
    /// assert_eq!(client.attach_process(0, game, AttachFlags::empty()), E_ACCESSDENIED);
    /// assert_eq!(client.attach_process(0, game, noninvasive), S_OK);
    /// ```
    #[doc(alias = "filter")]
    #[doc(alias = "matching")]
    #[doc(alias = "predicate")]
    #[doc(alias = "withf")]
    pub fn when(self, predicate: impl Fn(&Call<&str>) -> bool + Send + Sync + 'static) -> Fault {
        self.only(Condition::Predicate(CallPredicate::new(predicate)))
    }

    /// Lets [`Lab::assert_clean`](super::Lab::assert_clean) pass even if the fault has not applied to any call.
    #[doc(alias = "may_not_apply")]
    pub fn optional(self) -> Fault {
        Fault { is_optional: true, ..self }
    }

    /// Applies the fault only to the n-th such call, counted from 1.
    ///
    /// # Panics
    ///
    /// Panics if `n` is 0.
    #[doc(alias = "nth")]
    #[track_caller]
    pub fn on_nth(self, n: u64) -> Fault {
        assert!(n > 0, "calls are counted from 1");
        self.choosing(CallSelector::Nth(n))
    }

    /// Applies the fault only to the n-th call in the lab.
    pub(super) fn on_call(self, n: u64) -> Fault {
        self.choosing(CallSelector::Call(n))
    }

    /// Applies the fault only to the first n such calls: later ones succeed.
    ///
    /// # Panics
    ///
    /// Panics if `n` is 0.
    #[doc(alias = "times")]
    #[track_caller]
    pub fn on_first(self, n: u64) -> Fault {
        assert!(n > 0, "calls are counted from 1");
        self.choosing(CallSelector::First(n))
    }

    /// Applies the fault to each such call with this probability, from 0 to 1. The seed decides to which.
    ///
    /// # Panics
    ///
    /// Panics if the probability is not a number from 0 to 1.
    #[doc(alias = "probability")]
    #[track_caller]
    pub fn with_probability(self, probability: f64, seed: u64) -> Fault {
        if let Err(problem) = is_probability(probability) {
            panic!("{problem}");
        }
        let per_million = (probability * 1e6).round() as u32;
        self.choosing(CallSelector::PerMillion(per_million, seed))
    }

    fn only(mut self, condition: Condition) -> Fault {
        self.rule.require(condition);
        self
    }

    fn choosing(mut self, which: CallSelector) -> Fault {
        self.rule.which = which;
        self
    }

    /// The fault names a part of this lab.
    #[track_caller]
    fn within(self, lab: &LabRef) -> Fault {
        self.belongs_to(lab);
        Fault { lab: Some(lab.id()), ..self }
    }

    #[track_caller]
    fn belongs_to(&self, lab: &LabRef) {
        assert!(self.lab.is_none_or(|own| own == lab.id()), "the fault names an engine or a computer of another lab");
    }

    /// Puts the fault into a lab. Its numbers mean nothing in another lab.
    #[track_caller]
    pub(super) fn set_up(self, lab: &LabRef, place: SetUpAt) -> FaultGuard {
        self.belongs_to(lab);
        let place = if self.is_optional { None } else { Some(place) };
        FaultGuard {
            shared: Arc::downgrade(lab.shared()),
            id: lab.with(|world| world.faults.add(self.rule, place, world.calls)),
        }
    }
}

/// Checks that a number is a probability.
pub(super) fn is_probability(number: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&number) { Ok(()) } else { Err(format!("expected a number from 0 to 1, found {number}")) }
}

/// Checks that a process could run a program.
pub(super) fn startable(program: &str) -> Result<(), String> {
    if file_name(program).is_empty() { Err(format!("{program:?} has no file name")) } else { Ok(()) }
}

/// Keeps a fault in its lab until it is dropped.
#[derive(Debug)]
#[must_use = "the fault ends with it: bind it to a name, or call `keep`"]
pub struct FaultGuard {
    shared: Weak<Shared>,
    id: FaultId,
}

impl FaultGuard {
    /// Returns how many calls the fault has applied to so far.
    #[doc(alias = "count")]
    pub fn hits(&self) -> u64 {
        self.shared.upgrade().map_or(0, |shared| shared.with(|world| world.faults.hits(self.id)))
    }

    /// Leaves the fault in place as long as the lab exists.
    #[doc(alias = "forget")]
    #[doc(alias = "leak")]
    pub fn keep(mut self) {
        self.shared = Weak::new();
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            drop(shared.with(|world| world.faults.remove(self.id, world.calls)));
        }
    }
}
