//! The schema of what `check --format json` prints.

use std::io::Write;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::support::{find_file, read_sequential_traces, write_clashing_disconnects};
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema};

/// Runs `check` of the command line, which is another package's program.
fn check(options: &[&str], traces: &[String]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(find_file("")).args(["run", "--quiet", "--", "check", "--format", "json"]);
    cargo.args(options).args(traces).output().expect("cargo runs")
}

#[test]
fn the_verdicts_of_check_fit_their_schema() {
    let schema = compile_schema("spec/verdict.schema.json");
    let paths = read_sequential_traces().into_iter().map(|trace| trace.path.into_os_string().into_string());
    let traces: Vec<String> = paths.map(|path| path.expect("the path is UTF-8")).collect();
    let mut seen = Vec::new();
    for options in [&[][..], &["--strict"], &["--profile", "dbgeng"], &["--profile", "dbgeng", "--strict"]] {
        let output = check(options, &traces);
        assert!(output.stderr.is_empty(), "{options:?}: {}", output.stderr.escape_ascii());
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let lines = text.lines().map(|line| serde_json::from_str(line).expect("a line is one object"));
        let verdicts: Vec<Value> = lines.collect();
        for verdict in &verdicts {
            assert_fits(&schema, verdict, &format!("{options:?}: {verdict}"));
        }
        let judged: Vec<&str> = verdicts.iter().filter_map(|verdict| verdict["trace"].as_str()).collect();
        assert_eq!(judged, traces, "{options:?}: a line for each trace, in their order");
        let binding = if options.contains(&"--strict") { &["MUST", "SHOULD"][..] } else { &["MUST"] };
        for verdict in &verdicts {
            let violations = verdict["violations"].as_array().expect("the schema says so");
            let is_binding = |violation: &Value| binding.iter().any(|level| violation["level"] == *level);
            let expected = if violations.iter().any(is_binding) { "fail" } else { "pass" };
            assert_eq!(verdict["verdict"], expected, "{options:?}: {verdict}");
        }
        let failed = verdicts.iter().any(|verdict| verdict["verdict"] == "fail");
        assert_eq!(output.status.code(), Some(i32::from(failed)), "{options:?}: the status is that of the verdicts");
        seen.extend(verdicts);
    }
    // Both verdicts and a violation were validated.
    assert!(seen.iter().any(|verdict| verdict["verdict"] == "pass"));
    assert!(seen.iter().any(|verdict| verdict["verdict"] == "fail"));
    assert!(seen.iter().any(|verdict| verdict["violations"][0]["level"] == "SHOULD"));
}

#[test]
fn the_verdict_on_calls_that_have_no_order_fits_its_schema() {
    let mut trace = tempfile::NamedTempFile::new().expect("there is room for a file");
    trace.write_all(&write_clashing_disconnects()).expect("there is room for a file");
    let path = trace.path().to_str().expect("the path is UTF-8").to_owned();
    let output = check(&[], &[path]);
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert!(verdict["unordered"].is_object(), "{verdict}");
    assert_fits(&compile_schema("spec/verdict.schema.json"), &verdict, "a clash");
}

#[test]
fn the_schema_of_verdicts_refuses_wrong_ones() {
    let schema = compile_schema("spec/verdict.schema.json");
    let failed = json!({
        "trace": "a.jsonl", "rules": "dbgeng@10.0.15063", "unmeasured": "10.0.15063.0", "verdict": "fail",
        "violations": [{
            "seq": 4, "requirement": "handle/stale-is-refused", "level": "MUST", "expected": "an error", "actual": "S_OK",
        }],
        "unordered": { "calls": [3, 4], "mermaid": "gantt\n" },
    });
    let changes = [
        ("/trace", Value::Null),
        ("/trace", json!("")),
        ("/rules", Value::Null),
        ("/rules", json!("dbgeng")),
        ("/unmeasured", json!("")),
        ("/verdict", json!("maybe")),
        ("/verdict", json!("pass")),
        ("/violations", json!([])),
        ("/violations", Value::Null),
        ("/calls", json!(5)),
        ("/violations/0", json!("handle/stale-is-refused")),
        ("/violations/0/seq", json!("4")),
        ("/violations/0/seq", json!(-4)),
        ("/violations/0/requirement", json!("stale-is-refused")),
        ("/violations/0/level", json!("must")),
        ("/violations/0/level", json!("MAY")),
        ("/violations/0/expected", Value::Null),
        ("/violations/0/actual", json!("")),
        ("/violations/0/actual", json!(0)),
        ("/violations/0/because", json!("of this")),
        ("/unordered", json!([3, 4])),
        ("/unordered/calls", json!([])),
        ("/unordered/calls", json!(["3"])),
        ("/unordered/mermaid", Value::Null),
        ("/unordered/mermaid", json!("sequenceDiagram\n")),
        ("/unordered/lanes", json!("")),
    ];
    assert_each_change_is_refused(&schema, &failed, &changes);
    assert_fits(
        &schema,
        &json!({ "trace": "a.jsonl", "rules": "contract", "verdict": "pass", "violations": [] }),
        "an empty pass",
    );
}
