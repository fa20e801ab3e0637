//! Puts a report together.

use super::Suite;
use super::capability::{Capability, needs_of};
use crate::conformance::report::{
    CapabilityReport, CaseReport, Elsewhere, PropertyReport, Report, ReportedFailure, RequirementReport, Verdict,
};
use crate::options::Transport;
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// Every requirement by which the suite judges, with nothing said of it yet.
pub(crate) fn blank(suite: &Suite) -> Vec<RequirementReport> {
    suite.requirements().map(unjudged).collect()
}

/// A requirement of which nothing has been said yet.
pub(crate) fn unjudged(requirement: Requirement) -> RequirementReport {
    RequirementReport { requirement, verdict: Verdict::Skip, known: None, cases: Vec::new(), elsewhere: Vec::new() }
}

/// Notes what came of a case: for its requirement, and for those that it saw broken.
pub(crate) fn note(
    reports: &mut [RequirementReport],
    requirement: Requirement,
    case: CaseReport,
    place: &str,
    elsewhere: Vec<ReportedFailure>,
) {
    for failure in elsewhere {
        note_elsewhere(reports, place, failure, &case.calls);
    }
    if let Some(report) = of(reports, requirement) {
        report.cases.push(case);
    }
}

/// Once for each place: what follows from the first is no news.
fn note_elsewhere(reports: &mut [RequirementReport], place: &str, failure: ReportedFailure, calls: &[TranscriptLine]) {
    let Some(report) = failure.requirement.and_then(|requirement| of(reports, requirement)) else { return };
    if !report.elsewhere.iter().any(|known| known.place == place) {
        let until = failure.call.map_or(calls.len(), |call| calls.len().min(call + 1));
        report.elsewhere.push(Elsewhere { place: place.to_owned(), failure, calls: calls[..until].to_vec() });
    }
}

fn of(reports: &mut [RequirementReport], requirement: Requirement) -> Option<&mut RequirementReport> {
    reports.iter_mut().find(|report| report.requirement == requirement)
}

/// The report of a suite that has been run.
pub(crate) fn finish(
    suite: &Suite,
    mut requirements: Vec<RequirementReport>,
    mut properties: Vec<PropertyReport>,
    complaints: Vec<String>,
) -> Report {
    for property in &properties {
        for example in &property.counterexamples {
            note_elsewhere(&mut requirements, &property.name, example.failure.clone(), &example.calls);
        }
    }
    suite.deviations.settle(&mut requirements);
    properties.iter_mut().for_each(|property| suite.deviations.settle_property(property));
    Report {
        subject: suite.name.clone(),
        profile: suite.profile,
        kit: env!("CARGO_PKG_VERSION").to_owned(),
        capabilities: capabilities(suite, &requirements),
        requirements,
        properties,
        complaints: suite.complaints().chain(complaints).collect(),
    }
}

/// In a child of another suite nobody looks at this one's report.
pub(crate) fn of_a_bystander(suite: &Suite) -> Report {
    Report {
        subject: suite.name.clone(),
        profile: suite.profile,
        kit: env!("CARGO_PKG_VERSION").to_owned(),
        capabilities: Vec::new(),
        requirements: blank(suite),
        properties: Vec::new(),
        complaints: Vec::new(),
    }
}

/// Everything that a case needs, whether the subject has it, and how many cases came to judge it.
fn capabilities(suite: &Suite, requirements: &[RequirementReport]) -> Vec<CapabilityReport> {
    let (abilities, cases) = (suite.abilities(), suite.cases());
    let means = abilities.means();
    let mut judged: Vec<(Capability, usize)> = Vec::new();
    for case in cases {
        let report = requirements.iter().find(|report| report.requirement == case.requirement);
        let report = report.and_then(|report| report.cases.iter().find(|report| report.name == case.name));
        let is_judged = report.is_some_and(|report| report.verdict != Verdict::Skip);
        for capability in needs_of(case, &means) {
            match judged.iter_mut().find(|(known, _)| *known == capability) {
                Some((_, times)) => *times += usize::from(is_judged),
                None => judged.push((capability, usize::from(is_judged))),
            }
        }
    }
    for claimed in suite.claimed() {
        if !judged.iter().any(|(known, _)| known == claimed) {
            judged.push((*claimed, 0));
        }
    }
    // What needs hardware or a certificate is in no case.
    judged.retain(|(capability, _)| {
        !matches!(capability, Capability::Transport(Transport::Com | Transport::Spipe | Transport::Ssl))
            || suite.claims_it(*capability)
    });
    judged.sort_unstable();
    let report = |(capability, cases): (Capability, usize)| CapabilityReport {
        name: capability.to_string(),
        has: abilities.has(capability),
        claimed: suite.claims_it(capability),
        cases,
    };
    judged.into_iter().map(report).collect()
}
