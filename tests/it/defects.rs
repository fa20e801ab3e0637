//! Every requirement that can be tested has a defect, and the suite notices every defect.

use std::collections::BTreeSet;

use dbgeng_testkit::conformance::{Generator, Suite, execute};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{Engine, Profile};

/// The areas whose cases are written: there a case has to notice.
const WITH_CASES: [&str; 2] = ["handle", "disconnect"];

/// How many random programs may take part where no case has to notice.
const PROGRAMS: u64 = 400;

pub(crate) fn spoilt(defect: &'static Defect, profile: Profile) -> Box<dyn Engine> {
    defect.spoil(Box::new(Lab::new(profile).engine()))
}

/// The cases of the requirement that notice the defect, by name.
pub(crate) fn noticed_by_cases(defect: &'static Defect, profile: Profile) -> Vec<String> {
    let suite = Suite::new(defect.name, move || spoilt(defect, profile)).profile(profile);
    let report = suite.only(defect.requirement).programs(0).depth(0).run();
    let cases = report.requirements.into_iter().flat_map(|report| report.cases);
    cases.filter(|case| case.verdict.is_bad()).map(|case| case.name).collect()
}

/// The first random program that notices the defect.
pub(crate) fn noticed_by_program(defect: &'static Defect, profile: Profile, programs: u64) -> Option<u64> {
    (0..programs).find(|seed| {
        let program = Generator::new(*seed, 60).program();
        execute(&program, spoilt(defect, profile), profile, false).breaks(defect.requirement)
    })
}

fn unnoticed(profile: Profile) -> Vec<&'static str> {
    let defects = Defect::all().filter(|defect| defect.profiles.contains(&profile));
    let is_unnoticed = |defect: &&'static Defect| {
        let start = std::time::Instant::now();
        let cases = noticed_by_cases(defect, profile);
        let a = start.elapsed();
        let p = noticed_by_program(defect, profile, PROGRAMS);
        println!("{profile} {} {} cases {:?} {a:?} program {p:?} {:?}", defect.requirement, defect.name, cases, start.elapsed());
        cases.is_empty()
            && (WITH_CASES.contains(&defect.requirement.area())
                || p.is_none())
    };
    defects.filter(is_unnoticed).map(|defect| defect.name).collect()
}

#[test]
fn every_defect_is_noticed_by_the_contract() {
    assert_eq!(unnoticed(Profile::Contract), Vec::<&str>::new());
}

#[test]
fn every_defect_is_noticed_by_the_real_engines_profile() {
    assert_eq!(unnoticed(Profile::Dbgeng), Vec::<&str>::new());
}

#[test]
fn every_testable_requirement_has_a_defect_in_each_of_its_profiles() {
    for profile in Profile::ALL {
        let judged = Requirement::ALL.into_iter().filter(|requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none()
        });
        let is_planted = |requirement: &Requirement| {
            Defect::all().any(|defect| defect.requirement == *requirement && defect.profiles.contains(&profile))
        };
        let missing: Vec<&str> = judged.filter(|one| !is_planted(one)).map(Requirement::id).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{profile}");
    }
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
