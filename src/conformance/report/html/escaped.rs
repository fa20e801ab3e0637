//! Text from outside, in a page.

use crate::printable::push_printable;

/// Returns the text with the markup of a page escaped, for elements and for attributes.
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
            letter => push_printable(letter, &mut safe),
        }
    }
    safe
}
