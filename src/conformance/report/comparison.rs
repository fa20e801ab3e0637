//! Compares reports side by side.

mod markdown;
mod text;

use super::areas::{Area, RequirementRow, areas};
use super::data::Report;

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
