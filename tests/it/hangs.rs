//! Subjects that hang, exit, flood their output or leave processes behind: one verdict each, a whole report, and nothing
//! stays.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use dbgeng_testkit::com::Library;
use dbgeng_testkit::conformance::{Capability, CaseReport, Limits, Report, Suite, Verdict};
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::{
    AnswerCall, ByCall, Call, DebugClient, Engine, HRESULT, Interface, Method, Out, Outcome, Profile, dispatch,
};

#[cfg(unix)]
use crate::support::build_library;

/// The value that cases use for an unknown handle.
const UNKNOWN: u64 = 0x1234_5678;

/// The environment variable with the fault of a test that runs itself again.
const FAULT: &str = "HANGS_FAULT";

/// The environment variable with the port where a fault shows that it is alive.
const PORT: &str = "HANGS_PORT";

/// Misbehaves before a call is answered.
type Fault = fn(&Call<&str>);

/// The mock with a fault.
struct Faulty {
    engine: LabEngine,
    fault: Fault,
    bomb: Option<Bomb>,
}

struct FaultyClient {
    client: Box<dyn DebugClient>,
    fault: Fault,
    _bomb: Option<Bomb>,
}

/// Panics when it is dropped.
#[derive(Clone)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn faulty(fault: Fault) -> Faulty {
    Faulty { engine: Lab::new(Profile::Contract).engine(), fault, bomb: None }
}

impl Engine for Faulty {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.engine.debug_create(interface, Some(&mut made));
        if let (Some(out), Some(client)) = (client, made) {
            *out = Some(Box::new(ByCall(FaultyClient { client, fault: self.fault, _bomb: self.bomb.clone() })));
        }
        hresult
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.engine.on_thread(thread, work)
    }
}

impl AnswerCall for FaultyClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        (self.fault)(call);
        dispatch(&*self.client, &call.owned())
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.client.query_interface(interface, client)
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        self.client.create_client(client)
    }

    fn release(self) -> u32 {
        self.client.release()
    }
}

fn hang() {
    loop {
        thread::park();
    }
}

fn hangs_in_end(call: &Call<&str>) {
    if let Call::EndProcessServer { .. } = call {
        hang();
    }
}

fn hangs_on_unknown_handles(call: &Call<&str>) {
    if let Call::EndProcessServer { server: UNKNOWN } = call {
        hang();
    }
}

fn suite(name: &str, fault: Fault, call_timeout_ms: u32) -> Suite {
    let limits = Limits { call_timeout_ms, quiet_ms: 10 };
    Suite::new(name, move || Box::new(faulty(fault))).limits(limits).programs(20).depth(2)
}

/// Runs a suite in child processes. It skips the cases with a server, most of all.
fn run_in_child_processes(name: &str, fault: Fault) -> Report {
    let suite = suite(name, fault, 800).lacks([Capability::Method(Method::StartProcessServer)]);
    suite.in_child_processes().run()
}

fn case<'r>(report: &'r Report, requirement: Requirement, name: &str) -> &'r CaseReport {
    let report = report.requirements.iter().find(|report| report.requirement == requirement).unwrap();
    report.cases.iter().find(|case| case.name == name).unwrap()
}

#[test]
fn a_call_that_hangs_in_this_process_is_named_and_ends_the_run() {
    let report = suite("hanging", hangs_on_unknown_handles, 1_000).run();
    let hung = case(&report, Requirement::HandleUnknownIsRefused, "end");
    assert_eq!(hung.verdict, Verdict::TimeOut);
    assert_eq!(hung.calls.last().unwrap().outcome, "the call did not return");
    // What was judged before stays, and the rest says why it was not reached.
    assert!(report.count(Verdict::Pass) > 0);
    let skipped = report.requirements.iter().flat_map(|report| &report.cases).filter_map(|case| case.reason.as_deref());
    assert!(
        skipped.clone().any(|reason| reason.starts_with("not reached: EndProcessServer did not return within 1 s"))
    );
    assert!(!report.holds());
}

/// The probe of the capabilities makes this call, so no case comes to it.
#[test]
fn a_call_that_hangs_while_the_engine_is_probed_is_named_too() {
    let report = suite("hanging", hangs_in_end, 1_000).run();
    let text = report.text(false);
    assert!(text.contains("also failed in the probe of the capabilities"), "{text}");
    assert!(text.contains("> client: EndProcessServer(Server=0) -> the call did not return"), "{text}");
    assert!(!report.holds());
}

/// A second panic while the first one unwinds would abort the process.
#[test]
fn a_panic_in_every_drop_is_a_crash_in_this_process() {
    let suite = Suite::new("dropping", || Box::new(Faulty { bomb: Some(Bomb), ..faulty(|_| ()) }));
    let report = suite.run_requirement(Requirement::HandleUnknownIsRefused);
    assert_eq!(report.verdict, Verdict::Crash);
    assert_eq!(report.cases[0].reason.as_deref(), Some("panicked: dropped"));
}

/// The limit of EndProcessServer is halved each time.
#[test]
fn a_call_that_always_hangs_costs_a_few_time_limits() {
    let report = run_in_child_processes("hanging", hangs_in_end);
    assert_eq!(case(&report, Requirement::HandleUnknownIsRefused, "end").verdict, Verdict::TimeOut);
    assert_eq!(case(&report, Requirement::HandleUnknownIsRefused, "disconnect").verdict, Verdict::Pass);
    let returns = report.requirements.iter().find(|report| report.requirement == Requirement::CallReturns).unwrap();
    assert!(returns.elsewhere.iter().any(|failure| failure.place == "the probe of the capabilities"));
    assert!(!report.holds());
}

#[test]
fn programs_that_hang_are_counterexamples() {
    let report = run_in_child_processes("hanging", hangs_on_unknown_handles);
    for name in ["programs/random", "programs/short"] {
        let property = report.properties.iter().find(|property| property.name == name).unwrap();
        let hung = property.counterexamples.iter().find(|example| example.failure.actual == "the call did not return");
        assert!(hung.is_some_and(|example| !example.calls.is_empty()), "{name}");
    }
}

/// Hangs, and notes that in the file that the test names.
fn hangs_and_notes_it(_call: &Call<&str>) {
    let noted = File::options().append(true).open(std::env::var_os(FAULT).unwrap());
    noted.unwrap().write_all(b"!").unwrap();
    hang();
}

/// The probe of the capabilities asks for each method, and each could hang for the whole time limit.
#[test]
fn a_run_in_which_every_call_hangs_is_given_up() {
    if is_again() {
        let report = suite("hanging", hangs_and_notes_it, 80).in_child_processes().run();
        assert!(!report.holds());
        return print!("{}", report.text(false));
    }
    let noted = tempfile::NamedTempFile::new().unwrap();
    let mut again = again("a_run_in_which_every_call_hangs_is_given_up");
    let Output { status, stdout, .. } = again.env(FAULT, noted.path()).output().unwrap();
    let text = String::from_utf8_lossy(&stdout);
    assert!(status.success() && text.contains("the call did not return"), "{text}");
    assert!(text.contains("not reached: calls that do not return took "), "{text}");
    let hangs = noted.as_file().metadata().unwrap().len();
    assert!((1..10).contains(&hangs), "{hangs} calls hung");
}

/// Status 0 is that of a child that performed its whole program.
#[test]
fn a_child_that_exits_early_has_crashed() {
    let exits = |call: &Call<&str>| {
        if let Call::EndProcessServer { server: UNKNOWN } = call {
            std::process::exit(0);
        }
    };
    let report =
        suite("exiting", exits, 5_000).in_child_processes().run_requirement(Requirement::HandleUnknownIsRefused);
    let case = report.cases.iter().find(|case| case.name == "end").unwrap();
    assert_eq!(case.verdict, Verdict::Crash);
    assert_eq!(case.calls.last().unwrap().outcome, "the process crashed");
}

/// The output of a child is read, so that it does not block, and only its end is kept.
#[test]
fn a_child_may_print_more_than_a_pipe_holds() {
    let floods = |call: &Call<&str>| {
        if let Call::EndProcessServer { server: UNKNOWN } = call {
            (0..20_000).for_each(|number| eprintln!("line {number} of too many"));
            panic!("enough");
        }
    };
    let report =
        suite("flooding", floods, 5_000).in_child_processes().run_requirement(Requirement::HandleUnknownIsRefused);
    let case = report.cases.iter().find(|case| case.name == "end").unwrap();
    let words = case.reason.as_deref().unwrap();
    assert!(words.contains("enough") && words.lines().count() <= 5, "{words}");
}

/// Runs a test of this file again, in a process of its own, with a fault.
fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([&format!("hangs::{test}"), "--exact", "--nocapture"]).stdin(Stdio::null()).env(FAULT, "");
    command
}

fn is_again() -> bool {
    std::env::var_os(FAULT).is_some()
}

#[test]
fn an_exit_in_this_process_is_no_pass() {
    if is_again() {
        let exits = |call: &Call<&str>| {
            if let Call::EndProcessServer { server: UNKNOWN } = call {
                std::process::exit(0);
            }
        };
        return suite("exiting", exits, 5_000).run().assert();
    }
    let Output { status, stderr, .. } = again("an_exit_in_this_process_is_no_pass").output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success());
    assert!(said.contains("the engine ended the process of the test"), "{said}");
    assert!(said.contains("> client: EndProcessServer(Server=\"0x12345678\") -> the process crashed"), "{said}");
}

/// Exits on a thread that no call is made on.
#[cfg(unix)]
fn exits_on_another_thread(call: &Call<&str>) {
    if let Call::EndProcessServer { server: UNKNOWN } = call {
        let _: thread::Result<()> = thread::spawn(|| std::process::exit(0)).join();
    }
}

/// Every exit of a process that has loaded a library is noticed.
#[cfg(unix)]
#[test]
fn an_exit_on_a_thread_of_the_engine_is_no_pass() {
    const LIBRARY: &str = "HANGS_LIBRARY";
    if is_again() {
        Library::load(std::env::var_os(LIBRARY).unwrap()).unwrap();
        return suite("exiting", exits_on_another_thread, 5_000).run().assert();
    }
    let mut again = again("an_exit_on_a_thread_of_the_engine_is_no_pass");
    let Output { status, stderr, .. } = again.env(LIBRARY, build_library()).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    assert!(!status.success());
    assert!(said.contains("the engine ended the process of the test"), "{said}");
    assert!(said.contains("> client: EndProcessServer(Server=\"0x12345678\") -> the process crashed"), "{said}");
}

/// Writes 1 MiB, which nobody keeps.
#[cfg(target_os = "linux")]
fn floods(_: &Call<&str>) {
    static LINES: [u8; 1 << 20] = [0; 1 << 20];
    std::fs::write("/dev/null", LINES.as_slice()).unwrap();
}

/// Keeps 32 MiB for ever, as `cargo test` keeps what a test prints.
#[cfg(target_os = "linux")]
fn leaks(_: &Call<&str>) {
    std::mem::forget(vec![1_u8; 32 << 20]);
}

/// The engine breaks nothing, but most of it was not judged.
#[cfg(target_os = "linux")]
fn assert_given_up(test: &str, why: &str) {
    let Output { status, stdout, stderr } = again(test).output().unwrap();
    let said = [stdout, stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    assert!(!status.success());
    let why = format!("\nFAIL:\n  not reached: {why}; only `Suite::in_child_processes` survives that\n");
    assert!(said.contains(&why), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_in_this_process_ends_the_run() {
    if is_again() {
        return suite("flooding", floods, 5_000).run().assert();
    }
    assert_given_up("a_flood_in_this_process_ends_the_run", "the engine has written 1 GiB");
}

#[cfg(target_os = "linux")]
#[test]
fn a_leak_of_gigabytes_in_this_process_ends_the_run() {
    if is_again() {
        return suite("leaking", leaks, 5_000).run().assert();
    }
    let why = "the process has grown by 2 GiB, as by a leak of the engine or by output that `cargo test` keeps";
    assert_given_up("a_leak_of_gigabytes_in_this_process_ends_the_run", why);
}

/// Closes the standard output, as an engine that closes what is not its own.
#[cfg(unix)]
#[expect(unsafe_code, reason = "nothing safe closes the descriptor of another")]
fn closes_the_output(call: &Call<&str>) {
    use std::os::fd::{FromRawFd, OwnedFd};

    if let Call::EndProcessServer { server: UNKNOWN } = call {
        // SAFETY: nothing else uses the output until the call has returned.
        drop(unsafe { OwnedFd::from_raw_fd(1) });
    }
}

#[cfg(unix)]
#[test]
fn an_output_that_the_engine_has_closed_is_open_again_for_the_report() {
    if is_again() {
        suite("closing", closes_the_output, 5_000).run_requirement(Requirement::HandleUnknownIsRefused);
        return println!("the report");
    }
    let again = again("an_output_that_the_engine_has_closed_is_open_again_for_the_report").output().unwrap();
    assert!(again.status.success());
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(said.contains("the report") && said.contains("test result: ok"), "{said}");
}

/// Connects to the test that waits at the port. The connection lasts as long as a process has it.
#[cfg(unix)]
fn connect_to_the_test() -> TcpStream {
    let port = std::env::var(PORT).unwrap().parse().unwrap();
    TcpStream::connect(("127.0.0.1", port)).unwrap()
}

/// Shows the test that waits at the port that this process and one that it starts are alive.
#[cfg(unix)]
fn leaves_a_process(call: &Call<&str>) {
    if let Call::EndProcessServer { server: UNKNOWN } = call {
        use std::os::unix::process::CommandExt;

        let mut alive = connect_to_the_test();
        let input = std::os::fd::OwnedFd::from(alive.try_clone().unwrap());
        let mut sleeper = Command::new("sleep");
        sleeper.arg("1000").stdin(input).stdout(Stdio::null()).stderr(Stdio::null());
        // Only on Linux can a process that has left the group be found: by the folder, which hosts pass on by another name.
        if cfg!(target_os = "linux") {
            let folder = std::env::var_os("DBGENG_TESTKIT_CHILD").unwrap();
            sleeper.process_group(0).env_remove("DBGENG_TESTKIT_CHILD").env("DBGENG_TESTKIT_HOST", folder);
        }
        drop(sleeper.spawn().unwrap());
        alive.write_all(b"!").unwrap();
        hang();
    }
}

/// Leaves a process without a parent, and returns.
#[cfg(target_os = "linux")]
fn leaves_an_orphan(call: &Call<&str>) {
    if let Call::EndProcessServer { server: UNKNOWN } = call {
        use std::os::unix::process::CommandExt;

        let mut alive = connect_to_the_test();
        let output = std::os::fd::OwnedFd::from(alive.try_clone().unwrap());
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 1000 &"]).stdin(Stdio::null()).stdout(output).stderr(Stdio::null()).process_group(0);
        assert!(shell.status().unwrap().success());
        alive.write_all(b"!").unwrap();
    }
}

#[cfg(unix)]
fn run_with_a_process_left(fault: Fault) {
    let suite = suite("leaving", fault, 2_000).in_child_processes();
    let _ = suite.run_requirement(Requirement::HandleUnknownIsRefused);
}

/// Waits for a child that left a process, lets `end` end it, and returns once both have ended.
#[cfg(unix)]
fn wait_for_a_process_left(test: &str, end: impl FnOnce(&mut std::process::Child)) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut runner = again(test);
    runner.env(PORT, port.local_addr().unwrap().port().to_string()).env("TMPDIR", folder.path());
    let mut runner = runner.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut alive, _) = port.accept().unwrap();
    alive.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    alive.read_exact(&mut [0]).unwrap();
    end(&mut runner);
    // A connection ends with the last process that holds it.
    assert_eq!(alive.read(&mut [0]).unwrap(), 0);
    runner.wait().unwrap();
    port.set_nonblocking(true).unwrap();
    while let Ok((mut later, _)) = port.accept() {
        later.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert!(later.read_to_end(&mut Vec::new()).is_ok(), "a process is left");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn what_a_child_started_ends_with_it() {
    if is_again() {
        return run_with_a_process_left(leaves_a_process);
    }
    wait_for_a_process_left("what_a_child_started_ends_with_it", |_| ());
}

/// The child performs its whole program, and knows by itself that it leaves something.
#[cfg(target_os = "linux")]
#[test]
fn an_orphan_of_a_child_that_completed_ends_too() {
    if is_again() {
        return run_with_a_process_left(leaves_an_orphan);
    }
    wait_for_a_process_left("an_orphan_of_a_child_that_completed_ends_too", |_| ());
}

#[cfg(unix)]
#[test]
fn children_and_what_they_started_end_with_a_runner_that_is_killed() {
    if is_again() {
        return run_with_a_process_left(leaves_a_process);
    }
    wait_for_a_process_left("children_and_what_they_started_end_with_a_runner_that_is_killed", |runner| {
        runner.kill().unwrap();
    });
}
