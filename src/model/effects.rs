//! Computes the footprint of a call from what the model knows, and finds calls that are interchangeable.

use super::Model;
use super::context::{CallContext, NamedHandle};
use super::footprint::{Access, Footprint, StatePart, Update};
use super::issued_handles::{HandleLookup, IssuedHandle, hash};
use super::world::EndStatus;
use crate::address::{Address, Listen};
use crate::call::{Call, Caller, Ending, Outcome};
use crate::flags::{AttachFlags, EndSessionFlags, INFINITE};
use crate::hresult::{ERROR_ALREADY_EXISTS, RPC_E_SERVER_DIED, S_OK};
use crate::options::{ConnectionString, Side};
use crate::profile::{Behaviour, Profile};
use crate::state::{Answer, CallingThread, Debugging, HandleState, Use};

impl Model {
    /// Returns the footprint of a call that is made in this state. It stays valid after calls that do not conflict with it.
    ///
    /// `may_change` says that another call may issue or close the handle first.
    pub(crate) fn footprint(&self, by: Caller, call: &Call, outcome: &Outcome, may_change: bool) -> Footprint {
        let client = (by.process, by.client);
        let mut footprint = Footprint {
            client: StatePart::one(client, Access::Read),
            made: outcome.out.client.map(|made| (by.process, made)),
            handle: None,
            listening: None,
            lives: None,
            ended: None,
            targets: None,
            damages: false,
            is_unlimited: false,
        };
        let makes_a_client = matches!(call, Call::DebugCreate { .. });
        let context = self.context(by, call);
        let process = context.process.filter(|process| process.seen);
        let is_unlimited = outcome.ending.is_open();
        if is_unlimited || process.is_some_and(|process| process.gone) || (process.is_none() && !makes_a_client) {
            return Footprint { is_unlimited: true, ..footprint };
        }
        let is_ok = outcome.succeeded();
        match call {
            Call::CreateClient | Call::OutputServers { .. } | Call::OtherMethod { .. } => {}
            Call::DebugCreate { .. } => footprint.client.access = Access::Write,
            Call::QueryInterface { interface } if is_ok => {
                let version = interface.version().unwrap_or(1);
                let is_known = context.client.is_some_and(|client| client.queried && client.version >= version);
                footprint.client.access = if is_known { Access::Idle } else { Access::Update(Update::Query) };
            }
            Call::QueryInterface { .. } => {}
            Call::Release => {
                let is_last = !matches!(outcome.ending, Ending::References(1..));
                footprint.client.access = if is_last { Access::Write } else { Access::Read };
            }
            Call::EndSession { flags } if *flags == EndSessionFlags::DISCONNECT => {
                footprint.client.access = Access::Write;
            }
            Call::EndSession { .. } if self.debugs_nothing(by) => {
                footprint.targets = Some(StatePart::all(Access::Idle))
            }
            Call::EndSession { .. } => footprint.is_unlimited = true,
            Call::StartServer { options } | Call::StartProcessServer { options, .. } => {
                self.add_start(by, options.as_deref().unwrap_or_default(), outcome, &mut footprint);
            }
            Call::ConnectProcessServer { remote_options, .. } => {
                self.add_connect(by, remote_options.as_deref().unwrap_or_default(), outcome, &mut footprint);
            }
            Call::WaitForProcessServerEnd { timeout } => {
                let access = self.wait_access(by, *timeout, outcome);
                footprint.ended = Some(StatePart::one(by.process, access));
            }
            _ if call.method().is_of_the_session() => footprint.is_unlimited = true,
            _ => self.add_handle(&context, call, outcome, may_change, &mut footprint),
        }
        if !makes_a_client && context.client.is_none() {
            footprint.client.access = Access::Write;
        }
        footprint
    }

    /// Whether the end of the caller's session affects neither a target nor a connection.
    fn debugs_nothing(&self, by: Caller) -> bool {
        let is_used = |(_, connection): (u64, &IssuedHandle)| connection.holds.has_session();
        let uses_one = self
            .process(by.process)
            .is_some_and(|process| process.has_lost_connection || process.handles.all_open().any(is_used));
        let debugs = self.process(by.process).is_some_and(|process| process.debugging != Debugging::None);
        !uses_one && !debugs && !self.has_targets()
    }

    fn add_start(&self, by: Caller, text: &str, outcome: &Outcome, footprint: &mut Footprint) {
        let options = ConnectionString::parse(Side::Server, self.profile, text)
            .or_else(|_| ConnectionString::parse(Side::Server, Profile::Dbgeng, text));
        let listen = options.as_ref().map(Listen::of);
        let finds = outcome.hresult() == Some(ERROR_ALREADY_EXISTS);
        let access = match (&listen, outcome.succeeded()) {
            (Ok(Listen::SystemChooses(_) | Listen::SystemNames(_)), true) => Access::Update(Update::Start),
            (_, true) => Access::Write,
            (_, false) if finds => Access::Update(Update::Find),
            (_, false) => Access::Read,
        };
        footprint.listening = Some(match &listen {
            Ok(Listen::FirstFree(addresses)) if addresses.len() == 1 => StatePart::one(key(&addresses[0]), access),
            _ => StatePart::all(access),
        });
        // A wait tells the first server of its process from none.
        let is_first = self.process(by.process).is_none_or(|process| process.servers.is_empty());
        if outcome.succeeded() && is_first {
            footprint.ended = Some(StatePart::one(by.process, Access::Update(Update::Start)));
        }
    }

    fn add_connect(&self, by: Caller, text: &str, outcome: &Outcome, footprint: &mut Footprint) {
        let is_ok = outcome.succeeded();
        footprint.handle = outcome.out.server.map(|handle| StatePart::one((by.process, handle), write_if(is_ok)));
        let parsed = self.parsed(text);
        if parsed.reverse().is_some() {
            footprint.listening = Some(StatePart::all(Access::Write));
            footprint.lives = Some(StatePart::all(Access::Write));
            return;
        }
        let finds = parsed.pipe().is_some() && matches!(outcome.hresult(), Some(S_OK | RPC_E_SERVER_DIED));
        let is_found = |address: &Address| {
            let there = self.listening.get(address);
            there.is_some_and(|servers| servers.iter().all(|server| self.servers[*server].was_found))
        };
        let access = match &parsed.address {
            Some(address) if finds && is_found(address) => Access::Idle,
            _ if finds => Access::Update(Update::Find),
            _ => Access::Read,
        };
        footprint.listening = Some(match &parsed.address {
            Some(address) => StatePart::one(key(address), access),
            None => StatePart::all(access),
        });
        // A server that was asked to end may accept a connection, and may refuse it.
        footprint.lives = if is_ok { None } else { Some(StatePart::all(Access::Read)) };
    }

    fn wait_access(&self, by: Caller, timeout: u32, outcome: &Outcome) -> Access {
        if outcome.hresult() != Some(S_OK) {
            return Access::Read;
        }
        let may_be_over = timeout != INFINITE && self.profile.has(Behaviour::WaitTimeOutIsSOk);
        match self.process(by.process).map(|process| process.ended) {
            Some(EndStatus::Seen) => Access::Idle,
            Some(EndStatus::No | EndStatus::Perhaps) if may_be_over => Access::Idle,
            _ => Access::Update(Update::Wait),
        }
    }

    fn add_handle(
        &self,
        context: &CallContext<'_>,
        call: &Call,
        outcome: &Outcome,
        may_change: bool,
        footprint: &mut Footprint,
    ) {
        let CallContext { by, process, .. } = *context;
        let Some(named) = context.handle else { return };
        let NamedHandle { value: handle, usage, found } = named;
        let (is_ok, is_dbgeng) = (outcome.succeeded(), self.profile.is_dbgeng());
        let connection = context.connection();
        let server = connection.and_then(|connection| connection.server).filter(|_| !may_change);
        if handle != 0 {
            // A call that succeeds on a handle of unknown origin shows that the handle is connected.
            let began_before = process.is_some_and(|process| process.began_before);
            let shows_connection = began_before && connection.is_none();
            // In the real engine even an attach that fails can begin a session.
            let begins_session = is_dbgeng && call.debugs();
            let has_begun = connection.is_some_and(|it| it.holds.has_session() && it.state == HandleState::Connected);
            let changes_handle = matches!(usage, Use::Disconnect | Use::End);
            let access = match begins_session {
                true if has_begun => Access::Idle,
                true => Access::Write,
                false => write_if(is_ok && (changes_handle || shows_connection)),
            };
            footprint.handle = Some(StatePart::one((by.process, handle), access));
            // The use of a stale handle may damage the memory of the real engine.
            let may_be_stale = may_change || found.state() == HandleState::Disconnected;
            footprint.damages = is_dbgeng && may_be_stale && process.is_some_and(|process| !process.damaged);
            // A server that was asked to end may go on to serve.
            if !is_ok {
                footprint.lives =
                    Some(server.map_or(StatePart::all(Access::Read), |it| StatePart::one(it, Access::Read)));
            }
        }
        let is_used = connection.is_some_and(|connection| connection.holds.has_session());
        match usage {
            Use::Query => footprint.targets = Some(StatePart::all(Access::Read)),
            // A target that is debugged through the connection may end with it, and a later EndSession may crash.
            Use::Disconnect if is_ok && is_used => footprint.is_unlimited = true,
            Use::Disconnect if is_ok && self.has_targets() => footprint.targets = Some(StatePart::all(Access::Write)),
            Use::Disconnect => {}
            Use::End if is_ok && self.has_targets() => footprint.is_unlimited = true,
            Use::End if is_ok => {
                let rule = self.rule_for(by, process, named);
                // A success on a handle that is invalid, and stays so, is wrong and ends nothing.
                if may_change || rule.is_none_or(|rule| rule.answer == Answer::Succeed) {
                    self.add_end(server, footprint);
                }
            }
            Use::End => {}
            Use::Target => footprint.targets = target_part(call, is_ok),
        }
    }

    fn add_end(&self, server: Option<usize>, footprint: &mut Footprint) {
        footprint.targets = Some(StatePart::all(Access::Idle));
        let Some(at) = server else {
            // It may have been any server.
            footprint.listening = Some(StatePart::all(Access::Read));
            footprint.lives = Some(StatePart::all(Access::Write));
            footprint.ended = Some(StatePart::all(Access::Write));
            return;
        };
        footprint.lives = Some(StatePart::one(at, Access::Update(Update::End)));
        let host = self.servers.get(at).and_then(|server| server.process);
        footprint.ended = host.map(|host| StatePart::one(host, Access::Update(Update::End)));
    }

    /// Whether two calls of the same process with the same outcome have the same effect in every state to come.
    pub(crate) fn is_interchangeable(&self, call: &Call, outcome: &Outcome, (one, other): (Caller, Caller)) -> bool {
        // What is issued belongs to its caller.
        if outcome.out.server.is_some() || outcome.out.client.is_some() || call.method().manages_clients() {
            return false;
        }
        let thread = |by: Caller| {
            let found = self.process(by.process).map(|process| process.handles.find(call.server().unwrap_or_default()));
            match found {
                Some(HandleLookup::Open(connection)) => connection.caller(by),
                Some(HandleLookup::Closed(closed)) => CallingThread::of(by.thread, closed.thread),
                _ => CallingThread::Connecting,
            }
        };
        let client = |by: Caller| {
            let client = self.client(by)?;
            Some((client.version, client.queried, client.released, client.disabled, client.thread == by.thread))
        };
        one.process == other.process
            && thread(one) == thread(other)
            && (one.client == other.client || client(one) == client(other))
            && client(one).is_some()
    }
}

/// Returns the processes that an attach or a create affects.
fn target_part(call: &Call, is_ok: bool) -> Option<StatePart<u32>> {
    match call.attach() {
        // Whether an attach finds a debugger depends on what its session debugs.
        Some((.., flags)) if flags.contains(AttachFlags::EXISTING) => Some(StatePart::all(write_if(is_ok))),
        Some((_, id, _)) => Some(StatePart::one(id, write_if(is_ok))),
        None if matches!(call, Call::AttachProcess { .. }) => Some(StatePart::all(write_if(is_ok))),
        // Even a create that fails may leave a process.
        None => Some(StatePart::all(Access::Update(Update::Create))),
    }
}

/// Returns a number that is equal for addresses of which only one can be taken.
fn key(address: &Address) -> u64 {
    match address {
        Address::Ssl(port) => hash(Address::Tcp(*port)),
        _ => hash(address),
    }
}

fn write_if(writes: bool) -> Access {
    if writes { Access::Write } else { Access::Read }
}
