//! Lines that are malformed in every trace.

/// A malformed line, and a part of the error that it causes.
pub(crate) struct MalformedLine {
    /// The line. If it has `«` and `»`, the error's column is that of a byte between them or next to them: serde_json counts
    /// up to a value or through it. The two marks are not part of the line.
    marked: String,
    /// A part of the error's message.
    says: &'static str,
}

impl MalformedLine {
    pub(crate) fn new(marked: impl Into<String>, says: &'static str) -> MalformedLine {
        MalformedLine { marked: marked.into(), says }
    }

    /// Returns the line without its marks.
    pub(crate) fn line(&self) -> String {
        self.marked.replace(['«', '»'], "")
    }

    /// Returns a part of the error's message.
    pub(crate) fn says(&self) -> &'static str {
        self.says
    }

    /// Returns the columns that the error may give, counted from 1.
    pub(crate) fn columns(&self) -> std::ops::RangeInclusive<usize> {
        match (self.marked.find('«'), self.marked.find('»')) {
            (Some(start), Some(end)) => start.max(1)..=end + 1 - '«'.len_utf8(),
            _ => 1..=self.marked.len() + 1,
        }
    }
}

/// A line with `rest` after its seq and process.
fn line(rest: &str, says: &'static str) -> MalformedLine {
    MalformedLine::new(format!(r#"{{"seq": 2, "process": "client", {rest}}}"#), says)
}

/// A call with these parameters.
fn call(method: &str, parameters: &str, says: &'static str) -> MalformedLine {
    line(&format!(r#""client": 0, "call": "{method}", "in": {parameters}, "hresult": "0x00000000""#), says)
}

/// A disconnect with `ending` after its parameters.
fn ending(ending: &str, says: &'static str) -> MalformedLine {
    line(&format!(r#""client": 0, "call": "DisconnectProcessServer", "in": {{"Server": "0x1"}}{ending}"#), says)
}

/// A Computer event with this computer.
fn computer(told: &str, says: &'static str) -> MalformedLine {
    line(&format!(r#""event": "Computer", "computer": {told}"#), says)
}

/// A Computer event with this process after another.
fn process(told: &str, says: &'static str) -> MalformedLine {
    computer(&format!(r#"{{"Names": ["a"], "Processes": [{{"Id": 4, "Exe": "a"}}, {told}]}}"#), says)
}

/// Lists the malformed lines.
pub(crate) fn list_malformed_lines() -> Vec<MalformedLine> {
    let tables = [no_event(), wrong_types(), wrong_parameters(), wrong_numbers(), wrong_endings(), wrong_computers()];
    tables.into_iter().flatten().collect()
}

/// Lines that are not an event, or not even JSON.
fn no_event() -> Vec<MalformedLine> {
    vec![
        MalformedLine::new("{", "EOF"),
        MalformedLine::new(r#"{"seq": 2, "process": "client""#, "EOF"),
        MalformedLine::new(r#"{"seq": 2, "process": "client", "call": "Release", "out": {"References": 1"#, "EOF"),
        MalformedLine::new(r#"{"seq": 2, "process": "cli"#, ""),
        MalformedLine::new(r#"{"seq": 2, "process": "client", "call"«} »"#, "expected `:`"),
        MalformedLine::new(r#"{"seq": 2, "process": "client"} «trailing»"#, ""),
        MalformedLine::new("«seq» 2", "expected value"),
        MalformedLine::new("«null»", "null"),
        MalformedLine::new("«[]»", ""),
        // An event is an object. Its values in the right order, without names, are not an event.
        MalformedLine::new(
            r#"«[»2, "client", 0, 0, "EndSession", null, null, null, {"Flags": 0}, "0x0", null, false, false, null, null, null]"#,
            "",
        ),
        MalformedLine::new("«{}»", "missing field `seq`"),
        MalformedLine::new(r#"«{"seq": 2}»"#, "missing field `process`"),
        line(r#""client": 0, «"colour"»: "red""#, "unknown field `colour`"),
        line(r#""client": 0, «"red at line 7"»: 1"#, "unknown field `red at line 7`"),
        line(r#"«"process"»: "server", "event": "ProcessKilled""#, "duplicate field `process`"),
        line(r#""client": 0"#, "either a call or an event"),
        line(
            r#""client": 0, "call": "Release", "out": {"References": 0}, "event": "ProcessKilled""#,
            "either a call or",
        ),
        line(r#""event": "ProcessStarted""#, "no event is called \"ProcessStarted\""),
        line(r#""event": "Elapsed""#, "ms"),
        line(r#""event": "Elapsed", "ms": «-1»"#, "-1"),
        call("Disconnect", "{}", "no method is called \"Disconnect\""),
        call("DisconnectProcessServerWide", r#"{"Server": "0x1"}"#, "\"DisconnectProcessServerWide\""),
        line(r#""call": "Release", "out": {"References": 0}"#, "no client"),
    ]
}

fn wrong_types() -> Vec<MalformedLine> {
    let deep = format!("«{}", "[".repeat(100_000));
    vec![
        MalformedLine::new(r#"{"seq": «"2"», "process": "client", "event": "ProcessKilled"}"#, "string \"2\""),
        MalformedLine::new(r#"{"seq": «-2», "process": "client", "event": "ProcessKilled"}"#, "-2"),
        MalformedLine::new(r#"{"seq": «2.5», "process": "client", "event": "ProcessKilled"}"#, "2.5"),
        MalformedLine::new(r#"{"seq": 2, "process": «7», "event": "ProcessKilled"}"#, "integer `7`"),
        MalformedLine::new(r#"{"seq": 2, "process": «null», "event": "ProcessKilled"}"#, "null"),
        line(r#""event": «["ProcessKilled"]»"#, "sequence"),
        call("EndSession", "[]", ""),
        call("QueryInterface", r#"«["IDebugClient5"]»"#, ""),
        call("QueryInterface", r#"{"Interface": «5»}"#, "integer `5`"),
        call("ConnectProcessServer", r#"{"RemoteOptions": «["tcp:"]»}"#, "a string"),
        call("DisconnectProcessServer", r#"{"Server": «17»}"#, "a handle"),
        call("EndSession", r#"{"Flags": «"0"»}"#, "string \"0\""),
        call("CreateProcess2", r#"{"Server": "0x0", "CommandLine": "a", "OptionsBuffer": «[2, 0, 0, 0]»}"#, ""),
        call("CreateProcess2", r#"{"Server": "0x0", "CommandLine": "a", "OptionsBuffer": {«"Size"»: 16}}"#, "`Size`"),
        ending(r#", "hresult": «0»"#, "an HRESULT"),
        ending(r#", "hresult": "0x0", "out": «7»"#, "integer `7`"),
        ending(r#", "hresult": "0x0", "out": {"Ids": «7»}"#, "a sequence"),
        ending(r#", "hresult": "0x0", "out": {"Ids": [4, «"8"»]}"#, "string \"8\""),
        ending(r#", "crashed": «1»"#, "a boolean"),
        MalformedLine::new(deep.clone() + "»", ""),
        line(&format!(r#""event": {deep}»"#), ""),
        line(
            &format!(r#""client": 0, "call": "AddRef", "in": {{"a": {deep}»}}, "hresult": "0x0""#)
                .replace(['«', '»'], ""),
            "",
        ),
    ]
}

fn wrong_parameters() -> Vec<MalformedLine> {
    let connect = |parameters| call("ConnectProcessServer", parameters, "output parameter");
    let ids = |parameters| call("GetRunningProcessSystemIds", parameters, "output parameter");
    vec![
        call("EndSession", "{}", "Flags is missing"),
        call("EndSession", "null", "Flags is missing"),
        line(r#""client": 0, "call": "EndSession", "hresult": "0x0""#, "Flags is missing"),
        call("QueryInterface", "{}", "Interface is missing"),
        call("DisconnectProcessServer", "{}", "Server is missing"),
        // A handle is a number: there is no null one.
        call("DisconnectProcessServer", r#"{"Server": null}"#, "Server"),
        call("ConnectProcessServer", "{}", "RemoteOptions is missing"),
        call("StartServer", "{}", "Options is missing"),
        call("StartProcessServer", r#"{"Options": "tcp:port=1"}"#, "Flags is missing"),
        call("WaitForProcessServerEnd", "{}", "Timeout is missing"),
        call("GetRunningProcessSystemIds", r#"{"Server": "0x0"}"#, "Count is missing"),
        call("GetRunningProcessSystemIdByExecutableName", r#"{"Server": "0x0", "Flags": 0}"#, "ExeName is missing"),
        call("GetRunningProcessDescription", r#"{"Server": "0x0", "Flags": 0}"#, "SystemId is missing"),
        call("AttachProcess", r#"{"Server": "0x0", "ProcessId": 4}"#, "AttachFlags is missing"),
        call("CreateProcess", r#"{"Server": "0x0", "CommandLine": null}"#, "CreateFlags is missing"),
        call("CreateProcess2", r#"{"Server": "0x0"}"#, "CommandLine is missing"),
        call("CreateProcessAndAttach", r#"{"CommandLine": null}"#, "Server is missing"),
        call("CreateProcessAndAttach2", r#"{"Server": "0x0", "CommandLine": null}"#, "ProcessId is missing"),
        call("OutputServers", r#"{"Machine": "m", "Flags": 3}"#, "OutputControl is missing"),
        call("DisconnectProcessServer", r#"{"Server": "0x1", «"Sever"»: "0x1"}"#, "unknown field `Sever`"),
        call("DisconnectProcessServer", r#"{"Server": "0x1", «"server"»: "0x1"}"#, "unknown field `server`"),
        call("DisconnectProcessServer", r#"{"Server": "0x1", «"Server"»: "0x1"}"#, "duplicate field `Server`"),
        ending(r#", "hresult": "0x0", "out": {«"Handle"»: "0x1"}"#, "unknown field `Handle`"),
        connect(r#"{"RemoteOptions": "tcp:server=a,port=1", "Server": "0x1"}"#),
        ids(r#"{"Server": "0x0", "Count": 1, "Ids": «[4]»}"#),
        ids(r#"{"Server": "0x0", "Count": 1, "ActualCount": «1»}"#),
        call(
            "GetRunningProcessSystemIdByExecutableName",
            r#"{"Server": "0x0", "ExeName": "a", "Flags": 0, "Id": «4»}"#,
            "output parameter",
        ),
        call(
            "GetRunningProcessDescription",
            r#"{"Server": "0x0", "SystemId": 4, "Flags": 0, "ExeName": "a", "ExeNameSize": 1, "DescriptionSize": 1}"#,
            "output parameter",
        ),
        call(
            "GetRunningProcessDescription",
            r#"{"Server": "0x0", "SystemId": 4, "Flags": 0, "ExeNameSize": 1, "Description": «"a"», "DescriptionSize": 1}"#,
            "output parameter",
        ),
    ]
}

fn wrong_numbers() -> Vec<MalformedLine> {
    let handles = ["", "0x", "12", "0xg", "0x12345678123456781", "-0x1", "0x-1", "0x+1", "0X1", " 0x1", "0x1 ", "0x1é"];
    let codes = ["", "0x", "12", "0xg", "0x800700570", "-0x1", "0x-1", "0x+1", "S_OK", "0X1", " 0x1", "0x1 "];
    let handles = handles.iter().flat_map(|handle| {
        let expected = "expected a handle";
        [
            call("DisconnectProcessServer", &format!(r#"{{"Server": «"{handle}"»}}"#), expected),
            ending(&format!(r#", "hresult": "0x0", "out": {{"Server": «"{handle}"»}}"#), expected),
        ]
    });
    let codes = codes.iter().map(|code| ending(&format!(r#", "hresult": «"{code}"»"#), "expected an HRESULT"));
    let others = [
        call("EndSession", r#"{"Flags": «4294967296»}"#, "4294967296"),
        call("EndSession", r#"{"Flags": «-1»}"#, "-1"),
        call("EndSession", r#"{"Flags": «0.5»}"#, "0.5"),
        call("EndSession", r#"{"Flags": «1e999»}"#, "number out of range"),
        // The field of the structure has 32 bits, the parameter of StartProcessServer 64.
        call("CreateProcess2", r#"{"Server": "0x0", "CommandLine": "a", "Reserved": 4294967296}"#, "Reserved"),
        line(r#""client": «4294967296», "call": "Release", "out": {"References": 0}"#, "4294967296"),
        line(r#""thread": «-1», "client": 0, "call": "Release", "out": {"References": 0}"#, "-1"),
        ending(r#", "hresult": "0x0", "elapsed_us": «18446744073709551616»"#, ""),
    ];
    handles.chain(codes).chain(others).collect()
}

fn wrong_endings() -> Vec<MalformedLine> {
    vec![
        ending("", "neither hresult nor crashed nor timed_out"),
        ending(r#", "crashed": false"#, "neither hresult nor crashed nor timed_out"),
        ending(r#", "hresult": "0x0", "crashed": true"#, "more than one way"),
        ending(r#", "hresult": "0x0", "timed_out": true"#, "more than one way"),
        ending(r#", "crashed": true, "timed_out": true"#, "more than one way"),
        ending(r#", "hresult": "0x0", "out": {"References": 1}"#, "more than one way"),
        ending(r#", "out": {"References": 1}"#, "returns an HRESULT"),
        line(r#""client": 0, "call": "Release", "hresult": "0x0""#, "returns a reference count"),
        ending(r#", "hresult": "0x0", "start_us": 1"#, "start_us and end_us stand together"),
        ending(r#", "hresult": "0x0", "end_us": 1"#, "start_us and end_us stand together"),
    ]
}

fn wrong_computers() -> Vec<MalformedLine> {
    vec![
        line(r#""event": "Computer""#, "a Computer event has no computer"),
        line(r#""event": «"Computer"», "computer": null"#, "a Computer event has no computer"),
        line(r#""event": "Computer", "ms": 5, "computer": {"Names": [], "Processes": []}"#, "\"ms\" does not belong"),
        line(r#""event": "Elapsed", "ms": 5, "computer": {"Names": [], "Processes": []}"#, "\"computer\" does not"),
        line(r#""client": 0, "computer": {"Names": [], "Processes": []}"#, "either a call or an event"),
        computer(r#"«"HOST"»"#, "string \"HOST\", expected an object"),
        computer(r#"«[»["HOST"], []]"#, "sequence, expected an object"),
        computer("{«}»", "missing field `Names`"),
        computer(r#"{"Names": ["a"]«}»"#, "missing field `Processes`"),
        computer(r#"{"Processes": []«}»"#, "missing field `Names`"),
        computer(r#"{"Names": «"a"», "Processes": []}"#, "string \"a\", expected a sequence"),
        computer(r#"{"Names": ["a", «null»], "Processes": []}"#, "null, expected a string"),
        computer(r#"{"Names": [], "Processes": «{»"Id": 4}}"#, "map, expected a sequence"),
        computer(r#"{"Names": [], "Processes": [], «"names"»: []}"#, "unknown field `names`"),
        computer(r#"{"Names": [], «"Names"»: [], "Processes": []}"#, "duplicate field `Names`"),
        process("«4»", "integer `4`, expected an object"),
        process(r#"«[»4, "a"]"#, "sequence, expected an object"),
        process("«null»", "null, expected an object"),
        process(r#"{"Id": 4«}»"#, "missing field `Exe`"),
        process(r#"{"Exe": "a"«}»"#, "missing field `Id`"),
        process(r#"{"Id": «"4"», "Exe": "a"}"#, "string \"4\", expected u32"),
        process(r#"{"Id": «-4», "Exe": "a"}"#, "-4"),
        process(r#"{"Id": «4294967296», "Exe": "a"}"#, "4294967296"),
        process(r#"{"Id": 4, "Exe": «null»}"#, "null, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", "Session": «"1"»}"#, "string \"1\""),
        process(r#"{"Id": 4, "Exe": "a", "Session": «null»}"#, "null, expected u32"),
        process(r#"{"Id": 4, "Exe": "a", "User": «7»}"#, "integer `7`, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", "User": «null»}"#, "null, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", "CommandLine": «null»}"#, "null, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", "CommandLine": «["a"]»}"#, "sequence, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", "Services": «"s"»}"#, "string \"s\", expected a sequence"),
        process(r#"{"Id": 4, "Exe": "a", "Services": [«7»]}"#, "integer `7`, expected a string"),
        process(r#"{"Id": 4, "Exe": "a", «"Path"»: "b"}"#, "unknown field `Path`"),
        process(r#"{"Id": 4, "Exe": "a", «"Exe"»: "b"}"#, "duplicate field `Exe`"),
    ]
}
