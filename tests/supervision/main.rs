//! Test binaries of suites whose engines end or block their process. Each test runs this executable again, with a fault.

use std::io::Write;
use std::process::{Command, ExitCode, Output};
use std::thread;

use dbgeng_testkit::conformance::{Limits, Suite};
use dbgeng_testkit::hresult::{E_INVALIDARG, E_NOINTERFACE, S_OK};
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Interface, Out};

/// The environment variable with the fault of the engine.
const FAULT: &str = "SUPERVISION_FAULT";

const EVERY_CALL_HANGS: &str = "every call hangs";

/// Faults of an engine that breaks nothing, but cannot be judged in the process of the others.
const BURDENS: [&str; 2] = ["flood", "leave processes"];

/// More bytes than a process may print.
const FLOOD: usize = 300 << 20;

/// More processes than one may leave behind.
const CROWD: usize = 120;

/// The faults, each with what the test of the unknown handle says.
const FAULTS: [(&str, &str); 5] = [
    ("abort", "the process crashed"),
    ("exit", "the process crashed"),
    ("exit in another thread", "the process crashed"),
    ("hang", "the call did not return"),
    ("overflow", "the process crashed"),
];

/// An engine that has no connections, so every handle is invalid.
struct Faulty;

impl Engine for Faulty {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if std::env::var(FAULT).as_deref() == Ok(EVERY_CALL_HANGS) {
            loop {
                thread::park();
            }
        }
        if interface.version().is_none() {
            return E_NOINTERFACE;
        }
        let Some(client) = client else { return E_INVALIDARG };
        *client = Some(Box::new(Faulty));
        S_OK
    }
}

impl DebugClient for Faulty {
    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        if server == 0x1234_5678 {
            match &*std::env::var(FAULT).unwrap_or_default() {
                "abort" => std::process::abort(),
                "exit" => std::process::exit(0),
                "exit in another thread" => {
                    let _: thread::Result<()> = thread::spawn(|| std::process::exit(0)).join();
                }
                "overflow" => return HRESULT(i32::from(deeper(0) == 0)),
                "flood" => {
                    let line = vec![b'!'; 1 << 20];
                    (0..FLOOD)
                        .step_by(line.len())
                        .for_each(|_| std::io::stderr().write_all(&line).expect("it is read"));
                }
                "leave processes" => {
                    let leave = |_| drop(Command::new("sleep").arg("1000").spawn().expect("the system has it"));
                    (0..CROWD).for_each(leave);
                }
                _ => loop {
                    thread::park();
                },
            }
        }
        E_INVALIDARG
    }
}

/// Recurses until the stack overflows.
fn deeper(depth: u64) -> u64 {
    let frame = std::hint::black_box([depth; 64]);
    if depth == u64::MAX { 0 } else { frame[7] + deeper(depth + 1) + frame[9] }
}

fn main() -> ExitCode {
    if let Ok(fault) = std::env::var(FAULT) {
        // Only a call that hangs shall take too long.
        let call_timeout_ms = if BURDENS.contains(&&*fault) { 60_000 } else { 800 };
        let limits = Limits { call_timeout_ms, quiet_ms: 50 };
        return Suite::new("faulty", || Box::new(Faulty)).limits(limits).programs(5).depth(1).main();
    }
    // cargo-nextest asks for the names of the tests first.
    if std::env::args().any(|argument| argument == "--list") {
        if std::env::args().all(|argument| argument != "--ignored") {
            println!("every_fault_fails_its_test_alone: test");
        }
        return ExitCode::SUCCESS;
    }
    for (fault, outcome) in FAULTS {
        // Wine does not end a process whose stack has overflowed.
        if cfg!(windows) && fault == "overflow" {
            continue;
        }
        let mut again = Command::new(std::env::current_exe().expect("this executable has a path"));
        let Output { status, stdout, .. } = again.arg("handle/").env(FAULT, fault).output().expect("it runs");
        let said = String::from_utf8_lossy(&stdout);
        println!("{fault}: {status}");
        assert_eq!(status.code(), Some(101), "{said}");
        let is_said = |test: &str, verdict: &str| {
            said.lines()
                .any(|line| line.starts_with(&format!("test {test} ")) && line.ends_with(&format!("... {verdict}")))
        };
        assert!(is_said("handle/unknown-is-refused", "FAILED"), "{said}");
        assert!(said.contains(&format!("DisconnectProcessServer(Server=\"0x12345678\") -> {outcome}")), "{said}");
        // The other tests have their verdicts.
        assert!(is_said("handle/zero-is-refused", "ok") && said.contains("1 failed"), "{said}");
    }
    // Only Linux tells how many processes are left, and a flood takes long where pipes are short.
    for fault in BURDENS.iter().filter(|_| cfg!(target_os = "linux")) {
        let mut again = Command::new(std::env::current_exe().expect("this executable has a path"));
        let Output { status, stdout, .. } = again.env(FAULT, fault).output().expect("it runs");
        println!("{fault}: {status}");
        let said = String::from_utf8_lossy(&stdout);
        assert!(status.success() && said.contains("each program ran in its own child process"), "{said}");
    }
    // Where every call hangs, no test passes.
    let mut again = Command::new(std::env::current_exe().expect("this executable has a path"));
    let output = again.env(FAULT, EVERY_CALL_HANGS).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(101), "{said}");
    // The hang itself is judged: a call has to return.
    assert!(said.contains(" MUSTs checked") && !said.contains("\n0 of "), "{said}");
    assert!(said.contains("0 passed"), "{said}");
    ExitCode::SUCCESS
}
