//! The state machines: the life of a handle and the life of a process server, written once.
//!
//! [`rule`] is the whole relation. The mock engine asks it what to do with a handle and advances by it; the model asks
//! it whether an engine's answer was allowed. Both are told who asks and where things stand; nothing here has a lock, a
//! clock or a memory.

mod holds;

pub use holds::Holds;

use crate::hresult::{E_INVALIDARG, E_UNEXPECTED, HRESULT, RPC_E_CANTTRANSMIT_CALL, S_OK};
use crate::profile::Profile;
use crate::spec::Requirement;
use crate::status::Statuses;

/// The life of a handle: unconnected → connected → disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleState {
    /// Never issued: an *unknown* handle.
    Unconnected,
    /// Issued by ConnectProcessServer.
    Connected,
    /// Connected, and EndProcessServer has been called through it.
    Ending,
    /// Closed by DisconnectProcessServer: a *stale* handle.
    Disconnected,
}

impl HandleState {
    /// Every state, in the order of a life.
    pub const ALL: [HandleState; 4] =
        [HandleState::Unconnected, HandleState::Connected, HandleState::Ending, HandleState::Disconnected];

    /// Whether the handle names a connection now.
    pub fn is_live(self) -> bool {
        matches!(self, HandleState::Connected | HandleState::Ending)
    }
}

/// The life of a process server: not started → running → ended → gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerLife {
    /// StartProcessServer has not succeeded yet.
    NotStarted,
    /// It serves.
    Running,
    /// A smart client asked it to end; its host has not left yet.
    Ended,
    /// The process that hosted it is gone.
    Gone,
}

/// What happens to a process server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerEvent {
    /// StartProcessServer succeeded.
    Started,
    /// EndProcessServer succeeded.
    EndRequested,
    /// The host process left or was killed.
    HostGone,
}

impl ServerLife {
    /// Every state, in the order of a life.
    pub const ALL: [ServerLife; 4] = [ServerLife::NotStarted, ServerLife::Running, ServerLife::Ended, ServerLife::Gone];

    /// The state after an event. An event that means nothing in a state leaves it as it is.
    #[must_use]
    pub fn after(self, event: ServerEvent) -> ServerLife {
        match (self, event) {
            (ServerLife::NotStarted, ServerEvent::Started) => ServerLife::Running,
            (ServerLife::Running, ServerEvent::EndRequested) => ServerLife::Ended,
            (ServerLife::Running | ServerLife::Ended, ServerEvent::HostGone) => ServerLife::Gone,
            (state, _) => state,
        }
    }

    /// Whether the host is there.
    pub fn is_up(self) -> bool {
        matches!(self, ServerLife::Running | ServerLife::Ended)
    }
}

/// What a call wants of the handle that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// DisconnectProcessServer.
    Disconnect,
    /// EndProcessServer.
    End,
    /// One of the three queries.
    Query,
    /// An attach or a create.
    Target,
}

impl Use {
    /// Every use.
    pub const ALL: [Use; 4] = [Use::Disconnect, Use::End, Use::Query, Use::Target];
}

/// The value that a call passes as its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HandleArgument {
    /// Zero: the local computer in a query, attach or create; nothing in a disconnect or an end.
    Zero,
    /// A handle, where it is in its life, and what stands around it.
    Handle(HandleState, HandleContext),
}

/// What stands around a handle that a call names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandleContext {
    /// The server that it leads to; for a handle that leads nowhere, [`ServerLife::NotStarted`].
    pub server: ServerLife,
    /// Which thread makes the call.
    pub thread: CallingThread,
    /// What keeps the connection open.
    pub holds: Holds,
    /// Whether the value may lead into the memory of a connection that is open, though it is not that connection's handle.
    pub in_use: bool,
}

impl HandleContext {
    /// What stands around a handle that leads nowhere.
    pub const NOTHING: HandleContext = HandleContext {
        server: ServerLife::NotStarted,
        thread: CallingThread::Connecting,
        holds: Holds::NEW,
        in_use: false,
    };
}

/// Which thread makes the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallingThread {
    /// The one that connected.
    Connecting,
    /// Another one of the same process.
    Other,
}

/// What the mock does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// S_OK; the handle moves on to [`Rule::next`].
    Succeed,
    /// This error; nothing changes.
    Refuse(HRESULT),
    /// Go on: the server, or for zero the local computer, answers.
    Serve,
}

/// What may come of a use of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The requirement that [`Rule::allowed`] comes from.
    pub requirement: Requirement,
    /// The endings that it allows.
    pub allowed: Statuses,
    /// The code that the real engine gives, where it is known, and the requirement that asks for it.
    pub observed: Option<(Requirement, HRESULT)>,
    /// What the mock answers: a member of `allowed`, the real engine's where that is safe.
    pub answer: Answer,
    /// The state of the handle if the call succeeds; or, for one that goes on, when it gets as far as the handle.
    pub next: HandleState,
}

impl Rule {
    fn succeeds(requirement: Requirement, next: HandleState) -> Rule {
        Rule { requirement, allowed: Statuses::OK, observed: None, answer: Answer::Succeed, next }
    }

    fn refused(requirement: Requirement, code: HRESULT, next: HandleState) -> Rule {
        Rule { requirement, allowed: Statuses::ERROR, observed: None, answer: Answer::Refuse(code), next }
    }

    fn served(next: HandleState) -> Rule {
        Rule {
            requirement: Requirement::CallReturns,
            allowed: Statuses::RETURNS,
            observed: None,
            answer: Answer::Serve,
            next,
        }
    }

    fn or_error(self) -> Rule {
        Rule { allowed: self.allowed.or_error(), ..self }
    }

    fn observed(self, requirement: Requirement, code: HRESULT) -> Rule {
        Rule { observed: Some((requirement, code)), ..self }
    }
}

/// The relation: what may come of `wanted` on `named` in this profile.
pub fn rule(profile: Profile, wanted: Use, named: HandleArgument) -> Rule {
    match profile {
        Profile::Contract => contract(wanted, named),
        Profile::Dbgeng => dbgeng(wanted, named),
    }
}

/// Documented, required and inferred. Where the documents are silent and safety does not decide, a set.
fn contract(wanted: Use, named: HandleArgument) -> Rule {
    use HandleState::{Connected, Disconnected, Ending, Unconnected};
    use ServerLife::{Ended, Gone};

    match (wanted, named) {
        (Use::Query | Use::Target, HandleArgument::Zero) => Rule::served(Unconnected),
        (_, HandleArgument::Zero) => Rule::refused(Requirement::HandleZeroIsRefused, E_INVALIDARG, Unconnected),
        (_, HandleArgument::Handle(Unconnected, _)) => {
            Rule::refused(Requirement::HandleUnknownIsRefused, E_INVALIDARG, Unconnected)
        }
        (_, HandleArgument::Handle(Disconnected, _)) => {
            Rule::refused(Requirement::HandleStaleIsRefused, E_INVALIDARG, Disconnected)
        }
        (Use::Disconnect, HandleArgument::Handle(Connected, HandleContext { server: ServerLife::Running, .. })) => {
            Rule::succeeds(Requirement::DisconnectConnectedHandleSucceeds, Disconnected)
        }
        // whether an end leaves something to disconnect is open.
        (Use::Disconnect, HandleArgument::Handle(Connected | Ending, _)) => {
            Rule::succeeds(Requirement::DisconnectConnectedHandleSucceeds, Disconnected).or_error()
        }
        (Use::End | Use::Query | Use::Target, HandleArgument::Handle(state, HandleContext { server: Gone, .. })) => {
            Rule::refused(Requirement::ServerGoneIsAnError, RPC_E_CANTTRANSMIT_CALL, state)
        }
        // a second end is open.
        (
            Use::End,
            HandleArgument::Handle(Ending, _) | HandleArgument::Handle(_, HandleContext { server: Ended, .. }),
        ) => Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending).or_error(),
        (Use::End, HandleArgument::Handle(Connected, _)) => {
            Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending)
        }
        // the mock answers as the real engine does.
        (Use::Query, HandleArgument::Handle(Ending, _)) => {
            Rule { answer: Answer::Refuse(E_UNEXPECTED), ..Rule::served(Ending) }
        }
        (Use::Query | Use::Target, HandleArgument::Handle(state, _)) => Rule::served(state),
    }
}

/// The contract as the real engine keeps it: where it deviates, the deviation; where its code is known, the code.
fn dbgeng(wanted: Use, named: HandleArgument) -> Rule {
    use HandleState::{Connected, Disconnected, Ending, Unconnected};
    use ServerLife::Gone;

    let safe = contract(wanted, named);
    match (wanted, named) {
        (Use::Query | Use::Target, HandleArgument::Zero) => safe,
        // OBS-4, OBS-5. A value that leads into an open connection's memory is taken for a connection (measured).
        (Use::Disconnect | Use::End, HandleArgument::Zero | HandleArgument::Handle(Unconnected, _)) => {
            let in_use = matches!(named, HandleArgument::Handle(_, HandleContext { in_use: true, .. }));
            let allowed = if in_use { safe.allowed.or_crash().or_hang() } else { safe.allowed };
            Rule { allowed, ..safe }.observed(Requirement::HandleRefusalIsEInvalidarg, E_INVALIDARG)
        }
        // OBS-6; the memory behind the handle is free, so anything may have become of it.
        (Use::End, HandleArgument::Handle(Disconnected, _)) => {
            Rule { allowed: safe.allowed.or_crash().or_hang(), ..safe }
                .observed(Requirement::HandleRefusalIsEInvalidarg, E_INVALIDARG)
        }
        // OBS-7: the process goes down, unless the memory is in use again, or the thread has nothing to close.
        (Use::Disconnect, HandleArgument::Handle(Disconnected, HandleContext { in_use, thread, .. }))
            if in_use || thread == CallingThread::Other =>
        {
            Rule { allowed: safe.allowed.or_crash().or_hang().or(S_OK), ..safe }
        }
        // OBS-7, OBS-8: the process goes down.
        (Use::Disconnect | Use::Query | Use::Target, HandleArgument::Handle(Disconnected, _))
        | (Use::Query | Use::Target, HandleArgument::Handle(Unconnected, _)) => {
            Rule { allowed: safe.allowed.or_crash().or_hang(), ..safe }
        }
        // OBS-10: from another thread, S_OK, and nothing is closed.
        (
            Use::Disconnect,
            HandleArgument::Handle(state @ (Connected | Ending), HandleContext { thread, holds, .. }),
        ) => Rule::succeeds(
            Requirement::DisconnectConnectedHandleSucceeds,
            if thread == CallingThread::Connecting && holds.is_last() { Disconnected } else { state },
        ),
        // OBS-25. Of the calls that find a host gone, one in some does not come back (measured).
        (
            Use::End | Use::Query | Use::Target,
            HandleArgument::Handle(Connected | Ending, HandleContext { server: Gone, .. }),
        ) => Rule { allowed: safe.allowed.or_hang(), ..safe }
            .observed(Requirement::ServerGoneCode, RPC_E_CANTTRANSMIT_CALL),
        // OBS-22, OBS-23, OBS-24.
        (Use::End, HandleArgument::Handle(Connected | Ending, _)) => {
            Rule::succeeds(Requirement::EndConnectedHandleSucceeds, Ending)
        }
        // OBS-23.
        (Use::Query, HandleArgument::Handle(Ending, _)) => {
            safe.observed(Requirement::EndEndedConnectionRefusesQueries, E_UNEXPECTED)
        }
        // A session that begins opens it again (the trace session-opens-again).
        (
            Use::Target,
            HandleArgument::Handle(Ending, HandleContext { thread: CallingThread::Connecting, holds, .. }),
        ) if !holds.has_session() => Rule { next: Connected, ..safe },
        (Use::Query | Use::Target, HandleArgument::Handle(Connected | Ending, _)) => safe,
    }
}
