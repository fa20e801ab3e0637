//! The schema of reports.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::Report;
use serde_json::{Value, json};

use crate::support::{build_mock_suite, build_sample_report, judge_defective};
use crate::validation::{assert_each_change_is_refused, assert_fits, compile_schema};

fn as_json(report: &Report) -> Value {
    serde_json::to_value(report).expect("a report is JSON")
}

#[test]
fn reports_fit_their_schema() {
    let schema = compile_schema("spec/report.schema.json");
    let reports = [
        build_sample_report(),
        judge_defective("stale-disconnect-accepted"),
        build_mock_suite(Profile::Dbgeng).programs(5).depth(2).run(),
    ];
    for report in reports {
        assert_fits(&schema, &as_json(&report), &report.subject);
    }
}

#[test]
fn the_schema_of_reports_refuses_wrong_ones() {
    let changes = [
        ("/subject", Value::Null),
        ("/profile", json!("real")),
        ("/colour", json!("red")),
        ("/capabilities/0/cases", json!(-1)),
        ("/capabilities/0/has", json!("yes")),
        ("/requirements/0/requirement", json!("is-not-zero")),
        ("/requirements/0/verdict", json!("maybe")),
        ("/requirements/0/cases", Value::Null),
        ("/requirements/0/cases/0/calls", Value::Null),
        ("/requirements/0/cases/0/calls/0/process", json!("client")),
        ("/requirements/0/cases/0/calls/0/outcome", json!("")),
        ("/requirements/2/cases/0/failure/expected", Value::Null),
        ("/requirements/2/cases/0/failure/call", json!(-1)),
        ("/requirements/2/cases/0/failure/requirement", json!("stale")),
        ("/requirements/3/elsewhere/0/calls", Value::Null),
        ("/requirements/6/cases/0/reason", Value::Null),
        ("/properties/0/programs", Value::Null),
        ("/properties/0/counterexamples/0/trace", json!({})),
        ("/properties/1/states", json!("many")),
    ];
    assert_each_change_is_refused(
        &compile_schema("spec/report.schema.json"),
        &as_json(&build_sample_report()),
        &changes,
    );
}
