//! Every testable requirement has a defect, and its cases detect it.

use std::collections::BTreeSet;

use dbgeng_testkit::Profile;
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::spec::Requirement;

use crate::support::detect_defects;

/// Requirements without a defect. The object of the real engine has one table for all versions, so no test can ask for a
/// version that is missing.
const UNPLANTED: [(Profile, Requirement); 1] = [(Profile::Dbgeng, Requirement::ClientVersion1HasNoEnd)];

#[test]
fn every_defect_is_detected_by_a_case() {
    let missed = detect_defects().iter().filter(|detection| detection.cases.is_empty());
    let missed: Vec<_> = missed.map(|detection| (detection.profile.name(), detection.defect.name)).collect();
    assert_eq!(missed, []);
}

#[test]
fn every_testable_requirement_has_a_defect_in_each_of_its_profiles() {
    let testable = Requirement::ALL.into_iter().filter(|requirement| requirement.facts().untestable.is_none());
    let listed = testable.flat_map(|one| one.facts().profiles.iter().map(move |profile| (*profile, one)));
    let is_planted = |(profile, requirement): &(Profile, Requirement)| {
        Defect::all().any(|defect| defect.requirement == *requirement && defect.profiles.contains(profile))
    };
    let missing: Vec<_> = listed.filter(|one| !UNPLANTED.contains(one) && !is_planted(one)).collect();
    assert_eq!(missing, []);
}

/// Each profile of a defect judges by its requirement. The defects are in the order of the spec.
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
