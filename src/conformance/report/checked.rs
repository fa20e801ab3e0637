//! The judgement of a trace for people.

use std::fmt::Write;

use super::style::Style;
use crate::conformance::judge::BrokenRequirement;
use crate::conformance::judge::check::Checked;
use crate::conformance::judge::lanes::Lanes;
use crate::printable::shortened;
use crate::spec::Level;

impl Checked {
    /// Returns the judgement for people: the verdict, then each broken requirement. `trace` is the name of the trace, `strict`
    /// lets a broken SHOULD fail it, and `colours` adds those of a terminal.
    pub fn text(&self, trace: &str, strict: bool, colours: bool) -> String {
        let painted = |style: Style, text: &str| style.painted(text, colours);
        let verdict = self.verdict(strict);
        let style = match verdict {
            "fail" => Style::Bad,
            "pass" if self.broken.is_empty() => Style::Good,
            _ => Style::Known,
        };
        let (trace, calls, rules) = (shortened(trace), self.calls, &self.rules);
        let mut text = format!("{} {trace} ({calls} calls, by {rules})", painted(style, verdict));
        text.push_str(&self.reservation(strict));
        text.push('\n');
        for BrokenRequirement { seq, violation, .. } in &self.broken {
            let requirement = violation.requirement;
            let process = self.processes.get(violation.by.process as usize).map_or("", String::as_str);
            let (level, id) = (requirement.level(), painted(Style::Bold, requirement.id()));
            let _ = writeln!(text, "  seq {seq}, {}: {}", shortened(process), violation.call.method());
            let _ = writeln!(text, "    {level} {id}\n    {}", shortened(&violation.mismatch()));
        }
        let lanes = self.lanes();
        if !lanes.is_empty() {
            let _ = writeln!(text, "  {}", Lanes::CAPTION);
            lanes.to_string().lines().for_each(|line| text.push_str(&format!("    {}\n", shortened(line))));
        }
        if let Some(why) = &self.stopped {
            let _ = writeln!(text, "  not judged to the end: {why}");
        }
        text
    }

    /// Returns the verdict as `check` prints it: `pass`, `fail`, or `incomplete` for a trace that was not judged to its end and
    /// has no violation before. `strict` lets a broken SHOULD fail it.
    pub fn verdict(&self, strict: bool) -> &'static str {
        match self.is_violated(strict) {
            true => "fail",
            false if self.stopped.is_some() => "incomplete",
            false => "pass",
        }
    }

    /// Says what a trace breaks although it passes.
    fn reservation(&self, strict: bool) -> String {
        if self.is_violated(strict) || self.broken.is_empty() {
            return String::new();
        }
        let count = |level: Level| self.broken.iter().filter(|it| it.violation.requirement.level() == level).count();
        let counts = [Level::Should, Level::May].map(|level| (level, count(level)));
        let counts = counts.into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(level, count)| format!("a {level} {}", times(count))).collect();
        let hint = if self.is_violated(true) { "; --strict lets that fail" } else { "" };
        format!(", but it breaks {}{hint}", counts.join(" and "))
    }
}

fn times(count: usize) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}
