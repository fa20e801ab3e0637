//! Text styles of a terminal.

use super::verdict::Verdict;
use crate::printable::{printable, push_printable};

/// The sequence that ends a style.
const END: &str = "\x1b[0m";

#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Plain,
    Bold,
    Good,
    Bad,
    Known,
    Faint,
}

impl From<Verdict> for Style {
    fn from(verdict: Verdict) -> Style {
        match verdict {
            Verdict::Skip | Verdict::NotReached => Style::Faint,
            Verdict::Pass => Style::Good,
            Verdict::KnownDeviation => Style::Known,
            Verdict::Fail | Verdict::ClaimNotKept | Verdict::TimeOut | Verdict::Crash | Verdict::Broken => Style::Bad,
        }
    }
}

impl Style {
    const ALL: [Style; 5] = [Style::Bold, Style::Good, Style::Bad, Style::Known, Style::Faint];

    /// Returns the sequence that a terminal obeys.
    const fn code(self) -> &'static str {
        match self {
            Style::Plain => END,
            Style::Bold => "\x1b[1m",
            Style::Good => "\x1b[32m",
            Style::Bad => "\x1b[1;31m",
            Style::Known => "\x1b[33m",
            Style::Faint => "\x1b[2m",
        }
    }

    /// Returns the text in this style, or as it is without `colours`.
    pub(crate) fn painted(self, text: &str, colours: bool) -> String {
        let text = printable(text);
        if colours && !matches!(self, Style::Plain) { format!("{}{text}{END}", self.code()) } else { text }
    }
}

/// Splits a text into the sequences of the styles and everything else, letter by letter.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let letter = rest.chars().next()?.len_utf8();
        let code = Style::ALL.map(Style::code).into_iter().chain([END]).find(|code| rest.starts_with(code));
        let (piece, after) = rest.split_at(code.map_or(letter, str::len));
        rest = after;
        Some((code.is_some(), piece))
    })
}

/// Returns the number of columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    pieces(text).filter(|(is_code, _)| !is_code).count()
}

/// Returns lines as they can be printed: characters that a terminal would obey are escaped, except for the ends of lines and,
/// with `colours`, the styles.
pub(super) fn printable_lines(text: &str, colours: bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for (is_code, piece) in pieces(text) {
        match piece {
            "\n" => safe.push('\n'),
            code if is_code && colours => safe.push_str(code),
            other => other.chars().for_each(|letter| push_printable(letter, &mut safe)),
        }
    }
    safe
}
