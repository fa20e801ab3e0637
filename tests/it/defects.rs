//! Every testable requirement has a defect, and its cases detect it.

use std::collections::BTreeSet;

use dbgeng_testkit::Profile;
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::spec::Requirement;

use crate::support::detect_defects;

/// The requirement without a defect in any version of the real engine, whose object has one table for all versions of the
/// interface: no test can ask for a version that is missing.
const UNPLANTED: Requirement = Requirement::ClientVersion1HasNoEnd;

#[test]
fn every_defect_is_detected_by_a_case() {
    let missed = detect_defects().iter().filter(|detection| detection.cases.is_empty());
    let missed: Vec<_> = missed.map(|detection| (detection.profile.name(), detection.defect.name)).collect();
    assert_eq!(missed, []);
}

#[test]
fn every_testable_requirement_has_a_defect_in_each_of_its_profiles() {
    for profile in Profile::ALL {
        let judged = Requirement::ALL.into_iter().filter(|requirement| {
            let facts = requirement.facts();
            let is_planted = !profile.is_dbgeng() || *requirement != UNPLANTED;
            facts.applies_to(profile) && facts.untestable.is_none() && is_planted
        });
        let is_planted = |requirement: &Requirement| {
            Defect::all().any(|defect| defect.requirement == *requirement && defect.applies_to(profile))
        };
        let missing: Vec<&str> = judged.filter(|one| !is_planted(one)).map(Requirement::id).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{profile}");
    }
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
