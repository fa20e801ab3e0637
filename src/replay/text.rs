//! The result of a replay for people.

use super::Replayed;
use crate::conformance::Style;
use crate::printable::shortened;

impl Replayed {
    /// Returns the result for people: whether the mock agrees, then each difference. `trace` is the name of the trace, and
    /// `colours` adds those of a terminal.
    pub fn text(&self, trace: &str, colours: bool) -> String {
        let Replayed { rules, calls, differences } = self;
        let (style, word) = if differences.is_empty() { (Style::Good, "agrees") } else { (Style::Bad, "differs") };
        let mut text = format!("{} {} ({calls} calls, by {rules})\n", style.painted(word, colours), shortened(trace));
        differences.iter().for_each(|difference| text.push_str(&format!("  {}\n", shortened(&difference.to_string()))));
        text
    }
}
