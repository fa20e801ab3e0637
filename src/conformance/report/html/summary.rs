//! The summary above the verdicts, and the programs and capabilities below them.

use super::super::comparison::column_names;
use super::super::data::{Counterexample, PropertyReport, Report, RequirementReport};
use super::super::folding::{ExampleGroup, groups};
use super::super::verdict::Verdict;
use super::escaped::escaped;
use super::matrix::badge;
use super::sequence::sequence;

/// Returns a card for each report: its counts, and whether it passes.
pub(super) fn cards(reports: &[Report]) -> String {
    reports.iter().zip(1..).map(|(report, number)| card(report, number)).collect()
}

fn card(report: &Report, number: usize) -> String {
    let Report { profile, kit, requirements, .. } = report;
    let (judged, of) = report.musts();
    let run = report.outcome();
    let broken: String = report
        .failing()
        .into_iter()
        .map(|RequirementReport { requirement: id, verdict, .. }| {
            let (class, sign) = (verdict.class(), verdict.sign());
            format!("<li class=\"{class}\"><b aria-hidden=\"true\">{sign}</b> <a href=\"#{id}:{number}\">{id}</a></li>")
        })
        .collect();
    // A verdict on what was not judged is the least, but comes last.
    let (unjudged, judged_counts): (Vec<_>, Vec<_>) = report.counts().partition(|(verdict, _)| !verdict.is_judged());
    let shown = || judged_counts.iter().rev().chain(&unjudged);
    let bar: String = shown()
        .map(|(verdict, count)| format!("<i class=\"{}\" style=\"flex-grow:{count}\"></i>", verdict.class()))
        .collect();
    let counts: String = shown()
        .map(|(verdict, count)| format!("<li><b class=\"count\">{count}</b> {}</li>", badge(*verdict)))
        .collect();
    let unmet: String =
        report.run_objections().iter().map(|line| format!("<p class=\"unmet\">{}</p>", escaped(line))).collect();
    format!(
        "<article class=\"card {run}\"><h2>{} <span class=\"run\">{run}</span></h2>\n\
         <p class=\"note\">profile {profile}, dbgeng-testkit {}, {} requirements, <b>{judged}</b> of {of} MUSTs checked</p>\n\
         <div class=\"bar\" aria-hidden=\"true\">{bar}</div><ul class=\"counts\">{counts}</ul>
<ul class=\"broken-list\">{broken}</ul>{unmet}</article>\n",
        escaped(&report.shown_subject()),
        escaped(kit),
        requirements.len(),
    )
}

/// Returns the properties with their counterexamples.
pub(super) fn programs(reports: &[Report]) -> String {
    let is_one_of_many = reports.len() > 1;
    let programs = |report: &Report| {
        let subject = if is_one_of_many { format!("{}; ", escaped(&report.shown_subject())) } else { String::new() };
        report.properties.iter().map(|each| programs_of(&subject, each)).collect::<String>()
    };
    let text: String = reports.iter().map(programs).collect();
    if text.is_empty() { "<p class=\"note\">No programs were run.</p>\n".to_owned() } else { text }
}

fn programs_of(subject: &str, property: &PropertyReport) -> String {
    let states = property.states.map_or(String::new(), |states| format!(", {states} states"));
    let examples: String = groups([property]).iter().map(examples).collect();
    let reason = property.reason.as_ref();
    let reason = reason.map_or(String::new(), |reason| format!("<p class=\"reason\">{}</p>\n", escaped(reason)));
    format!(
        "<article class=\"property\"><h3>{} {} <span class=\"note\">{subject}{} programs, {} calls{states}</span></h3>\n\
         {reason}{examples}</article>\n",
        badge(property.verdict),
        escaped(&property.name),
        property.programs,
        property.calls,
    )
}

/// Returns the counterexamples with the same last call: the shortest, then the others under one line.
fn examples(group: &ExampleGroup<'_>) -> String {
    let shown = counterexample(group.shown);
    if group.folded.is_empty() {
        return shown;
    }
    let folded: String = group.folded.iter().map(|(_, example)| counterexample(example)).collect();
    let summary = escaped(&group.listed());
    format!("{shown}<details class=\"elsewhere\"><summary>{summary}</summary>\n{folded}</details>\n")
}

fn counterexample(example: &Counterexample) -> String {
    let Counterexample { verdict, failure, calls, lanes, trace, test } = example;
    let name = failure.requirement.map_or("no requirement", |requirement| requirement.id());
    let block = |title: &str, text: &str| match text {
        "" => String::new(),
        text => format!("<details><summary>{title}</summary><pre>{}</pre></details>\n", escaped(text)),
    };
    let what = if test.is_empty() { "a program that breaks" } else { "the minimal reproducer of a violation of" };
    format!(
        "<details class=\"example\"><summary>{} {what} <code>{name}</code></summary>\n{}{}{}{}</details>\n",
        badge(*verdict),
        sequence(calls, Some(failure), failure.requirement),
        block("the calls for which no order is allowed", lanes),
        block("as a Rust test", test),
        block("as a trace", trace),
    )
}

/// Returns the table of capabilities by engines.
pub(super) fn capabilities(reports: &[Report]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for capability in reports.iter().flat_map(|report| &report.capabilities) {
        if !names.contains(&capability.name.as_str()) {
            names.push(&capability.name);
        }
    }
    let heads: String = column_names(reports)
        .iter()
        .map(|name| format!("<th scope=\"col\"><span>{}</span></th>", escaped(name)))
        .collect();
    let rows: String = names.iter().map(|name| row(name, reports)).collect();
    format!(
        "<p class=\"note\">✓ the subject has the capability, – it lacks it; then the number of judged cases that need it.</p>\n\
         <div class=\"scroll\"><table><thead><tr><td></td>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>\n"
    )
}

fn row(name: &str, reports: &[Report]) -> String {
    let cell = |report: &Report| {
        let Some(capability) = report.capabilities.iter().find(|capability| capability.name == name) else {
            return "<td></td>".to_owned();
        };
        let verdict = if capability.has { Verdict::Pass } else { Verdict::Skip };
        let claimed = if capability.claimed { " claimed" } else { "" };
        let word = if capability.has { "has it" } else { "lacks it" };
        let (class, sign, cases) = (verdict.class(), verdict.sign(), capability.cases);
        format!(
            "<td title=\"{word}{claimed}, {cases} cases\"><span class=\"badge {class}\"><b aria-hidden=\"true\">{sign}</b>\
             <span class=\"hidden\">{word}</span></span> {cases}<span class=\"note\">{claimed}</span></td>"
        )
    };
    let cells: String = reports.iter().map(cell).collect();
    format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", escaped(name))
}
