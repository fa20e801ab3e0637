//! Writes the script of a case: a program, and what is wanted of each of its steps.

use super::expectation::{Expectation, OutputCheck};
use crate::call::{Call, Caller, CreateProcess2, Pointer};
use crate::client::HostLocation;
use crate::conformance::program::{HandleName, ProcessRef, ProgramHost, Step};
use crate::flags::{Class, CreateFlags, CreateProcessOptions};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::profile::Profile;
use crate::status::Statuses;

/// Two limits for subjects on which time is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a call may take before it is given up, in milliseconds.
    pub call_timeout_ms: u32,
    /// How long nothing has to happen before it is taken for certain that nothing will, in milliseconds; at the most half
    /// the patience.
    pub quiet_ms: u32,
}

impl Limits {
    /// Silence that lasts longer than the patience would never be heard out.
    pub(crate) fn sound(self) -> Limits {
        Limits { quiet_ms: self.quiet_ms.min(self.call_timeout_ms / 2), ..self }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { call_timeout_ms: 15_000, quiet_ms: 250 }
    }
}

/// A script that is being written. Process 0 is the engine under test; [`Script::host`] adds others.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(super) hosts: Vec<ProgramHost>,
    pub(super) steps: Vec<(Step, Expectation)>,
    connects: usize,
}

/// A way to reach a computer, by its name.
type ComputerCase = (&'static str, fn(&mut Script) -> HandleName);

/// The ways to reach the engine's own computer.
pub(crate) const COMPUTERS: [ComputerCase; 2] =
    [("the local computer", |_| HandleName::Zero), ("a server", Script::connected)];

/// The line that was written last.
#[derive(Debug)]
pub(crate) struct LastLine<'a>(&'a mut Script);

impl Script {
    pub(crate) fn new(profile: Profile, limits: Limits) -> Script {
        Script { profile, limits, hosts: Vec::new(), steps: Vec::new(), connects: 0 }
    }

    /// The number of the next step.
    pub(crate) fn next(&self) -> usize {
        self.steps.len()
    }

    /// The plainest process server; answers the number of its process.
    pub(crate) fn server(&mut self) -> u32 {
        self.host_with(ProgramHost::plain())
    }

    /// A process on the engine's own computer with a process server; answers its number.
    pub(crate) fn host(&mut self, options: &str) -> u32 {
        self.host_with(ProgramHost { place: HostLocation::Here, options: Some(options.to_owned()) })
    }

    /// A process without a process server: another engine. Answers its number.
    pub(crate) fn engine(&mut self) -> u32 {
        self.host_with(ProgramHost { place: HostLocation::Here, options: None })
    }

    pub(crate) fn host_with(&mut self, host: ProgramHost) -> u32 {
        self.hosts.push(host);
        u32::try_from(self.hosts.len()).unwrap_or(u32::MAX)
    }

    /// A connection to the server of this process, which has to succeed.
    pub(crate) fn open(&mut self, host: u32) -> HandleName {
        let number = (host - 1) as usize;
        let text = self.hosts.get(number).and_then(|host| host.client_string(number)).unwrap_or_default();
        self.connect(&text).ok().wrote(OutputCheck::Handle);
        self.latest()
    }

    /// The handle that the connect written last issues.
    pub(crate) fn latest(&self) -> HandleName {
        HandleName::Issued(self.connects - 1)
    }

    /// The plainest process server, and a connection to it.
    pub(crate) fn connected(&mut self) -> HandleName {
        let server = self.server();
        self.open(server)
    }

    /// The same, disconnected: a stale handle.
    pub(crate) fn stale(&mut self) -> HandleName {
        let handle = self.connected();
        self.disconnect(handle).ok();
        handle
    }

    pub(crate) fn kill(&mut self, process: u32) {
        self.steps.push((Step::Kill { process }, Expectation::returns()));
    }

    /// A call on no handle.
    pub(crate) fn call(&mut self, call: Call) -> LastLine<'_> {
        self.call_on(HandleName::Zero, call)
    }

    pub(crate) fn call_on(&mut self, handle: HandleName, call: Call) -> LastLine<'_> {
        self.connects += usize::from(matches!(call, Call::ConnectProcessServer { .. }));
        let step = Step::Call { by: Caller::default(), call, handle, target: ProcessRef::Only };
        self.steps.push((step, Expectation::returns()));
        LastLine(self)
    }

    pub(crate) fn connect(&mut self, remote_options: &str) -> LastLine<'_> {
        let remote_options = Some(remote_options.to_owned());
        self.call(Call::ConnectProcessServer { remote_options, server: Pointer::Given })
    }

    pub(crate) fn start(&mut self, options: &str) -> LastLine<'_> {
        let flags = Class::USER_WINDOWS.bits();
        self.call(Call::StartProcessServer { flags, options: Some(options.to_owned()), reserved: 0 })
    }

    pub(crate) fn disconnect(&mut self, handle: HandleName) -> LastLine<'_> {
        self.call_on(handle, Call::DisconnectProcessServer { server: 0 })
    }

    pub(crate) fn end(&mut self, handle: HandleName) -> LastLine<'_> {
        self.call_on(handle, Call::EndProcessServer { server: 0 })
    }

    pub(crate) fn wait(&mut self, timeout: u32) -> LastLine<'_> {
        self.call(Call::WaitForProcessServerEnd { timeout })
    }

    pub(crate) fn ids(&mut self, handle: HandleName) -> LastLine<'_> {
        self.ids_into(handle, Pointer::Given, 4096, Pointer::Given)
    }

    pub(crate) fn ids_into(&mut self, handle: HandleName, ids: Pointer, count: u32, actual: Pointer) -> LastLine<'_> {
        self.call_on(handle, Call::GetRunningProcessSystemIds { server: 0, ids, count, actual_count: actual })
    }

    pub(crate) fn name(&mut self, handle: HandleName, exe_name: &str, flags: u32) -> LastLine<'_> {
        let (exe_name, flags) = (Some(exe_name.to_owned()), flags.into());
        let id = Pointer::Given;
        self.call_on(handle, Call::GetRunningProcessSystemIdByExecutableName { server: 0, exe_name, flags, id })
    }

    /// With room for both strings whole.
    pub(crate) fn description(&mut self, handle: HandleName, flags: u32) -> LastLine<'_> {
        self.description_into(handle, flags, (Pointer::Given, 4096), (Pointer::Given, 4096))
    }

    /// Each buffer with its size in characters; the actual sizes are asked for.
    pub(crate) fn description_into(
        &mut self,
        handle: HandleName,
        flags: u32,
        (exe_name, exe_name_size): (Pointer, u32),
        (description, description_size): (Pointer, u32),
    ) -> LastLine<'_> {
        let call = Call::GetRunningProcessDescription {
            server: 0,
            system_id: 1,
            flags: flags.into(),
            exe_name,
            exe_name_size,
            actual_exe_name_size: Pointer::Given,
            description,
            description_size,
            actual_description_size: Pointer::Given,
        };
        self.call_on(handle, call)
    }

    pub(crate) fn attach(&mut self, handle: HandleName, attach_flags: u32) -> LastLine<'_> {
        self.call_on(handle, Call::AttachProcess { server: 0, process_id: 1, attach_flags: attach_flags.into() })
    }

    pub(crate) fn create(&mut self, handle: HandleName, line: &str, create_flags: CreateFlags) -> LastLine<'_> {
        self.call_on(handle, Call::CreateProcess { server: 0, command_line: Some(line.to_owned()), create_flags })
    }

    pub(crate) fn create2(&mut self, handle: HandleName, line: &str, options: CreateProcessOptions) -> LastLine<'_> {
        let create = CreateProcess2 {
            command_line: Some(line.to_owned()),
            options: Some(options),
            options_buffer_size: CreateProcessOptions::SIZE,
            ..CreateProcess2::default()
        };
        self.call_on(handle, Call::CreateProcess2(create))
    }

    pub(crate) fn query_interface(&mut self, version: u8) -> LastLine<'_> {
        self.call(Call::QueryInterface { interface: Interface::DebugClient(version) })
    }
}

impl LastLine<'_> {
    /// It returns S_OK.
    pub(crate) fn ok(self) -> Self {
        self.allows(Statuses::OK)
    }

    /// It returns any success code.
    pub(crate) fn succeeds(self) -> Self {
        self.allows(Statuses::SUCCESS)
    }

    /// It fails, and the process is still there.
    pub(crate) fn fails(self) -> Self {
        self.allows(Statuses::ERROR)
    }

    /// It fails. The real engine may go down instead, where it does not know the handle or a pointer is null.
    pub(crate) fn refused(self) -> Self {
        let refused = match self.0.profile {
            Profile::Contract => Statuses::ERROR,
            Profile::Dbgeng => Statuses::ERROR.or_crash().or_hang(),
        };
        self.allows(refused)
    }

    /// It finds the host of its server gone. Measured: on the real engine, one such call in some does not come back.
    pub(crate) fn host_gone(self) -> Self {
        let allowed = match self.0.profile {
            Profile::Contract => Statuses::ERROR,
            Profile::Dbgeng => Statuses::ERROR.or_hang(),
        };
        self.allows(allowed)
    }

    /// It returns this code.
    pub(crate) fn returns(self, code: HRESULT) -> Self {
        self.allows(Statuses::code(code))
    }

    pub(crate) fn allows(mut self, endings: Statuses) -> Self {
        self.change(|_, expected| expected.endings = endings);
        self
    }

    /// This is true of what it writes.
    pub(crate) fn wrote(mut self, check: OutputCheck) -> Self {
        self.change(|_, expected| expected.outputs.push(check));
        self
    }

    /// This process makes the call.
    pub(crate) fn in_process(self, process: u32) -> Self {
        self.by(|by| by.process = process)
    }

    /// This thread makes the call.
    pub(crate) fn on_thread(self, thread: u32) -> Self {
        self.by(|by| by.thread = thread)
    }

    /// This client object is called: the n-th that is there.
    pub(crate) fn on_client(self, client: u32) -> Self {
        self.by(|by| by.client = client)
    }

    /// The process that it names, if not [`ProcessRef::Only`].
    pub(crate) fn at(mut self, process: ProcessRef) -> Self {
        self.change(|step, _| {
            if let Step::Call { target, .. } = step {
                *target = process;
            }
        });
        self
    }

    fn by(mut self, change: impl FnOnce(&mut Caller)) -> Self {
        self.change(|step, _| {
            if let Step::Call { by, .. } = step {
                change(by);
            }
        });
        self
    }

    fn change(&mut self, change: impl FnOnce(&mut Step, &mut Expectation)) {
        if let Some((step, expected)) = self.0.steps.last_mut() {
            change(step, expected);
        }
    }
}
