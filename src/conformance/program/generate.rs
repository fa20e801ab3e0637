//! Generates random programs.

mod parallel;
mod session;

use fastrand::Rng;

pub(crate) use self::parallel::usual_races;

use super::parallel::listens;
use super::{Alteration, HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::{Call, Caller, CreateProcess2, Pointer};
use crate::client::HostLocation;
use crate::flags::{AttachFlags, Class, CreateFlags, CreateProcessOptions, EndSessionFlags, INFINITE};
use crate::interface::Interface;

/// Generates programs from a seed. The same seed gives the same programs on every machine.
#[derive(Clone, Debug)]
pub struct Generator {
    random: Rng,
    /// For the steps of a session.
    session: Rng,
    most_steps: usize,
}

/// Strings to start servers with. Hosts use the first five.
const SERVER_STRINGS: [&str; 24] = [
    "tcp:port=7001",
    "tcp:port=7002,password=Secret1",
    "npipe:pipe=alpha",
    "tcp:port=7001:7003,hidden",
    "tcp:clicon=localhost,port=7006",
    "tcp:port=0",
    "tcp:port=7004:7004,IcfEnable",
    "npipe:pipe=beta,password=x",
    "com:port=com1,baud=9600,channel=3",
    "spipe:proto=tls1,certuser=c,pipe=gamma",
    "ssl:proto=tls1,machuser=c,port=7005",
    "TCP:Port=0x1b62,",
    "tcp:port=65536",
    "tcp:port=7007,nonsense=1",
    "npipe:port=1",
    "bogus:port=1",
    "tcp",
    "tcp:port=7001,ipversion=6",
    "tcp:port=7009,ipversion=0x6",
    "tcp:port=",
    "com:port=1,baud=,channel=255",
    "npipe:pipe=alpha.",
    "npipe:pipe=alpha%s",
    "1394:channel=1",
];

/// Strings to connect with.
const CLIENT_STRINGS: [&str; 39] = [
    "tcp:server=@1,port=7001",
    "tcp:server=@0,port=7001",
    "tcp:server=@2,port=7001",
    "tcp:server=@1,port=7002,password=Secret1",
    "tcp:server=@2,port=7002,password=Secret1",
    "npipe:server=@1,pipe=alpha",
    "npipe:server=@2,pipe=alpha",
    "tcp:server=localhost,port=7001",
    "tcp:clicon=localhost,port=7006",
    "tcp:Port=7001,Server=\\\\@1",
    "tcp:server=@1,port=7003",
    "tcp:server=127.0.0.1,port=7002,password=secret1",
    "tcp:server=@1,port=7002",
    "npipe:server=@1,pipe=beta,password=x",
    "com:port=1,baud=9600,channel=3",
    "spipe:proto=tls1,certuser=c,server=@1,pipe=gamma",
    "ssl:proto=tls1,machuser=c,server=@1,port=7005",
    "tcp:server=@1,port=7999",
    "tcp:server=nosuchhost.invalid,port=7001",
    "npipe:server=@1,pipe=nosuch",
    "tcp:server=@1,port=7001,password=unneeded",
    "tcp:server=@1,port=7001,nonsense",
    "tcp:port=7001",
    "tcp:server=,port=0x1b59:7009,",
    "tcp:server=@1 ,port=7001",
    "tcp: port=7001x,hidden",
    "tcp:port=1,server=localhost,port=7001",
    "tcp:server=@0,port=7008",
    " tcp:port=7001",
    "tcp:port=7001,,hidden",
    "tcp:port",
    "tcp:port=7001,password=1234567890123",
    "",
    "7001",
    "tcp:clicon=localhost,port=7006,password=x",
    "tcp:server=::1,port=7001",
    "tcp:server=[::1],port=7001,ipversion=6",
    "tcp:server=@1,port=",
    "npipe:server=.,pipe=alpha.",
];

const NAMES: [&str; 8] = [
    "services.exe",
    "svchost.exe",
    "winver.exe",
    "nosuch.exe",
    "SERVICES.EXE",
    "services",
    r"C:\windows\system32\services.exe",
    r"C:\windows\system32\svchost.exe",
];

const LINES: [&str; 11] = [
    r"C:\windows\system32\winver.exe",
    "notepad.exe notes.txt",
    r"C:\nosuch.exe",
    "",
    r#""C:\windows\system32\winver.exe" /x"#,
    "winver",
    "C:/windows/system32/winver x y",
    " winver.exe",
    "\"winver.exe",
    "\"\"",
    r"C:\windows\win.ini",
];

impl Generator {
    /// Returns a generator of programs of up to `most_steps` steps.
    pub fn new(seed: u64, most_steps: usize) -> Generator {
        let session = Rng::with_seed(seed.rotate_left(32) ^ 0x5e55);
        Generator { random: Rng::with_seed(seed), session, most_steps }
    }

    /// Returns the next program.
    pub fn program(&mut self) -> Program {
        let first = ProgramHost::plain();
        let others = (0..self.random.usize(..=2)).map(|_| self.host());
        let hosts: Vec<ProgramHost> = std::iter::once(first).chain(others).collect();
        // Without a server that connects to it, a client would wait for ever.
        let calls_client = |host: &ProgramHost| host.options.as_deref().is_some_and(|text| text.contains("clicon="));
        let may_listen = hosts.iter().any(calls_client);
        let may_make = |step: &Step| !matches!(step, Step::Call { call, .. } if listens(call) && !may_listen);
        let steps = (0..self.random.usize(1..=self.most_steps.max(1))).map(|_| self.step());
        let mut steps: Vec<Step> = steps.filter(may_make).collect();
        self.add_session(&mut steps);
        steps.truncate(self.most_steps.max(1));
        Program { hosts, steps }
    }

    fn host(&mut self) -> ProgramHost {
        let place = if self.random.u8(..4) == 0 { HostLocation::Elsewhere } else { HostLocation::Here };
        ProgramHost { place, options: Some(SERVER_STRINGS[self.random.usize(..5)].to_owned()) }
    }

    fn step(&mut self) -> Step {
        if self.random.u8(..60) == 0 {
            return Step::Kill { process: self.random.u32(..3) };
        }
        let mut call = self.call();
        let by = self.caller(&call);
        let (handle, mut target) = (self.handle(), self.process(&call));
        if matches!(call, Call::GetRunningProcessDescription { .. }) && self.random.u8(..8) == 0 {
            target = ProcessRef::System;
        }
        let handle = if call.server().is_some() { handle } else { HandleName::Zero };
        let target = if call.process_id().is_some_and(|id| id != 0) { target } else { ProcessRef::Unknown };
        call.set_process_id(1);
        Step::Call { by, call, handle, target }
    }

    /// Returns one process most often for an attach: several attaches to it are of interest.
    fn process(&mut self, call: &Call) -> ProcessRef {
        match self.random.usize(..6) {
            0..=3 if call.attach().is_some() => ProcessRef::Only,
            n => ProcessRef::Nth(n),
        }
    }

    /// Mostly returns the first process and its main thread. Hosts wait and start servers more often than they connect.
    fn caller(&mut self, call: &Call) -> Caller {
        let elsewhere = if call.is_about_own_servers() { 6 } else { 2 };
        let process = if self.random.u8(..10) < elsewhere { self.random.u32(1..3) } else { 0 };
        let thread = if self.random.u8(..16) == 0 { self.random.u32(1..3) } else { 0 };
        Caller { process, thread, client: self.random.u32(..3) }
    }

    fn handle(&mut self) -> HandleName {
        match self.random.u8(..16) {
            0..=10 => HandleName::Open(self.random.usize(..8)),
            11..=12 => HandleName::Stale(self.random.usize(..8)),
            13 => self.choice(&[
                HandleName::Raw(1),
                HandleName::Raw(u64::MAX),
                HandleName::Altered(0, Alteration::Flipped(1 << 41)),
                HandleName::Altered(1, Alteration::Flipped(!0 << 32)),
            ]),
            _ => HandleName::Zero,
        }
    }

    fn call(&mut self) -> Call {
        let server = 0;
        match self.random.u8(..100) {
            0..=22 => self.connect(),
            23..=42 => Call::DisconnectProcessServer { server },
            43..=57 => self.ids(),
            58..=62 => Call::EndProcessServer { server },
            63..=67 => Call::WaitForProcessServerEnd { timeout: self.choice(&[0, 250, 1000, INFINITE]) },
            68..=72 => self.start(),
            73..=77 => self.name(),
            78..=82 => self.description(),
            83..=89 => self.target(),
            90..=97 => self.client(),
            _ => Call::OutputServers {
                output_control: 0,
                machine: self.nullable(&[r"\\localhost", r"\\nosuchhost.invalid", "localhost"]),
                flags: self.random.u32(..4).into(),
            },
        }
    }

    fn connect(&mut self) -> Call {
        // Most connects name the first host's server.
        let text = match self.random.u8(..4) {
            0..=1 => CLIENT_STRINGS[0],
            2 => self.choice(&CLIENT_STRINGS[..9]),
            _ => self.choice(&CLIENT_STRINGS),
        };
        let remote_options = self.rarely_null(text);
        Call::ConnectProcessServer { remote_options, server: self.pointer() }
    }

    fn start(&mut self) -> Call {
        let text = self.choice(&SERVER_STRINGS);
        let flags = if self.random.u8(..8) == 0 { self.random.u32(..5) } else { Class::USER_WINDOWS.bits() };
        let reserved = u64::from(self.random.u8(..16) == 0);
        Call::StartProcessServer { flags, options: self.rarely_null(text), reserved }
    }

    fn ids(&mut self) -> Call {
        Call::GetRunningProcessSystemIds {
            server: 0,
            ids: self.pointer(),
            count: self.choice(&[64, 64, 2, 1, 0]),
            actual_count: self.pointer(),
        }
    }

    fn name(&mut self) -> Call {
        let name = self.choice(&NAMES);
        Call::GetRunningProcessSystemIdByExecutableName {
            server: 0,
            exe_name: self.rarely_null(name),
            flags: self.choice(&[0, 0, 1, 2, 2, 3, 4, 8]).into(),
            id: self.pointer(),
        }
    }

    fn description(&mut self) -> Call {
        Call::GetRunningProcessDescription {
            server: 0,
            system_id: self.random.u32(..5),
            flags: self.choice(&[0, 0, 1, 8, 0x10, 0x3f, 0x40, 0x80, 0xff, 0x100]).into(),
            exe_name: self.pointer(),
            exe_name_size: self.choice(&[256, 33, 32, 5, 1, 0]),
            actual_exe_name_size: self.pointer(),
            description: self.pointer(),
            description_size: self.choice(&[256, 64, 5, 1, 0]),
            actual_description_size: self.pointer(),
        }
    }

    fn target(&mut self) -> Call {
        let server = 0;
        let process_id = self.random.u32(..4).min(1);
        let attach_flags = self.choice(&[0, 0, 0, 1, 2, 2, 2, 2, 3, 4, 5, 8, 0x10, 0x18, 0x21, 0x40]);
        let attach_flags = AttachFlags::from(attach_flags);
        let create_flags = CreateFlags::from(self.choice(&[2, 2, 1, 0, 3, 4]));
        let line = self.nullable(&LINES);
        match self.random.u8(..5) {
            0 => Call::AttachProcess { server, process_id, attach_flags },
            1 => Call::CreateProcess { server, command_line: line, create_flags },
            2 => Call::CreateProcess2(self.create2(line)),
            3 => Call::CreateProcessAndAttach { server, command_line: line, create_flags, process_id, attach_flags },
            _ => Call::CreateProcessAndAttach2 { create: self.create2(line), process_id, attach_flags },
        }
    }

    fn create2(&mut self, command_line: Option<String>) -> CreateProcess2 {
        let options = CreateProcessOptions {
            create_flags: self.choice(&[2, 2, 0, 1, 0x402]).into(),
            eng_create_flags: self.choice(&[0, 0, 0, 1, 4, 8]).into(),
            verifier_flags: 0,
            reserved: self.choice(&[0, 0, 0, 1]),
        };
        CreateProcess2 {
            server: 0,
            command_line,
            options: (self.random.u8(..8) != 0).then_some(options),
            options_buffer_size: self.choice(&[16, 16, 16, 15]),
            initial_directory: (self.random.u8(..8) == 0).then(String::new),
            environment: (self.random.u8(..4) == 0).then(|| "A=B\0".to_owned()),
        }
    }

    fn client(&mut self) -> Call {
        let interface = match self.random.u8(..8) {
            0 => Interface::Other("IStranger".to_owned()),
            _ => Interface::DebugClient(self.random.u8(1..=9)),
        };
        match self.random.u8(..8) {
            0..=1 => Call::DebugCreate { interface },
            2 => Call::QueryInterface { interface },
            3..=4 => Call::CreateClient,
            5 => Call::Release,
            6 => Call::StartServer { options: self.nullable(&["tcp:port=7008", "npipe:pipe=delta"]) },
            _ => Call::EndSession { flags: EndSessionFlags::from(self.choice(&[0, 0, 0, 1, 2, 4])) },
        }
    }

    fn pointer(&mut self) -> Pointer {
        if self.random.u8(..12) == 0 { Pointer::Null } else { Pointer::Given }
    }

    fn choice<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.random.usize(..among.len())].clone()
    }

    fn nullable(&mut self, among: &[&str]) -> Option<String> {
        let text = self.choice(among);
        if self.random.u8(..6) == 0 { None } else { Some(text.to_owned()) }
    }

    fn rarely_null(&mut self, text: &str) -> Option<String> {
        (self.random.u8(..30) != 0).then(|| text.to_owned())
    }
}
