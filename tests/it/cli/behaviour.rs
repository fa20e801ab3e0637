//! Behaviours, and where a report comes from.

use std::fs;

use crate::support::{command, decode, find_file, read_trace, run_cli_in};

#[test]
fn two_behaviours_are_compared_by_their_answers() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let snapshot = |profile: &str| {
        let name = format!("tests/it/snapshots/it__reports__behaviour-{profile}.snap");
        let text = fs::read_to_string(find_file(&name)).expect("it is a snapshot");
        text.splitn(3, "---\n").nth(2).expect("a snapshot has a head").to_owned()
    };
    for (name, profile) in [("old.txt", "contract"), ("new.txt", "dbgeng")] {
        fs::write(folder.path().join(name), snapshot(profile)).expect("the folder is new");
    }
    let same = run_cli_in(folder.path(), &["compare", "old.txt", "old.txt"], b"");
    assert_eq!((same.status.code(), decode(&same.stdout).as_str()), (Some(0), "no answer changed\n"));
    let changed = run_cli_in(folder.path(), &["compare", "old.txt", "new.txt"], b"");
    let text = decode(&changed.stdout);
    assert_eq!(changed.status.code(), Some(1), "{text}");
    let first = text.lines().next().unwrap_or_default();
    assert!(first.contains(" answers changed in ") && first.ends_with(" gone"), "{first}");
}

/// The date is that of the clock, unless a build has to be the same every time.
#[test]
fn a_report_names_its_command_seed_and_date() {
    let trace = read_trace("lifecycle-one-connection").path;
    let arguments = ["run", "--again", "lifecycle-one-connection.jsonl", "--seed", "7", "--format", "json"];
    for (seconds, day) in [("0", "1970-01-01"), ("951782400", "2000-02-29"), ("4107542399", "2100-02-28")] {
        let mut command = command(&arguments);
        command.current_dir(trace.parent().expect("it is in a folder")).env("SOURCE_DATE_EPOCH", seconds);
        let output = command.output().expect("the program was built");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let command = format!("dbgeng-testkit {}", arguments.join(" "));
        assert_eq!(report["origin"], serde_json::json!({ "command": command, "seed": 7, "date": day }));
    }
}
