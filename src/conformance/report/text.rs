//! A report for people: in a terminal, or in the message of a failed test.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::collapse::{CallRow, collapse};
use super::data::{Counterexample, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport};
use super::folding::{CaseGroup, ExampleGroup, Likeness, MOST_CASES, ShownFailure, case_groups, groups};
use super::probes::probes_after;
use super::style::{Style, printable_lines, width};
use super::verdict::Verdict;
use crate::conformance::judge::lanes::Lanes;
use crate::printable::{cut, shortened};
use crate::spec::{Requirement, cited};
use crate::transcript::TranscriptLine;

/// The width of running text, in characters.
const WIDTH: usize = 110;

/// The largest number of characters of a word that is shown. Only words from outside are longer.
const LONGEST_WORD: usize = 500;

/// The largest number of reasons of one kind that is listed.
const MOST_REASONS: usize = 12;

/// The largest number of rows after a wrong call for those that probe the same with other values.
const MOST_PROBES: usize = 6;

impl Report {
    /// Returns the report for people: a summary, then each failure with its calls. `colours` adds those of a terminal.
    pub fn text(&self, colours: bool) -> String {
        let mut page = TextPage { text: String::new(), colours };
        self.summary(&mut page);
        let consequences = self.consequences();
        let mut shown = Vec::new();
        for report in self.failing().into_iter().filter(|report| !consequences.contains_key(&report.requirement)) {
            page.text.push('\n');
            report.write(&mut page, &mut shown);
        }
        page.consequences(&consequences);
        page.properties(&self.properties, &shown);
        self.advisory(&mut page);
        page.reasons("Known deviations", self.known());
        self.write_objections(&mut page);
        page.reasons("Not reached", self.unjudged(Verdict::NotReached, true));
        page.reasons("Not reached in part", self.unjudged(Verdict::NotReached, false));
        page.reasons("Skipped", self.unjudged(Verdict::Skip, true));
        page.reasons("Skipped in part", self.unjudged(Verdict::Skip, false));
        self.conclusion(&mut page);
        page.text
    }

    fn summary(&self, page: &mut TextPage) {
        let Report { profile, kit, .. } = self;
        let subject = page.painted(Style::Bold, &self.shown_subject());
        page.line(0, &format!("{subject}, profile {profile}, judged by dbgeng-testkit {kit}"));
        let painted = |verdict: Verdict| page.painted(verdict.into(), verdict.name());
        let counts: Vec<String> =
            self.counts().map(|(verdict, count)| format!("{count} {}", painted(verdict))).collect();
        page.line(2, &format!("{} of {} requirements", counts.join(", "), self.requirements.len()));
        let (judged, of) = self.musts();
        let share = (judged * 100).checked_div(of).unwrap_or(0);
        page.line(2, &format!("{judged} of {of} MUSTs checked ({share} %)"));
        for property in &self.properties {
            let verdict = page.painted(property.verdict.into(), property.verdict.name());
            let states = property.states.map_or(String::new(), |states| format!(", {states} states"));
            let reason = property.reason.as_ref().map_or(String::new(), |reason| format!(" ({reason})"));
            let (name, programs, calls) = (&property.name, property.programs, property.calls);
            page.wrapped(2, &format!("{name}: {verdict}, {programs} programs, {calls} calls{states}{reason}"));
        }
        let missing: Vec<&str> =
            self.capabilities.iter().filter(|it| !it.has).map(|capability| capability.name.as_str()).collect();
        if !missing.is_empty() {
            page.wrapped(2, &format!("missing: {}", missing.join(", ")));
        }
    }

    /// Lists each broken MAY.
    fn advisory(&self, page: &mut TextPage) {
        let is_advisory = |report: &&RequirementReport| report.verdict.is_bad() && !report.fails();
        let broken: Vec<&RequirementReport> = self.requirements.iter().filter(is_advisory).collect();
        if broken.is_empty() {
            return;
        }
        page.line(0, &format!("\n{}", page.painted(Style::Bold, "Failed, but optional (MAY)")));
        for report in broken {
            let said = report.failures().next().map_or(String::new(), |failure| format!(": {}", failure.mismatch()));
            page.wrapped(2, &format!("{}{said}", report.requirement));
        }
    }

    fn known(&self) -> Reasons {
        let mut reasons = Reasons::new();
        for report in self.requirements.iter().filter(|report| report.verdict == Verdict::KnownDeviation) {
            let of_case = || report.cases.iter().find_map(|case| case.reason.clone());
            let reason = report.known.clone().or_else(of_case).unwrap_or_default();
            reasons.entry(reason).or_default().push(report.requirement.to_string());
        }
        reasons
    }

    /// Groups requirements with a verdict on what was not judged by reason: those with no other verdict, or those with others.
    fn unjudged(&self, verdict: Verdict, entirely: bool) -> Reasons {
        let mut reasons = Reasons::new();
        for report in self.requirements.iter().filter(|report| (report.verdict == verdict) == entirely) {
            let unjudged = report.cases.iter().filter(|case| case.verdict == verdict);
            let none = (entirely && report.cases.is_empty()).then(|| self.no_case().to_owned());
            for reason in unjudged.map(|case| case.reason.clone().unwrap_or_default()).chain(none) {
                let of = reasons.entry(reason).or_default();
                if of.last().is_none_or(|last| *last != report.requirement.id()) {
                    of.push(report.requirement.to_string());
                }
            }
        }
        reasons
    }

    fn conclusion(&self, page: &mut TextPage) {
        page.text.push('\n');
        if self.holds() {
            let (judged, of) = self.musts();
            let pass = page.painted(Style::Good, "PASS:");
            page.line(0, &format!("{pass} no violation found ({judged} of {of} MUSTs checked)"));
        } else {
            let fail = page.painted(Style::Bad, "FAIL");
            page.line(0, &format!("{fail} for {} reasons, which are listed above", self.objections().len()));
        }
        if let Some(origin) = &self.origin {
            page.line(0, &page.painted(Style::Faint, &origin.to_string()));
        }
    }

    /// Lists the reasons why the run fails.
    fn write_objections(&self, page: &mut TextPage) {
        let objections = self.objections();
        if objections.is_empty() {
            return;
        }
        page.line(0, &format!("\n{}", page.painted(Style::Bad, "FAIL:")));
        for objection in objections {
            page.line(2, &objection);
        }
    }
}

impl RequirementReport {
    /// Returns what is wrong with this requirement: its statement and sources, and for each failed case the calls, what was
    /// expected and what happened. `colours` adds those of a terminal.
    pub fn text(&self, colours: bool) -> String {
        let mut page = TextPage { text: String::new(), colours };
        self.write(&mut page, &mut Vec::new());
        page.text
    }

    /// Writes the requirement. A failure that is like one of those that were `shown` refers to it.
    fn write<'r>(&'r self, page: &mut TextPage, shown: &mut Vec<ShownFailure<'r>>) {
        let facts = self.requirement.facts();
        page.heading(self.verdict, self.requirement.id());
        page.line(2, &facts.summary());
        page.wrapped(2, &facts.statement);
        let groups = case_groups(self.cases.iter().filter(|case| case.verdict.is_bad()));
        let failures = self.shown_failures(&groups);
        if failures.is_empty() || failures.iter().any(|failure| failure.find_like(shown).is_none()) {
            page.line(2, "sources:");
            for source in cited(&facts.sources) {
                page.wrapped(4, &format!("{}: {}", source.id, source.statement));
            }
        }
        if let Some(known) = &self.known {
            page.wrapped(2, &format!("known: {known}"));
        }
        page.cases(self.requirement, &groups, shown);
        let neighbours = self.neighbours();
        if let Some(passing) = self.passing(&neighbours) {
            page.wrapped(2, &passing);
        }
        if let Some(nearest) = neighbours.first().and_then(|neighbour| neighbour.nearest) {
            page.line(4, &format!("passes    {}", shortened(&nearest.to_string())));
        }
        // A failure elsewhere is shown with its calls only if no case of the requirement fails.
        let with_calls = if groups.is_empty() { 1 } else { 0 };
        for ElsewhereReport { place, failure, calls } in self.elsewhere.iter().take(with_calls) {
            let failure = ShownFailure { of: self.requirement, failure, calls };
            page.failure_or_reference(&format!("also failed in {place}"), failure, shown);
        }
        let others: Vec<&str> = self.elsewhere.iter().skip(with_calls).map(|other| other.place.as_str()).collect();
        if let Some((first, more)) = others.split_first() {
            let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            page.line(2, &format!("also failed in {first}{more}"));
        }
    }

    fn failures(&self) -> impl Iterator<Item = &ReportedFailure> {
        let own = self.cases.iter().filter_map(|case| case.failure.as_ref());
        own.chain(self.elsewhere.iter().map(|elsewhere| &elsewhere.failure))
    }
}

impl PropertyReport {
    /// Returns what is wrong with this property: a minimal reproducer for each broken requirement. `colours` adds those of a
    /// terminal.
    pub fn text(&self, colours: bool) -> String {
        let mut page = TextPage { text: String::new(), colours };
        page.properties(std::slice::from_ref(self), &[]);
        page.text
    }
}

/// The names of requirements by reason.
type Reasons = BTreeMap<String, Vec<String>>;

struct TextPage {
    text: String,
    colours: bool,
}

impl TextPage {
    fn painted(&self, style: Style, text: &str) -> String {
        style.painted(text, self.colours)
    }

    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(self.text, "{:indent$}{}", "", printable_lines(text, self.colours));
    }

    /// Writes lines no wider than [`WIDTH`] if the words allow it. Continued lines are indented by two more.
    fn wrapped(&mut self, indent: usize, text: &str) {
        let (mut line, mut indent_now) = (String::new(), indent);
        for word in text.split_whitespace().map(|word| cut(word, LONGEST_WORD)) {
            if !line.is_empty() && indent_now + width(&line) + 1 + width(&word) > WIDTH {
                self.line(indent_now, &line);
                (line, indent_now) = (String::new(), indent + 2);
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        self.line(indent_now, &line);
    }

    fn heading(&mut self, verdict: Verdict, name: &str) {
        let verdict = self.painted(verdict.into(), &verdict.name().to_uppercase());
        self.line(0, &format!("{verdict} {}", self.painted(Style::Bold, name)));
    }

    /// Writes the failed cases, the shortest first. Of those with the same last call, one is shown with its calls.
    fn cases<'r>(&mut self, of: Requirement, groups: &[CaseGroup<'r>], shown: &mut Vec<ShownFailure<'r>>) {
        let (with_calls, more) = groups.split_at(MOST_CASES.min(groups.len()));
        for CaseGroup { shown: case, .. } in with_calls {
            let verdict =
                if case.verdict == Verdict::Fail { String::new() } else { format!(", {}", case.verdict.name()) };
            let title = format!("case \"{}\"{verdict}", case.name);
            match &case.failure {
                Some(failure) => {
                    let failure = ShownFailure { of, failure, calls: &case.calls };
                    let is_shown = self.failure_or_reference(&title, failure, shown);
                    if let Some(after) = case.after().filter(|_| is_shown) {
                        self.line(4, &format!("then      {after}"));
                    }
                }
                None => {
                    self.line(2, &format!("{title}:"));
                    self.calls(&case.calls, None);
                }
            }
            if let Some(reason) = &case.reason {
                self.reason(reason);
            }
        }
        let folded = with_calls.iter().flat_map(|group| &group.folded);
        let more = more.iter().flat_map(|group| std::iter::once(&group.shown).chain(&group.folded));
        let names: Vec<String> = folded.chain(more).map(|case| format!("\"{}\"", case.name)).collect();
        if !names.is_empty() {
            self.wrapped(2, &format!("also in the cases {}", names.join(", ")));
        }
    }

    /// Writes a failure with its calls, or refers to one that was shown and is like it. Returns whether the calls are shown.
    fn failure_or_reference<'r>(
        &mut self,
        title: &str,
        failure: ShownFailure<'r>,
        shown: &mut Vec<ShownFailure<'r>>,
    ) -> bool {
        let Some((likeness, like)) = failure.find_like(shown) else {
            self.line(2, &format!("{title}:"));
            self.failure(failure.failure, failure.calls, Some(failure.of));
            shown.push(failure);
            return true;
        };
        match likeness {
            Likeness::Call => self.wrapped(2, &format!("{title}: the same call and answer as under {}", like.of)),
            Likeness::Answer => {
                self.wrapped(2, &format!("{title}: the same answer as under {}", like.of));
                if let Some(call) = failure.wrong_call() {
                    self.line(4, &self.painted(Style::Bad, &format!("> {}", shortened(&call.to_string()))));
                }
            }
        }
        false
    }

    /// Lists the requirements that are broken only by calls that break another one.
    fn consequences(&mut self, consequences: &BTreeMap<Requirement, Requirement>) {
        if consequences.is_empty() {
            return;
        }
        self.line(0, &format!("\n{}", self.painted(Style::Bold, "Broken only by runs that break another requirement")));
        for (requirement, cause) in consequences {
            self.wrapped(2, &format!("{requirement}: see {cause}"));
        }
    }

    /// Writes the counterexamples of properties, the shortest first. Of those with the same last call, one is shown. All but
    /// the first refer to a failure of a case that is like them.
    fn properties(&mut self, properties: &[PropertyReport], shown: &[ShownFailure<'_>]) {
        let groups = groups(properties);
        let groups = groups.iter().filter(|group| group.shown.verdict.is_bad());
        for (group, number) in groups.zip(0..) {
            let ExampleGroup { property, shown: example, .. } = group;
            self.text.push('\n');
            self.heading(example.verdict, &property.name);
            match group.find_like(shown).filter(|_| number > 0) {
                Some(like) => {
                    self.wrapped(4, &format!("the last call and its answer are like those under {}", like.of))
                }
                None => self.counterexample(example, shown),
            }
            if !group.folded.is_empty() {
                self.wrapped(4, &group.listed());
            }
        }
        for property in properties.iter().filter(|property| property.verdict.is_bad()) {
            if let Some(reason) = &property.reason {
                self.text.push('\n');
                self.heading(property.verdict, &property.name);
                self.reason(reason);
            }
        }
    }

    fn reason(&mut self, reason: &str) {
        for (line, number) in reason.trim_end().lines().map(shortened).zip(0..) {
            self.line(4, &if number == 0 { format!("reason    {line}") } else { format!("          {line}") });
        }
    }

    /// Writes a failure and its calls. The broken requirement is named unless it is `of`, which the heading names.
    fn failure(&mut self, failure: &ReportedFailure, calls: &[TranscriptLine], of: Option<Requirement>) {
        self.calls(calls, failure.call);
        self.line(4, &format!("expected  {}", self.painted(Style::Good, &shortened(&failure.expected))));
        self.line(4, &format!("actual    {}", self.painted(Style::Bad, &shortened(&failure.actual))));
        if let Some(note) = &failure.note {
            self.line(4, &format!("note      {note}"));
        }
        if let Some(requirement) = failure.requirement.filter(|requirement| Some(*requirement) != of) {
            self.line(4, &format!("breaks    {requirement}"));
        }
    }

    /// Writes the calls up to the wrong one, which is marked, and those after it that probe the same with other values.
    fn calls(&mut self, calls: &[TranscriptLine], wrong: Option<usize>) {
        let until = wrong.filter(|wrong| *wrong < calls.len()).map_or(calls.len(), |wrong| {
            let after = &calls[wrong + 1..];
            wrong + 1 + probes_after(&calls[wrong], after)
        });
        let rows = collapse(&calls[..until], wrong);
        let is_wrong = |row: &CallRow<'_>| matches!(row, CallRow::Call { is_wrong: true, .. });
        let most = rows.iter().position(is_wrong).map_or(rows.len(), |wrong| wrong + 1 + MOST_PROBES);
        for row in rows.iter().take(most) {
            let text = shortened(&row.to_string());
            match row {
                CallRow::Call { is_wrong: true, .. } => self.line(4, &self.painted(Style::Bad, &format!("> {text}"))),
                CallRow::Call { .. } | CallRow::Probes(_) => self.line(6, &text),
                CallRow::Repeated { .. } => self.line(6, &self.painted(Style::Faint, &text)),
            }
        }
        if rows.len() > most {
            self.line(6, &self.painted(Style::Faint, &format!("… and {} more such calls", rows.len() - most)));
        }
    }

    /// Writes a counterexample. One that is not minimal is only named if cases show the same.
    fn counterexample(&mut self, example: &Counterexample, shown: &[ShownFailure<'_>]) {
        let of = example.failure.requirement.filter(|of| shown.iter().any(|other| other.of == *of));
        if let Some(of) = of.filter(|_| example.test.is_empty()) {
            return self.wrapped(4, &format!("a program of {} calls breaks {of}, like its cases", example.length()));
        }
        self.failure(&example.failure, &example.calls, None);
        if !example.lanes.is_empty() {
            self.line(4, Lanes::CAPTION);
            example.lanes.lines().for_each(|line| self.line(6, line));
        }
        if !example.test.is_empty() {
            self.line(4, "as a Rust test:\n");
            example.test.lines().for_each(|line| self.line(6, line));
        }
    }

    fn reasons(&mut self, title: &str, reasons: Reasons) {
        if reasons.is_empty() {
            return;
        }
        self.line(0, &format!("\n{}", self.painted(Style::Bold, title)));
        let mut reasons: Vec<(String, Vec<String>)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, of)| std::cmp::Reverse(of.len()));
        let more = reasons.len().saturating_sub(MOST_REASONS);
        for (reason, of) in reasons.into_iter().take(MOST_REASONS) {
            let names = if of.len() > 3 { format!("{} requirements", of.len()) } else { of.join(", ") };
            self.wrapped(2, &format!("{names}: {}", reason));
        }
        if more > 0 {
            self.line(2, &format!("and {more} more reasons"));
        }
    }
}
