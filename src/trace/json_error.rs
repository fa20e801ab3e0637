//! JSON documents, and messages for people about a text that is no valid JSON.

use serde::Deserialize;

use super::text::without_mark;
use super::value::JsonObject;
use crate::printable::shortened;

/// Why a text is not a JSON document of a kind, and where.
#[derive(Debug)]
pub(crate) struct JsonProblem {
    pub(crate) line: usize,
    /// In bytes, counted from 1: at the wrong value, or right after it.
    pub(crate) column: usize,
    pub(crate) problem: String,
}

#[cfg(feature = "kit")]
impl JsonProblem {
    /// Says where and why the text is not one of a kind.
    pub(crate) fn not_a(self, kind: &str) -> String {
        let JsonProblem { line, column, problem } = self;
        format!("{line}:{column}: not a {kind}: {problem}")
    }
}

/// Parses a JSON document, which is an object.
pub(crate) fn parse_document<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, JsonProblem> {
    let text = without_mark(text);
    if text.trim().is_empty() {
        let problem = if text.is_empty() { "the file is empty" } else { "the file has only blank lines" };
        return Err(JsonProblem { line: 1, column: 1, problem: problem.to_owned() });
    }
    let problem = |error: serde_json::Error| JsonProblem {
        line: error.line().max(1),
        column: column(&error),
        problem: describe(&error),
    };
    serde_json::from_str::<JsonObject<T>>(text).map(|document| document.0).map_err(problem)
}

/// Returns the column of an error, in bytes, counted from 1.
pub(crate) fn column(error: &serde_json::Error) -> usize {
    error.column().max(1)
}

/// Returns the error without its position, which the caller adds in its own way.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    shortened(&text[..end])
}
