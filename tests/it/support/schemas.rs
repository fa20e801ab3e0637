//! JSON schemas, and what they let through.

use std::fs;

use jsonschema::Validator;
use serde_json::Value;

pub(crate) fn json_of(file: &str) -> Value {
    let path = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A schema, and that it is one. It may not name a dialect in which half of it means nothing.
pub(crate) fn schema(file: &str) -> Validator {
    let schema = json_of(file);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{file}");
    if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
        panic!("{file}: {}: {error}", error.instance_path());
    }
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// What the schema has against an instance, a line each.
pub(crate) fn objections(schema: &Validator, instance: &Value) -> Vec<String> {
    schema.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[track_caller]
pub(crate) fn assert_fits(schema: &Validator, instance: &Value, name: &str) {
    assert_eq!(objections(schema, instance), [""; 0], "{name}");
}

/// Each change alone makes an instance that fits into one that does not. `null` takes the value away.
#[track_caller]
pub(crate) fn assert_each_spoils(schema: &Validator, instance: &Value, changes: &[(&str, Value)]) {
    assert_fits(schema, instance, "before any change");
    for (place, value) in changes {
        let (parent, key) = place.rsplit_once('/').expect("a place is a JSON pointer");
        let mut wrong = instance.clone();
        match wrong.pointer_mut(parent) {
            Some(Value::Object(object)) if value.is_null() => drop(object.remove(key).expect("it was there")),
            Some(Value::Object(object)) => drop(object.insert(key.to_owned(), value.clone())),
            Some(Value::Array(array)) => array[key.parse::<usize>().expect("an index")] = value.clone(),
            other => panic!("there is nothing to change in {other:?} for {place}"),
        }
        assert!(!schema.is_valid(&wrong), "{place} = {value} is let through: {wrong}");
    }
}
