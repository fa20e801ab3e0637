//! The table of verdicts: requirements by engines, with the calls of each case.

use super::super::comparison::{Area, EMPTY_CELL, RequirementRow, areas};
use super::super::data::{CaseReport, ElsewhereReport, Report, RequirementReport};
use super::super::folding::{CaseGroup, case_groups};
use super::super::verdict::Verdict;
use super::escaped::escaped;
use super::sequence::sequence;
use crate::spec::{Requirement, RequirementFacts, Source, cited};

/// Returns a row for every requirement of the reports, by area.
pub(super) fn matrix(reports: &[Report]) -> String {
    let area = |Area { name, rows }: Area<'_>| {
        let rows: String = rows.iter().map(|each| row(each, reports)).collect();
        format!("<section class=\"area\" data-area=\"{name}\"><h3>{name}</h3>\n{rows}</section>\n")
    };
    areas(reports).into_iter().map(area).collect()
}

fn row(RequirementRow { requirement, found }: &RequirementRow<'_>, reports: &[Report]) -> String {
    let facts = requirement.facts();
    let (id, level) = (requirement.id(), facts.level);
    let verdicts: Vec<&str> = found.iter().flatten().map(|report| report.verdict.class()).collect();
    let cells: String = reports.iter().zip(found).map(|(report, found)| cell(report, *found)).collect();
    let open = if found.iter().flatten().any(|report| report.fails()) { " open" } else { "" };
    let bodies: String = reports
        .iter()
        .zip(found)
        .zip(0..)
        .filter_map(|((report, found), number)| Some(body(report, (*found)?, number, reports.len() > 1)))
        .collect();
    format!(
        "<details class=\"row\"{open} data-level=\"{level}\" data-verdicts=\"{}\" data-words=\"{}\">\n\
         <summary><span class=\"id\"><code>{id}</code> <span class=\"level\">{level}</span></span>{cells}</summary>\n\
         <div class=\"body\" id=\"{id}\"><p class=\"statement\">{}</p>{}\n{bodies}</div>\
         </details>\n",
        verdicts.join(" "),
        escaped(&format!("{id} {} {}", facts.statement, facts.summary()).to_lowercase()),
        escaped(&facts.statement),
        evidence(facts),
    )
}

/// The sources of a requirement by id; unfolded, with their sentences.
fn evidence(facts: &RequirementFacts) -> String {
    let items = cited(&facts.sources).map(|source| {
        let Source { id, statement, origin, .. } = source;
        format!("<li>{id}: {} <i>{}</i></li>", escaped(statement), escaped(origin))
    });
    let (summary, ids, items) = (facts.summary(), facts.sources.join(", "), items.collect::<String>());
    format!("<details class=\"source\"><summary>{summary}; {ids}</summary><ul>{items}</ul></details>")
}

/// Returns a verdict as a sign with its name.
pub(super) fn badge(verdict: Verdict) -> String {
    let (class, sign, name) = (verdict.class(), verdict.sign(), verdict.name());
    format!("<span class=\"badge {class}\"><b aria-hidden=\"true\">{sign}</b> {name}</span>")
}

fn cell(report: &Report, found: Option<&RequirementReport>) -> String {
    let Some(found) = found else {
        return format!(
            "<span class=\"cell none\" title=\"{}: {EMPTY_CELL}\"></span>",
            escaped(&report.shown_subject())
        );
    };
    let (verdict, subject) = (found.verdict, escaped(&report.shown_subject()));
    let (class, sign, name) = (verdict.class(), verdict.sign(), verdict.name());
    let advisory = if verdict.is_bad() && !found.fails() { " advisory" } else { "" };
    format!(
        "<span class=\"cell {class}{advisory}\" title=\"{subject}: {name}\"><span aria-hidden=\"true\">{sign}</span>\
         <span class=\"hidden\">{subject}: {name}</span></span>"
    )
}

fn body(report: &Report, found: &RequirementReport, number: usize, is_one_of_many: bool) -> String {
    let mut text = format!("<div class=\"engine\" id=\"{}:{}\">", found.requirement, number + 1);
    if is_one_of_many {
        text.push_str(&format!("<h4>{} {}</h4>\n", escaped(&report.shown_subject()), badge(found.verdict)));
    }
    if let Some(known) = &found.known {
        text.push_str(&format!("<p class=\"reason\">Known: {}</p>\n", escaped(known)));
    }
    if found.cases.is_empty() {
        text.push_str(&format!("<p class=\"reason\">{}</p>\n", report.no_case()));
    }
    let (uneventful, shown): (Vec<_>, Vec<_>) = found
        .cases
        .iter()
        .partition(|case| matches!(case.verdict, Verdict::Pass | Verdict::Skip | Verdict::NotReached));
    for CaseGroup { shown, folded } in case_groups(shown) {
        text.push_str(&case_article(shown, found.requirement));
        if !folded.is_empty() {
            let articles: String = folded.iter().map(|case| case_article(case, found.requirement)).collect();
            let count = folded.len();
            text.push_str(&format!(
                "<details class=\"elsewhere\"><summary>{count} more with the same last call</summary>{articles}</details>\n"
            ));
        }
    }
    text.extend(found.elsewhere.iter().map(|other| elsewhere(other, found.requirement)));
    if !uneventful.is_empty() {
        text.push_str(&format!("<ul class=\"cases\">{}</ul>\n", case_items(&uneventful)));
    }
    text.push_str("</div>\n");
    text
}

/// Returns an item for each passed case, and one for those that were not judged for the same reason.
fn case_items(cases: &[&CaseReport]) -> String {
    let mut items: Vec<(Verdict, Option<&String>, Vec<String>)> = Vec::new();
    for case in cases {
        let (reason, name) = (case.reason.as_ref(), escaped(&case.name));
        let same = |(verdict, known, _): &&mut (Verdict, Option<&String>, Vec<String>)| {
            reason.is_some() && (*verdict, *known) == (case.verdict, reason)
        };
        match items.iter_mut().find(same) {
            Some((.., names)) => names.push(name),
            None => items.push((case.verdict, reason, vec![name])),
        }
    }
    let item = |(verdict, reason, names): (Verdict, Option<&String>, Vec<String>)| {
        let reason = reason.map_or(String::new(), |reason| format!(": {}", escaped(reason)));
        format!("<li>{} {}<span class=\"reason\">{reason}</span></li>", badge(verdict), names.join(", "))
    };
    items.into_iter().map(item).collect()
}

fn case_article(case: &CaseReport, of: Requirement) -> String {
    let reason = case.reason.as_ref().map_or(String::new(), |reason| format!("<pre>{}</pre>", escaped(reason)));
    let after = case.after().map_or(String::new(), |after| format!("<p class=\"note\">{}</p>", escaped(&after)));
    format!(
        "<article><h5>{} {}</h5>\n{}{after}{reason}</article>\n",
        badge(case.verdict),
        escaped(&case.name),
        sequence(&case.calls, case.failure.as_ref(), Some(of)),
    )
}

fn elsewhere(ElsewhereReport { place, failure, calls }: &ElsewhereReport, of: Requirement) -> String {
    let name = escaped(place);
    format!(
        "<details class=\"elsewhere\"><summary>also failed in {name}</summary>{}</details>\n",
        sequence(calls, Some(failure), Some(of))
    )
}
