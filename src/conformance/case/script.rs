//! Writes the steps of a case.

use super::expectation::{Expectation, OutputCheck};
use crate::call::{Call, Caller, CreateProcess2, Pointer};
use crate::client::HostLocation;
use crate::conformance::program::{HandleName, ProcessRef, ProgramHost, Step};
use crate::flags::{Class, CreateFlags, CreateProcessOptions};
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::profile::Profile;
use crate::status::Statuses;

/// Time limits for subjects that run in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long a call may take, in milliseconds.
    pub call_timeout_ms: u32,
    /// After how long without an event the kit concludes that none will come, in milliseconds. At most half of
    /// `call_timeout_ms`.
    pub quiet_ms: u32,
}

impl Limits {
    /// Returns the limits with a quiet period that ends before a call times out.
    pub(crate) fn clamped(self) -> Limits {
        Limits { quiet_ms: self.quiet_ms.min(self.call_timeout_ms / 2), ..self }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { call_timeout_ms: 15_000, quiet_ms: 250 }
    }
}

/// How often a case repeats what could fill a table of 256 entries, or wrap around a number of eight bits.
pub(crate) const MANY: usize = 310;

/// How often a case repeats what could run into a limit of a thousand, or of 1,024.
pub(crate) const VERY_MANY: usize = 1_040;

/// How often a case repeats a call of which each must have the same result.
pub(crate) const AGAIN: usize = 40;

/// A case that is being written. Process 0 is the engine under test; [`Script::host`] adds others.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(super) hosts: Vec<ProgramHost>,
    pub(super) steps: Vec<(Step, Expectation)>,
    /// How many steps at the beginning only prepare the others.
    pub(super) prepared: usize,
    connects: usize,
}

/// The step that was written last, to be refined.
#[derive(Debug)]
pub(crate) struct LastStep<'a>(&'a mut Script);

impl Script {
    pub(crate) fn new(profile: Profile, limits: Limits) -> Script {
        Script { profile, limits, hosts: Vec::new(), steps: Vec::new(), prepared: 0, connects: 0 }
    }

    /// Returns the first value under the contract, the second for the real engine.
    pub(crate) fn by_profile<T>(&self, contract: T, dbgeng: T) -> T {
        match self.profile {
            Profile::Contract => contract,
            Profile::Dbgeng | Profile::DbgengAt(_) => dbgeng,
        }
    }

    /// Returns the index of the next step.
    pub(crate) fn next(&self) -> usize {
        self.steps.len()
    }

    /// Adds a host with a plain process server and returns its process.
    pub(crate) fn server(&mut self) -> u32 {
        self.host_with(ProgramHost::plain())
    }

    /// Adds a host with a process server on the engine's computer and returns its process.
    pub(crate) fn host(&mut self, options: &str) -> u32 {
        self.host_with(ProgramHost { place: HostLocation::Here, options: Some(options.to_owned()) })
    }

    /// Adds a process without a process server, another engine, and returns it.
    pub(crate) fn engine(&mut self) -> u32 {
        self.host_with(ProgramHost { place: HostLocation::Here, options: None })
    }

    /// Adds a host with a process server on another computer and returns its process.
    pub(crate) fn host_elsewhere(&mut self, options: &str) -> u32 {
        self.host_with(ProgramHost { place: HostLocation::Elsewhere, options: Some(options.to_owned()) })
    }

    fn host_with(&mut self, host: ProgramHost) -> u32 {
        self.hosts.push(host);
        u32::try_from(self.hosts.len()).unwrap_or(u32::MAX)
    }

    /// Connects to the server of this process; that has to succeed.
    pub(crate) fn open(&mut self, host: u32) -> HandleName {
        let text = self.client_string(host);
        self.reach(&text)
    }

    /// Returns the connection string that reaches the server of this process.
    pub(crate) fn client_string(&self, host: u32) -> String {
        let number = (host - 1) as usize;
        self.hosts.get(number).and_then(|host| host.client_string(number)).unwrap_or_default()
    }

    /// Connects with this string; that has to succeed.
    pub(crate) fn reach(&mut self, remote_options: &str) -> HandleName {
        let is_first = self.prepared == self.steps.len();
        self.connect(remote_options).ok().wrote(OutputCheck::Handle);
        self.prepared += usize::from(is_first);
        self.latest()
    }

    /// Expects this of the outputs of the step that was written last.
    pub(crate) fn also_wrote(&mut self, check: OutputCheck) {
        LastStep(self).wrote(check);
    }

    /// Returns the handle of the last connect.
    pub(crate) fn latest(&self) -> HandleName {
        HandleName::Issued(self.connects - 1)
    }

    /// Connects to a plain process server.
    pub(crate) fn connected(&mut self) -> HandleName {
        let server = self.server();
        self.open(server)
    }

    /// Connects to a plain process server and disconnects: returns a stale handle.
    pub(crate) fn stale(&mut self) -> HandleName {
        let server = self.server();
        self.stale_at(server)
    }

    /// Connects to the server of this process and disconnects: returns a stale handle.
    pub(crate) fn stale_at(&mut self, host: u32) -> HandleName {
        let handle = self.open(host);
        self.disconnect(handle).ok();
        handle
    }

    pub(crate) fn kill(&mut self, process: u32) {
        self.steps.push((Step::Kill { process }, Expectation::returns()));
    }

    /// Lets time pass: in real time a pipe appears a moment after its start (OBS-81), and an end takes effect a moment later.
    pub(crate) fn a_moment(&mut self) {
        let pause = Step::Pause { ms: self.limits.quiet_ms };
        self.steps.push((pause, Expectation::returns()));
    }

    /// Makes a call without a handle.
    pub(crate) fn call(&mut self, call: Call) -> LastStep<'_> {
        self.call_on(HandleName::Zero, call)
    }

    pub(crate) fn call_on(&mut self, handle: HandleName, call: Call) -> LastStep<'_> {
        self.connects += usize::from(matches!(call, Call::ConnectProcessServer { .. }));
        let step = Step::Call { by: Caller::default(), call, handle, target: ProcessRef::Only };
        self.steps.push((step, Expectation::returns()));
        LastStep(self)
    }

    pub(crate) fn connect(&mut self, remote_options: &str) -> LastStep<'_> {
        let remote_options = Some(remote_options.to_owned());
        self.call(Call::ConnectProcessServer { remote_options, server: Pointer::Given })
    }

    pub(crate) fn start(&mut self, options: &str) -> LastStep<'_> {
        let flags = Class::USER_WINDOWS.bits();
        self.call(Call::StartProcessServer { flags, options: Some(options.to_owned()), reserved: 0 })
    }

    pub(crate) fn disconnect(&mut self, handle: HandleName) -> LastStep<'_> {
        self.call_on(handle, Call::DisconnectProcessServer { server: 0 })
    }

    pub(crate) fn end(&mut self, handle: HandleName) -> LastStep<'_> {
        self.call_on(handle, Call::EndProcessServer { server: 0 })
    }

    pub(crate) fn wait(&mut self, timeout: u32) -> LastStep<'_> {
        self.call(Call::WaitForProcessServerEnd { timeout })
    }

    pub(crate) fn ids(&mut self, handle: HandleName) -> LastStep<'_> {
        self.ids_into(handle, Pointer::Given, 4096, Pointer::Given)
    }

    pub(crate) fn ids_into(&mut self, handle: HandleName, ids: Pointer, count: u32, actual: Pointer) -> LastStep<'_> {
        self.call_on(handle, Call::GetRunningProcessSystemIds { server: 0, ids, count, actual_count: actual })
    }

    pub(crate) fn name(&mut self, handle: HandleName, exe_name: &str, flags: u32) -> LastStep<'_> {
        let (exe_name, flags) = (Some(exe_name.to_owned()), flags.into());
        let id = Pointer::Given;
        self.call_on(handle, Call::GetRunningProcessSystemIdByExecutableName { server: 0, exe_name, flags, id })
    }

    /// Asks for a description with room for both strings.
    pub(crate) fn description(&mut self, handle: HandleName, flags: u32) -> LastStep<'_> {
        self.description_into(handle, flags, (Pointer::Given, 4096), (Pointer::Given, 4096))
    }

    /// Asks for a description with these buffers and their sizes in characters, and for the actual sizes.
    pub(crate) fn description_into(
        &mut self,
        handle: HandleName,
        flags: u32,
        (exe_name, exe_name_size): (Pointer, u32),
        (description, description_size): (Pointer, u32),
    ) -> LastStep<'_> {
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

    pub(crate) fn attach(&mut self, handle: HandleName, attach_flags: u32) -> LastStep<'_> {
        self.call_on(handle, Call::AttachProcess { server: 0, process_id: 1, attach_flags: attach_flags.into() })
    }

    pub(crate) fn create(&mut self, handle: HandleName, line: &str, create_flags: CreateFlags) -> LastStep<'_> {
        self.call_on(handle, Call::CreateProcess { server: 0, command_line: Some(line.to_owned()), create_flags })
    }

    pub(crate) fn create2(&mut self, handle: HandleName, line: &str, options: CreateProcessOptions) -> LastStep<'_> {
        let create = CreateProcess2 {
            command_line: Some(line.to_owned()),
            options: Some(options),
            options_buffer_size: CreateProcessOptions::SIZE,
            ..CreateProcess2::default()
        };
        self.call_on(handle, Call::CreateProcess2(create))
    }

    pub(crate) fn query_interface(&mut self, version: u8) -> LastStep<'_> {
        self.call(Call::QueryInterface { interface: Interface::DebugClient(version) })
    }
}

impl LastStep<'_> {
    /// Expects S_OK.
    pub(crate) fn ok(self) -> Self {
        self.allows(Statuses::OK)
    }

    /// Expects a success code.
    pub(crate) fn succeeds(self) -> Self {
        self.allows(Statuses::SUCCESS)
    }

    /// Expects an error.
    pub(crate) fn fails(self) -> Self {
        self.allows(Statuses::ERROR)
    }

    /// Expects an error; on the real engine also a crash, which an invalid handle or a null pointer can cause.
    pub(crate) fn refused(self) -> Self {
        let refused = self.0.by_profile(Statuses::ERROR, Statuses::ERROR.or_crash().or_hang());
        self.allows(refused)
    }

    /// Expects an error because the host is gone. On the real engine a few such calls never return (OBS-201).
    pub(crate) fn host_gone(self) -> Self {
        let allowed = self.0.by_profile(Statuses::ERROR, Statuses::ERROR.or_hang());
        self.allows(allowed)
    }

    /// Expects what the model allows.
    pub(crate) fn judged(self) -> Self {
        self.allows(Statuses::RETURNS.or_crash().or_hang())
    }

    /// Expects this code.
    pub(crate) fn returns(self, code: HRESULT) -> Self {
        self.allows(Statuses::code(code))
    }

    pub(crate) fn allows(self, endings: Statuses) -> Self {
        self.change(|_, expected| expected.endings = endings)
    }

    /// Expects this of the outputs.
    pub(crate) fn wrote(self, check: OutputCheck) -> Self {
        self.change(|_, expected| expected.outputs.push(check))
    }

    /// Makes the call in this process.
    pub(crate) fn in_process(self, process: u32) -> Self {
        self.call(|by, _| by.process = process)
    }

    /// Makes the call on this thread.
    pub(crate) fn on_thread(self, thread: u32) -> Self {
        self.call(|by, _| by.thread = thread)
    }

    /// Makes the call on the n-th live client object.
    pub(crate) fn on_client(self, client: u32) -> Self {
        self.call(|by, _| by.client = client)
    }

    /// Names this process instead of [`ProcessRef::Only`].
    pub(crate) fn at(self, process: ProcessRef) -> Self {
        self.call(|_, target| *target = process)
    }

    fn call(self, change: impl FnOnce(&mut Caller, &mut ProcessRef)) -> Self {
        self.change(|step, _| {
            if let Step::Call { by, target, .. } = step {
                change(by, target);
            }
        })
    }

    fn change(self, change: impl FnOnce(&mut Step, &mut Expectation)) -> Self {
        if let Some((step, expected)) = self.0.steps.last_mut() {
            change(step, expected);
        }
        self
    }
}
