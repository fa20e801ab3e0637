//! The report as a page.

use dbgeng_testkit::conformance::{Report, Verdict, html};
use dbgeng_testkit::render;

use serde_json::json;

use crate::support::build_sample_report;

#[test]
fn a_row_for_each_requirement_and_a_cell_for_each_engine() {
    let mut other = build_sample_report();
    other.subject = "another engine".to_owned();
    other.requirements.remove(0);
    let page = html(&[build_sample_report(), other]);
    assert_eq!(page.matches("<details class=\"row\"").count(), build_sample_report().requirements.len());
    assert_eq!(page.matches("<span class=\"cell ").count(), 2 * build_sample_report().requirements.len());
    assert_eq!(page.matches("<span class=\"cell none\"").count(), 1);
    assert!(page.contains("title=\"another engine: crash\""));
}

#[test]
fn the_wrong_call_is_marked_and_says_what_was_expected() {
    let page = html(&[build_sample_report()]);
    let wrong = page.split("<li class=\"wrong\">").nth(1).expect("a call is wrong");
    let row = wrong.split("</li>").next().expect("a row ends");
    assert!(row.contains("<code>DisconnectProcessServer(Server=#1)</code>"), "{row}");
    assert!(row.contains("<dt>expected</dt><dd>an error</dd><dt>actual</dt><dd class=\"actual\">S_OK</dd>"), "{row}");
    assert!(page.contains("<li class=\"past\">"), "what follows it is there, too");
    assert!(page.contains("<pre>client, thread 1  |--1--|\n"), "so are calls that have no order");
}

#[test]
fn a_requirement_shows_its_sources_with_their_sentences() {
    let page = html(&[build_sample_report()]);
    assert!(page.contains("<li>OBS-7: DisconnectProcessServer on a stale handle"));
    assert!(page.contains("<i>trace misuse-stale-disconnect</i></li>"));
}

#[test]
fn the_summary_links_to_the_failures() {
    let mut other = build_sample_report();
    other.requirements.drain(..2);
    let page = html(&[build_sample_report(), other]);
    for id in ["handle/stale-is-refused:1", "handle/stale-is-refused:2", "connect/needs-a-server:1"] {
        assert_eq!(page.matches(&format!("href=\"#{id}\"")).count(), 1, "{id}");
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(!page.contains("href=\"#platform/connect-codes:1\""), "it need not hold");
    assert_eq!(page.matches("<p class=\"unmet\">transport tcp is claimed").count(), 2);
}

/// The failures are open, the legend begins with the worst, and the foot says where the report comes from.
#[test]
fn failures_are_open_and_the_foot_names_date_seed_and_command() {
    let mut report = build_sample_report();
    let page = html(std::slice::from_ref(&report));
    let failing = report.requirements.iter().filter(|report| report.fails()).count();
    assert!(failing > 0);
    assert_eq!(page.matches("<details class=\"row\" open").count(), failing);
    let legend = page.split("<details class=\"legend\">").nth(1).expect("there is a legend");
    let places = Verdict::WORST_FIRST.map(|verdict| legend.find(&format!("</b> {}</span>", verdict.name())));
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{places:?}");
    assert!(!page.contains("<footer"));
    let origin = json!({"command": "dbgeng-testkit run --name '<b>'", "seed": 7, "date": "2027-01-31"});
    report.origin = Some(serde_json::from_value(origin).expect("it is an origin"));
    let page = html(std::slice::from_ref(&report));
    let foot = "<footer class=\"note\">\n<p>2027-01-31, seed 7, <code>dbgeng-testkit run --name &#39;&lt;b&gt;&#39;</code></p>\n</footer>";
    assert!(page.contains(foot), "{page}");
    assert!(report.text(false).ends_with("\n2027-01-31, seed 7: dbgeng-testkit run --name '<b>'\n"));
    assert_eq!(report.behaviour(), build_sample_report().behaviour());
}

#[test]
fn the_page_loads_nothing() {
    let page = html(&[build_sample_report()]);
    for outside in ["http:", "https:", "src=", "<link", "@import", "fetch("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

/// Every string of a report may come from someone else.
#[test]
fn foreign_strings_are_only_text() {
    const EVIL: &str = "</code>\"'<script>alert(1)</script>&amp;";
    let mut value = serde_json::to_value(build_sample_report()).expect("a report is JSON");
    let mut changed = 0;
    replace_strings(&mut value, &mut changed, EVIL);
    assert!(changed > 100, "only {changed} strings");
    let report: Report = serde_json::from_value(value).expect("only strings have changed");
    let page = html(&[report.clone(), report]);
    assert_eq!(page.matches("<script").count(), 1, "the page's own alone");
    assert!(!page.contains(EVIL));
    assert!(!page.contains("\"'"));
    assert!(page.contains("&lt;/code&gt;&quot;&#39;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"));
}

fn replace_strings(value: &mut serde_json::Value, changed: &mut usize, evil: &str) {
    match value {
        serde_json::Value::Object(object) => {
            // Only free text is replaced.
            let free = object
                .iter_mut()
                .filter(|(name, _)| !["requirement", "also", "verdict", "profile"].contains(&name.as_str()));
            free.for_each(|(_, value)| replace_strings(value, changed, evil));
            if let Some(nested) = object.get_mut("requirement").filter(|value| !value.is_string()) {
                replace_strings(nested, changed, evil);
            }
        }
        serde_json::Value::Array(array) => array.iter_mut().for_each(|value| replace_strings(value, changed, evil)),
        serde_json::Value::String(text) => {
            *text = evil.to_owned();
            *changed += 1;
        }
        _ => {}
    }
}

#[test]
fn the_diagrams_show_the_transitions_of_the_spec() {
    let page = html(&[build_sample_report()]);
    let mut drawn: Vec<String> = page
        .split("data-step=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().expect("an attribute ends").replace("&gt;", ">"))
        .collect();
    let mermaid = render::mermaid();
    let mut expected: Vec<String> = mermaid
        .lines()
        .map(str::trim)
        .filter(|line| line.contains(" --> ") && !line.contains("[*]"))
        .map(str::to_owned)
        .collect();
    drawn.sort();
    expected.sort();
    assert_eq!(drawn, expected);
    assert!(drawn.len() > 15);
}
