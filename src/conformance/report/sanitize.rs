//! Text that came from outside.

/// The text on one line, with nothing in it that a terminal or a page would obey.
pub(super) fn sanitize(text: &str) -> String {
    text.chars().map(sanitize_char).collect()
}

/// The letter, if it is only that.
pub(super) fn sanitize_char(letter: char) -> char {
    match letter {
        // These turn the direction of everything that follows.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}
