//! Text from outside, such as the name of a subject, as a terminal, a page or a report can show it.

/// The largest number of characters of an item that are shown.
const LONGEST: usize = 500;

/// Returns a text from outside on one line, such as the name of a subject. A character that a terminal or a page would obey is
/// escaped as in Rust.
///
/// ```
/// use dbgeng_testkit::trace::printable;
///
/// assert_eq!(printable("\x1b[2Jmy engine\n"), r"\u{1b}[2Jmy engine\n");
/// ```
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_printable(letter, &mut safe));
    safe
}

/// Appends a letter, escaped if something would obey it.
pub(crate) fn push_printable(letter: char, safe: &mut String) {
    match letter {
        // These change the direction of the text after them.
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            safe.extend(letter.escape_unicode())
        }
        // JSON and JavaScript take these for the end of a line, and XML has no place for the last two.
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => safe.extend(letter.escape_unicode()),
        letter if letter.is_control() => safe.extend(letter.escape_default()),
        letter => safe.push(letter),
    }
}

/// Returns lines as [`printable`] does, with their ends and tabs as they are.
#[cfg(feature = "kit")]
pub(crate) fn printable_lines(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\n' | '\t' => safe.push(letter),
            letter => push_printable(letter, &mut safe),
        }
    }
    safe
}

/// Returns the text as [`printable`] does; of a long one, the beginning and the end.
pub(crate) fn shortened(text: &str) -> String {
    cut(&printable(text), LONGEST)
}

/// Returns the beginning and the end of a text that is longer than so many characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    let count = text.chars().count();
    if count <= longest {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(longest / 2).collect();
    let end: String = text.chars().skip(count - longest / 2).collect();
    format!("{beginning}…{end}")
}
