//! The rules of Microsoft's engine: the contract with its deviations and, where they are known, its codes.
//!
//! | handle | disconnect | end | query | attach, create |
//! |---|---|---|---|---|
//! | zero | E_INVALIDARG | E_INVALIDARG | the local computer | the local computer |
//! | unknown | E_INVALIDARG; a crash since 10.0.29507 | E_INVALIDARG | a crash | a crash |
//! | connected | S_OK; closes on the thread that connected, once nothing else holds it | S_OK | served | served |
//! | ended | the same | S_OK | E_UNEXPECTED | served |
//! | host gone | the same | 0x8001000A | 0x8001000A | 0x8001000A |
//! | stale | a crash, or S_OK | E_INVALIDARG | a crash | a crash |
//!
//! Where Microsoft's engine crashes, the model allows an error as well, and the mock returns E_INVALIDARG.

use super::contract;
use super::handle::HandleState::{Connected, Disconnected, Ending, Unconnected};
use super::handle::{HandleArgument, HandleContext, HandleState, Use};
use super::rule::Rule;
use super::server::ServerLife::Gone;
use crate::hresult::{E_INVALIDARG, E_UNEXPECTED, RPC_E_CANTTRANSMIT_CALL, S_OK};
use crate::profile::{Behaviour, Profile};
use crate::spec::Requirement;

#[inline(always)]
pub(super) fn rule(profile: Profile, usage: Use, argument: HandleArgument) -> Rule {
    let safe = contract::rule(usage, argument);
    match argument {
        HandleArgument::Zero => zero(usage, safe),
        HandleArgument::Handle(Unconnected, context) => unknown(profile, usage, context, safe),
        HandleArgument::Handle(Disconnected, _) => stale(usage, safe),
        HandleArgument::Handle(state @ (Connected | Ending), context) => live(usage, state, context, safe),
    }
}

/// OBS-4.
#[inline(always)]
fn zero(usage: Use, safe: Rule) -> Rule {
    match usage {
        Use::Disconnect | Use::End => safe.observed(Requirement::HandleRefusalIsEInvalidarg, E_INVALIDARG),
        Use::Query | Use::Target => safe,
    }
}

#[inline(always)]
fn unknown(profile: Profile, usage: Use, context: HandleContext, safe: Rule) -> Rule {
    match usage {
        // OBS-94.
        Use::Disconnect if profile.has(Behaviour::DisconnectOfUnknownHandleCrashes) => safe.or_crash_or_hang(),
        Use::Disconnect | Use::End => {
            // OBS-5. If the value leads into the memory of an open connection, OBS-202.
            let rule = if context.in_use { safe.or_crash_or_hang() } else { safe };
            rule.observed(Requirement::HandleRefusalIsEInvalidarg, E_INVALIDARG)
        }
        // OBS-8.
        Use::Query | Use::Target => safe.or_crash_or_hang(),
    }
}

/// The memory of a stale handle is free, so anything can be there.
#[inline(always)]
fn stale(usage: Use, safe: Rule) -> Rule {
    let rule = safe.or_crash_or_hang();
    match usage {
        // OBS-6.
        Use::End => rule.observed(Requirement::HandleRefusalIsEInvalidarg, E_INVALIDARG),
        // OBS-3, OBS-10, OBS-224: the memory may be in use again, or the thread has nothing to close.
        Use::Disconnect => Rule { allowed: rule.allowed.or(S_OK), ..rule },
        // OBS-8.
        Use::Query | Use::Target => rule,
    }
}

fn live(usage: Use, state: HandleState, context: HandleContext, safe: Rule) -> Rule {
    match usage {
        // OBS-10, OBS-58.
        Use::Disconnect => {
            let next = if context.holds.disconnected(context.thread).is_none() { Disconnected } else { state };
            Rule::succeeds(Requirement::DisconnectConnectedHandleSucceeds, next)
        }
        // OBS-25. Some of these calls never return (OBS-201).
        Use::End | Use::Query | Use::Target if context.server == Gone => {
            Rule { allowed: safe.allowed.or_hang(), ..safe }
                .observed(Requirement::ServerGoneCode, RPC_E_CANTTRANSMIT_CALL)
        }
        // OBS-22, OBS-23, OBS-24.
        Use::End => Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending),
        // OBS-23.
        Use::Query if state == Ending => safe.observed(Requirement::EndEndedConnectionRefusesQueries, E_UNEXPECTED),
        Use::Query | Use::Target => safe,
    }
}
