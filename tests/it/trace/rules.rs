//! The rules for a trace: those of the version that its header names.

use dbgeng_testkit::conformance::check;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::replay::replay;
use dbgeng_testkit::trace::EngineName;
use dbgeng_testkit::{DebugClient, EngineVersion, Profile};

const OLDER: Profile = Profile::DbgengAt(EngineVersion::V10_0_15063);
const NEWER: Profile = Profile::DbgengAt(EngineVersion::V10_0_29507);

fn rules(name: &str, version: &str, profile: Profile) -> (Profile, Option<String>) {
    let engine = EngineName { name: name.to_owned(), version: version.to_owned(), ..EngineName::default() };
    let rules = engine.rules(profile);
    (rules.profile, rules.unmeasured)
}

#[test]
fn a_trace_of_the_real_engine_has_the_rules_of_its_version() {
    let measured = [
        ("10.0.15063.400", OLDER),
        ("10.0.15063", OLDER),
        ("10.0.29507", NEWER),
        ("10.0.29507.1001 (WinBuild)", NEWER),
    ];
    for (version, profile) in measured {
        assert_eq!(rules("Microsoft DbgEng", version, Profile::Dbgeng), (profile, None), "{version}");
    }
    // The nearest older version, or else the oldest. What is no number may be anything, so it gets the newest.
    let others = [
        ("6.12.2.633", OLDER),
        ("10.0.15063.468", OLDER),
        ("10.0.29507.1000", OLDER),
        ("10.0.29507.1002", NEWER),
        ("11.0.1.0", NEWER),
        ("a preview", NEWER),
    ];
    for (version, profile) in others {
        let expected = (profile, Some(version.to_owned()));
        assert_eq!(rules("Microsoft dbgeng.dll", version, Profile::Dbgeng), expected, "{version}");
    }
}

#[test]
fn a_trace_of_another_engine_has_the_rules_that_it_follows_or_the_newest() {
    assert_eq!(rules("mine", "dbgeng@10.0.15063", Profile::Dbgeng), (OLDER, None));
    for (name, version) in
        [("mine", "10.0.15063.400"), ("mine", "contract"), ("mine", "dbgeng"), ("DbgEng", ""), ("", "")]
    {
        assert_eq!(rules(name, version, Profile::Dbgeng), (NEWER, None), "{name} {version}");
    }
}

#[test]
fn a_profile_that_names_a_version_is_not_changed() {
    for profile in [Profile::Contract, OLDER, NEWER] {
        for version in ["10.0.15063.400", "10.0.29507.1001", "12.0.0.0"] {
            assert_eq!(rules("Microsoft DbgEng", version, profile), (profile, None), "{version}");
        }
    }
}

/// A lab writes into its trace which version it followed.
#[test]
fn a_trace_of_the_mock_is_judged_and_replayed_by_the_version_that_it_followed() {
    for (followed, expected) in [(OLDER, OLDER), (NEWER, NEWER), (Profile::Dbgeng, NEWER), (Profile::Contract, NEWER)] {
        let lab = Lab::new(followed);
        let _ = lab.engine().client().disconnect_process_server(0);
        let trace = lab.journal().trace();
        assert_eq!(check(Profile::Dbgeng, "t", trace.as_bytes()).unwrap().rules.profile, expected, "{trace}");
        assert_eq!(replay(Profile::Dbgeng, "t", trace.as_bytes()).unwrap().rules.profile, expected, "{trace}");
        let contract = check(Profile::Contract, "t", trace.as_bytes()).unwrap().rules;
        assert_eq!((contract.profile, contract.unmeasured), (Profile::Contract, None));
    }
}
