//! What happens in a lab later, at a call or at a time.

use std::collections::BTreeMap;

use super::computer::LabComputer;
use super::engine::LabEngine;
use super::handles::Site;
use super::presence::LabId;
use super::state::{EngineState, State};
use super::thread::ThreadId;
use crate::call::{Call, Outcome};
use crate::flags::Class;

/// Something that happens in a lab without a call that does it.
///
/// ```
/// use dbgeng_testkit::mock::{Happening, Lab};
/// use dbgeng_testkit::DebugClient;
///
/// let lab = Lab::new(Default::default());
/// let computer = lab.engine().lab_computer();
/// let game = computer.add_process(r"C:\game\game.exe");
/// lab.at_call(2, Happening::process_ends(&computer, game));
///
/// let client = lab.engine().client();
/// let count = || {
///     let mut count = None;
///     client.get_running_process_system_ids(0, None, 0, Some(&mut count));
///     count.unwrap()
/// };
/// assert_eq!(count() - count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    what: What,
    /// The lab whose parts it names, if it names any.
    lab: Option<LabId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Starts { computer: usize, exe: String },
    Ends { computer: usize, id: u32 },
    Dies { host: usize },
    Restarts { host: usize },
    AllHostsDie,
}

impl Happening {
    fn new(what: What, lab: Option<LabId>) -> Happening {
        Happening { what, lab }
    }

    /// The numbers in it mean nothing in another lab.
    #[track_caller]
    pub(super) fn assert_is_of(&self, lab: LabId) {
        assert!(self.lab.is_none_or(|own| own == lab), "what is to happen is of another lab");
    }

    /// A process that runs `exe` starts on a computer.
    pub fn process_starts(computer: &LabComputer, exe: &str) -> Happening {
        Happening::new(What::Starts { computer: computer.number(), exe: exe.to_owned() }, Some(computer.lab()))
    }

    /// A process of a computer ends, if it is there.
    pub fn process_ends(computer: &LabComputer, id: u32) -> Happening {
        Happening::new(What::Ends { computer: computer.number(), id }, Some(computer.lab()))
    }

    /// The process of an engine goes down, and its process servers with it.
    pub fn host_dies(host: &LabEngine) -> Happening {
        Happening::new(What::Dies { host: host.number() }, Some(host.lab()))
    }

    /// The processes of all hosts go down: those that [`LabComputer::dbgsrv`] and [`LabComputer::debugging_server`] have
    /// started.
    pub fn hosts_die() -> Happening {
        Happening::new(What::AllHostsDie, None)
    }

    /// The process of an engine goes down, unless it has already, and another one takes its place: it starts the same
    /// process servers. Faults and happenings that name the engine then mean this one.
    pub fn host_restarts(host: &LabEngine) -> Happening {
        Happening::new(What::Restarts { host: host.number() }, Some(host.lab()))
    }
}

/// What is to happen.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// By the number of the call before which it happens.
    at_call: BTreeMap<u64, Vec<Happening>>,
    /// By the virtual time, in milliseconds.
    at_time: BTreeMap<u64, Vec<Happening>>,
}

impl Schedule {
    pub(super) fn at_call(&mut self, call: u64, happening: Happening) {
        self.at_call.entry(call).or_default().push(happening);
    }

    pub(super) fn at_time(&mut self, ms: u64, happening: Happening) {
        self.at_time.entry(ms).or_default().push(happening);
    }

    fn is_empty(&self) -> bool {
        self.at_call.is_empty() && self.at_time.is_empty()
    }
}

/// A call of which more is wanted than that it was made.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Its number; 0 for none.
    pub(super) at: u64,
    /// Its method, and where it was made.
    pub(super) seen: Option<(&'static str, Site)>,
}

impl State {
    /// A call of a caller begins: what is due by its number or by the time happens before it.
    pub(super) fn begin_call(&mut self, engine: usize, call: &Call<&str>, call_site: Site) -> bool {
        if self.engines[engine].is_dbgsrv {
            return false;
        }
        self.calls += 1;
        if self.watched.at == self.calls {
            self.watched.seen = Some((call.method().name(), call_site));
        }
        if self.schedule.is_empty() {
            return false;
        }
        let by_call = self.schedule.at_call.remove(&self.calls);
        let has_happened = by_call.is_some();
        by_call.into_iter().flatten().for_each(|happening| self.happen(&happening));
        self.pass_time(0) || has_happened
    }

    /// Time goes by; answers whether something happened.
    pub(super) fn pass_time(&mut self, ms: u64) -> bool {
        let until = self.now.saturating_add(ms);
        let mut has_happened = false;
        while let Some(entry) = self.schedule.at_time.first_entry().filter(|entry| *entry.key() <= until) {
            let (at, due) = entry.remove_entry();
            self.now = self.now.max(at);
            due.iter().for_each(|happening| self.happen(happening));
            has_happened = true;
        }
        self.now = until;
        has_happened
    }

    fn happen(&mut self, Happening { what, .. }: &Happening) {
        match what {
            What::Starts { computer, exe } => drop(self.computers[*computer].start(exe)),
            What::Ends { computer, id } => drop(self.end_process(*computer, *id)),
            What::Dies { host } => self.host_dies(*host),
            What::Restarts { host } => self.restart(*host),
            What::AllHostsDie => {
                let hosts = self.engines.iter().enumerate().filter(|(_, engine)| engine.is_dbgsrv && engine.alive);
                let hosts: Vec<usize> = hosts.map(|(host, _)| host).collect();
                hosts.into_iter().for_each(|host| self.goes_down(host));
            }
        }
    }

    fn host_dies(&mut self, host: usize) {
        let engine = self.engines[host].stand_in.unwrap_or(host);
        if self.engines[engine].alive {
            self.goes_down(engine);
        }
    }

    fn goes_down(&mut self, engine: usize) {
        self.end_engine(engine);
        self.log_killed(engine);
    }

    /// Its engine has a new process, with nothing in it but the same servers.
    fn restart(&mut self, host: usize) {
        self.host_dies(host);
        // Those of the host itself and not of a stand-in, which may have found an address taken.
        let servers = self.engines[host].servers.iter().map(|server| &self.servers[*server]);
        let again: Vec<(String, bool)> = servers.map(|server| (server.options.clone(), server.is_debugging)).collect();
        let EngineState { computer, is_dbgsrv, .. } = self.engines[host];
        let engine = self.add_engine(computer, is_dbgsrv);
        self.engines[engine].stands_for = Some(host);
        self.engines[host].stand_in = Some(engine);
        // A thread of its own, whoever's call it is before which this happens.
        let thread = ThreadId::Played(0);
        let by = self.create_client(engine, thread, 5);
        for (options, is_debugging) in again {
            // Where somebody else has the address by now, the host goes without.
            let hresult = self.listen(engine, &options, is_debugging, None);
            let options = Some(&*options);
            let call = if is_debugging {
                Call::StartServer { options }
            } else {
                Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 }
            };
            self.log(by, &call, &Outcome::returned(hresult));
        }
    }
}
