//! Puts a report together.

use std::collections::BTreeMap;

use super::Suite;
use super::capability::{Capability, case_needs};
use crate::conformance::report::{
    CapabilityReport, CaseReport, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport, Verdict,
};
use crate::options::Transport;
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// Every requirement by which the suite judges, with nothing said of it yet.
pub(crate) fn unjudged_reports(suite: &Suite) -> Vec<RequirementReport> {
    suite.requirements().map(unjudged).collect()
}

/// A requirement of which nothing has been said yet.
pub(crate) fn unjudged(requirement: Requirement) -> RequirementReport {
    RequirementReport { requirement, verdict: Verdict::Skip, known: None, cases: Vec::new(), elsewhere: Vec::new() }
}

/// Notes what came of a case: for its requirement, and for those that it saw broken.
pub(crate) fn add_case(
    reports: &mut [RequirementReport],
    requirement: Requirement,
    case: CaseReport,
    place: &str,
    elsewhere: Vec<ReportedFailure>,
) {
    for failure in elsewhere {
        add_elsewhere(reports, place, failure, &case.calls);
    }
    if let Some(report) = find(reports, requirement) {
        report.cases.push(case);
    }
}

/// Once for each place: what follows from the first is no news.
fn add_elsewhere(reports: &mut [RequirementReport], place: &str, failure: ReportedFailure, calls: &[TranscriptLine]) {
    let Some(report) = failure.requirement.and_then(|requirement| find(reports, requirement)) else { return };
    if !report.elsewhere.iter().any(|known| known.place == place) {
        let until = failure.call.map_or(calls.len(), |call| calls.len().min(call + 1));
        report.elsewhere.push(ElsewhereReport { place: place.to_owned(), failure, calls: calls[..until].to_vec() });
    }
}

fn find(reports: &mut [RequirementReport], requirement: Requirement) -> Option<&mut RequirementReport> {
    reports.iter_mut().find(|report| report.requirement == requirement)
}

/// The report of a suite that has been run.
pub(crate) fn report(
    suite: &Suite,
    mut requirements: Vec<RequirementReport>,
    mut properties: Vec<PropertyReport>,
    complaints: Vec<String>,
) -> Report {
    for property in &properties {
        for example in &property.counterexamples {
            add_elsewhere(&mut requirements, &property.name, example.failure.clone(), &example.calls);
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
pub(crate) fn empty_report(suite: &Suite) -> Report {
    Report {
        subject: suite.name.clone(),
        profile: suite.profile,
        kit: env!("CARGO_PKG_VERSION").to_owned(),
        capabilities: Vec::new(),
        requirements: unjudged_reports(suite),
        properties: Vec::new(),
        complaints: Vec::new(),
    }
}

/// Everything that a case needs, whether the subject has it, and how many cases came to judge it.
fn capabilities(suite: &Suite, requirements: &[RequirementReport]) -> Vec<CapabilityReport> {
    let (capabilities, cases) = (suite.capabilities(), suite.cases());
    let config = capabilities.config();
    let mut judged: BTreeMap<Capability, usize> = suite.claimed().iter().map(|claimed| (*claimed, 0)).collect();
    for case in cases {
        let report = requirements.iter().find(|report| report.requirement == case.requirement);
        let report = report.and_then(|report| report.cases.iter().find(|report| report.name == case.name));
        let is_judged = report.is_some_and(|report| report.verdict != Verdict::Skip);
        for capability in case_needs(case, &config) {
            *judged.entry(capability).or_default() += usize::from(is_judged);
        }
    }
    // What needs hardware or a certificate is in no case.
    judged.retain(|capability, _| {
        !matches!(capability, Capability::Transport(Transport::Com | Transport::Spipe | Transport::Ssl))
            || suite.has_claim(*capability)
    });
    let mut judged: Vec<(Capability, usize)> = judged.into_iter().collect();
    judged.sort_unstable_by_key(|(capability, _)| capability.listing_key());
    let report = |(capability, cases): (Capability, usize)| CapabilityReport {
        name: capability.to_string(),
        has: capabilities.has(capability),
        claimed: suite.has_claim(capability),
        cases,
    };
    judged.into_iter().map(report).collect()
}
