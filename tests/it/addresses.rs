//! The ports and pipes of cases and programs are names, which each run binds to free ones.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use dbgeng_testkit::conformance::{Program, Suite, execute};
use dbgeng_testkit::hresult::{E_NOTIMPL, WSAEADDRINUSE, WSAECONNREFUSED};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::options::{ConnectionString, Side};
use dbgeng_testkit::trace::EventKind;
use dbgeng_testkit::{Call, DebugClient, HostLocation, Outcome, Profile, dispatch};

use crate::support::{Answer, wrap};

/// Writes down the connection strings that the engine gets. It starts no process server.
#[derive(Clone, Default)]
struct Strings(Arc<Mutex<Vec<String>>>);

impl Answer for Strings {
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let text = match call {
            Call::ConnectProcessServer { remote_options, .. } => remote_options.clone(),
            Call::StartProcessServer { .. } => return Outcome::returned(E_NOTIMPL),
            _ => None,
        };
        self.0.lock().unwrap().extend(text);
        dispatch(client, call)
    }

    fn start_process(&self, _place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(self.clone()))
    }
}

/// Returns the strings that an engine gets in a run of a program that connects with these, and those of its events.
fn run(texts: &[&str]) -> (Vec<String>, Vec<String>) {
    let connect = |text: &&str| serde_json::json!({"call": "ConnectProcessServer", "in": {"RemoteOptions": text}});
    let steps: Vec<_> = texts.iter().map(connect).collect();
    let program = Program::from_json(&serde_json::json!({"hosts": [], "steps": steps}).to_string()).unwrap();
    let strings = Strings::default();
    let engine = wrap(Box::new(Lab::new(Profile::Contract).engine()), Arc::new(strings.clone()));
    let events = execute(&program, engine, Profile::Contract, true).events;
    let recorded = events.iter().filter_map(|event| match &event.kind {
        EventKind::Call(recorded) => match &recorded.call {
            Call::ConnectProcessServer { remote_options, .. } => remote_options.clone(),
            _ => None,
        },
        _ => None,
    });
    let strings = strings.0.lock().unwrap().clone();
    (strings, recorded.collect())
}

/// Returns the number after the last `port=`.
fn port(text: &str) -> u16 {
    text.rsplit_once("port=").unwrap().1.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_run_binds_its_ports_and_keeps_their_names() {
    let texts = ["tcp:server=a,port=7001", "tcp:server=a,port=7003", "tcp:server=a,port=7999"];
    let (bound, recorded) = run(&texts);
    assert_eq!(recorded, texts);
    let ports: Vec<u16> = bound.iter().map(|text| port(text)).collect();
    assert!(ports.iter().all(|port| (10_000..32_768).contains(port)), "{bound:?}");
    assert_eq!(ports[1], ports[0] + 2, "{bound:?}");
    assert_ne!(port(&run(&texts).0[0]), ports[0]);
}

#[test]
fn every_form_of_a_port_is_bound_to_the_same_one() {
    let (bound, _) = run(&["tcp:server=a,port=7001"]);
    assert_eq!(bound.len(), 1);
    let texts = [
        "tcp:server=a,port=7001",
        "TCP:Port=0x1b59:7003,hidden",
        "tcp: port=+7001x,",
        "tcp:port=1,server=a, PORT=7001:7002",
        "tcp:port=72537",
        "tcp:port=-58535",
        "tcp:port=65536,port=,port=0,port=07001,port",
        "tcp:port=5005,password=7001",
        "7001",
        "",
    ];
    let (bound, recorded) = run(&texts);
    assert_eq!(recorded, texts);
    let first = i64::from(port(&bound[0]));
    let expected = [
        format!("tcp:server=a,port={first}"),
        format!("TCP:Port=0x{first:x}:{},hidden", first + 2),
        format!("tcp: port=+{first}x,"),
        format!("tcp:port=1,server=a, PORT={first}:{}", first + 1),
        format!("tcp:port={}", first + 65_536),
        format!("tcp:port={}", first - 65_536),
    ];
    assert_eq!(bound[..6], expected);
    assert_eq!(bound[6..], texts[6..]);
}

#[test]
fn a_pipe_gets_a_name_of_its_own_in_each_run() {
    let texts = ["npipe:server=.,pipe=alpha", "npipe:pipe=alpha%s.,server=.", "npipe:pipe=,server=.", "npipe:pipe"];
    let (bound, recorded) = run(&texts);
    assert_eq!(recorded, texts);
    let own = bound[0].strip_prefix("npipe:server=.,pipe=").and_then(|pipe| pipe.strip_suffix("alpha")).unwrap();
    assert!(own.len() > 8, "{bound:?}");
    assert_eq!(bound[1], format!("npipe:pipe={own}alpha%s.,server=."));
    assert_eq!(bound[2..], texts[2..]);
    assert_ne!(run(&texts).0, bound);
}

/// The address of a running server is a real one.
#[test]
fn the_address_of_a_running_server_stands_for_itself() {
    let strings = Strings::default();
    let seen = strings.clone();
    let suite = Suite::new("the mock with a server", move || {
        let lab = Lab::new(Profile::Contract);
        lab.computer("WORKSTATION").dbgsrv("tcp:port=7001").unwrap();
        wrap(Box::new(lab.engine()), Arc::new(seen.clone()))
    });
    let report = suite.server("tcp:server=WORKSTATION,port=7001").programs(30).depth(2).run();
    assert_eq!(report.objections(), Vec::<String>::new(), "{}", report.text(false));
    let strings = strings.0.lock().unwrap();
    for (text, is_given) in [("tcp:server=WORKSTATION,port=7001", true), ("tcp:server=WORKSTATION,port=7003", false)] {
        assert_eq!(strings.iter().any(|given| given == text), is_given, "{text}");
    }
}

/// Listens on ports of the real computer for the servers of the mock. The processes on one computer share them; another
/// computer has none.
#[derive(Clone, Default)]
struct Listening(Option<Arc<Mutex<BTreeMap<u16, TcpListener>>>>);

impl Answer for Listening {
    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        let outcome = dispatch(client, call);
        let parse = |side, text: &Option<String>| {
            ConnectionString::parse(side, Profile::Contract, text.as_deref().unwrap_or_default()).unwrap().port()
        };
        let Some(ports) = self.0.as_ref().filter(|_| outcome.succeeded()) else { return outcome };
        let mut ports = ports.lock().unwrap();
        match call {
            Call::StartProcessServer { options, .. } => {
                let Some(range) = parse(Side::Server, options).filter(|range| range.first != 0) else { return outcome };
                // The mock knows which of its servers have ended.
                let free = (range.first..=range.last).find(|port| !ports.contains_key(port)).unwrap_or(range.first);
                if ports.contains_key(&free) {
                    return outcome;
                }
                match TcpListener::bind((Ipv4Addr::UNSPECIFIED, free)) {
                    Ok(listener) => drop(ports.insert(free, listener)),
                    Err(_) => return Outcome::returned(WSAEADDRINUSE),
                }
            }
            Call::ConnectProcessServer { remote_options, .. } => {
                let Some(range) = parse(Side::Client, remote_options) else { return outcome };
                let Some(listener) = ports.get(&range.first) else { return outcome };
                // A connect does not return while too many wait to be accepted.
                let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, range.first))
                    .and_then(|stream| listener.accept().map(|_| drop(stream)));
                if connected.is_err() {
                    return Outcome::returned(WSAECONNREFUSED);
                }
            }
            _ => {}
        }
        outcome
    }

    fn start_process(&self, place: HostLocation) -> Option<Arc<dyn Answer>> {
        Some(Arc::new(if place == HostLocation::Here { self.clone() } else { Listening(None) }))
    }
}

/// An engine that listens for real meets neither itself in another thread nor in the run before.
#[test]
fn engines_that_listen_on_real_ports_do_not_meet() {
    let judge = |seed: u64| {
        let suite = Suite::new("listening", || {
            let listening = Listening(Some(Arc::default()));
            wrap(Box::new(Lab::new(Profile::Contract).engine()), Arc::new(listening))
        });
        let report = suite.seed(seed).programs(50).depth(3).run();
        assert_eq!(report.objections(), Vec::<String>::new(), "{seed}: {}", report.text(false));
    };
    thread::scope(|scope| (1..=2).for_each(|seed| drop(scope.spawn(move || judge(seed)))));
}
