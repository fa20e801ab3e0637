//! Events are read as they were written.

use dbgeng_testkit::trace::{EngineName, Event, EventKind, Header, Recorded, Writer};
use dbgeng_testkit::{Call, Caller, Ending, HRESULT, Outcome, Outputs};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{HEADER, arbitrary, parse_trace, write_lines};

/// Each event with the name of its process. The reader numbers processes in the order in which it meets them, so
/// their numbers may change; their names may not.
fn named(events: Vec<Event>, processes: &[String]) -> Vec<(String, Event)> {
    let named = events.into_iter().map(|mut event| {
        let process = std::mem::take(arbitrary::process_of(&mut event.kind));
        (processes[process as usize].clone(), event)
    });
    named.collect()
}

fn written_and_read(processes: &[String], events: &[Event]) -> Vec<(String, Event)> {
    let mut lines = vec![HEADER.to_owned()];
    lines.extend(write_lines(events, processes));
    assert_eq!(lines.len(), events.len() + 1, "an event is one line, whatever its strings hold");
    let text = lines.join("\n");
    let (reader, read) = parse_trace(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"));
    named(read, reader.processes())
}

/// Methods outside the surface with what JSON can say of their parameters, some of them under names that methods of the
/// surface have, too. Text is compared, so the text is that of `serde_json`.
fn outside() -> impl Strategy<Value = Call> {
    let method = prop::sample::select(vec!["AddRef", "SetOutputWidth", "GetIdentityWide", "OpenDumpFile"]);
    let name = prop_oneof![
        prop::sample::select(vec!["Flags", "Options", "Server", "Ids", "Count", "OptionsBuffer"])
            .prop_map(str::to_owned),
        any::<String>()
    ];
    let value = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        vec(any::<u32>(), 0..3).prop_map(Value::from),
    ];
    let arguments = btree_map(name, value, 0..4).prop_map(|map| Value::Object(map.into_iter().collect()));
    (method, arguments).prop_map(|(method, arguments)| Call::OtherMethod { method, arguments: arguments.to_string() })
}

/// Outputs of methods outside the surface: `out` with a name that no method of the surface has.
fn written_outside() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec!["Code", "Mask", "Id", "Buffer", "Description"]);
    let others =
        btree_map(names, prop_oneof![any::<u32>().prop_map(Value::from), any::<String>().prop_map(Value::from)], 0..3);
    (others, any::<i64>()).prop_map(|(others, handle)| {
        let own = std::iter::once(("Handle", Value::from(handle)));
        let members = others.into_iter().chain(own).map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect()).to_string()
    })
}

proptest! {
    #[test]
    fn every_event_is_read_as_it_was_written((processes, events) in arbitrary::events()) {
        let expected = named(events.clone(), &processes);
        prop_assert_eq!(written_and_read(&processes, &events), expected);
    }

    #[test]
    fn every_call_outside_the_surface_is_read_as_it_was_written(what in arbitrary::what(outside())) {
        let processes = ["client".to_owned()];
        let events = arbitrary::with_seq(vec![(1, what)], 0, &processes);
        let expected = named(events.clone(), &processes);
        prop_assert_eq!(written_and_read(&processes, &events), expected);
    }

    #[test]
    fn outputs_of_a_call_outside_the_surface_are_kept(call in outside(), code: i32, written in written_outside()) {
        let out = Outputs { other: Some(written), ..Outputs::default() };
        let outcome = Outcome { ending: Ending::Returned(HRESULT(code)), out };
        let by = Caller::default();
        let recorded = Recorded { by, call, wide: false, outcome, elapsed_us: None, interval: None };
        let events = [Event { seq: 1, kind: EventKind::Call(Box::new(recorded)) }];
        let processes = ["client".to_owned()];
        prop_assert_eq!(written_and_read(&processes, &events), named(events.to_vec(), &processes));
    }

    #[test]
    fn every_header_is_read_as_it_was_written(engine: (String, String, String), name: String, note: String) {
        let (of, version, platform) = engine;
        let header = Header::new(EngineName { name: of, version, platform }, name, note);
        let text = Writer::new(Vec::new(), &header).expect("a Vec takes everything").into_inner();
        let (reader, events) = parse_trace(&text).expect("what was written can be read");
        prop_assert_eq!(reader.header(), &header);
        prop_assert_eq!(events, []);
    }
}

fn the_call(line: &str) -> Recorded {
    let (_, events) = parse_trace(format!("{HEADER}\n{line}\n").as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    match <[Event; 1]>::try_from(events).map(|[event]| event.kind) {
        Ok(EventKind::Call(recorded)) => *recorded,
        other => panic!("one call was expected, and not {other:?}"),
    }
}

/// The two spellings of DEBUG_CREATE_PROCESS_OPTIONS: as the structure it is, and by field among the parameters.
#[test]
fn create_options_are_read_as_a_structure_and_by_field() {
    let line = |options: &str| {
        let parameters = format!(r#"{{"Server": "0x1", "CommandLine": "a", {options}}}"#);
        let by = r#""seq": 1, "process": "client", "client": 0, "call": "CreateProcess2""#;
        the_call(&format!(r#"{{{by}, "in": {parameters}, "hresult": "0x00000000"}}"#)).call
    };
    let whole = r#""OptionsBuffer": {"CreateFlags": 2, "EngCreateFlags": 1, "VerifierFlags": 4, "Reserved": 8}"#;
    let by_field = r#""CreateFlags": 2, "EngCreateFlags": 1, "VerifierFlags": 4, "Reserved": 8"#;
    assert_eq!(line(whole), line(by_field));
    assert_eq!(line(r#""OptionsBuffer": {"CreateFlags": 2}, "OptionsBufferSize": 16"#), line(r#""CreateFlags": 2"#));
    assert_ne!(line(r#""OptionsBuffer": null"#), line(r#""OptionsBuffer": {}"#));
}

/// StartServer is a method of the surface, so its twin is too: a debugging server holds a port, whichever method started it.
#[test]
fn the_wide_twin_of_start_server_is_the_same_call() {
    let line = |method: &str| {
        let by = r#""seq": 1, "process": "client", "client": 0"#;
        let parameters = r#"{"Options": "tcp:port=7605"}"#;
        the_call(&format!(r#"{{{by}, "call": "{method}", "in": {parameters}, "hresult": "0x00000000"}}"#))
    };
    let (ansi, wide) = (line("StartServer"), line("StartServerWide"));
    assert_eq!(wide.call, ansi.call);
    assert_eq!((ansi.wide, wide.wide), (false, true));
}
