//! Text styles of a terminal.

use super::verdict::Verdict;

#[derive(Clone, Copy, Debug)]
pub(super) enum Style {
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
    /// Returns the text in this style, or as it is without `colours`.
    pub(super) fn painted(self, text: &str, colours: bool) -> String {
        let code = match self {
            Style::Plain => return text.to_owned(),
            Style::Bold => "1",
            Style::Good => "32",
            Style::Bad => "1;31",
            Style::Known => "33",
            Style::Faint => "2",
        };
        if colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
