//! Reports side by side.

mod markdown;
mod text;

use super::areas::{Area, RequirementRow, areas};
use super::data::Report;

/// Reports of several engines, or of one at several times, side by side: what came of each, then requirements by engines
/// with the verdict in each cell. [`html`](super::html()) makes a page of them, with what led there.
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
    /// Puts reports side by side, a column for each in the order in which they come. They need not be of one profile or
    /// of one version of the kit.
    pub fn of(reports: &'a [Report]) -> Comparison<'a> {
        Comparison { reports, areas: areas(reports) }
    }

    /// Whether they agree, if there are several.
    fn agreement(&self) -> Option<String> {
        let rows = || self.areas.iter().flat_map(|area| &area.rows);
        let shared = rows().filter(|row| row.is_shared()).count();
        let differing = match rows().filter(|row| row.differs()).count() {
            0 => "none".to_owned(),
            some => format!("{some} ({DIFFERS})"),
        };
        let sentence = format!("They differ in {differing} of the {shared} requirements by which several were judged.");
        (self.reports.len() > 1).then_some(sentence)
    }
}

/// The sign of a requirement by which not all got the same verdict.
const DIFFERS: &str = "≠";

/// What stands before a requirement.
fn mark(row: &RequirementRow<'_>) -> &'static str {
    if row.differs() { DIFFERS } else { "" }
}

impl Report {
    /// How many requirements have which verdict, and how many MUSTs were judged.
    fn totals(&self) -> String {
        let counts: Vec<String> =
            self.counts().map(|(verdict, count)| format!("{count} {}", verdict.badge())).collect();
        let (judged, of) = self.musts();
        format!("{}; {judged} of {of} MUSTs judged", counts.join(", "))
    }
}
