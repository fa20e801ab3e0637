//! A comparison for a README.

use std::fmt::Write;

use super::super::data::{Report, RequirementReport};
use super::super::verdict::Verdict;
use super::{Comparison, EMPTY_CELL, column_names, mark};
use crate::printable::printable;
use crate::spec::Requirement;

impl Comparison<'_> {
    /// Returns the comparison as a table in GitHub's Markdown.
    pub fn markdown(&self) -> String {
        let mut text: String = self.reports.iter().map(item).collect();
        if let Some(sentence) = self.agreement() {
            let _ = write!(text, "\n{sentence}\n");
        }
        let names = column_names(self.reports).into_iter().zip(self.reports);
        let heads: String =
            names.map(|(name, report)| format!(" {}<br>{} |", escaped(&name), report.profile)).collect();
        let (centred, blank) = (":-:|".repeat(self.reports.len()), " |".repeat(self.reports.len()));
        let _ = write!(text, "\n| requirement |{heads}\n|---|{centred}\n");
        for area in &self.areas {
            let _ = writeln!(text, "| **{}** |{blank}", area.name);
            for row in &area.rows {
                let cells: String = row.found.iter().map(|found| cell(*found)).collect();
                let _ = writeln!(text, "| {} |{cells}", name(row.requirement, mark(row)));
            }
        }
        if self.has_gaps() {
            let _ = writeln!(text, "\nAn empty cell: {EMPTY_CELL}.");
        }
        text
    }
}

fn item(report: &Report) -> String {
    let (subject, profile, kit) = (escaped(&report.shown_subject()), report.profile, escaped(&report.kit));
    let run = if report.holds() { report.outcome().to_owned() } else { format!("**{}**", report.outcome()) };
    let objections: String = report.other_objections().iter().map(|it| format!("; {}", escaped(it))).collect();
    format!("- {subject} (profile {profile}, dbgeng-testkit {kit}) {run}: {}{objections}\n", report.totals())
}

fn name(requirement: Requirement, mark: &str) -> String {
    let level = requirement.level();
    if mark.is_empty() { format!("`{requirement}` {level}") } else { format!("{mark} **`{requirement}`** {level}") }
}

/// Returns a cell of the table. A pass or a skip is only a sign, so that failures stand out.
fn cell(found: Option<&RequirementReport>) -> String {
    let Some(found) = found else { return " |".to_owned() };
    match found.verdict {
        quiet @ (Verdict::Pass | Verdict::NotReached | Verdict::Skip) => format!(" {} |", quiet.sign()),
        loud if found.fails() => format!(" **{}** |", loud.badge()),
        known => format!(" {} |", known.badge()),
    }
}

/// Returns the text with every character escaped that Markdown could read as markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in printable(text).chars() {
        if "\\`*_[]<>&|~$".contains(letter) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}
