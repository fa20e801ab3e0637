//! Messages for people about a text that is no valid JSON.

/// Returns the column of an error, in bytes, counted from 1.
pub(crate) fn column(error: &serde_json::Error) -> usize {
    error.column().max(1)
}

/// Returns the error without its position, which the caller adds in its own way.
pub(crate) fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    short(text[..end].to_owned())
}

/// Shortens a message to its beginning and its end.
pub(crate) fn short(text: String) -> String {
    const LONGEST: usize = 500;
    let count = text.chars().count();
    if count <= LONGEST {
        return text;
    }
    let beginning: String = text.chars().take(LONGEST / 2).collect();
    let end: String = text.chars().skip(count - LONGEST / 2).collect();
    format!("{beginning}…{end}")
}
