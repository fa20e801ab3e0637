//! Runs in which calls overlap in time.

use std::collections::BTreeSet;

const HEADER: &str = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;

/// A call: its method, the rest of its line, and when it started and ended.
pub(crate) type TimedCall<'a> = (&'a str, &'a str, i64, i64);

/// Writes the trace of one thread that connects and then makes these calls on the handle 0x10.
pub(crate) fn write_history(calls: &[TimedCall<'_>]) -> Vec<u8> {
    write_history_on_threads(calls, |_| 0)
}

/// Writes the same trace, where `thread` gives the thread of the n-th call. Each thread makes its own client object.
fn write_history_on_threads(calls: &[TimedCall<'_>], thread: impl Fn(u64) -> u64 + Clone) -> Vec<u8> {
    let set_up = [
        ("DebugCreate", r#""in": {"Interface": "IDebugClient5"}, "hresult": "0x00000000""#, -40, -30),
        ("StartProcessServer", r#""in": {"Flags": 2, "Options": "tcp:port=1"}, "hresult": "0x00000000""#, -30, -20),
        (
            "ConnectProcessServer",
            r#""in": {"RemoteOptions": "tcp:server=localhost,port=1"}, "hresult": "0x00000000", "out": {"Server": "0x10"}"#,
            -20,
            -10,
        ),
    ];
    let mut text = format!("{HEADER}\n");
    let by_thread = (0..).map(thread).zip(calls);
    let others: BTreeSet<u64> = by_thread.clone().map(|(thread, _)| thread).filter(|thread| *thread != 0).collect();
    let creates = others.into_iter().map(|thread| (thread, &set_up[0]));
    let set_up = set_up.iter().map(|call| (0, call));
    let all = creates.chain(set_up).chain(by_thread);
    for (seq, (thread, (call, rest, start, end))) in (1..).zip(all) {
        text.push_str(&format!(
            "{{\"seq\": {seq}, \"process\": \"client\", \"thread\": {thread}, \"client\": {thread}, \"call\": \"{call}\", {rest}, \
             \"start_us\": {start}, \"end_us\": {end}}}\n"
        ));
    }
    text.into_bytes()
}

/// The rest of the line of a call that succeeds.
pub(crate) const OK: &str = r#""in": {"Server": "0x10"}, "hresult": "0x00000000""#;

/// The rest of the line of a `Release` that frees its object.
pub(crate) const RELEASED: &str = r#""out": {"References": 0}"#;

/// The rest of the line of a call that is refused.
pub(crate) const REFUSED: &str = r#""in": {"Server": "0x10"}, "hresult": "0x80070057""#;

/// Writes a trace in which two disconnects of one handle overlap, and both return S_OK. They are the calls 5 and 7.
pub(crate) fn write_clashing_disconnects() -> Vec<u8> {
    let disconnect = "DisconnectProcessServer";
    let elsewhere = r#""in": {"Server": "0x20"}, "hresult": "0x80070057""#;
    let ids =
        r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
    let query = "GetRunningProcessSystemIds";
    let calls = [(query, ids, 0, 9), (disconnect, OK, 2, 8), (disconnect, elsewhere, 3, 9), (disconnect, OK, 6, 12)];
    write_history_on_threads(&calls, |number| number)
}
