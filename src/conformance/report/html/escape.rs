//! Text that came from outside, in a page.

use super::super::sanitize::sanitize_char;

/// The text so that a page shows it and nothing in it is markup, in an element as well as in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\n' => safe.push('\n'),
            letter => safe.push(sanitize_char(letter)),
        }
    }
    safe
}
