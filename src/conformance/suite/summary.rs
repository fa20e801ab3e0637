//! Builds reports from the results of cases and properties.

use std::collections::BTreeMap;

use super::Suite;
use super::capability::{Capability, case_needs};
use crate::conformance::report::{
    CapabilityReport, CaseReport, ElsewhereReport, PropertyReport, Report, ReportedFailure, RequirementReport, Verdict,
};
use crate::options::Transport;
use crate::spec::Requirement;
use crate::transcript::TranscriptLine;

/// Returns a report without results for every requirement of the suite.
pub(crate) fn unjudged_reports(suite: &Suite) -> Vec<RequirementReport> {
    suite.requirements().map(unjudged).collect()
}

/// Returns the report of a requirement without results.
pub(crate) fn unjudged(requirement: Requirement) -> RequirementReport {
    RequirementReport { requirement, verdict: Verdict::Skip, known: None, cases: Vec::new(), elsewhere: Vec::new() }
}

/// Adds the result of a case to its requirement, and its other failures to theirs.
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

/// Adds a failure elsewhere. Only the first one of each place counts, since others may follow from it.
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

/// Builds the report of a run, and settles its verdicts.
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
    let complaints = suite.complaints().chain(complaints).collect();
    let capabilities = capabilities(suite, &requirements);
    Report { capabilities, requirements, properties, complaints, ..empty_report(suite) }
}

/// Returns an empty report, for a child process of another suite.
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

/// Returns every capability that a case needs or that is claimed, with the number of judged cases that need it.
fn capabilities(suite: &Suite, requirements: &[RequirementReport]) -> Vec<CapabilityReport> {
    let (capabilities, cases) = (suite.capabilities(), suite.cases());
    let config = capabilities.config();
    let mut judged: BTreeMap<Capability, usize> = suite.claims.iter().map(|claimed| (*claimed, 0)).collect();
    for case in cases {
        let report = requirements.iter().find(|report| report.requirement == case.requirement);
        let report = report.and_then(|report| report.cases.iter().find(|report| report.name == case.name));
        let is_judged = report.is_some_and(|report| report.verdict != Verdict::Skip);
        for capability in case_needs(case, &config) {
            *judged.entry(capability).or_default() += usize::from(is_judged);
        }
    }
    // No case uses the transports that need hardware or a certificate.
    judged.retain(|capability, _| {
        !matches!(capability, Capability::Transport(Transport::Com | Transport::Spipe | Transport::Ssl))
            || suite.claims.contains(capability)
    });
    let mut judged: Vec<(Capability, usize)> = judged.into_iter().collect();
    judged.sort_unstable_by_key(|(capability, _)| capability.listing_key());
    let report = |(capability, cases): (Capability, usize)| CapabilityReport {
        name: capability.to_string(),
        has: capabilities.has(capability),
        claimed: suite.claims.contains(&capability),
        cases,
    };
    judged.into_iter().map(report).collect()
}
