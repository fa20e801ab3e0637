//! Several reports side by side: by area, and there by requirement.

use super::data::{Report, RequirementReport};
use super::verdict::Verdict;
use crate::spec::Requirement;

/// The requirements of an area that occur in one of the reports.
#[derive(Clone, Debug)]
pub(super) struct Area<'a> {
    pub(super) name: &'static str,
    pub(super) rows: Vec<RequirementRow<'a>>,
}

/// The results of the reports for one requirement.
#[derive(Clone, Debug)]
pub(super) struct RequirementRow<'a> {
    pub(super) requirement: Requirement,
    /// One result for each report, in their order. `None` if the profile of a report does not have the requirement.
    pub(super) found: Vec<Option<&'a RequirementReport>>,
}

/// Returns every requirement of the reports, in the order of the spec.
pub(super) fn areas(reports: &[Report]) -> Vec<Area<'_>> {
    let mut areas: Vec<Area<'_>> = Vec::new();
    for requirement in Requirement::ALL {
        let found: Vec<Option<&RequirementReport>> = reports
            .iter()
            .map(|report| report.requirements.iter().find(|report| report.requirement == requirement))
            .collect();
        if found.iter().all(Option::is_none) {
            continue;
        }
        let (name, row) = (requirement.area(), RequirementRow { requirement, found });
        match areas.last_mut() {
            Some(area) if area.name == name => area.rows.push(row),
            _ => areas.push(Area { name, rows: vec![row] }),
        }
    }
    areas
}

impl RequirementRow<'_> {
    /// Returns the verdicts that are not skips.
    fn judged(&self) -> impl Iterator<Item = Verdict> {
        self.found.iter().flatten().map(|found| found.verdict).filter(|verdict| *verdict != Verdict::Skip)
    }

    /// Whether at least two reports judged it.
    pub(super) fn is_shared(&self) -> bool {
        self.judged().nth(1).is_some()
    }

    /// Whether the verdicts differ. Skips are ignored.
    pub(super) fn differs(&self) -> bool {
        let mut judged = self.judged();
        judged.next().is_some_and(|first| judged.any(|other| other != first))
    }
}
