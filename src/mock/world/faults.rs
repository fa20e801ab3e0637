//! The faults of a lab, as rules that are applied to each call.

use super::ids::EngineId;
use crate::hresult::HRESULT;
use crate::method::Method;

/// A rule: to which calls a fault applies, and what it does to them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FaultRule {
    pub(crate) method: Option<Method>,
    /// The engine that makes the call.
    pub(crate) caller: Option<EngineId>,
    /// The engine that hosts the server to which the call leads.
    pub(crate) host: Option<EngineId>,
    pub(crate) which: CallSelector,
    pub(crate) effect: Effect,
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

/// The faults of a lab.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<ActiveFault>,
    last_id: u64,
}

#[derive(Debug)]
struct ActiveFault {
    id: u64,
    rule: FaultRule,
    /// How many calls matched so far.
    matched: u64,
    /// How many of them it applied to.
    hits: u64,
}

/// The facts about a call that decide whether a fault applies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallFacts {
    pub(crate) method: Method,
    /// The engine that makes the call.
    pub(crate) caller: EngineId,
    /// The engine that hosts the server to which it leads.
    pub(crate) host: Option<EngineId>,
    /// The number of the call in the lab.
    pub(crate) number: u64,
    /// There is a connection that the call could lose.
    pub(crate) is_connected: bool,
}

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) -> u64 {
        self.last_id += 1;
        self.faults.push(ActiveFault { id: self.last_id, rule, matched: 0, hits: 0 });
        self.last_id
    }

    pub(crate) fn remove(&mut self, id: u64) {
        self.faults.retain(|fault| fault.id != id);
    }

    /// Returns how many calls a fault has applied to.
    pub(crate) fn hits(&self, id: u64) -> u64 {
        self.faults.iter().find(|fault| fault.id == id).map_or(0, |fault| fault.hits)
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Whether some fault depends on the host to which a call leads.
    pub(crate) fn name_hosts(&self) -> bool {
        self.faults.iter().any(|fault| fault.rule.host.is_some())
    }

    /// Returns the delay in milliseconds and the decision of the first fault that applies to the call. Faults after that
    /// one do not count the call.
    pub(crate) fn apply(&mut self, call: CallFacts) -> (u64, Option<Decision>) {
        let (mut delay, mut decision) = (0, None);
        for ActiveFault { rule, matched, hits, .. } in &mut self.faults {
            let is_match = rule.method.is_none_or(|method| method == call.method)
                && rule.caller.is_none_or(|engine| engine == call.caller)
                && (rule.host.is_none() || rule.host == call.host);
            let is_spared = match rule.effect {
                Effect::Delay(_) => false,
                Effect::Decide(Decision::Fail(_)) => decision.is_some(),
                Effect::Decide(Decision::LoseBefore | Decision::LoseAfter) => decision.is_some() || !call.is_connected,
            };
            if !is_match || is_spared {
                continue;
            }
            *matched += 1;
            if !rule.which.includes(*matched, call.number) {
                continue;
            }
            *hits += 1;
            match rule.effect {
                Effect::Delay(ms) => delay += u64::from(ms),
                Effect::Decide(decided) => decision = decision.or(Some(decided)),
            }
        }
        (delay, decision)
    }
}
