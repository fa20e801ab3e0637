//! The schema of traces: it accepts what is written, and refuses what the reader refuses.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::{arbitrary, list_malformed_lines, read_traces, write_lines};
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema, list_objections};

/// The schema, compiled once: a property uses it hundreds of times.
static TRACE: LazyLock<Validator> = LazyLock::new(|| compile_schema("fixtures/trace.schema.json"));

#[test]
fn every_line_of_the_published_traces_fits_the_schema() {
    for trace in read_traces() {
        let text = std::str::from_utf8(&trace.text).expect("JSON is UTF-8");
        for (number, line) in text.lines().enumerate() {
            let line = serde_json::from_str(line).expect("a line of a trace is JSON");
            assert_fits(&TRACE, &line, &format!("{}:{}", trace.name, number + 1));
        }
    }
}

#[test]
fn the_schema_of_traces_refuses_what_the_reader_refuses() {
    let mut refused = 0;
    for wrong in list_malformed_lines() {
        // A schema does not see that an object has two values under one name.
        let Ok(value) = serde_json::from_str::<Value>(&wrong.line()) else { continue };
        if !wrong.says().starts_with("duplicate field") {
            assert!(!TRACE.is_valid(&value), "{value} is let through");
            refused += 1;
        }
    }
    assert!(refused > 50, "only {refused} lines");
}

#[test]
fn the_schema_of_traces_refuses_wrong_lines() {
    let header = json!({
        "trace": 1, "engine": { "name": "E", "version": "1", "platform": "P" }, "name": "n", "note": "",
    });
    let changes = [
        ("/trace", json!(2)),
        ("/trace", json!("1")),
        ("/name", Value::Null),
        ("/engine/platform", Value::Null),
        ("/engine", json!(["E", "1", "P"])),
        ("/engine/build", json!(7)),
        ("/seq", json!(1)),
    ];
    assert_each_change_is_refused(&TRACE, &header, &changes);

    let pause = json!({ "seq": 3, "process": "client", "event": "Elapsed", "ms": 300 });
    let changes = [("/ms", Value::Null), ("/ms", json!(-1)), ("/event", json!("Slept")), ("/hresult", json!("0x0"))];
    assert_each_change_is_refused(&TRACE, &pause, &changes);
    let kill = json!({ "seq": 3, "process": "server", "event": "ProcessKilled" });
    assert_each_change_is_refused(
        &TRACE,
        &kill,
        &[("/ms", json!(300)), ("/process", Value::Null), ("/client", json!(0))],
    );

    let process = json!({
        "Id": 64, "Exe": r"C:\a.exe", "Session": 1, "User": r"HOST\user", "CommandLine": "a", "Services": ["s"],
    });
    let computer = json!({
        "seq": 3, "process": "client", "event": "Computer", "computer": { "Names": ["HOST"], "Processes": [process] },
    });
    let changes = [
        ("/event", json!("Elapsed")),
        ("/ms", json!(300)),
        ("/hresult", json!("0x0")),
        ("/computer", Value::Null),
        ("/computer", json!([["HOST"], []])),
        ("/computer/Names", Value::Null),
        ("/computer/Names", json!("HOST")),
        ("/computer/Names/0", json!(7)),
        ("/computer/Processes", Value::Null),
        ("/computer/Programs", json!([])),
        ("/computer/Processes/0", json!([64, "a.exe"])),
        ("/computer/Processes/0/Id", Value::Null),
        ("/computer/Processes/0/Id", json!("64")),
        ("/computer/Processes/0/Id", json!(4294967296_u64)),
        ("/computer/Processes/0/Exe", Value::Null),
        ("/computer/Processes/0/Exe", json!(64)),
        ("/computer/Processes/0/Session", json!(-1)),
        ("/computer/Processes/0/User", json!(["HOST", "user"])),
        ("/computer/Processes/0/CommandLine", json!(["a"])),
        ("/computer/Processes/0/Services", json!("s")),
        ("/computer/Processes/0/Services/0", json!(7)),
        ("/computer/Processes/0/id", json!(64)),
    ];
    assert_each_change_is_refused(&TRACE, &computer, &changes);

    let call = json!({
        "seq": 5, "process": "client", "thread": 0, "client": 0, "call": "GetRunningProcessSystemIds",
        "in": { "Server": "0x11c7070", "Count": 64, "ActualCount": null },
        "hresult": "0x00000000", "out": { "Ids": [64, 76] }, "start_us": -1, "end_us": 5,
    });
    let changes = [
        ("/seq", Value::Null),
        ("/client", Value::Null),
        ("/call", json!("GetProcessIds")),
        ("/call", json!("GetRunningProcessSystemIdsWide")),
        ("/in", Value::Null),
        ("/in/Count", Value::Null),
        ("/in/Timeout", json!(5)),
        ("/in/ActualCount", json!(2)),
        ("/in/Server", json!("11c7070")),
        ("/hresult", json!("0x000000000")),
        ("/hresult", Value::Null),
        ("/crashed", json!(true)),
        ("/timed_out", json!(false)),
        ("/out/Ids", json!(["64"])),
        ("/out/References", json!(1)),
        ("/out/Handle", json!("0x1")),
        ("/start_us", Value::Null),
        ("/ms", json!(300)),
    ];
    assert_each_change_is_refused(&TRACE, &call, &changes);
}

proptest! {
    /// A reader that is written from the schema can read every trace of this crate.
    #[test]
    fn every_written_event_fits_the_schema((processes, events) in arbitrary::events()) {
            for line in write_lines(&events, &processes) {
            let value = serde_json::from_str(&line).expect("what was written is JSON");
            prop_assert_eq!(list_objections(&TRACE, &value), Vec::<String>::new(), "{}", line);
        }
    }

    /// No object of a line may have another name, whatever the method.
    #[test]
    fn no_written_event_has_room_for_another_name((processes, events) in arbitrary::events()) {
        for line in write_lines(&events, &processes) {
            let value: Value = serde_json::from_str(&line).expect("what was written is JSON");
            for place in ["", "/in", "/in/OptionsBuffer", "/out", "/computer", "/computer/Processes/0"] {
                let mut wrong = value.clone();
                let Some(Value::Object(object)) = wrong.pointer_mut(place) else { continue };
                object.insert("Colour".to_owned(), json!(1));
                prop_assert!(!TRACE.is_valid(&wrong), "{} is let through", wrong);
            }
        }
    }
}
