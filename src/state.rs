//! The state machines: the life of a handle and the life of a process server, written once.
//!
//! [`rule`] is complete: it says what may happen when a call uses a handle, in every state. The mock engine follows it. The
//! model asks it whether an engine was allowed to do what it did. Nothing here locks, reads a clock or keeps state.
//!
//! | question | file |
//! |---|---|
//! | What may happen on an unknown, connected, ended or stale handle? | `state/contract.rs` |
//! | What does Microsoft's engine do there? | `state/dbgeng.rs` |
//! | Which states does a handle have, and what else decides? | `state/handle.rs` |
//! | Which states does a process server have? | `state/server.rs` |
//! | What keeps a connection of Microsoft's engine open? | `state/holds.rs` |
//! | Who may debug a process, and for how long? | `state/targets.rs` |
//! | What does a rule consist of? | `state/rule.rs` |

mod contract;
mod dbgeng;
mod handle;
mod holds;
mod rule;
mod server;
mod session;
mod targets;

pub use handle::{HandleArgument, HandleContext, HandleState, Use};
pub use holds::{CallingThread, Holds};
pub use rule::{Answer, Rule};
pub use server::{ServerEvent, ServerLife};
pub use session::{Debuggees, FilterCommand, breaks_initially, debuggee_type, index_code, sets_filters};
pub use targets::{Attachment, DebuggerOf, Debugging, TargetEvent, TargetFate};

use crate::profile::Profile;

/// Returns the rule for a call that uses `argument` in this way.
///
/// ```
/// use dbgeng_testkit::Profile;
/// use dbgeng_testkit::state::{HandleArgument, HandleContext, HandleState, Use, rule};
///
/// let stale = HandleArgument::Handle(HandleState::Disconnected, HandleContext::NOTHING);
/// let rule = rule(Profile::Contract, Use::Disconnect, stale);
/// assert_eq!(rule.requirement.id(), "handle/stale-is-refused");
/// assert_eq!(rule.allowed.to_string(), "an error");
/// ```
// The use is known where a rule is asked, and often the state: little of the rule is left there if it is inlined.
#[inline(always)]
pub fn rule(profile: Profile, usage: Use, argument: HandleArgument) -> Rule {
    match profile {
        Profile::Contract => contract::rule(usage, argument),
        Profile::Dbgeng | Profile::DbgengAt(_) => dbgeng::rule(profile, usage, argument),
    }
}
