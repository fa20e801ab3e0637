//! Compares reports side by side.

mod markdown;
mod text;

use super::data::{Report, RequirementReport};
use super::verdict::Verdict;
use crate::printable::cut;
use crate::spec::Requirement;

/// The largest number of characters of a name at the head of a column.
const LONGEST_NAME: usize = 60;

/// Reports of several engines, or of one engine at several times, side by side.
///
/// A summary of each report comes first, then a table of requirements by engines with the verdicts. [`html`](super::html())
/// makes a page with the same table and the calls of each case.
///
/// ```
/// use dbgeng_testkit::{Profile, conformance::{Comparison, Suite}, mock::Lab};
///
/// let judge = |profile: Profile| {
///     let suite = Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile);
///     suite.programs(1).depth(1).run()
/// };
/// let reports = Profile::ALL.map(judge);
/// let table = Comparison::of(&reports).markdown();
/// assert!(table.contains("| `handle/is-not-zero` MUST | ✓ | ✓ |"));
/// ```
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    reports: &'a [Report],
    areas: Vec<Area<'a>>,
}

impl<'a> Comparison<'a> {
    /// Compares reports, with a column for each in the given order. Their profiles and versions of the kit may differ.
    pub fn of(reports: &'a [Report]) -> Comparison<'a> {
        Comparison { reports, areas: areas(reports) }
    }

    /// Whether the table has an empty cell.
    pub(super) fn has_gaps(&self) -> bool {
        self.areas.iter().flat_map(|area| &area.rows).any(|row| row.found.iter().any(Option::is_none))
    }

    /// Says in how many requirements the reports differ, if there are several.
    fn agreement(&self) -> Option<String> {
        let rows = || self.areas.iter().flat_map(|area| &area.rows);
        let shared = rows().filter(|row| row.is_shared()).count();
        let differing = match rows().filter(|row| row.differs()).count() {
            0 => "none".to_owned(),
            some => format!("{some} ({DIFFERS})"),
        };
        let sentence =
            format!("They differ in {differing} of the {shared} requirements that were judged for several of them.");
        (self.reports.len() > 1).then_some(sentence)
    }
}

/// Returns the name of the engine in each column. Of a library, that is the name of its file, unless others have the same.
pub(super) fn column_names(reports: &[Report]) -> Vec<String> {
    let subjects = || reports.iter().map(|report| report.subject.as_str());
    let is_clear = |short: &str, subject: &str| subjects().all(|other| other == subject || file_name(other) != short);
    let name = |subject| Some(file_name(subject)).filter(|short| is_clear(short, subject)).unwrap_or(subject);
    subjects().map(|subject| cut(name(subject), LONGEST_NAME)).collect()
}

/// Returns the name of the file if the subject is the path of a library.
fn file_name(subject: &str) -> &str {
    let is_library = [".so", ".dll", ".dylib"].iter().any(|end| subject.to_ascii_lowercase().ends_with(end));
    let name = subject.rsplit(['/', '\\']).next().filter(|_| is_library);
    name.unwrap_or(subject)
}

/// The explanation of an empty cell.
pub(super) const EMPTY_CELL: &str =
    "the profile or the version of the kit of that report does not have the requirement";

/// The sign of a requirement with different verdicts.
const DIFFERS: &str = "≠";

/// Returns the sign before a requirement.
fn mark(row: &RequirementRow<'_>) -> &'static str {
    if row.differs() { DIFFERS } else { "" }
}

impl Report {
    /// Returns the number of requirements for each verdict, and the number of checked MUSTs.
    fn totals(&self) -> String {
        let counts: Vec<String> =
            self.counts().map(|(verdict, count)| format!("{count} {}", verdict.badge())).collect();
        let (judged, of) = self.musts();
        format!("{}; {judged} of {of} MUSTs checked", counts.join(", "))
    }
}

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
    /// Returns the verdicts on what was judged.
    fn judged(&self) -> impl Iterator<Item = Verdict> {
        self.found.iter().flatten().map(|found| found.verdict).filter(|verdict| verdict.is_judged())
    }

    /// Whether at least two reports judged it.
    pub(super) fn is_shared(&self) -> bool {
        self.judged().nth(1).is_some()
    }

    /// Whether the verdicts differ. What was not judged is ignored.
    pub(super) fn differs(&self) -> bool {
        let mut judged = self.judged();
        judged.next().is_some_and(|first| judged.any(|other| other != first))
    }
}
