//! Text that came from outside.

/// The letter, if it is only that.
pub(super) fn harmless(letter: char) -> char {
    match letter {
        // These turn the direction of everything that follows.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        letter if letter.is_control() => '\u{fffd}',
        letter => letter,
    }
}
