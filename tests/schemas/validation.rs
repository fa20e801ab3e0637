//! JSON schemas: compiled, and applied to instances.

use jsonschema::Validator;
use serde_json::Value;

use crate::support::read_json;

/// Compiles a schema of this repository. It has to be valid in the dialect of 2020-12.
pub(crate) fn compile_schema(file: &str) -> Validator {
    let schema = read_json(file);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{file}");
    if let Err(error) = jsonschema::draft202012::meta::validate(&schema) {
        panic!("{file}: {}: {error}", error.instance_path());
    }
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Lists the errors of an instance, one line each.
pub(crate) fn list_objections(schema: &Validator, instance: &Value) -> Vec<String> {
    schema.iter_errors(instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Asserts that the instance is valid.
#[track_caller]
pub(crate) fn assert_fits(schema: &Validator, instance: &Value, name: &str) {
    assert_eq!(list_objections(schema, instance), [""; 0], "{name}");
}

/// Asserts that each change alone turns a valid instance into an invalid one. A change names a place by a JSON pointer;
/// `null` removes the value.
#[track_caller]
pub(crate) fn assert_each_change_is_refused(schema: &Validator, instance: &Value, changes: &[(&str, Value)]) {
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
