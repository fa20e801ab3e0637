//! The rules of the contract: documented, required and inferred. Where the documentation is silent and safety does not
//! decide, they allow a set.
//!
//! | handle | disconnect | end | query | attach, create |
//! |---|---|---|---|---|
//! | zero | an error | an error | the local computer | the local computer |
//! | unknown | an error | an error | an error | an error |
//! | connected | S_OK | S_OK | served | served |
//! | ended | S_OK or an error | S_OK or an error | served | served |
//! | host gone | S_OK or an error | an error | an error | an error |
//! | stale | an error | an error | an error | an error |

use super::handle::HandleState::{Connected, Disconnected, Ending, Unconnected};
use super::handle::{HandleArgument, Use};
use super::rule::{Answer, Rule};
use super::server::ServerLife::{Ended, Gone, Running};
use crate::hresult::{E_INVALIDARG, E_UNEXPECTED, RPC_E_CANTTRANSMIT_CALL};
use crate::spec::Requirement;

#[inline(always)]
pub(super) fn rule(usage: Use, argument: HandleArgument) -> Rule {
    match argument {
        HandleArgument::Zero => zero(usage),
        HandleArgument::Handle(Unconnected, _) => {
            Rule::refused(Requirement::HandleUnknownIsRefused, E_INVALIDARG, Unconnected)
        }
        HandleArgument::Handle(Disconnected, _) => {
            Rule::refused(Requirement::HandleStaleIsRefused, E_INVALIDARG, Disconnected)
        }
        HandleArgument::Handle(state @ (Connected | Ending), context) => match usage {
            Use::Disconnect if state == Connected && context.server == Running => {
                Rule::succeeds(Requirement::DisconnectConnectedHandleSucceeds, Disconnected)
            }
            // whether an end leaves something to disconnect is open.
            Use::Disconnect => Rule::succeeds(Requirement::DisconnectConnectedHandleSucceeds, Disconnected).or_error(),
            _ if context.server == Gone => {
                Rule::refused(Requirement::ServerGoneIsAnError, RPC_E_CANTTRANSMIT_CALL, state)
            }
            Use::End if state == Ending || context.server == Ended => {
                // a second end is open.
                Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending).or_error()
            }
            Use::End => Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending),
            // the mock does as Microsoft's engine does.
            Use::Query if state == Ending => Rule { answer: Answer::Refuse(E_UNEXPECTED), ..Rule::served(Ending) },
            Use::Query | Use::Target => Rule::served(state),
        },
    }
}

fn zero(usage: Use) -> Rule {
    match usage {
        Use::Query | Use::Target => Rule::served(Unconnected),
        Use::Disconnect | Use::End => Rule::refused(Requirement::HandleZeroIsRefused, E_INVALIDARG, Unconnected),
    }
}
