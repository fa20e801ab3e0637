//! Many calls at once: 64 threads make a call of the same kind, or of several kinds, and every call overlaps with every other.

use std::fmt::Write;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Checked, check};

const THREADS: usize = 64;

/// The thread that gets a wrong answer.
const WRONG: usize = 40;

/// The versions do not differ in any of these calls.
const PROFILES: [Profile; 2] = [Profile::Contract, Profile::Dbgeng];

/// A call of one thread: the method, and the rest of its line.
type Line = (&'static str, String);

/// Returns the call of the n-th thread. `is_wrong` asks for an answer that no order allows.
type Calls = fn(n: usize, is_wrong: bool) -> Line;

fn handle(n: usize) -> String {
    format!("{:#x}", 0x1000 + 16 * n)
}

/// Writes a trace in which each thread makes a client object, connects, and then makes the call. Every step of all threads
/// is made at once.
fn write_storm(call: impl Fn(usize) -> Line) -> Vec<u8> {
    let mut text =
        r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#.to_owned();
    let mut seq = 0;
    let mut add = |thread: usize, (method, rest): Line, start: i64| {
        seq += 1;
        let by = format!(r#""seq": {seq}, "process": "client", "thread": {thread}, "client": {thread}"#);
        // They end in another order than that of their starts.
        let (start, end) = (start + thread as i64, start + 1_000 + (thread as i64 * 37) % 64);
        write!(text, "\n{{{by}, \"call\": \"{method}\", {rest}, \"start_us\": {start}, \"end_us\": {end}}}").unwrap();
    };
    for thread in 0..THREADS {
        add(thread, ok("DebugCreate", r#""Interface": "IDebugClient5""#), -9_000);
    }
    add(0, ok("StartProcessServer", r#""Flags": 2, "Options": "tcp:port=5005""#), -6_000);
    for thread in 0..THREADS {
        add(thread, connect(5005, thread), -3_000);
    }
    for thread in 0..THREADS {
        add(thread, call(thread), 0);
    }
    text.into_bytes()
}

fn ok(method: &'static str, input: &str) -> Line {
    (method, format!(r#""in": {{{input}}}, "hresult": "0x00000000""#))
}

fn fails(method: &'static str, input: &str) -> Line {
    (method, format!(r#""in": {{{input}}}, "hresult": "0x80004005""#))
}

fn ok_or_fails(is_ok: bool, method: &'static str, input: &str) -> Line {
    if is_ok { ok(method, input) } else { fails(method, input) }
}

fn with_output((method, rest): Line, output: &str) -> Line {
    (method, format!(r#"{rest}, "out": {{{output}}}"#))
}

fn connect(port: u16, n: usize) -> Line {
    let connect = ok("ConnectProcessServer", &format!(r#""RemoteOptions": "tcp:server=localhost,port={port}""#));
    with_output(connect, &format!(r#""Server": "{}""#, handle(n)))
}

fn server(n: usize) -> String {
    format!(r#""Server": "{}""#, handle(n))
}

fn query(n: usize, is_ok: bool) -> Line {
    let input = format!(r#"{}, "Count": 0, "Ids": null"#, server(n));
    let line = ok_or_fails(is_ok, "GetRunningProcessSystemIds", &input);
    if is_ok { with_output(line, r#""ActualCount": 3"#) } else { line }
}

fn start(port: &str, is_ok: bool) -> Line {
    ok_or_fails(is_ok, "StartProcessServer", &format!(r#""Flags": 2, "Options": "tcp:port={port}""#))
}

fn wait(n: usize, is_ok: bool) -> Line {
    ok_or_fails(is_ok, "WaitForProcessServerEnd", &format!(r#""Timeout": {}"#, 20_000 + n))
}

/// A name, and the calls.
const KINDS: &[(&str, Calls)] = &[
    ("new client objects", |n, is_wrong| {
        let line = ok_or_fails(!is_wrong, "CreateClient", "");
        if is_wrong { line } else { with_output(line, &format!(r#""Client": {}"#, 100 + n)) }
    }),
    ("servers at ports of their own", |n, is_wrong| start(&(6_000 + n).to_string(), !is_wrong)),
    ("servers in a range of ports", |_, is_wrong| start("6000:6100", !is_wrong)),
    ("connects", |n, is_wrong| match is_wrong {
        false => connect(5005, 100 + n),
        true => fails("ConnectProcessServer", r#""RemoteOptions": "tcp:server=localhost,port=5005""#),
    }),
    ("connects that are issued one handle", |n, is_wrong| connect(5005, if is_wrong { 107 } else { 100 + n })),
    ("connects to nothing", |n, is_wrong| match is_wrong {
        false => {
            let input = r#""RemoteOptions": "tcp:server=localhost,port=5""#;
            ("ConnectProcessServer", format!(r#""in": {{{input}}}, "hresult": "0x8007274d""#))
        }
        true => connect(5, 100 + n),
    }),
    ("disconnects", |n, is_wrong| ok_or_fails(!is_wrong, "DisconnectProcessServer", &server(n))),
    ("ends", |n, is_wrong| ok("EndProcessServer", &server(if is_wrong { 1_000 } else { n }))),
    ("ends through one handle", |_, is_wrong| ok("EndProcessServer", &server(if is_wrong { 1_000 } else { 0 }))),
    ("waits for an end", |n, is_wrong| match n {
        30 => ok("EndProcessServer", &server(30)),
        _ => wait(n, !is_wrong),
    }),
    ("queries", |n, is_wrong| query(n, !is_wrong)),
    ("queries of one handle", |_, is_wrong| query(0, !is_wrong)),
    ("attaches", |n, is_wrong| match is_wrong {
        false => ok("AttachProcess", &format!(r#"{}, "ProcessId": {}, "AttachFlags": 0"#, server(n), 64 + n)),
        true => ok("AttachProcess", r#""Server": "0x99", "ProcessId": 64, "AttachFlags": 0"#),
    }),
    ("creates", |n, is_wrong| {
        let server = if is_wrong { r#""Server": "0x99""#.to_owned() } else { server(n) };
        ok("CreateProcess", &format!(r#"{server}, "CommandLine": "{n}.exe", "CreateFlags": 1"#))
    }),
    ("connects, disconnects and queries", |n, is_wrong| match n % 3 {
        0 => connect(5005, 100 + n),
        1 => ok_or_fails(!is_wrong, "DisconnectProcessServer", &server(n)),
        _ => query(n, true),
    }),
    ("starts, ends, queries and connects to what is started", |n, is_wrong| match n % 4 {
        0 if is_wrong => ok("EndProcessServer", &server(1_000)),
        0 => start(&(6_000 + n).to_string(), true),
        1 => ok("EndProcessServer", &server(n)),
        2 => query(n, true),
        _ => connect(6_000 + n as u16 - 3, 100 + n),
    }),
];

fn judge(profile: Profile, calls: Calls, has_wrong: bool) -> Checked {
    let trace = write_storm(|n| calls(n, has_wrong && n == WRONG));
    let checked = check(profile, "t", &*trace).unwrap();
    assert_eq!(checked.stopped, None);
    checked
}

#[test]
fn what_64_threads_do_at_once_is_judged() {
    for (name, calls) in KINDS {
        for profile in PROFILES {
            let broken = judge(profile, *calls, false).broken;
            assert_eq!(broken, [], "{name}, {profile}");
        }
    }
}

#[test]
fn one_wrong_answer_among_64_is_found() {
    for (name, calls) in KINDS {
        for profile in PROFILES {
            let checked = judge(profile, *calls, true);
            assert!(checked.is_violated(true), "{name}, {profile}: {checked:?}");
        }
    }
}

/// One of the 64 closes the handle, and the others are refused.
#[test]
fn one_of_64_disconnects_closes_the_handle() {
    let judged = |profile: Profile, closing: usize| {
        let trace = write_storm(|n| ok_or_fails(n < closing, "DisconnectProcessServer", &server(0)));
        check(profile, "t", &*trace).unwrap()
    };
    for closing in [0, 2, 3] {
        let checked = judged(Profile::Contract, closing);
        assert!(checked.is_violated(false) && checked.stopped.is_none(), "{closing} closed it: {checked:?}");
    }
    assert!(judged(Profile::Contract, 1).holds(true));
}
