//! The schema of programs, and the reader.

use std::fs;

use dbgeng_testkit::conformance::{Generator, Program};
use dbgeng_testkit::{Method, Profile};
use serde_json::{Value, json};

use crate::support::{build_mock_suite, find_file, read_json};
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema};

const SCHEMA: &str = "fixtures/program.schema.json";
const EXAMPLE: &str = "fixtures/program.json";

#[test]
fn what_the_kit_writes_fits_the_schema_of_programs() {
    let schema = compile_schema(SCHEMA);
    let fits = |program: &Program, name: &str| {
        assert_fits(&schema, &serde_json::from_str(&program.to_json()).expect("it is JSON"), name);
    };
    (0..300).for_each(|seed| fits(&Generator::new(seed, 60).program(), &format!("seed {seed}")));
    for profile in Profile::ALL {
        build_mock_suite(profile).cases().iter().for_each(|case| fits(&case.program(), case.name));
    }
}

#[test]
fn the_schema_of_programs_and_the_reader_refuse_the_same() {
    let schema = compile_schema(SCHEMA);
    let example = read_json(EXAMPLE);
    let text = fs::read_to_string(find_file(EXAMPLE)).expect("the example is published");
    assert!(Program::from_json(&text).is_ok());
    let changes = [
        ("/hosts", Value::Null),
        ("/steps", json!({})),
        ("/threads", json!([])),
        ("/hosts/0", json!("tcp:port=7001")),
        ("/hosts/0/options", json!(7001)),
        ("/hosts/0/elsewhere", json!("yes")),
        ("/steps/0", json!({})),
        ("/steps/0/call", json!("Connect")),
        ("/steps/0/kill", json!(true)),
        ("/steps/0/thread", json!(-1)),
        ("/steps/0/client", json!("first")),
        ("/steps/0/in/RemoteOptions", json!(7)),
        ("/steps/0/in/Colour", json!(7)),
        ("/steps/1/in/ProcessId", json!(4)),
        ("/steps/1/in/ProcessId", json!("all")),
        ("/steps/1/in/Server", json!("#0")),
        ("/steps/2/in/Server", json!("open")),
        ("/steps/3/pause", json!(-1)),
        ("/steps/3/process", json!(1)),
        ("/steps/4/kill", json!("yes")),
        ("/steps/5/in/Server", json!("0x12345678901234567")),
    ];
    assert_each_change_is_refused(&schema, &example, &changes);
    for (place, value) in changes {
        let mut wrong = example.clone();
        let (parent, key) = place.rsplit_once('/').expect("a place is a JSON pointer");
        match wrong.pointer_mut(parent) {
            Some(Value::Object(object)) if value.is_null() => drop(object.remove(key)),
            Some(Value::Object(object)) => drop(object.insert(key.to_owned(), value.clone())),
            Some(Value::Array(array)) => array[key.parse::<usize>().expect("an index")] = value.clone(),
            _ => panic!("there is nothing to change at {place}"),
        }
        assert!(Program::from_json(&wrong.to_string()).is_err(), "{place} = {value} is read");
    }
}

#[test]
fn the_schema_of_programs_knows_every_method() {
    let schema = read_json(SCHEMA);
    let names = schema.pointer("/$defs/call/properties/call/enum").expect("it lists the methods");
    assert_eq!(*names, json!(Method::ALL.iter().map(|method| method.name()).collect::<Vec<_>>()));
}
