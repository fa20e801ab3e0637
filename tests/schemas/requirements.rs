//! The schema of the requirements.

use serde_json::{Value, json};

use crate::support::read_json;
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema};

#[test]
fn the_requirements_fit_their_schema() {
    assert_fits(
        &compile_schema("spec/requirements.schema.json"),
        &read_json("spec/requirements.json"),
        "requirements.json",
    );
}

#[test]
fn the_schema_of_the_requirements_refuses_wrong_ones() {
    let documented = json!({
        "id": "handle/is-new", "level": "MUST", "basis": "documented", "profiles": ["contract", "dbgeng"],
        "sources": ["CPS-5"], "statement": "A handle MUST be new.",
        "deviations": [{
            "statement": "It is not.", "profiles": ["dbgeng@10.0.15063"], "sources": ["OBS-2"], "traces": ["handles-many"],
        }],
    });
    let observed = json!({
        "id": "wait/takes-a-second", "level": "MAY", "basis": "observed", "profiles": ["dbgeng"],
        "sources": ["OBS-14"], "statement": "A wait MAY take a second.",
    });
    let instance = json!({ "requirements": [documented, observed] });
    let changes = [
        ("/requirements", json!([])),
        ("/version", json!(1)),
        ("/requirements/0/id", json!("handle-is-new")),
        ("/requirements/0/id", json!("colour/is-red")),
        ("/requirements/0/level", json!("MAY")),
        ("/requirements/0/basis", json!("guessed")),
        ("/requirements/0/sources", json!([])),
        ("/requirements/0/sources", json!(["a friend"])),
        ("/requirements/0/sources", Value::Null),
        ("/requirements/0/statement", json!("no sentence")),
        ("/requirements/0/deviations/0/traces", json!([])),
        ("/requirements/0/deviations/0/profiles", json!(["contract"])),
        ("/requirements/1/level", json!("MUST")),
        ("/requirements/1/profiles", json!(["contract", "dbgeng"])),
        ("/requirements/1/id", json!("platform/Wait")),
        ("/requirements/1/untested", json!("Because.")),
    ];
    assert_each_change_is_refused(&compile_schema("spec/requirements.schema.json"), &instance, &changes);
}
