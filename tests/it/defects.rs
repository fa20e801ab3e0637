//! Every requirement that can be tested has a defect, and its cases notice every one.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use dbgeng_testkit::conformance::{Suite, cases};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::{Level, Requirement};
use dbgeng_testkit::{Engine, Profile};

/// Where nothing can be planted: the real engine's object has one table for all versions, so nothing can be asked of a
/// version that is not there.
const UNPLANTED: [(Profile, Requirement); 1] = [(Profile::Dbgeng, Requirement::ClientVersion1HasNoEnd)];

pub(crate) fn spoilt(defect: &'static Defect, profile: Profile) -> Box<dyn Engine> {
    defect.spoil(Box::new(Lab::new(profile).engine()))
}

/// What the suite says of the mock with a defect, by the requirement that the defect was made for.
pub(crate) fn suite(defect: &'static Defect, profile: Profile) -> Suite {
    let suite = Suite::new(defect.name, move || spoilt(defect, profile)).profile(profile);
    suite.only(defect.requirement).programs(0).depth(0)
}

/// What came of a defect in a profile.
pub(crate) struct Noticed {
    pub(crate) defect: &'static Defect,
    pub(crate) profile: Profile,
    /// How many cases looked at it.
    pub(crate) cases: usize,
    /// The names of those that noticed it.
    pub(crate) by: Vec<String>,
    /// The report names the requirement where it objects.
    pub(crate) is_named: bool,
}

/// What came of all of them, found out once.
pub(crate) fn noticed() -> &'static [Noticed] {
    static NOTICED: OnceLock<Vec<Noticed>> = OnceLock::new();
    NOTICED.get_or_init(|| {
        let look = |defect: &'static Defect, profile| {
            let report = suite(defect, profile).run();
            // Nobody objects to what is advice.
            let is_named = defect.requirement.level() == Level::May
                || report.objections().iter().any(|line| line.contains(defect.requirement.id()));
            let cases = report.requirements.into_iter().flat_map(|report| report.cases);
            let (bad, fine): (Vec<_>, Vec<_>) = cases.partition(|case| case.verdict.is_bad());
            let by: Vec<String> = bad.into_iter().map(|case| case.name).collect();
            Noticed { defect, profile, cases: by.len() + fine.len(), by, is_named }
        };
        Defect::all().flat_map(|defect| defect.profiles.iter().map(move |profile| look(defect, *profile))).collect()
    })
}

#[test]
fn a_case_notices_every_defect() {
    let missed = noticed().iter().filter(|noticed| noticed.cases > 0 && (noticed.by.is_empty() || !noticed.is_named));
    let missed: Vec<_> = missed.map(|noticed| (noticed.profile.name(), noticed.defect.name)).collect();
    assert_eq!(missed, []);
}

#[test]
fn every_testable_requirement_has_a_defect_in_each_of_its_profiles() {
    for profile in Profile::ALL {
        let judged = Requirement::ALL.into_iter().filter(|requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none() && !UNPLANTED.contains(&(profile, *requirement))
        });
        let is_planted = |requirement: &Requirement| {
            Defect::all().any(|defect| defect.requirement == *requirement && defect.profiles.contains(&profile))
        };
        let missing: Vec<&str> = judged.filter(|one| !is_planted(one)).map(Requirement::id).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{profile}");
    }
}

/// A defect belongs to a requirement by which each of its profiles judges, and stands in the order of the spec.
#[test]
fn a_defect_breaks_what_is_judged() {
    for defect in Defect::all() {
        let facts = defect.requirement.facts();
        assert!(facts.untestable.is_none() && !defect.profiles.is_empty(), "{defect:?}");
        assert!(defect.profiles.iter().all(|profile| facts.applies_to(*profile)), "{defect:?}");
    }
    let order: Vec<Requirement> = Defect::all().map(|defect| defect.requirement).collect();
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_name_finds_its_defect() {
    let names: BTreeSet<&str> = Defect::all().map(|defect| defect.name).collect();
    assert_eq!(names.len(), Defect::all().count());
    for defect in Defect::all() {
        assert_eq!(Defect::named(defect.name).map(|found| found.requirement), Some(defect.requirement));
        let is_kebab = defect.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(is_kebab && defect.statement.ends_with('.'), "{}", defect.name);
    }
    assert!(Defect::named("no-such-defect").is_none());
}

#[test]
fn a_suite_that_judges_one_requirement_judges_no_other() {
    let zero = Requirement::HandleZeroIsRefused;
    let report = Suite::new("the mock", || Box::new(Lab::new(Profile::Contract).engine())).only(zero).programs(0).run();
    let judged: Vec<Requirement> = report.requirements.iter().map(|report| report.requirement).collect();
    assert_eq!(judged, [zero]);
    let all = cases(Profile::Contract, Default::default());
    let own = all.iter().filter(|case| case.requirement == zero).count();
    assert_eq!(report.requirements[0].cases.len(), own);
}
