//! The parts of a rule, and the three kinds of it.

use super::handle::HandleState;
use crate::hresult::HRESULT;
use crate::spec::Requirement;
use crate::status::Statuses;

/// The mock's reaction to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Returns S_OK, and the handle moves to [`Rule::next`].
    Succeed,
    /// Returns this error and changes nothing.
    Refuse(HRESULT),
    /// Passes the call on to the server or, for zero, to the local computer.
    Serve,
}

/// The possible results of a call that uses a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The requirement that [`Rule::allowed`] comes from.
    pub requirement: Requirement,
    /// The endings that the requirement allows.
    pub allowed: Statuses,
    /// The code that Microsoft's engine returns, where it is known, and the requirement that asks for it.
    pub observed: Option<(Requirement, HRESULT)>,
    /// The mock's reaction: an allowed ending; the ending of Microsoft's engine where that is safe.
    pub answer: Answer,
    /// The state of the handle after a call that succeeds or, for [`Answer::Serve`], that reaches the server.
    pub next: HandleState,
}

impl Rule {
    /// The call succeeds.
    pub(super) fn succeeds(requirement: Requirement, next: HandleState) -> Rule {
        Rule { requirement, allowed: Statuses::OK, observed: None, answer: Answer::Succeed, next }
    }

    /// The call returns an error; the mock's is `code`.
    pub(super) fn refused(requirement: Requirement, code: HRESULT, next: HandleState) -> Rule {
        Rule { requirement, allowed: Statuses::ERROR, observed: None, answer: Answer::Refuse(code), next }
    }

    /// The handle is good, and the rest of the call decides.
    pub(super) fn served(next: HandleState) -> Rule {
        Rule {
            requirement: Requirement::CallReturns,
            allowed: Statuses::RETURNS,
            observed: None,
            answer: Answer::Serve,
            next,
        }
    }

    /// An error is allowed as well.
    pub(super) fn or_error(self) -> Rule {
        Rule { allowed: self.allowed.or_error(), ..self }
    }

    /// A crash is allowed as well, and so is a call that never returns.
    pub(super) fn or_crash_or_hang(self) -> Rule {
        Rule { allowed: self.allowed.or_crash().or_hang(), ..self }
    }

    /// Microsoft's engine returns `code`, and the requirement asks for it.
    pub(super) fn observed(self, requirement: Requirement, code: HRESULT) -> Rule {
        Rule { observed: Some((requirement, code)), ..self }
    }
}
