//! Draws calls as a sequence: a lifeline for each process, a row for each call.

use std::collections::BTreeSet;

use super::super::collapse::{CallRow, collapse};
use super::super::data::ReportedFailure;
use super::escaped::escaped;
use crate::printable::shortened;
use crate::spec::Requirement;
use crate::transcript::{TranscriptLine, process_name};

/// Draws calls, and explains the failure. The broken requirement is named unless it is `of`.
pub(super) fn sequence(calls: &[TranscriptLine], failure: Option<&ReportedFailure>, of: Option<Requirement>) -> String {
    let wrong = failure.and_then(|failure| failure.call).filter(|call| *call < calls.len());
    let lanes: Vec<u32> = calls.iter().map(|line| line.process).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows = String::new();
    let mut is_after_wrong = false;
    for row in collapse(calls, wrong) {
        match row {
            CallRow::Call { line, is_wrong } => {
                let (class, explanation) = match failure {
                    Some(failure) if is_wrong => (" class=\"wrong\"", explain(failure, of)),
                    _ if is_after_wrong => (" class=\"past\"", String::new()),
                    _ => ("", String::new()),
                };
                let (lifelines, words) = (lifelines(&lanes, line), words(line));
                rows.push_str(&format!("<li{class}>{lifelines}{words}{explanation}</div></li>\n"));
                is_after_wrong |= is_wrong;
            }
            CallRow::Probes(_) | CallRow::Repeated { .. } => {
                let empty = lanes.iter().map(|_| "<i></i>").collect::<String>();
                rows.push_str(&format!(
                    "<li class=\"again\">{empty}<div>{}</div></li>\n",
                    escaped(&shortened(&row.to_string()))
                ));
            }
        }
    }
    let heads: String = lanes.iter().map(|process| format!("<b>{}</b>", process_name(*process))).collect();
    let drawn = if calls.is_empty() {
        String::new()
    } else {
        format!(
            "<div class=\"sequence\" style=\"--lanes:{}\"><div class=\"heads\" aria-hidden=\"true\">{heads}</div>\n\
             <ol>\n{rows}</ol></div>\n",
            lanes.len()
        )
    };
    match failure.filter(|_| wrong.is_none()) {
        Some(failure) => format!("{drawn}<div class=\"judged\">{}</div>\n", explain(failure, of)),
        None => drawn,
    }
}

/// Returns the lifelines of a row. That of the caller has a mark, from which an arrow leads to the text.
fn lifelines(lanes: &[u32], line: &TranscriptLine) -> String {
    let lane = |process: &u32| match process.cmp(&line.process) {
        std::cmp::Ordering::Equal => "<i class=\"at\"></i>",
        std::cmp::Ordering::Greater => "<i class=\"through\"></i>",
        std::cmp::Ordering::Less => "<i></i>",
    };
    lanes.iter().map(lane).collect()
}

fn words(line: &TranscriptLine) -> String {
    let TranscriptLine { by, call, outcome, .. } = line;
    let outcome = if outcome.is_empty() {
        String::new()
    } else {
        format!("<span class=\"outcome\"><span aria-hidden=\"true\">→ </span>{}</span>", escaped(&shortened(outcome)))
    };
    format!("<div><span class=\"by\">{}</span> <code>{}</code> {outcome}", escaped(by), escaped(&shortened(call)))
}

fn explain(failure: &ReportedFailure, of: Option<Requirement>) -> String {
    let other = failure.requirement.filter(|requirement| Some(*requirement) != of);
    let breaks = other.map_or(String::new(), |it| format!("<dt>breaks</dt><dd>{it}</dd>"));
    let note = failure.note.as_ref().map_or(String::new(), |it| format!("<dt>note</dt><dd>{}</dd>", escaped(it)));
    format!(
        "<dl><dt>expected</dt><dd>{}</dd><dt>actual</dt><dd class=\"actual\">{}</dd>{note}{breaks}</dl>",
        escaped(&shortened(&failure.expected)),
        escaped(&shortened(&failure.actual))
    )
}
