//! Writes a run as a Rust test: a bug report that needs nothing but the engine.

mod call;
mod names;

use std::collections::BTreeSet;

use crate::call::{Call, Caller};
use crate::client::HostLocation;
use crate::conformance::program::parallel::ParallelProgram;
use crate::hresult::{self, HRESULT};
use crate::model::Violation;
use crate::process::Computer;
use crate::profile::Profile;
use crate::status::Statuses;
use crate::trace::{Event, EventKind, Recorded};
use crate::transcript::ending;
use call::{CallSource, interface, source};
use names::{Module, VariableNames};

/// The maximal width of a line, in characters.
const WIDTH: usize = 116;

/// The source of an output that nobody reads.
const NOWHERE: &str = "Some(&mut None)";

/// Returns the run as a test, up to the call of that seq, which broke a requirement.
pub(crate) fn rust_test(seq: u64, violation: &Violation, events: &[Event]) -> String {
    let run = || events.iter().take_while(|event| event.seq <= seq);
    let mut first = Body::new(BTreeSet::new());
    run().for_each(|event| first.event(event, seq, violation));
    // Whether a variable is used shows only in later lines, so the body is written twice.
    let mut body = Body::new(first.names.used);
    run().for_each(|event| body.event(event, seq, violation));

    let mut text = heading(violation);
    text.push_str(&imports(&body.names));
    text.push_str("    let engine: Box<dyn Engine> = engine();\n");
    text.push_str(&body.text);
    text.push_str("}\n");
    text
}

/// Returns the program, which broke a requirement, as a test that runs it often, because a race does not show each time.
pub(crate) fn parallel_rust_test(violation: &Violation, program: &ParallelProgram, profile: Profile) -> String {
    let mut text = heading(violation);
    let (profile, imported) = match profile {
        Profile::DbgengAt(version) => (format!("DbgengAt(EngineVersion::{version:?})"), "{EngineVersion, Profile}"),
        Profile::Contract | Profile::Dbgeng => (format!("{profile:?}"), "Profile"),
    };
    text.push_str(&format!("    use dbgeng_testkit::{imported};\n"));
    text.push_str("    use dbgeng_testkit::conformance::{ParallelProgram, execute_parallel};\n\n");
    text.push_str(&format!("    let program = r##\"{}\"##;\n", program.to_json()));
    text.push_str("    let program = ParallelProgram::from_json(program).unwrap();\n");
    text.push_str("    // A race does not show each time.\n");
    text.push_str("    for _ in 0..1_000 {\n");
    text.push_str(&format!("        let execution = execute_parallel(&program, engine(), Profile::{profile});\n"));
    text.push_str("        assert_eq!(execution.broken, []);\n    }\n}\n");
    text
}

/// Returns the comment of the test and its first line.
fn heading(violation: &Violation) -> String {
    let requirement = violation.requirement;
    let facts = requirement.facts();
    let Violation { expected, actual, .. } = violation;
    let mut text = String::new();
    for paragraph in [
        format!("{requirement} ({}): {}", facts.level, facts.statement),
        format!("Expected: {expected}. Actual: {actual}."),
        "`engine` is a function of yours that makes a fresh engine, in a `Box<dyn Engine>`.".to_owned(),
    ] {
        text.push_str(if text.is_empty() { "" } else { "///\n" });
        text.push_str(&comment("///", &paragraph));
    }
    text.push_str(&format!("#[test]\nfn {}() {{\n", requirement.id().replace(['/', '-'], "_")));
    text
}

fn imports(names: &VariableNames) -> String {
    let mut text = String::new();
    for (module, path) in [(Module::Flags, "flags::"), (Module::Hresult, "hresult::"), (Module::Root, "")] {
        match names.imports(module)[..] {
            [] => {}
            [one] => text.push_str(&format!("    use dbgeng_testkit::{path}{one};\n")),
            ref several => text.push_str(&format!("    use dbgeng_testkit::{path}{{{}}};\n", several.join(", "))),
        }
    }
    text.push('\n');
    text
}

/// The lines around a call that makes an object or a handle.
#[derive(Default)]
struct CreatedObject {
    before: Vec<String>,
    /// The source of the output that receives the object.
    output: String,
    /// The lines after the call on the same thread.
    inside: Vec<String>,
    after: Vec<String>,
}

/// The statements of a test.
struct Body {
    text: String,
    names: VariableNames,
    /// The variables that later lines use.
    used: BTreeSet<String>,
    /// The number of processes so far.
    processes: u32,
    computer: Option<Computer>,
}

impl Body {
    fn new(used: BTreeSet<String>) -> Body {
        let mut names = VariableNames::default();
        names.import(Module::Root, "Engine");
        Body { text: String::new(), names, used, processes: 1, computer: None }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(&format!("    {line}\n"));
    }

    /// Returns the name of a variable in the statement that declares it.
    fn declared(&self, name: &str) -> String {
        if self.used.contains(name) { name.to_owned() } else { format!("_{name}") }
    }

    fn event(&mut self, event: &Event, seq: u64, violation: &Violation) {
        self.meet(event);
        match &event.kind {
            EventKind::ProcessKilled { process } => self.line(&format!("{}.kill();", VariableNames::engine(*process))),
            EventKind::Call(recorded) if event.seq == seq => self.wrong(recorded, violation),
            EventKind::Call(recorded) => self.call(recorded),
            EventKind::Elapsed { process, ms } => {
                self.line(&format!("{}.pass_time({ms});", VariableNames::engine(*process)));
            }
            EventKind::Computer { .. } => {}
        }
    }

    /// Starts a process that is new.
    fn meet(&mut self, event: &Event) {
        let computer = match &event.kind {
            EventKind::Computer { computer, .. } => Some(computer),
            _ => None,
        };
        if event.process() == 0 && self.computer.is_none() {
            self.computer = computer.cloned();
        }
        while self.processes <= event.process() {
            let own = self.computer.as_ref();
            let is_elsewhere = own.zip(computer).is_some_and(|(own, computer)| own.names != computer.names);
            let place = if is_elsewhere { HostLocation::Elsewhere } else { HostLocation::Here };
            self.names.import(Module::Root, "HostLocation");
            let host = VariableNames::engine(self.processes);
            self.line(&format!("let {host} = engine.start_process(HostLocation::{place:?}).unwrap();"));
            self.processes += 1;
        }
    }

    fn call(&mut self, recorded: &Recorded) {
        let receiver = self.receiver(recorded);
        let CreatedObject { before, output, inside, after } = self.made(recorded);
        let call = source(&recorded.call, recorded.by.process, &output, &mut self.names);
        let note = ending(recorded.outcome.ending);
        let thread = self.thread(recorded);
        let indent = if thread.is_some() { "        " } else { "    " };
        before.iter().for_each(|line| self.line(line));
        thread.iter().for_each(|thread| self.line(&format!("{thread}, &mut || {{")));
        self.text.push_str(&statement(indent, &format!("let _ = {receiver}"), &call, ";", &format!(" // {note}")));
        inside.iter().for_each(|line| self.text.push_str(&format!("{indent}{line}\n")));
        thread.iter().for_each(|_| self.line("});"));
        after.iter().for_each(|line| self.line(line));
    }

    /// Writes the call that was answered wrongly, with an assertion of what is allowed.
    fn wrong(&mut self, recorded: &Recorded, violation: &Violation) {
        let receiver = self.receiver(recorded);
        if recorded.call == Call::Release {
            self.made(recorded).before.iter().for_each(|line| self.line(line));
        }
        let call = source(&recorded.call, recorded.by.process, NOWHERE, &mut self.names);
        let asserted = violation.endings.and_then(|endings| self.assertion(endings));
        let answer = if asserted.is_some() { "answer" } else { "_" };
        match self.thread(recorded) {
            None => self.text.push_str(&statement("    ", &format!("let {answer} = {receiver}"), &call, ";", "")),
            Some(thread) => {
                self.line("let mut answer = None;");
                let start = format!("{thread}, &mut || answer = Some({receiver}");
                self.text.push_str(&statement("    ", &start, &call, "));", ""));
                self.line(&format!("let {answer} = answer.unwrap();"));
            }
        }
        match asserted {
            Some(assertion) => self.line(&assertion),
            None => {
                let Violation { expected, actual, .. } = violation;
                self.text.push_str(&comment("    //", &format!("Expected: {expected}.")));
                self.text.push_str(&comment("    //", &format!("Actual: {actual}.")));
            }
        }
    }

    /// Returns the assertion that an HRESULT is in this set; `None` if every HRESULT is.
    fn assertion(&mut self, endings: Statuses) -> Option<String> {
        let mut true_of: Vec<String> = endings.codes().map(|code| format!("answer == {}", self.code(code))).collect();
        match (endings.any_success(), endings.any_error()) {
            (true, true) => return None,
            (true, false) => true_of.push("answer.is_ok()".to_owned()),
            (false, true) => true_of.push("answer.is_err()".to_owned()),
            (false, false) => {}
        }
        self.names.import(Module::Hresult, "NamedCode");
        let wanted = format!("expected {endings}, got {{}}");
        Some(format!("assert!({}, {wanted:?}, NamedCode(answer));", true_of.join(" || ")))
    }

    fn code(&mut self, code: HRESULT) -> String {
        match hresult::name(code) {
            Some(name) => {
                self.names.import(Module::Hresult, name);
                name.to_owned()
            }
            None => {
                self.names.import(Module::Root, "HRESULT");
                format!("HRESULT({})", code.0)
            }
        }
    }

    /// Returns the variable on which the call is made: an engine or a client object.
    fn receiver(&mut self, recorded: &Recorded) -> String {
        let by = recorded.by;
        if let Call::DebugCreate { .. } = recorded.call {
            return VariableNames::engine(by.process);
        }
        let (client, _) = self.names.client(by.process, by.client);
        let is_taken = by.thread != 0 && recorded.call == Call::Release;
        if is_taken { format!("{client}.take().unwrap()") } else { client }
    }

    /// Returns the beginning of a statement for a call on another thread than the main one.
    fn thread(&self, recorded: &Recorded) -> Option<String> {
        let Caller { process, thread, .. } = recorded.by;
        (thread != 0).then(|| format!("{}.on_thread({thread}", VariableNames::engine(process)))
    }

    /// Returns the lines around a call that makes an object or a handle.
    fn made(&mut self, recorded: &Recorded) -> CreatedObject {
        let Recorded { by, call, outcome, .. } = recorded;
        let nothing = CreatedObject { output: NOWHERE.to_owned(), ..CreatedObject::default() };
        let names = &mut self.names;
        match call {
            Call::DebugCreate { interface } if outcome.succeeded() => {
                let name = names.new_client(by.process, by.client, interface);
                let declared = self.declared(&name);
                let unwrapped = self.used.contains(&name).then(|| format!("let {name} = {name}.unwrap();"));
                CreatedObject {
                    before: vec![format!("let mut {declared} = None;")],
                    output: format!("Some(&mut {declared})"),
                    after: unwrapped.into_iter().collect(),
                    ..CreatedObject::default()
                }
            }
            // The new object is of version 1, and is brought to the version of its maker (CLI-15).
            Call::CreateClient => {
                let Some(number) = outcome.out.client else { return nothing };
                let (_, asked) = names.client(by.process, by.client);
                let name = names.new_client(by.process, number, &asked);
                let asked = interface(&asked, names);
                let declared = self.declared(&name);
                let query = format!("made.query_interface({asked}, Some(&mut {declared}))");
                CreatedObject {
                    before: vec!["let mut made = None;".to_owned(), format!("let mut {declared} = None;")],
                    output: "Some(&mut made)".to_owned(),
                    inside: vec![format!("let _ = made.as_ref().map(|made| {query});")],
                    after: vec![format!("let {declared} = {declared}.or(made).unwrap();")],
                }
            }
            Call::QueryInterface { interface: asked } if outcome.succeeded() => {
                let (old, known) = names.client(by.process, by.client);
                if asked.version() <= known.version() {
                    return nothing;
                }
                let declared = names.newer_client(by.process, by.client, asked);
                let declared = self.declared(&declared);
                CreatedObject {
                    before: vec!["let mut newer = None;".to_owned()],
                    output: "Some(&mut newer)".to_owned(),
                    after: vec![format!("let {declared} = newer.unwrap_or({old});")],
                    ..CreatedObject::default()
                }
            }
            // The work of a thread is an `FnMut`, so the compiler takes it that it runs more than once.
            Call::Release if by.thread != 0 => {
                let (name, _) = names.client(by.process, by.client);
                CreatedObject { before: vec![format!("let mut {name} = Some({name});")], ..CreatedObject::default() }
            }
            Call::ConnectProcessServer { .. } => {
                let Some(handle) = outcome.out.server else { return nothing };
                let name = names.new_handle(by.process, handle);
                if !self.used.contains(&name) {
                    return nothing;
                }
                CreatedObject {
                    before: vec![format!("let mut {name} = None;")],
                    output: format!("Some(&mut {name})"),
                    ..CreatedObject::default()
                }
            }
            _ => nothing,
        }
    }
}

/// Returns a call with the text before and after it, on as many lines as it needs.
fn statement(indent: &str, before: &str, call: &CallSource, end: &str, note: &str) -> String {
    let CallSource { method, arguments } = call;
    let line = format!("{indent}{before}.{method}({}){end}{note}\n", arguments.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let mut text = format!("{indent}{before}.{method}(\n");
    arguments.iter().for_each(|argument| text.push_str(&format!("{indent}    {argument},\n")));
    text.push_str(&format!("{indent}){end}{note}\n"));
    text
}

/// Returns a paragraph of a comment, each line of which begins with `mark`.
fn comment(mark: &str, paragraph: &str) -> String {
    let (mut text, mut line) = (String::new(), mark.to_owned());
    for word in paragraph.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            text.push_str(&format!("{line}\n"));
            mark.clone_into(&mut line);
        }
        line.push_str(&format!(" {word}"));
    }
    text.push_str(&format!("{line}\n"));
    text
}
