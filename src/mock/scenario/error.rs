//! The errors of scenarios.

/// The error of a text that is not a scenario, or of a scenario that no lab can be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The text is not JSON, or does not have the form of a scenario.
    #[error("{file}:{line}:{column}: {problem}")]
    Malformed {
        /// The name that [`Scenario::parse`](super::Scenario::parse) was given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1: at the wrong value, or right after it.
        column: usize,
        /// The problem.
        problem: String,
    },
    /// The form is right, but no lab can be as the text says.
    #[error("{file}: {path}: {problem}")]
    Impossible {
        /// The name that [`Scenario::parse`](super::Scenario::parse) was given.
        file: String,
        /// The path of the wrong value, such as `computers[1].process_servers[0]`. Lists are counted from 0.
        path: String,
        /// The problem.
        problem: String,
    },
}
