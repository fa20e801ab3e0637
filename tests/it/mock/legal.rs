//! Programs without a misuse: nothing is said against them, whatever they call, in every profile.

use dbgeng_testkit::flags::{AttachFlags, Class, EndSessionFlags};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A correct caller, with an engine of its own. It goes by what it was told, and by nothing else.
struct CorrectCaller {
    client: LabClient,
    open: Vec<u64>,
    /// Whether zero means the local computer to this caller: it has tried nothing else, or has a connection beside it.
    works_locally: bool,
    /// Whether it debugs something, and whether it has attached to some of it.
    debugs: bool,
    has_attached: bool,
    /// Whether its last wait has seen an event.
    is_at_event: bool,
}

impl CorrectCaller {
    fn new(lab: &Lab) -> CorrectCaller {
        let client = lab.engine().client();
        let open = Vec::new();
        CorrectCaller { client, open, works_locally: true, debugs: false, has_attached: false, is_at_event: false }
    }

    /// Connects. Box18 has no process server.
    fn connect(&mut self, name: &str) {
        let connected = connect(&self.client, &format!("tcp:server={name},port=5005"));
        self.works_locally = connected.is_ok();
        self.open.extend(connected);
    }

    fn disconnect(&mut self, choice: usize) {
        self.end_session(false);
        if !self.open.is_empty() {
            let server = self.open.remove(choice % self.open.len());
            assert_eq!(self.client.disconnect_process_server(server), S_OK);
            self.works_locally &= !self.open.is_empty();
        }
    }

    /// Ends the session. What it has attached to belongs to someone else.
    fn end_session(&mut self, terminates: bool) {
        if self.debugs {
            let terminates = terminates && !self.has_attached;
            let flags = if terminates { EndSessionFlags::ACTIVE_TERMINATE } else { EndSessionFlags::ACTIVE_DETACH };
            assert_eq!(self.client.end_session(flags), S_OK);
        }
        (self.debugs, self.has_attached, self.is_at_event) = (false, false, false);
    }

    /// Returns a handle, or zero for the local computer; `None` if there is no connection and zero is not meant.
    fn server(&self, choice: usize) -> Option<u64> {
        let local = self.works_locally.then_some(0);
        self.open.iter().copied().chain(local).nth(choice % (self.open.len() + usize::from(self.works_locally)).max(1))
    }

    /// Looks a program up, and asks which process it is if there are several.
    fn find(&self, server: u64, name: &str) -> Option<u32> {
        let mut id = None;
        let flags = GetProcessFlags::ONLY_MATCH;
        let found =
            self.client.get_running_process_system_id_by_executable_name(server, Some(name), flags, Some(&mut id));
        match found {
            S_OK => id,
            S_FALSE => list_ids(&self.client, server).ok()?.last().copied(),
            _ => None,
        }
    }

    fn attach(&mut self, server: u64, choice: usize) {
        let Some(process) = self.find(server, ["svchost.exe", "explorer.exe", "none.exe"][choice % 3]) else { return };
        let flags = if choice.is_multiple_of(2) { AttachFlags::NONINVASIVE } else { AttachFlags::empty() };
        let attached = self.client.attach_process(server, process, flags).is_ok();
        self.debugs |= attached;
        self.has_attached |= attached;
    }

    /// Hosts a process server and ends it.
    fn serve(&mut self, port: u16) {
        let string = format!("tcp:port={port}");
        assert_eq!(self.client.start_process_server(Class::USER_WINDOWS.bits(), Some(&string), 0), S_OK);
        let server = connect(&self.client, &format!("tcp:server=localhost,port={port}")).unwrap();
        assert_eq!(self.client.end_process_server(server), S_OK);
        assert_eq!(self.client.disconnect_process_server(server), S_OK);
        self.works_locally = !self.open.is_empty();
    }

    fn call(&mut self, call: u16, number: usize) {
        let choice = usize::from(call >> 4);
        let server = self.server(choice);
        match (call & 0xf, server) {
            (0 | 1, _) => self.connect("box17"),
            (2, _) => self.connect("box18"),
            (3 | 4, _) => self.disconnect(choice),
            (5 | 6, Some(server)) => assert!(list_ids(&self.client, server).is_ok()),
            (7, Some(server)) => drop(self.find(server, "svchost.exe")),
            (8, Some(server)) => self.attach(server, choice),
            (9, Some(server)) => {
                let created = self.client.create_process(server, Some("notepad.exe"), CreateFlags::DEBUG_PROCESS);
                assert_eq!(created, S_OK);
                self.debugs = true;
            }
            (10, _) => self.end_session(choice.is_multiple_of(2)),
            (11, _) => self.is_at_event = self.client.wait_for_event(0, 10) == S_OK,
            (12, _) if self.is_at_event => {
                let _ = self.client.detach_current_process();
                self.is_at_event = false;
            }
            (13, _) => drop(self.client.wait_for_process_server_end(10)),
            (14, _) if choice.is_multiple_of(32) => self.serve(6_000 + u16::try_from(number).unwrap()),
            (15, _) => drop(self.client.create_client(Some(&mut None))),
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_thousand_legal_calls_are_never_complained_of(calls in vec(any::<(bool, u16)>(), 1_000)) {
        for profile in Profile::ALL {
            let lab = Lab::new(profile);
            lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
            lab.computer("box18");
            let mut callers = [CorrectCaller::new(&lab), CorrectCaller::new(&lab)];
            for (number, (second, call)) in calls.iter().enumerate() {
                callers[usize::from(*second)].call(*call, number);
            }
            for mut caller in callers {
                caller.end_session(false);
                while !caller.open.is_empty() {
                    caller.disconnect(0);
                }
            }
            prop_assert_eq!(lab.complaint(), None, "{}", profile);
        }
    }
}
