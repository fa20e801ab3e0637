//! Text from outside, such as the name of a subject.

/// Returns the text on one line, without characters that a terminal or a page would obey.
pub(super) fn sanitize(text: &str) -> String {
    text.chars().map(sanitize_char).collect()
}

/// Returns the letter, or U+FFFD for a control character.
fn sanitize_char(letter: char) -> char {
    match letter {
        // These change the direction of the text after them.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}

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
            letter => safe.push(sanitize_char(letter)),
        }
    }
    safe
}
