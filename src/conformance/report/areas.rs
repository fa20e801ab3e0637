//! Several reports by requirement, area by area.

use super::data::{Report, RequirementReport};
use super::verdict::Verdict;
use crate::spec::Requirement;

/// The requirements of an area by which one of the reports judges.
#[derive(Clone, Debug)]
pub(super) struct Area<'a> {
    pub(super) name: &'static str,
    pub(super) rows: Vec<RequirementRow<'a>>,
}

/// What the reports say of a requirement.
#[derive(Clone, Debug)]
pub(super) struct RequirementRow<'a> {
    pub(super) requirement: Requirement,
    /// In the order of the reports; `None` where a report does not judge by it.
    pub(super) found: Vec<Option<&'a RequirementReport>>,
}

/// Every requirement by which one of the reports judges, in the order of the spec.
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
    /// The verdicts of those that could be judged.
    fn judged(&self) -> impl Iterator<Item = Verdict> {
        self.found.iter().flatten().map(|found| found.verdict).filter(|verdict| *verdict != Verdict::Skip)
    }

    /// Whether it was judged more than once, so that there is something to compare.
    pub(super) fn is_shared(&self) -> bool {
        self.judged().nth(1).is_some()
    }

    /// Whether the verdicts differ. A skip says nothing either way.
    pub(super) fn differs(&self) -> bool {
        let mut judged = self.judged();
        judged.next().is_some_and(|first| judged.any(|other| other != first))
    }
}
