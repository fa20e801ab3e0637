//! Runs in which calls overlap in time.

const HEADER: &str = r#"{"trace": 1, "engine": {"name": "", "version": "", "platform": ""}, "name": "", "note": ""}"#;

pub(crate) type Made<'a> = (&'a str, &'a str, i64, i64);

/// A run with one handle; each line is a call, its answer, and when it ran.
pub(crate) fn at_once(calls: &[Made<'_>]) -> Vec<u8> {
    on_threads(calls, |_| 0)
}

/// The same, where the n-th call is made on this thread, through a client object of its own.
pub(crate) fn on_threads(calls: &[Made<'_>], thread: impl Fn(u64) -> u64) -> Vec<u8> {
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
    for (seq, (call, rest, start, end)) in (1_u64..).zip(set_up.iter().chain(calls)) {
        let thread = seq.checked_sub(4).map_or(0, &thread);
        text.push_str(&format!(
            "{{\"seq\": {seq}, \"process\": \"client\", \"thread\": {thread}, \"client\": {thread}, \"call\": \"{call}\", {rest}, \
             \"start_us\": {start}, \"end_us\": {end}}}\n"
        ));
    }
    text.into_bytes()
}

pub(crate) const OK: &str = r#""in": {"Server": "0x10"}, "hresult": "0x00000000""#;

pub(crate) const RELEASED: &str = r#""out": {"References": 0}"#;

pub(crate) const REFUSED: &str = r#""in": {"Server": "0x10"}, "hresult": "0x80070057""#;

/// Among others two disconnects of one handle at the same time, the calls 5 and 7, both of which say S_OK.
pub(crate) fn two_that_cannot_both_have_been() -> Vec<u8> {
    let disconnect = "DisconnectProcessServer";
    let elsewhere = r#""in": {"Server": "0x20"}, "hresult": "0x80070057""#;
    let ids =
        r#""in": {"Server": "0x10", "Count": 0, "Ids": null}, "hresult": "0x00000000", "out": {"ActualCount": 3}"#;
    let query = "GetRunningProcessSystemIds";
    let calls = [(query, ids, 0, 9), (disconnect, OK, 2, 8), (disconnect, elsewhere, 3, 9), (disconnect, OK, 6, 12)];
    on_threads(&calls, |number| number)
}
