//! A comparison for a terminal.

use super::super::data::{Report, RequirementReport};
use super::super::style::Style;
use super::{Comparison, EMPTY_CELL, column_names, mark};
use crate::printable::printable;

type Cell = (Style, String);

impl Comparison<'_> {
    /// Returns the comparison as text, with the colours of a terminal if `colours` is set.
    pub fn text(&self, colours: bool) -> String {
        let mut text: String = self.reports.iter().map(|report| summary(report, colours)).collect();
        if let Some(sentence) = self.agreement() {
            text.push_str(&format!("\n{sentence}\n"));
        }
        text.push('\n');
        text.push_str(&aligned(&self.lines(), colours));
        if self.has_gaps() {
            text.push_str(&format!("\nAn empty cell: {EMPTY_CELL}.\n"));
        }
        text
    }

    fn lines(&self) -> Vec<Vec<Cell>> {
        let head = |title: &str, style: Style, cells: Vec<String>| {
            let titles = [(Style::Plain, title.to_owned()), (Style::Plain, String::new())];
            titles.into_iter().chain(cells.into_iter().map(|cell| (style, cell))).collect()
        };
        let engines = column_names(self.reports).iter().map(|name| printable(name)).collect();
        let profiles = self.reports.iter().map(|report| report.profile.to_string()).collect();
        let mut lines: Vec<Vec<Cell>> =
            vec![head("engine", Style::Bold, engines), head("profile", Style::Plain, profiles)];
        for area in &self.areas {
            lines.push(vec![(Style::Bold, area.name.to_owned())]);
            for row in &area.rows {
                let style = if row.differs() { Style::Bold } else { Style::Plain };
                let name = (style, format!("{:1} {}", mark(row), row.requirement));
                let level = (Style::Plain, row.requirement.level().to_string());
                lines.push([name, level].into_iter().chain(row.found.iter().map(|found| cell(*found))).collect());
            }
        }
        lines
    }
}

fn summary(report: &Report, colours: bool) -> String {
    let subject = Style::Bold.painted(&printable(&report.shown_subject()), colours);
    let run = if report.holds() { Style::Good } else { Style::Bad }.painted(report.outcome(), colours);
    let objections: String = report.other_objections().iter().map(|it| format!("  {}\n", printable(it))).collect();
    let (profile, kit, totals) = (report.profile, printable(&report.kit), report.totals());
    format!("{subject}, profile {profile}, judged by dbgeng-testkit {kit}: {run}\n  {totals}\n{objections}")
}

fn cell(found: Option<&RequirementReport>) -> Cell {
    let Some(found) = found else { return (Style::Plain, String::new()) };
    // A broken MAY is not red.
    let is_advisory = found.verdict.is_bad() && !found.fails();
    (if is_advisory { Style::Plain } else { found.verdict.into() }, found.verdict.badge())
}

/// Aligns the cells of the lines in columns.
fn aligned(lines: &[Vec<Cell>], colours: bool) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for line in lines {
        widths.resize(widths.len().max(line.len()), 0);
        for (width, (_, text)) in widths.iter_mut().zip(line) {
            *width = (*width).max(text.chars().count());
        }
    }
    let mut page = String::new();
    for line in lines {
        // The gap is written before the next text, so that no line ends with blanks.
        let mut gap = 0;
        for ((style, text), width) in line.iter().zip(&widths) {
            if !text.is_empty() {
                page.push_str(&" ".repeat(gap));
                page.push_str(&style.painted(text, colours));
                gap = 0;
            }
            gap += width + 2 - text.chars().count();
        }
        page.push('\n');
    }
    page
}
