//! The cases: every requirement has one, and each case tests its requirement.

use std::collections::{BTreeMap, BTreeSet};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Limits, cases, execute};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;

use crate::support::describe_missing_clause;

/// Requirements that the model does not judge. The object of the real engine has one table for all versions, so no test
/// can ask for a version that is missing.
const UNJUDGED: [(Profile, Requirement); 1] = [(Profile::Dbgeng, Requirement::ClientVersion1HasNoEnd)];

#[test]
fn every_testable_requirement_has_a_case() {
    for profile in Profile::ALL {
        let covered: BTreeSet<_> = cases(profile, Limits::default()).iter().map(|case| case.requirement).collect();
        let is_testable = |requirement: &Requirement| {
            let facts = requirement.facts();
            facts.applies_to(profile) && facts.untestable.is_none()
        };
        let without = Requirement::ALL.into_iter().filter(is_testable).filter(|of| !covered.contains(of));
        let missing: Vec<String> = without
            .map(|of| {
                format!("{of} has no case in profile {profile}; add one to src/conformance/cases/{}.rs", file(of))
            })
            .collect();
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }
}

#[test]
fn the_cases_of_a_requirement_have_distinct_names() {
    for profile in Profile::ALL {
        let mut seen = BTreeSet::new();
        for case in cases(profile, Limits::default()) {
            let (requirement, name) = (case.requirement, case.name);
            assert!(seen.insert((requirement, name)), "{profile}: {requirement}: {name} occurs twice");
            let is_plain = |c: char| c.is_ascii_alphanumeric() || " ,'_".contains(c);
            assert!(!name.is_empty() && name.trim() == name && name.chars().all(is_plain), "{requirement}: {name:?}");
        }
    }
}

#[test]
fn the_model_judges_the_requirement_of_every_case() {
    let mut unjudged = BTreeMap::new();
    for profile in Profile::ALL {
        for case in cases(profile, Limits::default()) {
            let engine = Box::new(Lab::new(profile).engine());
            let execution = execute(&case.program(), engine, profile, false);
            let listed = if profile.is_dbgeng() { Profile::Dbgeng } else { profile };
            if execution.judged[case.requirement as usize] == 0 && !UNJUDGED.contains(&(listed, case.requirement)) {
                unjudged.entry(case.requirement).or_insert_with(Vec::new).push(format!("{:?} ({profile})", case.name));
            }
        }
    }
    let described = unjudged.iter().map(|(requirement, cases)| {
        format!("{}, or let these cases reach it: {}", describe_missing_clause(*requirement), cases.join(", "))
    });
    assert!(unjudged.is_empty(), "{}", described.collect::<Vec<_>>().join("\n"));
}

/// Returns the name of the file with the cases of a requirement's area.
fn file(requirement: Requirement) -> String {
    requirement.area().replace('-', "_")
}
