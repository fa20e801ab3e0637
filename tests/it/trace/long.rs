//! A long trace is read ahead of the judge, on another thread. That changes nothing of what is said of it.

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Checked, check};
use dbgeng_testkit::trace::Unjudged;

use super::HEADER;

/// Pauses, and this line behind them.
fn judged(pauses: u64, last: &str) -> Result<Checked, Unjudged> {
    let pauses = (1..=pauses).map(|seq| line(seq, "client", r#""event": "Elapsed", "ms": 1"#));
    let lines: Vec<String> = [HEADER.to_owned()].into_iter().chain(pauses).chain([last.to_owned()]).collect();
    check(Profile::Contract, "trace", lines.join("\n").as_bytes())
}

fn line(seq: u64, process: &str, rest: &str) -> String {
    format!(r#"{{"seq": {seq}, "process": "{process}", {rest}}}"#)
}

/// On both sides of where the judge gets a thread of its own.
const PAUSES: [u64; 5] = [0, 1022, 1023, 1024, 20_000];

#[test]
fn what_is_broken_at_the_end_is_found() {
    for pauses in PAUSES {
        let rest = r#""client": 0, "call": "DisconnectProcessServer", "in": {"Server": "0x0"}, "hresult": "0x0""#;
        let checked = judged(pauses, &line(pauses + 1, "other", rest)).expect("it can be judged");
        let broken: Vec<u64> = checked.broken.iter().map(|broken| broken.seq).collect();
        assert_eq!((checked.calls, broken), (1, vec![pauses + 1]), "{pauses} pauses");
        let expected = if pauses == 0 { vec!["other"] } else { vec!["client", "other"] };
        assert_eq!(checked.processes, expected, "{pauses} pauses");
    }
}

#[test]
fn what_is_malformed_at_the_end_is_an_error_of_its_line() {
    for pauses in PAUSES {
        let error = judged(pauses, &line(pauses, "client", "")).expect_err("a comma stands there for nothing");
        assert!(error.to_string().starts_with(&format!("trace:{}:", pauses + 2)), "{pauses} pauses: {error}");
    }
}

/// What stands behind the end of the judgement says nothing, also if it was read.
#[test]
fn what_is_behind_calls_that_no_order_allows_is_not_met() {
    let clash = String::from_utf8(crate::history::two_that_cannot_both_have_been()).expect("JSON is UTF-8");
    let pause = line(8, "client", r#""event": "Elapsed", "ms": 1"#);
    let others = (9..20_000).map(|seq| line(seq, &format!("other{seq}"), r#""event": "ProcessKilled""#));
    let first = clash.lines().map(str::to_owned);
    let lines: Vec<String> = first.chain([pause]).chain(others).chain(["no JSON".to_owned()]).collect();
    let checked = check(Profile::Contract, "trace", lines.join("\n").as_bytes()).expect("it ends before the last line");
    assert_eq!((checked.unordered.len(), checked.processes), (2, vec!["client".to_owned()]));
}
