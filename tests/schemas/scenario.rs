//! The schema of scenarios, the parser, and what is published.

use std::fs;

use dbgeng_testkit::mock::{Scenario, ScenarioError};
use serde_json::{Value, json};

use crate::support::{TWO_COMPUTERS, find_file, read_json};
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema};

/// A scenario that has every key.
fn whole_scenario() -> Value {
    let mut scenario: Value = serde_json::from_str(TWO_COMPUTERS).expect("the example is JSON");
    scenario["newest_client"] = json!(4);
    scenario["real_time"] = json!(true);
    scenario["permit"] = json!(["ZeroAfterFailedConnect"]);
    scenario["forbid"] = json!(["UnreleasedClient"]);
    scenario["computers"][0]["lists_engines"] = json!(true);
    scenario["computers"][0]["processes"] = json!([]);
    scenario["computers"][0]["debugging_servers"] = json!(["tcp:port=5010"]);
    scenario["faults"] = json!([
        {
            "fail": "WSAECONNREFUSED", "method": "ConnectProcessServer", "nth": 1, "computer": "BOX17",
            "process_server": "tcp:port=5005",
        },
        { "delay_ms": 7, "first": 3 },
        { "lose_connection": "after", "probability": 0.5, "seed": 17 },
        { "effect": "version_mismatch", "method": "ConnectProcessServer" },
        { "effect": "process_ends", "process": 4, "computer": "BOX17", "program": "game.exe", "optional": true },
        { "fail": "E_FAIL", "method": "AttachProcess", "in": { "Server": "0x0", "AttachFlags": 1 } },
    ]);
    scenario["later"] = json!([
        { "at_call": 2, "starts": r"C:\game\game.exe", "optional": true },
        { "at_ms": 3, "computer": "10.0.0.17", "ends": 4 },
        { "at_call": 4, "computer": "BOX17", "dies": "tcp:port=5005" },
        { "at_call": 5, "computer": "BOX17", "restarts": "tcp:port=5005" },
    ]);
    scenario
}

#[test]
fn the_schema_of_scenarios_refuses_wrong_ones() {
    let mut changes = wrong_computers();
    changes.extend(wrong_faults());
    changes.extend(wrong_happenings());
    assert_each_change_is_refused(&compile_schema("fixtures/scenario.schema.json"), &whole_scenario(), &changes);
}

fn wrong_computers() -> Vec<(&'static str, Value)> {
    vec![
        ("/profile", json!("windbg")),
        ("/profile", json!("dbgeng@10.0")),
        ("/newest_client", json!(0)),
        ("/newest_client", json!(10)),
        ("/real_time", json!("yes")),
        ("/permit/0", json!("Zero")),
        ("/forbid", json!("UnreleasedClient")),
        ("/computers/0/lists_engines", json!("yes")),
        ("/colours", json!([])),
        ("/computers", json!({ "BOX17": {} })),
        ("/computers/0", json!("BOX17")),
        ("/computers/0/names", json!([])),
        ("/computers/1/names", Value::Null),
        ("/computers/1/names", json!("BOX17")),
        ("/computers/1/names", json!(["BOX17", "BOX17"])),
        ("/computers/1/names/0", json!("")),
        ("/computers/1/names/0", json!(r"\\BOX17")),
        ("/computers/1/Names", json!(["BOX17"])),
        ("/computers/1/processes/0", json!([4, "System"])),
        ("/computers/1/processes/0/Id", json!("4")),
        ("/computers/1/processes/0/Exe", Value::Null),
        ("/computers/1/processes/0/exe", json!("System")),
        ("/computers/0/programs/0", json!("C:\\tools\\")),
        ("/computers/0/missing_directories/0", json!("")),
        ("/computers/0/held/0", json!("port=5005")),
        ("/computers/0/held/0", json!({ "tcp": 5005 })),
        ("/computers/1/process_servers", json!("tcp:port=5005")),
        ("/computers/1/process_servers/0", json!("udp:port=5005")),
        ("/computers/0/debugging_servers", json!("tcp:port=5010")),
        ("/computers/0/debugging_servers/0", json!("udp:port=5010")),
    ]
}

fn wrong_faults() -> Vec<(&'static str, Value)> {
    vec![
        ("/faults", json!({})),
        ("/faults/0", json!("E_FAIL")),
        ("/faults/0/fail", Value::Null),
        ("/faults/0/fail", json!(-2147467259)),
        ("/faults/0/fail", json!("0x800706ba0")),
        ("/faults/0/fail", json!("e_fail")),
        ("/faults/0/delay_ms", json!(7)),
        ("/faults/0/method", json!("Connect")),
        ("/faults/0/method", json!("CreateClient")),
        ("/faults/0/nth", json!(0)),
        ("/faults/0/nth", json!("1")),
        ("/faults/0/first", json!(1)),
        ("/faults/0/probability", json!(1)),
        ("/faults/0/process_server", Value::Null),
        ("/faults/0/process_server", json!("port=5005")),
        ("/faults/0/computer", json!(1)),
        ("/faults/1/delay_ms", json!(-7)),
        ("/faults/1/first", json!(0)),
        ("/faults/1/probability", json!(1)),
        ("/faults/2/lose_connection", json!("during")),
        ("/faults/2/lose_connection", json!({ "after": null })),
        ("/faults/2/effect", json!("out_of_memory")),
        ("/faults/2/probability", Value::Null),
        ("/faults/2/probability", json!(1.5)),
        ("/faults/2/probability", json!(-0.5)),
        ("/faults/2/seed", json!(-1)),
        ("/faults/3/effect", json!("wrong_password")),
        ("/faults/3/method", json!("CreateProcess")),
        ("/faults/3/fail", json!("E_FAIL")),
        ("/faults/4/process", json!("game.exe")),
        ("/faults/4/process", Value::Null),
        ("/faults/4/program", json!("C:\\game\\")),
        ("/faults/4/optional", json!("yes")),
        ("/faults/5/in", json!([])),
        ("/faults/5/method", Value::Null),
    ]
}

fn wrong_happenings() -> Vec<(&'static str, Value)> {
    vec![
        ("/later", json!({})),
        ("/later/0", json!("a.exe")),
        ("/later/0/at_call", Value::Null),
        ("/later/0/at_call", json!(0)),
        ("/later/0/at_ms", json!(1)),
        ("/later/0/starts", Value::Null),
        ("/later/0/starts", json!("")),
        ("/later/0/starts", json!("C:\\game\\")),
        ("/later/0/ends", json!(4)),
        ("/later/0/when", json!(4)),
        ("/later/0/optional", json!(1)),
        ("/later/1/at_ms", json!(-1)),
        ("/later/1/computer", json!(1)),
        ("/later/1/ends", json!("game.exe")),
        ("/later/2/dies", json!(4)),
        ("/later/2/dies", json!("port=5005")),
        ("/later/2/restarts", json!("tcp:port=5005")),
        ("/later/3/restarts", json!("udp:port=5005")),
    ]
}

/// Lists the JSON pointers of all values.
fn places(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(object) => object.iter().for_each(|(key, inner)| places(inner, &format!("{here}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, inner)| places(inner, &format!("{here}/{at}"), found));
        }
        _ => {}
    }
}

/// The scenario with each of its values replaced by others, taken away, and with one more key in each object.
fn damaged_scenarios() -> Vec<Value> {
    let whole = whole_scenario();
    let replacements = json!([
        null, true, 0, 4, -1, 1.5, 1e20, 4294967296_u64, "", "E_FAIL", "before", "out_of_memory", "CreateProcess", " ", "x", "dbgeng", "BOX17", "box17", "tcp:port=5005", "tcp:",
        "TCP:port=1", [], [""], ["x"], ["x", "X"], ["x", "x"], [[]], [{}], {}, { "Id": 4, "Exe": "x" }, { "names": ["x"] },
    ]);
    let mut damaged = Vec::new();
    let mut found = Vec::new();
    places(&whole, "", &mut found);
    for place in &found {
        for replacement in replacements.as_array().expect("it is a list") {
            let mut scenario = whole.clone();
            *scenario.pointer_mut(place).expect("the place is there") = replacement.clone();
            damaged.push(scenario);
        }
        let mut more = whole.clone();
        if let Some(Value::Object(object)) = more.pointer_mut(place) {
            object.insert("Colour".to_owned(), json!("x"));
            damaged.push(more);
        }
        let Some((parent, key)) = place.rsplit_once('/') else { continue };
        let mut less = whole.clone();
        match less.pointer_mut(parent) {
            Some(Value::Object(object)) => drop(object.remove(key)),
            Some(Value::Array(list)) => drop(list.remove(key.parse().expect("an index"))),
            other => panic!("{other:?} has nothing in it"),
        }
        damaged.push(less);
    }
    damaged
}

/// A scenario that fits the schema is refused only for its values, never for its form. One that does not fit is refused.
#[test]
fn the_schema_of_scenarios_and_the_parser_agree_on_the_form() {
    let schema = compile_schema("fixtures/scenario.schema.json");
    let (mut taken, mut malformed, mut impossible) = (0, 0, 0);
    for scenario in damaged_scenarios() {
        let result = Scenario::parse("s.json", &scenario.to_string()).and_then(|scenario| scenario.lab());
        let fits = schema.is_valid(&scenario);
        match result {
            Ok(_) => {
                assert!(fits, "the parser takes {scenario}");
                taken += 1;
            }
            Err(ScenarioError::Malformed { problem, .. }) => {
                assert!(!fits, "{problem}: the schema takes {scenario}");
                malformed += 1;
            }
            Err(ScenarioError::Impossible { .. }) => impossible += 1,
            Err(other) => panic!("{scenario}: {other}"),
        }
    }
    assert!(taken > 100 && malformed > 500 && impossible > 50, "{taken}, {malformed}, {impossible}");
}

#[test]
fn the_published_scenarios_fit_their_schema_and_make_labs() {
    let schema = compile_schema("fixtures/scenario.schema.json");
    let folder = find_file("fixtures/scenarios");
    let mut count = 0;
    for entry in fs::read_dir(folder).expect("the scenarios are part of the repository") {
        let path = entry.expect("the folder can be read").path();
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).expect("a scenario can be read");
        assert_fits(&schema, &serde_json::from_str(&text).expect("a scenario is JSON"), &name);
        if let Err(error) = Scenario::parse(&name, &text).and_then(|scenario| scenario.lab()) {
            panic!("{error}");
        }
        count += 1;
    }
    assert!(count > 0);
}

/// So that a list of processes can be taken from a trace.
#[test]
fn a_process_of_a_scenario_is_written_as_one_of_a_trace() {
    let of = |file| read_json(file)["$defs"]["runningProcess"].take();
    assert_eq!(of("fixtures/scenario.schema.json"), of("fixtures/trace.schema.json"));
}
