//! Words of a command, as the shell of this system takes them.

use std::ffi::OsStr;

/// Returns a word of a command as the shell of this system takes it: in quotes if it has a space, or a character that the
/// shell would obey.
///
/// ```
/// use dbgeng_testkit::conformance::quoted;
///
/// assert_eq!(quoted("trace.jsonl"), "trace.jsonl");
/// let quote = if cfg!(windows) { '"' } else { '\'' };
/// assert_eq!(quoted("my traces/1.jsonl"), format!("{quote}my traces/1.jsonl{quote}"));
/// ```
pub fn quoted(word: impl AsRef<OsStr>) -> String {
    let word = word.as_ref().to_string_lossy();
    let (plain, quote, quote_inside) =
        if cfg!(windows) { ("-_=+,./:@\\", '"', r#"\""#) } else { ("-_=+,./:@%", '\'', r"'\''") };
    if !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() || plain.contains(letter)) {
        return word.into_owned();
    }
    format!("{quote}{}{quote}", word.replace(quote, quote_inside))
}
