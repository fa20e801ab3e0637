//! Faults and happenings that cannot be, and what a scenario's errors say of them.

use super::refusal;

/// Returns the error of a scenario of two computers with this entry in `list`.
#[track_caller]
fn refusal_in(list: &str, entry: &str) -> String {
    refusal(&format!(
        r#"{{
            "profile": "dbgeng",
            "computers": [
                {{ "process_servers": ["tcp:port=5005"], "debugging_servers": ["tcp:port=5010"] }},
                {{ "names": ["BOX17"], "process_servers": ["npipe:pipe=a", "npipe:pipe=a"] }}
            ],
            "{list}": [{entry}]
        }}"#
    ))
}

#[test]
fn a_fault_that_cannot_be_is_refused_with_its_path() {
    let refused = [
        (r#"{}"#, "faults[0]: expected one of fail, delay_ms, lose_connection, effect"),
        (r#"{"method": "CreateProcess"}"#, "faults[0]: expected one of fail, delay_ms, lose_connection, effect"),
        (
            r#"{"fail": "E_FAIL"}, {"fail": "E_FAIL", "delay_ms": 1}"#,
            "faults[1]: expected only one of fail and delay_ms",
        ),
        (
            r#"{"lose_connection": "after", "effect": "out_of_memory"}"#,
            "faults[0]: expected only one of lose_connection and effect",
        ),
        (
            r#"{"fail": "E_FIAL"}"#,
            "faults[0].fail: expected 0x and one to eight hexadecimal digits, or a name such as E_FAIL, found \"E_FIAL\"; did you mean E_FAIL?",
        ),
        (r#"{"fail": "S_OK"}"#, "faults[0].fail: expected a failure, found S_OK (0x00000000)"),
        (r#"{"fail": "0x1"}"#, "faults[0].fail: expected a failure, found S_FALSE (0x00000001)"),
        (r#"{"lose_connection": "during"}"#, "faults[0].lose_connection: \"during\": expected before or after"),
        (
            r#"{"effect": "wrong_password"}"#,
            "faults[0].effect: \"wrong_password\": expected one of out_of_memory, refuse_password, version_mismatch, \
             debugging_server, process_ends",
        ),
        (
            r#"{"effect": "version_mismatch", "method": "CreateProcess"}"#,
            "faults[0].method: \"CreateProcess\": this effect applies only to ConnectProcessServer",
        ),
        (r#"{"fail": "E_FAIL", "nth": 0}"#, "faults[0].nth: calls are counted from 1"),
        (r#"{"fail": "E_FAIL", "first": 0}"#, "faults[0].first: calls are counted from 1"),
        (r#"{"fail": "E_FAIL", "nth": 1, "first": 1}"#, "faults[0]: expected only one of nth and first"),
        (r#"{"fail": "E_FAIL", "nth": 1, "probability": 1}"#, "faults[0]: expected only one of nth and probability"),
        (
            r#"{"fail": "E_FAIL", "first": 1, "probability": 1}"#,
            "faults[0]: expected only one of first and probability",
        ),
        (
            r#"{"fail": "E_FAIL", "probability": 1.5}"#,
            "faults[0].probability: expected a number from 0 to 1, found 1.5",
        ),
        (
            r#"{"fail": "E_FAIL", "probability": -0.5}"#,
            "faults[0].probability: expected a number from 0 to 1, found -0.5",
        ),
        (r#"{"fail": "E_FAIL", "seed": 1}"#, "faults[0].seed: it needs a probability as well"),
        (
            r#"{"fail": "E_FAIL", "computer": "BOX17"}"#,
            "faults[0].computer: it needs a process or a process_server as well",
        ),
        (r#"{"fail": "E_FAIL", "in": {"ProcessId": 4}}"#, "faults[0].in: it needs a method as well"),
        (
            r#"{"fail": "E_FAIL", "method": "AttachProcess", "in": {"ProcesId": 4}}"#,
            "faults[0].in.ProcesId: expected one of Server, ProcessId, AttachFlags",
        ),
        (
            r#"{"fail": "E_FAIL", "method": "TerminateProcesses", "in": {"ProcessId": 4}}"#,
            "faults[0].in.ProcessId: TerminateProcesses has no parameters",
        ),
        (
            r#"{"fail": "E_FAIL", "method": "AttachProcess", "in": {"ProcessId": "game.exe"}}"#,
            "faults[0].in.ProcessId: invalid type: string \"game.exe\", expected u32",
        ),
        (
            r#"{"fail": "E_FAIL", "method": "AttachProcess", "in": {"ProcessId": null}}"#,
            "faults[0].in.ProcessId: this parameter is never null",
        ),
        (r#"{"fail": "E_FAIL", "program": "C:\\tools\\"}"#, "faults[0].program: \"C:\\\\tools\\\\\" has no file name"),
        (
            r#"{"fail": "E_FAIL", "process": 4, "computer": "BOX"}"#,
            "faults[0].computer: \"BOX\": no computer of the scenario has this name",
        ),
        (
            r#"{"fail": "E_FAIL", "computer": "BOX", "process_server": "tcp:port=5005"}"#,
            "faults[0].computer: \"BOX\": no computer of the scenario has this name",
        ),
        (
            r#"{"fail": "E_FAIL", "computer": "box17", "process_server": "tcp:port=5005"}"#,
            "faults[0].process_server: \"tcp:port=5005\": computers[1] has no process server with this string",
        ),
        (
            r#"{"fail": "E_FAIL", "process_server": "tcp:port=5010"}"#,
            "faults[0].process_server: \"tcp:port=5010\": computers[0] has no process server with this string",
        ),
        (
            r#"{"fail": "E_FAIL", "computer": "BOX17", "process_server": "npipe:pipe=a"}"#,
            "faults[0].process_server: \"npipe:pipe=a\": computers[1] has several process servers with this string",
        ),
    ];
    for (fault, says) in refused {
        assert_eq!(refusal_in("faults", fault), format!("s.json: {says}"), "{fault}");
    }
    for method in ["Connect", "connectprocessserver", "ConnectProcessServerWide", "CreateClient", "Release", ""] {
        let fault = format!(r#"{{"fail": "E_FAIL", "method": "{method}"}}"#);
        let says = format!("s.json: faults[0].method: {method:?}: expected one of EndSession, StartServer, ");
        let refusal = refusal_in("faults", &fault);
        assert!(refusal.starts_with(&says), "{refusal}");
    }
}

#[test]
fn a_happening_that_cannot_be_is_refused_with_its_path() {
    let refused = [
        (r#"{}"#, "later[0]: expected one of at_call, at_ms"),
        (r#"{"ends": 4}"#, "later[0]: expected one of at_call, at_ms"),
        (
            r#"{"at_ms": 0, "ends": 4}, {"at_call": 1, "at_ms": 0, "ends": 4}"#,
            "later[1]: expected only one of at_call and at_ms",
        ),
        (r#"{"at_call": 0, "ends": 4}"#, "later[0].at_call: calls are counted from 1"),
        (r#"{"at_call": 1}"#, "later[0]: expected one of starts, ends, dies, restarts"),
        (r#"{"at_call": 1, "starts": "a.exe", "ends": 4}"#, "later[0]: expected only one of starts and ends"),
        (
            r#"{"at_call": 1, "dies": "tcp:port=5005", "restarts": "tcp:port=5005"}"#,
            "later[0]: expected only one of dies and restarts",
        ),
        (r#"{"at_ms": 1, "starts": "C:\\tools\\"}"#, "later[0].starts: \"C:\\\\tools\\\\\" has no file name"),
        (
            r#"{"at_ms": 1, "computer": "BOX", "ends": 4}"#,
            "later[0].computer: \"BOX\": no computer of the scenario has this name",
        ),
        (
            r#"{"at_ms": 1, "dies": "tcp:port=5010"}"#,
            "later[0].dies: \"tcp:port=5010\": computers[0] has no process server with this string",
        ),
        (
            r#"{"at_ms": 1, "computer": "BOX17", "restarts": "npipe:pipe=a"}"#,
            "later[0].restarts: \"npipe:pipe=a\": computers[1] has several process servers with this string",
        ),
    ];
    for (happening, says) in refused {
        assert_eq!(refusal_in("later", happening), format!("s.json: {says}"), "{happening}");
    }
}

#[test]
fn a_debugging_server_that_cannot_be_is_refused_with_its_path() {
    let refused = [
        (
            r#"["tcp:port=1", "npipe:"]"#,
            "[1]: \"npipe:\": at offset 6, item \"\": expected one of pipe, hidden, password, IcfEnable",
        ),
        (r#"["tcp:port=1", "tcp:port=5"]"#, "[1]: \"tcp:port=5\": StartServer returns WSAEADDRINUSE (0x80072740)"),
    ];
    for (servers, says) in refused {
        let text =
            format!(r#"{{ "computers": [{{ "process_servers": ["tcp:port=5"], "debugging_servers": {servers} }}] }}"#);
        assert_eq!(refusal(&text), format!("s.json: computers[0].debugging_servers{says}"));
    }
}

#[test]
fn a_malformed_entry_is_refused_with_its_place() {
    let refused = [
        (r#"{"faults": {}}"#, "1:11: invalid type: map, expected a sequence"),
        (r#"{"faults": ["E_FAIL"]}"#, "1:20: invalid type: string \"E_FAIL\", expected an object"),
        (
            r#"{"faults": [{"fail": "E_FAIL", "on": "BOX17"}]}"#,
            "1:35: unknown field `on`, expected one of `fail`, `delay_ms`, `lose_connection`, `effect`, `method`, `in`, \
             `process`, `program`, `nth`, `first`, `probability`, `seed`, `computer`, `process_server`, `optional`",
        ),
        (r#"{"faults": [{"fail": -2147467259}]}"#, "1:32: invalid type: integer `-2147467259`, expected a string"),
        (r#"{"faults": [{"fail": null}]}"#, "1:25: invalid type: null, expected a string"),
        (r#"{"faults": [{"delay_ms": 4294967296}]}"#, "1:35: invalid value: integer `4294967296`, expected u32"),
        (r#"{"faults": [{"nth": 1.5}]}"#, "1:23: invalid type: floating point `1.5`, expected u64"),
        (r#"{"faults": [{"probability": "1"}]}"#, "1:31: invalid type: string \"1\", expected f64"),
        (r#"{"faults": [{"lose_connection": {"before": null}}]}"#, "1:32: invalid type: map, expected a string"),
        (
            r#"{"later": [{"at_call": 1, "on": "BOX17"}]}"#,
            "1:30: unknown field `on`, expected one of `at_call`, `at_ms`, `computer`, `starts`, `ends`, `dies`, \
             `restarts`, `optional`",
        ),
        (r#"{"later": [{"at_call": -1}]}"#, "1:25: invalid value: integer `-1`, expected u64"),
        (r#"{"later": [{"ends": "game.exe"}]}"#, "1:30: invalid type: string \"game.exe\", expected u32"),
        (r#"{"computers": [{"debugging_servers": null}]}"#, "1:41: invalid type: null, expected a sequence"),
    ];
    for (text, says) in refused {
        assert_eq!(refusal(text), format!("s.json:{says}"), "{text}");
    }
}
