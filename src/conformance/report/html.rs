//! Reports as one self-contained page.

mod escaped;
mod machine;
mod matrix;
mod sequence;
mod summary;

use std::collections::BTreeSet;

use super::comparison::{Comparison, EMPTY_CELL, column_names};
use super::data::Report;
use super::origin::Origin;
use super::verdict::Verdict;
use crate::printable::shortened;
use escaped::escaped;
use matrix::{badge, matrix};

/// Returns one HTML page of one or several reports, with a column for each.
///
/// The page needs no other file and no network. Only its filters need JavaScript.
pub fn html(reports: &[Report]) -> String {
    let subjects: Vec<String> = reports.iter().map(|report| escaped(&report.shown_subject())).collect();
    let title = format!("{}: conformance", subjects.join(", "));
    let head = |(name, report): (String, &Report)| {
        let name = escaped(&name);
        format!("<span class=\"engine-name\"><span>{name}<br><i>{}</i></span></span>", report.profile)
    };
    let heads: String = column_names(reports).into_iter().zip(reports).map(head).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{css}</style>\n</head>\n<body>\n\
         <header><h1>Conformance</h1>\n<div class=\"cards\">\n{cards}</div></header>\n<main>\n\
         <section><h2 id=\"verdicts\">Verdicts</h2>\n{legend}{filters}\
         <div class=\"matrix{many}\" style=\"--engines:{count}\">\n<div class=\"top\" aria-hidden=\"true\"><span></span>{heads}</div>\n\
         {matrix}<p class=\"nothing\" hidden>Nothing matches these filters.</p></div></section>\n\
         <section><h2>Programs</h2>\n{programs}</section>\n\
         <section><h2>Capabilities</h2>\n{capabilities}</section>\n\
         <section><h2>State machines</h2>\n\
         <p class=\"note\">The contract while the process server runs. ↻ the call succeeds and the state stays; \
         ✕ the call returns an error and the state stays.</p>\n{machines}</section>\n</main>\n{foot}\
         <svg class=\"hidden\" aria-hidden=\"true\"><defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" \
         markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker></defs></svg>\n\
         <script>\n{js}</script>\n</body>\n</html>\n",
        css = include_str!("html/page.css"),
        js = include_str!("html/page.js"),
        cards = summary::cards(reports),
        legend = legend(reports),
        foot = foot(reports),
        filters = filters(reports),
        many = if reports.len() > 1 { " many" } else { "" },
        count = reports.len(),
        matrix = matrix(reports),
        programs = summary::programs(reports),
        capabilities = summary::capabilities(reports),
        machines = machine::machines(),
    )
}

/// Returns the date, the seed and the command of each report that tells them.
fn foot(reports: &[Report]) -> String {
    let line = |report: &Report| {
        let Origin { command, seed, date } = report.origin.as_ref()?;
        let subject = if reports.len() > 1 { format!("{}: ", escaped(&report.shown_subject())) } else { String::new() };
        Some(format!("<p>{subject}{}, seed {seed}, <code>{}</code></p>\n", escaped(date), escaped(&shortened(command))))
    };
    let lines: String = reports.iter().filter_map(line).collect();
    if lines.is_empty() { lines } else { format!("<footer class=\"note\">\n{lines}</footer>\n") }
}

/// Explains the verdicts, the worst first, and the empty cell if there is one.
fn legend(reports: &[Report]) -> String {
    let meaning = |verdict: Verdict| match verdict {
        Verdict::Pass => "no violation was found",
        Verdict::Fail => "a violation was found",
        Verdict::ClaimNotKept => "the subject lacks a capability that it claims to have",
        Verdict::Crash => "the process crashed",
        Verdict::TimeOut => "a call did not return in time",
        Verdict::Broken => "the kit itself failed",
        Verdict::KnownDeviation => "a violation was found that is listed as a known deviation",
        Verdict::NotReached => "an earlier call broke another requirement",
        Verdict::Skip => "the subject lacks a capability",
    };
    let mut items: String =
        Verdict::WORST_FIRST.iter().map(|it| format!("<li>{} {}</li>", badge(*it), meaning(*it))).collect();
    if Comparison::of(reports).has_gaps() {
        items.push_str(&format!("<li><span class=\"badge skip\">empty cell</span> {EMPTY_CELL}</li>"));
    }
    format!("<details class=\"legend\"><summary>Legend</summary><ul>{items}</ul></details>\n")
}

/// Returns the form of the filters. The script shows it, since it works only with the script.
fn filters(reports: &[Report]) -> String {
    let checkbox = |name: &str, value: &str, text: &str| {
        format!("<label><input type=\"checkbox\" name=\"{name}\" value=\"{value}\" checked>{text}</label>")
    };
    let occurs = |verdict: &Verdict| reports.iter().any(|report| report.count(*verdict) > 0);
    let verdicts = Verdict::WORST_FIRST.into_iter().filter(occurs);
    let verdicts: String = verdicts.map(|verdict| checkbox("verdict", verdict.class(), &badge(verdict))).collect();
    let levels = ["MUST", "SHOULD", "MAY"].map(|level| checkbox("level", level, level)).concat();
    let areas = reports.iter().flat_map(|report| &report.requirements).map(|report| report.requirement.area());
    let areas: BTreeSet<&str> = areas.collect();
    let areas: String = areas.iter().map(|area| format!("<option>{area}</option>")).collect();
    format!(
        "<form class=\"filters\" hidden><fieldset><legend>Verdict</legend>{verdicts}</fieldset>\
         <fieldset><legend>Level</legend>{levels}</fieldset>\
         <label>Area <select name=\"area\"><option value=\"\">all</option>{areas}</select></label>\
         <label>Words <input type=\"search\" name=\"words\" placeholder=\"stale, OBS-7 …\"></label>\
         <output></output></form>\n"
    )
}
