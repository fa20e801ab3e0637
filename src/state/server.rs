//! The life of a process server.

/// The life of a process server: not started → running → ended → gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerLife {
    /// StartProcessServer has not succeeded yet.
    NotStarted,
    /// It serves.
    Running,
    /// A smart client asked it to end; its host process is still there.
    Ended,
    /// The host process is gone.
    Gone,
}

/// An event in the life of a process server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ServerEvent {
    /// StartProcessServer succeeded.
    Started,
    /// EndProcessServer succeeded.
    EndRequested,
    /// The host process exited or was killed.
    HostGone,
}

impl ServerLife {
    /// Every state, in the order of a life.
    pub const ALL: [ServerLife; 4] = [ServerLife::NotStarted, ServerLife::Running, ServerLife::Ended, ServerLife::Gone];

    /// Returns the state after an event. An event that means nothing in a state leaves it as it is.
    #[must_use]
    pub fn after(self, event: ServerEvent) -> ServerLife {
        match (self, event) {
            (ServerLife::NotStarted, ServerEvent::Started) => ServerLife::Running,
            (ServerLife::Running, ServerEvent::EndRequested) => ServerLife::Ended,
            (ServerLife::Running | ServerLife::Ended, ServerEvent::HostGone) => ServerLife::Gone,
            (state, _) => state,
        }
    }

    /// Returns whether the host process is there.
    pub fn is_up(self) -> bool {
        matches!(self, ServerLife::Running | ServerLife::Ended)
    }
}
