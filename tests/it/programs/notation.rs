//! Programs as JSON.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Generator, Program, Suite};
use dbgeng_testkit::mock::Lab;
use proptest::prelude::*;

#[test]
fn a_program_is_read_as_it_was_written() {
    for seed in 0..2_000 {
        let program = Generator::new(seed, 60).program();
        assert_eq!(Program::from_json(&program.to_json()), Ok(program), "seed {seed}");
    }
}

/// The process of a step is not written if the call takes none.
#[test]
fn the_program_of_every_case_is_read_as_it_was_written() {
    for profile in Profile::ALL {
        let suite = Suite::new("the mock", move || Box::new(Lab::new(profile).engine())).profile(profile);
        for case in suite.cases() {
            let text = case.program().to_json();
            assert_eq!(Program::from_json(&text).map(|program| program.to_json()), Ok(text), "{}", case.name);
        }
    }
}

#[test]
fn a_malformed_program_is_an_error_that_says_why() {
    let wrong = [
        ("", "1:1: not a program: the file is empty"),
        ("{}", "missing field `hosts`"),
        (r#"{"hosts": [], "steps": [], "more": 1}"#, "unknown field `more`"),
        (r#"{"hosts": [{"options": 1}], "steps": []}"#, "invalid type"),
        (r#"{"hosts": [], "steps": [{}]}"#, "step 1: a step has a call, a kill or a pause"),
        (r#"{"hosts": [], "steps": [{"call": "Release", "kill": true}]}"#, "a call, a kill or a pause"),
        (r#"{"hosts": [], "steps": [{"kill": true, "thread": 1}]}"#, "a kill has a process and nothing else"),
        (r#"{"hosts": [], "steps": [{"pause": 1, "kill": true}]}"#, "a call, a kill or a pause"),
        (r#"{"hosts": [], "steps": [{"pause": 1, "process": 1}]}"#, "a pause has a length and nothing else"),
        (r#"{"hosts": [], "steps": [{"call": "Release"}, {"call": "Disconnect"}]}"#, "step 2: no method is called"),
        (r#"{"hosts": [], "steps": [{"call": "Release", "in": {"Timeout": 1}}]}"#, "\"Timeout\" does not belong here"),
        (r#"{"hosts": [], "steps": [{"call": "EndProcessServer"}]}"#, "Server"),
        (r#"{"hosts": [], "steps": [{"call": "EndProcessServer", "in": {"Server": "open"}}]}"#, "no handle is called"),
        (r##"{"hosts": [], "steps": [{"call": "EndProcessServer", "in": {"Server": "#0"}}]}"##, "no handle is called"),
        (r#"{"hosts": [], "steps": [{"call": "EndProcessServer", "in": {"Server": 1}}]}"#, "invalid type"),
        (
            r#"{"hosts": [], "steps": [{"call": "AttachProcess", "in": {"Server": "0x0", "ProcessId": 4, "AttachFlags": 0}}]}"#,
            "no process is called 4",
        ),
        (
            r#"{"hosts": [], "steps": [{"call": "AttachProcess", "in": {"Server": "0x0", "ProcessId": "all", "AttachFlags": 0}}]}"#,
            "no process is called \"all\"",
        ),
    ];
    for (text, why) in wrong {
        let error = Program::from_json(text).expect_err(text).to_string();
        assert!(error.contains(why), "{text}: {error}");
    }
}

proptest! {
    /// A damaged text is a program or an error. A program is read as it was written.
    #[test]
    fn a_damaged_program_is_an_error_or_another_program(seed in 0..200_u64, at in any::<prop::sample::Index>(),
        length in 0..9_usize, by in r#"[{}\[\]":,#^a-z0-9 \\]{0,4}"#)
    {
        let text = Generator::new(seed, 6).program().to_json();
        let from = at.index(text.len());
        let to = (from + length).min(text.len());
        prop_assume!(text.is_char_boundary(from) && text.is_char_boundary(to));
        let damaged = format!("{}{by}{}", &text[..from], &text[to..]);
        if let Ok(program) = Program::from_json(&damaged) {
            prop_assert_eq!(Program::from_json(&program.to_json()), Ok(program));
        }
    }
}
