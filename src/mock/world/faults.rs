//! The faults of a lab, as rules that are applied to each call.

use std::fmt;
use std::mem::discriminant;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use super::ids::{ComputerId, EngineId};
use super::set_up::SetUpAt;
use crate::call::Call;
use crate::hresult::HRESULT;
use crate::method::Method;

/// A rule: to which calls a fault applies, and what it does to them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FaultRule {
    /// A call has to meet all of them; there is at most one of each kind.
    pub(crate) conditions: Vec<Condition>,
    pub(crate) which: CallSelector,
    pub(crate) effect: Effect,
}

/// A condition on a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    Method(Method),
    /// The engine makes the call.
    Caller(EngineId),
    /// The call leads to a server that the engine hosts.
    Host(EngineId),
    /// The call names a process of the computer.
    Process(ComputerId, u32),
    /// The call names a program, or a process that runs it.
    Program(String),
    Predicate(CallPredicate),
}

type AskAboutCall = dyn Fn(&Call<&str>) -> bool + Send + Sync;

/// A predicate that a test has for calls. It is the test's code, so the lab must not be locked when it is asked.
#[derive(Clone)]
pub(crate) struct CallPredicate(Arc<AskAboutCall>);

/// A panic in it leaves the lab as it was, because the call has not begun.
impl UnwindSafe for CallPredicate {}
impl RefUnwindSafe for CallPredicate {}

impl CallPredicate {
    pub(crate) fn new(predicate: impl Fn(&Call<&str>) -> bool + Send + Sync + 'static) -> CallPredicate {
        CallPredicate(Arc::new(predicate))
    }

    pub(crate) fn holds(&self, call: &Call<&str>) -> bool {
        (self.0)(call)
    }
}

impl PartialEq for CallPredicate {
    fn eq(&self, other: &CallPredicate) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for CallPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Selects matching calls, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum CallSelector {
    Every,
    Nth(u64),
    First(u64),
    /// The n-th call in the lab, whether it matches or not.
    Call(u64),
    /// So many of a million calls, by this seed.
    PerMillion(u32, u64),
}

/// The effect of a fault on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It takes this many milliseconds longer.
    Delay(u32),
    Decide(Decision),
}

/// How a fault ends a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It has no effect and returns this code.
    Fail(HRESULT),
    /// The connection is lost before the call takes effect.
    LoseBefore,
    /// The connection is lost after the call has taken effect, and its outputs are lost too.
    LoseAfter,
    /// The process to which the call attaches ends meanwhile.
    EndProcess,
}

impl FaultRule {
    /// Adds a condition. It replaces an earlier one of its kind.
    pub(crate) fn require(&mut self, condition: Condition) {
        self.conditions.retain(|known| discriminant(known) != discriminant(&condition));
        self.conditions.push(condition);
    }

    /// Returns the only method to whose calls the rule applies, if there is one.
    pub(crate) fn method(&self) -> Option<Method> {
        self.conditions.iter().find_map(|condition| match condition {
            Condition::Method(method) => Some(*method),
            _ => None,
        })
    }

    fn predicate(&self) -> Option<&CallPredicate> {
        self.conditions.iter().find_map(|condition| match condition {
            Condition::Predicate(predicate) => Some(predicate),
            _ => None,
        })
    }
}

impl CallSelector {
    /// Whether the fault applies to a call: the `number`-th that matches, and the `call`-th in the lab.
    fn includes(self, number: u64, call: u64) -> bool {
        match self {
            CallSelector::Call(n) => call == n,
            CallSelector::Every => true,
            CallSelector::Nth(n) => number == n,
            CallSelector::First(n) => number <= n,
            CallSelector::PerMillion(rate, seed) => mixed(seed, number) % 1_000_000 < u64::from(rate),
        }
    }
}

/// Returns a pseudo-random number (SplitMix64), so that the fate of a call depends only on its number and the seed.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The number of a fault in its lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FaultId(u64);

/// The faults of a lab.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<ActiveFault>,
    /// Those that were removed before they applied to a call.
    removed: Vec<ActiveFault>,
    last_id: u64,
    /// How many of the faults have a predicate.
    predicates: usize,
    /// Those of them whose predicates hold for the call.
    holding: Vec<FaultId>,
}

/// A fault, and the calls that it has met.
#[derive(Clone, Debug)]
pub(crate) struct ActiveFault {
    id: FaultId,
    pub(crate) rule: FaultRule,
    /// How many calls matched so far.
    pub(crate) matched: u64,
    /// How many calls matched but for its predicate.
    pub(crate) declined: u64,
    /// The number of calls in the lab before it was set up.
    since: u64,
    /// Whether it was removed before the lab had another call.
    pub(crate) saw_no_call: bool,
    /// How many of them it applied to.
    hits: u64,
    /// Where it was set up; `None` if it may never apply.
    pub(crate) set_up: Option<SetUpAt>,
}

impl Faults {
    /// Adds a fault, after so many calls in the lab.
    pub(crate) fn add(&mut self, rule: FaultRule, set_up: Option<SetUpAt>, since: u64) -> FaultId {
        self.last_id += 1;
        let id = FaultId(self.last_id);
        self.predicates += usize::from(rule.predicate().is_some());
        self.faults.push(ActiveFault { id, rule, matched: 0, declined: 0, since, saw_no_call: false, hits: 0, set_up });
        id
    }

    /// Removes a fault, after so many calls in the lab. Returns it, unless it is to be named: its predicate may hold the lab,
    /// which is locked here.
    pub(crate) fn remove(&mut self, id: FaultId, calls: u64) -> Option<ActiveFault> {
        let at = self.faults.iter().position(|fault| fault.id == id)?;
        let mut fault = self.faults.remove(at);
        fault.saw_no_call = fault.since == calls;
        self.predicates -= usize::from(fault.rule.predicate().is_some());
        if !fault.is_unused() {
            return Some(fault);
        }
        self.removed.push(fault);
        None
    }

    /// Returns how many calls a fault has applied to.
    pub(crate) fn hits(&self, id: FaultId) -> u64 {
        self.faults.iter().find(|fault| fault.id == id).map_or(0, |fault| fault.hits)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Returns the faults that have not applied to any call, although they should have.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &ActiveFault> {
        self.removed.iter().chain(self.faults.iter().filter(|fault| fault.is_unused()))
    }

    #[inline]
    pub(crate) fn have_predicates(&self) -> bool {
        self.predicates > 0
    }

    /// Returns the predicates that have to be asked about a call of this method.
    pub(crate) fn predicates(&self, method: Method) -> Vec<(FaultId, CallPredicate)> {
        let of_method = self.faults.iter().filter(|fault| fault.rule.method().is_none_or(|only| only == method));
        of_method.filter_map(|fault| Some((fault.id, fault.rule.predicate()?.clone()))).collect()
    }

    /// Notes the faults whose predicates hold for the call that comes now.
    pub(crate) fn set_holding(&mut self, holding: Vec<FaultId>) {
        self.holding = holding;
    }

    /// Returns the delay in milliseconds and the decision of the first fault that applies to the `number`-th call. Faults
    /// after that one do not count the call.
    pub(crate) fn apply(
        &mut self,
        number: u64,
        mut matches: impl FnMut(&FaultRule) -> bool,
    ) -> (u64, Option<Decision>) {
        let (mut delay, mut decision) = (0, None);
        for ActiveFault { id, rule, matched, declined, hits, .. } in &mut self.faults {
            if decision.is_some() && matches!(rule.effect, Effect::Decide(_)) {
                continue;
            }
            if !matches(rule) {
                continue;
            }
            if rule.predicate().is_some() && !self.holding.contains(id) {
                *declined += 1;
                continue;
            }
            *matched += 1;
            if !rule.which.includes(*matched, number) {
                continue;
            }
            *hits += 1;
            match rule.effect {
                Effect::Delay(ms) => delay += u64::from(ms),
                Effect::Decide(decided) => decision = Some(decided),
            }
        }
        (delay, decision)
    }
}

impl ActiveFault {
    fn is_unused(&self) -> bool {
        self.hits == 0 && self.set_up.is_some()
    }
}
