//! A tool with five bugs, and its tests, none of which looks for them: each ends in [`Lab::assert_clean`], as tests of a tool
//! should. Every bug is reported with its line.

use dbgeng_testkit::flags::{AttachFlags, GetProcessFlags};
use dbgeng_testkit::hresult::WSAECONNREFUSED;
use dbgeng_testkit::mock::{Fault, Lab, LabClient, LabComputer};
use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};

use crate::caught;
use crate::tool::{connect, ids, ok};

/// A debugger tool with a server that the user has chosen.
struct Tool<'a, C> {
    client: &'a C,
    options: &'a str,
    server: u64,
}

impl<'a, C: DebugClient> Tool<'a, C> {
    fn new(client: &'a C, options: &'a str) -> Self {
        Tool { client, options, server: 0 }
    }

    /// Connects, or says that it cannot.
    fn open(&mut self) -> Result<(), HRESULT> {
        self.server = connect(self.client, self.options)?; // connects
        Ok(())
    }

    fn close(&mut self) -> Result<(), HRESULT> {
        ok(self.client.disconnect_process_server(self.server))
    }

    /// Lists the processes that the user sees.
    fn list(&self) -> Result<Vec<u32>, HRESULT> {
        ids(self.client, self.server) // lists
    }

    /// Finds the only process of a program.
    fn find(&self, name: &str) -> Result<u32, HRESULT> {
        let (mut id, flags) = (None, GetProcessFlags::ONLY_MATCH);
        let client = self.client;
        ok(client.get_running_process_system_id_by_executable_name(self.server, Some(name), flags, Some(&mut id)))?; // finds
        Ok(id.unwrap_or_default())
    }

    /// Looks at a program without stopping it.
    fn look_at(&self, name: &str) -> Result<(), HRESULT> {
        let process = self.find(name)?;
        ok(self.client.attach_process(self.server, process, AttachFlags::NONINVASIVE)) // attaches
    }

    /// Counts the processes, for the title of the window.
    fn count(&mut self) -> Result<usize, HRESULT> {
        self.open()?;
        let count = self.list()?.len();
        self.close()?;
        Ok(count)
    }

    /// Refreshes the list, whether the server is back or not.
    fn refresh(&mut self) -> Result<Vec<u32>, HRESULT> {
        let _ = self.open();
        self.list()
    }
}

/// A test of the tool: a lab, what the user does, and nothing that is left.
fn check(prepare: impl Fn(&Lab, &LabComputer), act: impl Fn(&mut Tool<'_, LabClient>) -> Result<(), HRESULT>) {
    let lab = Lab::new(Profile::Contract);
    let box17 = lab.computer("box17");
    box17.dbgsrv("tcp:port=5005").unwrap();
    box17.add_process(r"C:\game\game.exe");
    prepare(&lab, &box17);
    let client = lab.engine().client();
    let _ = act(&mut Tool::new(&client, "tcp:server=box17,port=5005"));
    lab.assert_clean();
}

/// Asserts that a message names the line that ends in this comment.
fn assert_names(said: &str, event: &str, comment: &str) {
    let comment = format!("// {comment}");
    let line = include_str!("planted.rs").lines().position(|line| line.ends_with(&comment)).unwrap() + 1;
    assert!(said.contains(&format!("\n    {event} at {}:{line}:", file!())), "{event} at line {line}: {said}");
}

#[test]
fn a_leak() {
    let fails = |lab: &Lab, _: &LabComputer| {
        lab.fault(Fault::fail(WSAECONNREFUSED).of(Method::GetRunningProcessSystemIds)).keep();
    };
    let said = caught(|| check(fails, |tool| tool.count().map(drop)));
    assert!(said.contains("never disconnected"), "{said}");
    assert_names(&said, "connected", "connects");
}

#[test]
fn a_use_after_the_disconnect() {
    let said = caught(|| {
        check(
            |_, _| (),
            |tool| {
                tool.count()?;
                tool.list().map(drop)
            },
        );
    });
    assert!(said.contains("used after its disconnect"), "{said}");
    assert_names(&said, "called", "lists");
    assert_names(&said, "connected", "connects");
}

#[test]
fn an_s_false_taken_for_success() {
    let twice = |_: &Lab, box17: &LabComputer| {
        box17.add_process(r"C:\beta\game.exe");
    };
    let said = caught(|| {
        check(twice, |tool| {
            tool.open()?;
            tool.look_at("game.exe")
        });
    });
    assert!(said.contains("one of several processes of the name that was looked up"), "{said}");
    assert_names(&said, "called", "attaches");
    assert_names(&said, "looked up", "finds");
}

#[test]
fn a_zero_after_a_connect_that_failed() {
    let down = |lab: &Lab, _: &LabComputer| {
        lab.fault(Fault::fail(WSAECONNREFUSED).of(Method::ConnectProcessServer)).keep();
    };
    let said = caught(|| check(down, |tool| tool.refresh().map(drop)));
    assert!(said.contains("zero after a connect that failed means the local computer"), "{said}");
    assert_names(&said, "called", "lists");
    assert_names(&said, "connect failed", "connects");
}

#[test]
fn a_session_left_open() {
    let said = caught(|| {
        check(
            |_, _| (),
            |tool| {
                tool.open()?;
                tool.look_at("game.exe")?;
                tool.close()
            },
        );
    });
    assert!(
        said.contains("of process 80 by DEBUG_ATTACH_NONINVASIVE (tcp:port=5005 on box17): still attached"),
        "{said}"
    );
    assert_names(&said, "called", "attaches");
}
