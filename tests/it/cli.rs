//! The command line: what it prints, and its exit status.

mod bad_inputs;
mod behaviour;
mod help;
mod streams;

use std::fs;
use std::process::Output;

use crate::support::{decode, read_trace, read_traces, run_cli, write_clashing_disconnects};

fn status(arguments: &[&str]) -> i32 {
    run_cli(arguments).status.code().expect("it exits")
}

fn trace(name: &str) -> String {
    read_trace(name).path.display().to_string()
}

/// A run that is short and still has every part.
const SHORT: [&str; 3] = ["run", "--programs", "5"];

#[test]
fn a_run_on_the_mock_passes() {
    for profile in ["contract", "dbgeng"] {
        let output = run_cli(&[&SHORT[..], &["--profile", profile, "--seed", "3"]].concat());
        assert_eq!(output.status.code(), Some(0));
        let text = decode(&output.stdout);
        assert!(text.starts_with(&format!("the mock engine, profile {profile}, judged by")), "{text}");
        assert!(text.contains("programs/random: pass, 5 programs"), "{text}");
        assert!(text.contains("MUSTs checked (100 %)") && text.contains("PASS: no violation found ("), "{text}");
    }
}

#[test]
fn a_run_is_reported_in_every_format() {
    let beginnings = [
        ("json", "{\n  \"subject\": \"the mock engine\""),
        ("junit", "<?xml version=\"1.0\""),
        ("html", "<!doctype html>"),
        ("behaviour", "the mock engine, profile contract\n"),
    ];
    for (format, beginning) in beginnings {
        let output = run_cli(&["run", "--again", &trace("lifecycle-one-connection"), "--format", format]);
        assert_eq!(output.status.code(), Some(0), "{format}");
        let text = decode(&output.stdout);
        assert!(text.starts_with(beginning), "{format}: {}", text.chars().take(200).collect::<String>());
    }
}

#[test]
fn known_deviations_are_read_and_updated() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deviations.json");
    let path = file.display().to_string();
    let with = |option: &'static str| run_cli(&[&SHORT[..], &[option, &path]].concat());
    assert_eq!(with("--deviations").status.code(), Some(2));

    // The mock has no deviations.
    assert_eq!(with("--update-deviations").status.code(), Some(0));
    let empty = "{\n  \"subject\": \"the mock engine\",\n  \"profile\": \"contract\",\n  \"deviations\": []\n}\n";
    assert_eq!(fs::read_to_string(&file).unwrap(), empty);

    // A known deviation that no longer shows fails the run, and the update removes it. One that shows only sometimes may be
    // absent, and stays.
    let stale = r#"{"requirement": "handle/stale-is-refused", "cases": {"disconnect": {"verdict": "crash",
        "breaks": "handle/stale-is-refused"}}, "elsewhere": true, "reason": "r", "evidence": ["e"]}"#;
    let sometimes = r#"{"requirement": "handle/unknown-is-refused", "cases": {"disconnect": {"verdict": "crash",
        "breaks": "handle/unknown-is-refused", "sometimes": true}}, "elsewhere": false, "reason": "r", "evidence": ["e"]}"#;
    fs::write(&file, empty.replace("[]", &format!("[{stale}, {sometimes}]"))).unwrap();
    let output = with("--deviations");
    assert_eq!(output.status.code(), Some(1));
    let said = decode(&output.stdout);
    assert!(said.contains("the known deviation does not show any more: r (e)"), "{said}");
    assert!(said.contains("the known deviation from handle/stale-is-refused does not show elsewhere"), "{said}");
    assert!(!said.contains("the known deviation from handle/unknown-is-refused"), "{said}");
    assert_eq!(with("--update-deviations").status.code(), Some(1));
    let left = fs::read_to_string(&file).unwrap();
    assert!(left.contains("\"sometimes\": true") && !left.contains("handle/stale-is-refused"), "{left}");

    fs::write(&file, empty.replace("contract", "strict")).unwrap();
    let output = with("--deviations");
    assert_eq!(output.status.code(), Some(2));
    let said = decode(&output.stderr);
    assert!(said.contains(&path) && said.contains("unknown profile \"strict\"") && said.contains(":3:"), "{said}");
}

#[test]
fn a_trace_is_run_again() {
    let again = |name: &str| run_cli(&["run", "--profile", "dbgeng", "--again", &trace(name)]);
    let output = again("lifecycle-two-servers");
    assert_eq!(output.status.code(), Some(0), "{}", decode(&output.stdout));
    let report = decode(&output.stdout);
    assert!(report.contains("lifecycle-two-servers.jsonl: pass, 1 programs"), "{report}");
    assert!(report.contains("profile dbgeng@10.0.15063"), "{report}");
    // A run of several threads differs each time.
    let output = again("storm-01");
    assert_eq!(output.status.code(), Some(0), "{}", decode(&output.stdout));
    assert!(decode(&output.stdout).contains("storm-01.jsonl: pass, 10 programs"));
    assert_eq!(status(&["run", "--again", "no-such-file"]), 2);
}

#[test]
fn the_exit_status_of_check_tells_pass_fail_and_error() {
    let good = trace("lifecycle-one-connection");
    let bad = trace("misuse-stale-disconnect");
    let reused = trace("lifecycle-handle-value-reused");
    let storm = trace("storm-01");
    assert_eq!(status(&["check", &storm]), 0);
    assert_eq!(status(&["check", &good]), 0);
    assert_eq!(status(&["check", &bad]), 1);
    assert_eq!(status(&["check", "--profile", "dbgeng", &bad]), 0);
    assert_eq!(status(&["check", &reused]), 0);
    assert_eq!(status(&["check", "--strict", &reused]), 1);
    assert_eq!(status(&["check", &bad, NO_TRACE]), 2);
    assert_eq!(status(&["check", "no-such-file"]), 2);
    assert_eq!(status(&["check"]), 2);
}

/// A file that is not a trace.
const NO_TRACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

/// A file that cannot be judged does not affect the others.
#[test]
fn check_goes_on_after_a_trace_that_cannot_be_judged() {
    let good = trace("lifecycle-one-connection");
    let output = run_cli(&["check", "--format", "json", NO_TRACE, "no-such-file", &good]);
    let expected = format!("{{\"trace\":{good:?},\"rules\":\"contract\",\"verdict\":\"pass\",\"violations\":[]}}\n");
    assert_eq!(decode(&output.stdout), expected);
    let errors = decode(&output.stderr);
    assert!(errors.contains(NO_TRACE) && errors.contains("no-such-file"), "{errors}");
}

/// Violations before a line that cannot be read are printed, with the reason why judging stopped.
#[test]
fn check_keeps_what_it_has_proven() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.jsonl");
    let name = path.to_str().expect("the path is UTF-8");
    let whole = fs::read_to_string(trace("misuse-stale-disconnect")).unwrap();
    let next = r#"{"seq": 100, "process": "client", "thread": 0, "client": 0, "call": "CreateCl"#;
    let ends: [(&[u8], &str); 8] = [
        (next.as_bytes(), "EOF while parsing a string"),
        (b"\0", "expected value"),
        (b"{\"seq\": 100, \0}", "key must be a string"),
        (b"\xef\xbb\xbf{}", "expected value"),
        (b"\xff\xfe", "expected value"),
        (&b"[".repeat(100_000), "invalid type: sequence"),
        (b"{\"seq\": 1e999}", "number out of range"),
        (b"{\"seq\": 99999999999999999999999}", "expected u64"),
    ];
    for (end, why) in ends {
        fs::write(&path, [whole.trim_end().as_bytes(), b"\n", end].concat()).unwrap();
        let output = run_cli(&["check", name]);
        let printed = decode(&output.stdout);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(printed.starts_with(&format!("fail {name} (6 calls, by contract)\n  seq 6, client: ")), "{printed}");
        let last = printed.lines().last().unwrap();
        assert!(last.starts_with(&format!("  not judged to the end: {name}:")) && last.contains(why), "{last}");
        assert!(last.len() < 2_000, "{last}");

        let output = run_cli(&["check", "--profile", "dbgeng", "--format", "json", name]);
        let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
        assert_eq!((output.status.code(), &verdict["verdict"]), (Some(2), &"incomplete".into()));
        assert!(verdict["stopped"].as_str().is_some_and(|stopped| stopped.contains(why)), "{verdict}");
    }
    // A last line without its end is a line.
    fs::write(&path, whole.trim_end()).unwrap();
    assert_eq!(status(&["check", "--profile", "dbgeng", name]), 0);
}

/// The calls under way are not judged by events that nobody has read.
#[test]
fn check_judges_no_call_whose_order_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.jsonl");
    let clash = String::from_utf8(write_clashing_disconnects()).unwrap();
    // The second disconnect, which has no place, is still under way.
    fs::write(&path, format!("{}\n{{\"seq\": 11", clash.trim_end())).unwrap();
    let output = run_cli(&["check", path.to_str().expect("the path is UTF-8")]);
    let printed = decode(&output.stdout);
    assert!(printed.starts_with("incomplete ") && printed.lines().count() == 2, "{printed}");
}

/// Traces are judged in parallel. Neither the text nor the order of the verdicts depends on that.
#[test]
fn check_reports_many_traces_in_the_order_of_the_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("long.jsonl");
    // It takes longer than the others.
    let pauses = (2..20_000)
        .map(|seq| format!("{{\"seq\": {seq}, \"process\": \"client\", \"event\": \"Elapsed\", \"ms\": 1}}\n"));
    let short = fs::read_to_string(trace("lifecycle-one-connection")).unwrap();
    let beginning: String = short.split_inclusive('\n').take(2).collect();
    fs::write(&long, beginning + &pauses.collect::<String>()).unwrap();

    let mut traces = vec![long.display().to_string(), NO_TRACE.to_owned(), "no-such-file".to_owned()];
    traces.extend(read_traces().iter().take(12).map(|trace| trace.path.display().to_string()));
    traces.push(long.display().to_string());
    traces.push(folder.path().display().to_string());
    let alone: Vec<Output> = traces.iter().map(|trace| run_cli(&["check", trace])).collect();
    let together = run_cli(&[vec!["check"], traces.iter().map(String::as_str).collect()].concat());
    let all = |of: fn(&Output) -> &[u8]| decode(&alone.iter().map(of).collect::<Vec<_>>().concat());
    assert_eq!(decode(&together.stdout), all(|output| &output.stdout));
    assert_eq!(decode(&together.stderr), all(|output| &output.stderr));
    assert_eq!(together.status.code(), alone.iter().filter_map(|output| output.status.code()).max());
}

/// Someone who reads standard error from a file wants only errors. Progress is for a terminal.
#[test]
fn check_prints_only_errors_on_standard_error() {
    let output = run_cli(&["check", &trace("lifecycle-one-connection"), &trace("storm-01")]);
    assert_eq!((output.status.code(), decode(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn check_as_json_names_requirement_level_expected_and_actual() {
    let bad = trace("misuse-stale-disconnect");
    let output = run_cli(&["check", "--format", "json", &bad]);
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    let violation = serde_json::json!({
        "seq": 6,
        "requirement": "handle/stale-is-refused",
        "level": "MUST",
        "expected": "an error",
        "actual": "the process crashed",
    });
    assert_eq!(
        verdict,
        serde_json::json!({ "trace": bad, "rules": "contract", "verdict": "fail", "violations": [violation] })
    );
}

#[test]
fn check_as_text_is_for_people() {
    let bad = trace("misuse-stale-disconnect");
    let output = run_cli(&["check", &bad]);
    let expected = format!(
        "fail {bad} (6 calls, by contract)\n  seq 6, client: DisconnectProcessServer\n    MUST handle/stale-is-refused\n    \
         expected an error, but the process crashed\n"
    );
    assert_eq!(decode(&output.stdout), expected);
}

/// The published traces are of measured versions. This one is not.
#[test]
fn check_and_replay_name_the_version_that_they_judge_by() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("strange.jsonl");
    let text = fs::read_to_string(trace("lifecycle-one-connection")).unwrap();
    fs::write(&path, text.replacen("10.0.15063.400", "10.0.22621.3235", 1)).unwrap();
    let strange = path.to_str().expect("the path is UTF-8");
    for (command, word) in [("check", "pass"), ("replay", "agrees")] {
        let output = run_cli(&[command, "--profile", "dbgeng", &trace("lifecycle-one-connection"), strange]);
        let printed = decode(&output.stdout);
        let lines: Vec<&str> = printed.lines().collect();
        assert!(lines[0].starts_with(word) && lines[0].ends_with("calls, by dbgeng@10.0.15063)"), "{printed}");
        let expected = "calls, by dbgeng@10.0.15063, since nobody measured 10.0.22621.3235)";
        assert!(lines[1].starts_with(word) && lines[1].ends_with(expected), "{printed}");
    }
    let output = run_cli(&["check", "--profile", "dbgeng", "--format", "json", strange]);
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&verdict["rules"], &verdict["unmeasured"]), (&"dbgeng@10.0.15063".into(), &"10.0.22621.3235".into()));
}

/// Of a long trace of several threads, only the calls that clash are shown.
#[test]
fn check_draws_the_calls_that_have_no_order() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let path = folder.path().join("clash.jsonl");
    std::fs::write(&path, write_clashing_disconnects()).expect("there is room for a file");
    let clash = path.to_str().expect("the path is UTF-8");
    let output = run_cli(&["check", clash]);
    assert_eq!(output.status.code(), Some(1));
    let drawn = "  no order of these overlapping calls is allowed:
    client, thread 1  |--1--|
    client, thread 3     |--2--|
    1  seq 8  DisconnectProcessServer(Server=\"0x10\") -> S_OK
    2  seq 10  DisconnectProcessServer(Server=\"0x10\") -> S_OK
";
    assert!(decode(&output.stdout).ends_with(drawn), "{}", decode(&output.stdout));
    let output = run_cli(&["check", "--format", "json", clash]);
    let verdict: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(verdict["unordered"]["calls"], serde_json::json!([8, 10]));
}

#[test]
fn replay_tells_whether_the_mock_agrees() {
    let trace = trace("thread-other-disconnects");
    assert_eq!(status(&["replay", "--profile", "dbgeng", &trace]), 0);
    let output = run_cli(&["replay", "--profile", "contract", &trace]);
    assert_eq!(output.status.code(), Some(1));
    let expected = "seq 5: GetRunningProcessSystemIds: recorded S_OK (0x00000000), replayed RPC_E_WRONG_THREAD";
    assert!(decode(&output.stdout).contains(expected), "{}", decode(&output.stdout));
    assert_eq!(status(&["replay", "no-such-file"]), 2);
}

#[test]
fn the_spec_is_listed_explained_and_printed() {
    assert!(decode(&run_cli(&["list"]).stdout).contains("MUST   required   handle/stale-is-refused\n"));
    assert!(decode(&run_cli(&["explain", "handle/stale-is-refused"]).stdout).contains("basis     required\n"));
    assert!(decode(&run_cli(&["explain", "OBS-7"]).stdout).contains("used by   handle/stale-is-refused\n"));
    let output = run_cli(&["explain", "handle/stale"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        decode(&output.stderr),
        "dbgeng-testkit: there is no requirement, fact, method or behaviour \"handle/stale\" (`dbgeng-testkit list` prints every \
         requirement); did you mean handle/stale-is-refused?\n"
    );
    let explain = |id: &str| decode(&run_cli(&["explain", id]).stdout);
    assert_eq!(explain("Obs-93"), explain("OBS-93"));
    assert_eq!(explain("Handle/Stale-Is-Refused"), explain("handle/stale-is-refused"));
    let behaviour = explain("waittimeoutissok");
    assert!(behaviour.starts_with("WaitTimeOutIsSOk, in 10.0.29507.1001 alone (OBS-93):\n"), "{behaviour}");
    assert!(explain("wait/time-out-is-s-false").contains(&behaviour));
    assert!(decode(&run_cli(&["spec"]).stdout).starts_with("# The process-server contract\n"));
    assert!(decode(&run_cli(&["spec", "--format", "mermaid"]).stdout).starts_with("stateDiagram-v2\n"));
    let json: serde_json::Value = serde_json::from_slice(&run_cli(&["spec", "--format", "json"]).stdout).expect("JSON");
    assert!(json["requirements"].is_array());
}

#[test]
fn parse_reads_a_connection_string_or_says_where_it_is_wrong() {
    let output = run_cli(&["parse", "client", "TCP:Port=5005, Server=box17"]);
    assert_eq!((output.status.code(), decode(&output.stdout)), (Some(0), "tcp:port=5005,server=box17\n".to_owned()));
    assert_eq!(status(&["parse", "--profile", "dbgeng", "server", "tcp:port=0x1b59,"]), 0);
    let output = run_cli(&["parse", "server", "tcp:prot=1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(decode(&output.stderr).starts_with("dbgeng-testkit: at offset 4, item \"prot=1\": expected"));
    assert_eq!(status(&["parse", "server", "-premote tcp:port=1"]), 2);
}
