//! The spec as data, and the pages rendered from it.

mod sources;

use std::collections::BTreeSet;

use dbgeng_testkit::render::{explain, explanation, fact, markdown, method, transitions, versions};
use dbgeng_testkit::spec::{Basis, Level, Requirement, source};
use dbgeng_testkit::{EngineVersion, Method, Profile};

use crate::support::{assert_fresh, read_traces};

#[test]
fn the_names_in_the_code_are_those_in_the_data() {
    let document: serde_json::Value = serde_json::from_str(dbgeng_testkit::spec::JSON).unwrap();
    let ids: Vec<&str> =
        document["requirements"].as_array().unwrap().iter().map(|facts| facts["id"].as_str().unwrap()).collect();
    let names: Vec<&str> = Requirement::ALL.iter().map(|requirement| requirement.id()).collect();
    assert_eq!(names, ids);
}

#[test]
fn ids_that_others_rely_on_are_there_with_their_levels() {
    let fixed = [
        ("handle/stale-is-refused", Level::Must),
        ("handle/unknown-is-refused", Level::Must),
        ("handle/zero-is-refused", Level::Must),
        ("handle/is-not-zero", Level::Must),
        ("handle/is-unique-while-connected", Level::Must),
        ("handle/value-is-not-reused", Level::Should),
        ("disconnect/connected-handle-succeeds", Level::Must),
        ("disconnect/leaves-other-connections", Level::Must),
        ("disconnect/leaves-server-running", Level::Must),
        ("disconnect/any-client-of-the-engine", Level::Must),
        ("disconnect/every-interface-version", Level::Must),
        ("client/other-thread-is-refused", Level::Should),
        ("pointer/null-is-refused", Level::Should),
        ("ids/null-array-is-allowed", Level::Must),
    ];
    for (id, level) in fixed {
        assert_eq!(id.parse::<Requirement>().map(Requirement::level), Ok(level), "{id}");
    }
    assert!("handle/stale".parse::<Requirement>().is_err());
}

#[test]
fn a_level_agrees_with_its_basis() {
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        match facts.basis {
            Basis::Documented | Basis::Required => assert_ne!(facts.level, Level::May, "{requirement}"),
            Basis::Inferred => {}
            Basis::Observed => {
                assert_ne!(facts.level, Level::Must, "{requirement}");
                assert!(!facts.applies_to(Profile::Contract), "{requirement}");
            }
        }
    }
}

#[test]
fn every_observation_of_the_first_measurement_is_a_source() {
    let rows = (1..=15).chain(20..=28).chain(30..=42).chain(50..=62).map(|row| format!("OBS-{row}"));
    let sources: BTreeSet<&str> =
        Requirement::ALL.iter().flat_map(|requirement| &requirement.facts().sources).map(String::as_str).collect();
    let missing: Vec<String> = rows.filter(|row| !sources.contains(row.as_str())).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn a_deviation_names_traces_that_are_there() {
    let traces: BTreeSet<String> = read_traces().into_iter().map(|trace| trace.name).collect();
    for requirement in Requirement::ALL {
        for trace in requirement.facts().deviations.iter().flat_map(|deviation| &deviation.traces) {
            assert!(traces.contains(trace), "{requirement} names {trace}");
        }
    }
}

/// `dbgeng` stands for every version.
#[test]
fn versions_are_named_only_where_not_all_are_meant() {
    let names_all =
        |profiles: &[Profile]| EngineVersion::ALL.iter().all(|version| profiles.contains(&Profile::DbgengAt(*version)));
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        assert!(!names_all(&facts.profiles), "{requirement}: name dbgeng");
        for deviation in &facts.deviations {
            assert!(!names_all(&deviation.profiles), "{requirement}: leave the profiles of its deviation out");
            let is_version = |profile: &Profile| matches!(profile, Profile::DbgengAt(_));
            assert!(deviation.profiles.iter().all(is_version), "{requirement}: {:?}", deviation.profiles);
        }
    }
}

/// A change of the contract shows in review as a change of this file.
#[test]
fn the_rendered_spec_is_fresh() {
    assert_fresh("spec/SPEC.md", &markdown());
}

#[test]
fn the_page_on_versions_is_fresh() {
    assert_fresh("spec/versions.md", &versions());
}

#[test]
fn the_state_machine_has_not_changed_unseen() {
    insta::assert_snapshot!("transitions-contract", transitions(Profile::Contract));
    insta::assert_snapshot!("transitions-dbgeng", transitions(Profile::Dbgeng));
}

#[test]
fn an_explanation_has_every_part() {
    insta::assert_snapshot!("explanation", explanation(Requirement::HandleStaleIsRefused));
    insta::assert_snapshot!("explanation-of-a-version", explanation(Requirement::WaitTimeOutIsSFalse));
    insta::assert_snapshot!("explanation-of-a-method", method(Method::DisconnectProcessServer));
    insta::assert_snapshot!("fact", fact(source("OBS-7").unwrap()));
    insta::assert_snapshot!("fact-of-a-version", fact(source("OBS-93").unwrap()));
}

/// Every method has a requirement or a fact, and is found by its name in any case.
#[test]
fn every_method_is_explained() {
    for named in Method::ALL {
        let text = explain(&named.name().to_lowercase()).expect("it is known");
        assert_eq!(text, method(*named));
        let known = text.lines().skip_while(|line| *line != "Requirements:").skip(1);
        assert!(known.filter(|line| line.starts_with("  ")).count() > 0, "{text}");
    }
    let text = method(Method::GetRunningProcessDescription);
    for part in [
        "version 1, as GetRunningProcessDescriptionWide from version 3 on",
        "  description/never-overruns (MUST",
        "GRPD-1",
    ] {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}
