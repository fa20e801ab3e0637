//! Profiles by name.

use dbgeng_testkit::Profile;

#[test]
fn every_profile_is_read_as_it_is_printed() {
    for profile in Profile::ALL {
        assert_eq!(profile.to_string().parse(), Ok(profile));
    }
}

#[test]
fn an_unknown_profile_is_told_what_there_is() {
    let error = "Dbgeng".parse::<Profile>().unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"unknown profile "Dbgeng": expected contract, dbgeng, dbgeng@10.0.15063 or dbgeng@10.0.29507"#
    );
}
