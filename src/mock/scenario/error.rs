//! Why a scenario was refused.

/// A text that is no scenario, or a scenario that no lab can be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// The text is no JSON, or it has not the form of a scenario.
    #[error("{file}:{line}:{column}: {problem}")]
    Malformed {
        /// The name that [`Scenario::parse`](super::Scenario::parse) was given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1: at the value that is wrong, or right behind it.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The form is right, but what the text says cannot be.
    #[error("{file}: {path}: {problem}")]
    Impossible {
        /// The name that [`Scenario::parse`](super::Scenario::parse) was given.
        file: String,
        /// The value that is wrong, such as `computers[1].process_servers[0]`. Places in a list are counted from 0.
        path: String,
        /// Why it cannot be.
        problem: String,
    },
}
