//! Counterexamples: each can be replayed from its trace, and as a Rust test.

use std::cell::Cell;
use std::panic::catch_unwind;
use std::sync::LazyLock;

use dbgeng_testkit::conformance::{Counterexample, Generator, Program, Suite, execute, shrink};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::transcript::process_name;
use dbgeng_testkit::{Engine, Profile};

use crate::support::{
    assert_fresh, build_sample_report, find_defect, plant, rebuild_program, without_many_connections, write_trace,
};
use written::SHOWN;

thread_local! {
    static DEFECT: Cell<Option<&'static Defect>> = const { Cell::new(None) };
}

fn with(defect: Option<&'static Defect>) -> Box<dyn Engine> {
    match defect {
        Some(defect) => plant(defect, Profile::Contract),
        None => Box::new(Lab::new(Profile::Contract).engine()),
    }
}

/// The tests that the kit has written.
mod written {
    use super::*;

    fn engine() -> Box<dyn Engine> {
        with(DEFECT.get())
    }

    include!("counterexample.rs");

    /// The defects that the committed tests show, and whether each test fails on the engine with the defect. A wrong output
    /// fails no test: the test says in a comment what is wrong with it.
    pub(super) const SHOWN: [(&str, fn(), bool); 5] = [
        ("stale-disconnect-accepted", handle_stale_is_refused, true),
        ("live-disconnect-refused", disconnect_connected_handle_succeeds, true),
        ("wait-sees-an-end-before-any", wait_needs_an_end, true),
        ("disconnect-ends-the-server", disconnect_leaves_server_running, true),
        ("second-connect-gives-any-open-handle", handle_is_unique_while_connected, false),
    ];
}

/// The counterexamples of the committed tests, each with the defect that it shows.
static EXAMPLES: LazyLock<Vec<(&Defect, Counterexample)>> = LazyLock::new(|| {
    let example = |(name, ..): &(&str, fn(), bool)| (find_defect(name), counterexample(find_defect(name)));
    SHOWN.iter().map(example).collect()
});

/// Finds the counterexample among all short programs, so that it does not depend on the generator.
fn counterexample(defect: &'static Defect) -> Counterexample {
    let suite = without_many_connections(Suite::new(defect.name, move || with(Some(defect)))).programs(0).depth(3);
    let mut found = suite.run().properties.into_iter().flat_map(|property| property.counterexamples);
    let example = found.find(|example| example.failure.requirement == Some(defect.requirement));
    example.unwrap_or_else(|| panic!("no short program notices {defect:?}"))
}

#[test]
fn the_committed_tests_are_fresh() {
    let tests: Vec<&str> = EXAMPLES.iter().map(|(_, example)| example.test.as_str()).collect();
    let fresh = format!("// Written by the kit; see counterexamples.rs.\n\n{}", tests.join("\n"));
    assert_fresh("tests/it/counterexample.rs", &fresh);
}

/// They run as tests themselves, so they pass on the mock.
#[test]
fn the_committed_tests_fail_on_the_engine_with_the_defect() {
    for (defect, test, fails) in SHOWN {
        DEFECT.set(Some(find_defect(defect)));
        let outcome = catch_unwind(test);
        DEFECT.set(None);
        let panicked = outcome.err().map(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default());
        assert_eq!(panicked.is_some(), fails, "{defect:?}: {panicked:?}");
        assert!(panicked.is_none_or(|said| said.starts_with("expected ")), "{defect:?}");
    }
}

/// The program of the trace makes the same calls, gets the same answers, and breaks the same requirement.
#[test]
fn a_counterexample_can_be_run_again_from_its_trace() {
    for &(defect, ref example) in EXAMPLES.iter() {
        let program = Program::from_trace("counterexample", example.trace.as_bytes()).unwrap();
        let again = execute(&program, with(Some(defect)), Profile::Contract, true);
        assert!(again.breaks(defect.requirement), "{defect:?}: {program:#?}");
        let header = serde_json::from_str(example.trace.lines().next().unwrap()).unwrap();
        let names: Vec<String> = (0..2).map(process_name).collect();
        let written = write_trace(&header, &names, &again.events);
        assert_eq!(String::from_utf8(written).unwrap(), example.trace, "{defect:?}");
        assert_eq!(execute(&program, with(None), Profile::Contract, false).broken, [], "{defect:?}");
    }
}

/// The same for programs that the generator finds and the kit shrinks.
#[test]
fn a_shrunk_program_that_fails_fails_again_from_its_trace() {
    let found_often = [
        "second-connect-gives-the-same-handle",
        "unknown-disconnect-accepted",
        "zero-disconnect-accepted",
        "stale-disconnect-accepted",
        "stale-is-the-local-computer",
        "live-disconnect-refused",
        "disconnect-ends-the-server",
        "wrong-password-accepted",
        "any-class-accepted",
        "end-says-nothing",
        "wait-sees-an-end-before-any",
        "time-out-is-an-error",
        "one-id-more-than-count",
        "no-match-is-id-zero",
        "nul-is-not-counted",
    ];
    for defect in found_often.map(find_defect) {
        let run = |program: &Program| execute(program, with(Some(defect)), Profile::Contract, true);
        let fails = |program: &Program| run(program).breaks(defect.requirement);
        let found = (0..2_000).map(|seed| Generator::new(seed, 60).program()).find(|program| fails(program));
        let smallest = shrink(&found.unwrap_or_else(|| panic!("no program detects {defect:?}")), fails);
        let events = run(&smallest).events;
        let program = rebuild_program(&events);
        assert_eq!(run(&program).events, events, "{defect:?}: {smallest:#?} became {program:#?}");
    }
}

#[test]
fn each_saved_trace_is_a_private_file_of_its_own() {
    let report = build_sample_report();
    let example = &report.properties[0].counterexamples[0];
    let paths = [example.save_trace().unwrap(), example.save_trace().unwrap()];
    assert_ne!(paths[0], paths[1]);
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("handle-stale-is-refused-") && name.ends_with(".jsonl"), "{name}");
        assert!(path.starts_with(std::env::temp_dir()), "{path:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), example.trace);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_file(path).unwrap();
    }
}
