//! Settles the verdicts of a report: each is the worst of its parts, and known deviations are told from failures.
//! Only this file turns a failure into a known deviation.

use super::deviation::{CaseDeviation, Deviation, Deviations};
use crate::conformance::report::{CaseReport, PropertyReport, RequirementReport, Verdict};
use crate::spec::{Level, Requirement};

impl Deviations {
    /// Settles the verdicts of requirements and of their cases.
    pub(super) fn settle(&self, requirements: &mut [RequirementReport]) {
        for report in requirements {
            let known = self.of(report.requirement);
            report.known = known.map(Deviation::with_evidence);
            for case in &mut report.cases {
                if let Some(known) = known {
                    known.settle_case(case);
                }
            }
            let own = report.cases.iter().map(|case| case.verdict).max().unwrap_or(report.verdict);
            report.verdict =
                if report.elsewhere.is_empty() { own } else { own.max(self.elsewhere(report.requirement)) };
        }
    }

    /// Settles the verdicts of a property and of its counterexamples. A broken MAY does not fail the property.
    pub(super) fn settle_property(&self, report: &mut PropertyReport) {
        for example in &mut report.counterexamples {
            let Some(requirement) = example.failure.requirement else { continue };
            example.verdict = self.elsewhere(requirement);
            if requirement.level() < Level::May {
                report.verdict = report.verdict.max(example.verdict);
            }
        }
    }

    /// Returns the verdict on a requirement that was broken elsewhere than in its own cases.
    fn elsewhere(&self, requirement: Requirement) -> Verdict {
        match self.of(requirement) {
            Some(known) if known.elsewhere => Verdict::KnownDeviation,
            _ => Verdict::Fail,
        }
    }
}

impl Deviation {
    fn settle_case(&self, report: &mut CaseReport) {
        let Some(CaseDeviation { verdict, breaks, sometimes }) = self.cases.get(&report.name) else { return };
        let broken = report.failure.as_ref().and_then(|failure| failure.requirement);
        match report.verdict {
            Verdict::Pass if *sometimes => {}
            Verdict::Pass => {
                report.verdict = Verdict::Fail;
                report.reason = Some(format!("the known deviation does not show any more: {}", self.with_evidence()));
            }
            shown if shown == *verdict && broken == *breaks => {
                report.verdict = Verdict::KnownDeviation;
                report.reason = Some(self.with_evidence());
            }
            _ => {}
        }
    }
}
