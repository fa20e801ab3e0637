//! Process servers and the connections to them.

use super::request::{Answered, Request};
use crate::address::ServerHost;
use crate::client::{Out, write_out};
use crate::flags::{Class, OutputControl, OutputMask, ServersFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, ERROR_POSSIBLE_DEADLOCK, HRESULT, S_OK, WSAHOST_NOT_FOUND};
use crate::mock::world::{
    Connection, EngineState, FindingRecord, Lookup, Misuse, PastOfHandle, RealEngine, Route, ServerId, SlotId, World,
};
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::profile::Behaviour;
use crate::spec::Requirement;
use crate::state::{
    self, Answer, Attachment, CallingThread, Debugging, HandleArgument, HandleContext, HandleState, Holds, ServerEvent,
    ServerLife, TargetEvent, Use,
};

impl Request<'_> {
    pub(super) fn start_process_server(
        &self,
        world: &mut World,
        flags: u32,
        options: Option<&str>,
        reserved: u64,
    ) -> Answered {
        if flags != Class::USER_WINDOWS.bits() {
            return Err(E_INVALIDARG);
        }
        if reserved != 0 {
            return Err(E_NOTIMPL);
        }
        let null = &RealEngine::Shown("returns E_INVALIDARG", "OBS-12");
        let options = options.ok_or_else(|| self.null_pointer(world, null))?;
        self.listen(world, options, false)
    }

    pub(super) fn start_server(&self, world: &mut World, options: Option<&str>) -> Answered {
        let options = options.ok_or_else(|| self.null_pointer(world, &RealEngine::NotMeasured))?;
        self.listen(world, options, true)
    }

    /// Connects to a server. Returns `None` if the caller has to wait for a server that connects to it.
    #[inline(always)]
    pub(super) fn connect_process_server(
        &self,
        world: &mut World,
        text: Option<&str>,
        server: Out<'_, u64>,
    ) -> Option<HRESULT> {
        const NULL: &RealEngine = &RealEngine::Shown("crashes", "OBS-12");
        let Some(text) = text else { return Some(self.null_pointer(world, NULL)) };
        match world.route(self.engine, text) {
            Route::Server(found) if server.is_some() => Some(self.open(world, found, server)),
            Route::Refused(code) => Some(code),
            Route::NoAnswer(real_engine) if server.is_some() => Some(self.endless_connect(world, real_engine)),
            Route::Reverse if server.is_some() => None,
            _ => Some(self.null_pointer(world, NULL)),
        }
    }

    /// Opens a connection to a server.
    #[inline(always)]
    pub(super) fn open(&self, world: &mut World, found: ServerId, server: Out<'_, u64>) -> HRESULT {
        let engine = &mut world.engines[self.engine];
        engine.failed_connect = None;
        let handle = engine.handles.open(Connection {
            state: HandleState::Connected,
            server: found,
            thread: self.thread.id,
            holds: Holds::NEW,
            debugging: Debugging::None,
            is_lost: false,
            connected_at: self.call_site,
        });
        write_out(server, handle);
        S_OK
    }

    /// Notes a connect that never returns. Returns the code with which it fails here.
    pub(super) fn endless_connect(&self, world: &mut World, real_engine: &'static RealEngine) -> HRESULT {
        self.note(world, Misuse::EndlessWait, None, real_engine);
        ERROR_POSSIBLE_DEADLOCK
    }

    pub(super) fn end_process_server(&self, world: &mut World, handle: u64) -> Answered {
        let ended = self.use_handle(world, Use::End, handle)?.ok_or(E_INVALIDARG)?;
        let server = &mut world.servers[ended];
        server.life = server.life.after(ServerEvent::EndRequested);
        let host = server.host;
        world.happen_to_targets(TargetEvent::ServerEnded, |_, target| target.server == Some(ended));
        world.engines[host].has_ended_server = true;
        world.wake_waits();
        if world.engines[host].is_host {
            world.aftermath().leaving = Some(host);
        }
        Ok(S_OK)
    }

    /// Asks the state machine what to do with a handle, and moves the handle to its next state. Returns the server to which
    /// it leads, `None` for the local computer.
    #[inline(always)]
    pub(super) fn use_handle(&self, world: &mut World, wanted: Use, handle: u64) -> Result<Option<ServerId>, HRESULT> {
        const UNKNOWN: HandleArgument = HandleArgument::Handle(HandleState::Unconnected, HandleContext::NOTHING);
        const STALE: HandleArgument = HandleArgument::Handle(HandleState::Disconnected, HandleContext::NOTHING);
        if handle == 0 {
            return self.misuse_handle(world, wanted, HandleArgument::Zero, (handle, PastOfHandle::UNKNOWN));
        }
        let engine = &mut world.engines[self.engine];
        let (slot, connection) = match engine.handles.look_up(handle) {
            Lookup::Open(slot, connection) => (slot, connection),
            Lookup::Unknown => return self.misuse_handle(world, wanted, UNKNOWN, (handle, PastOfHandle::UNKNOWN)),
            Lookup::Stale(past) => return self.misuse_handle(world, wanted, STALE, (handle, past)),
        };
        let (state, server) = (connection.state, connection.server);
        let context = self.context(world.servers[server].life, connection);
        let rule = state::rule(world.profile, wanted, HandleArgument::Handle(state, context));
        if let Answer::Refuse(code) = rule.answer {
            return Err(code);
        }
        if rule.next == HandleState::Disconnected {
            engine.disconnect(slot, self.call_site);
            world.connection_closed(self.engine, slot);
        } else if wanted == Use::Disconnect {
            self.keep_connection(world, slot, handle, context.thread);
        } else if rule.next != state {
            engine.handles.move_to(slot, rule.next);
        }
        Ok(Some(server))
    }

    /// Asks the state machine about a value that is no open handle, and notes the misuse.
    // The use and the argument are known where this is inlined, and with them the answer and the finding.
    #[inline(always)]
    fn misuse_handle(
        &self,
        world: &mut World,
        wanted: Use,
        argument: HandleArgument,
        used: (u64, PastOfHandle),
    ) -> Result<Option<ServerId>, HRESULT> {
        let rule = state::rule(world.profile, wanted, argument);
        self.note_misuse(world, wanted, argument, used, rule.requirement);
        if let Answer::Refuse(code) = rule.answer { Err(code) } else { Ok(None) }
    }

    /// Returns the context in which an open connection to a server is used.
    #[inline(always)]
    fn context(&self, server: ServerLife, connection: &Connection) -> HandleContext {
        HandleContext {
            server: if connection.is_lost { ServerLife::Gone } else { server },
            thread: connection.caller(self.thread.id),
            holds: connection.holds,
            in_use: false,
        }
    }

    /// A disconnect does not close its connection: it takes one share away. Only the profile `dbgeng` has such disconnects.
    #[cold]
    fn keep_connection(self, world: &mut World, slot: SlotId, handle: u64, thread: CallingThread) {
        let (misuse, requirement, real_engine) = match thread {
            CallingThread::Other => (
                Misuse::ClosesNothing,
                Requirement::DisconnectOtherThreadClosesNothing,
                &RealEngine::Shown("returns S_OK and closes nothing", "OBS-10"),
            ),
            CallingThread::Connecting => (
                Misuse::DisconnectBeforeDetach,
                Requirement::DisconnectSessionHoldsTheConnection,
                &RealEngine::Shown("returns S_OK and closes nothing before the session ends", "OBS-58"),
            ),
        };
        let Some(connection) = world.engines[self.engine].handles.get_mut(slot) else { return };
        connection.holds = connection.holds.disconnected(thread);
        let used = (handle, connection.past());
        self.note_handle(world, misuse, Some(requirement), used, real_engine);
    }

    /// The call tries to debug a process through a handle, where the profile has sessions that use connections.
    pub(super) fn try_to_debug(&self, world: &mut World, handle: u64) {
        if !world.is_contract()
            && let Some(slot) = world.engines[self.engine].handles.open_slot(handle)
        {
            world.engines[self.engine].try_to_debug(slot);
        }
    }

    /// The call has asked the system to attach in this way, or to create a process to debug.
    pub(super) fn has_asked_to_debug(&self, world: &mut World, handle: u64, attachment: Attachment, succeeded: bool) {
        let EngineState { handles, session, .. } = &mut world.engines[self.engine];
        let by_connection = handles.connection_mut(handle).map(|connection| &mut connection.debugging);
        let is_local = by_connection.is_none();
        let debugging = by_connection.unwrap_or(&mut session.local);
        *debugging = debugging.after(attachment, succeeded, is_local);
    }

    /// The session debugs through a handle, where the profile has sessions that use connections.
    pub(super) fn join_session(&self, world: &mut World, handle: u64) {
        if !world.is_contract()
            && let Some(slot) = world.engines[self.engine].handles.open_slot(handle)
        {
            world.engines[self.engine].join_session(slot, self.thread.id);
        }
    }

    /// Notes the use of a value that is no open handle.
    #[inline(always)]
    fn note_misuse(
        &self,
        world: &mut World,
        wanted: Use,
        argument: HandleArgument,
        used: (u64, PastOfHandle),
        requirement: Requirement,
    ) {
        use HandleArgument::{Handle, Zero};
        use HandleState::{Connected, Disconnected, Ending, Unconnected};
        let (misuse, real_engine) = match (wanted, argument) {
            (_, Handle(Connected | Ending, _)) => return,
            (_, Handle(Unconnected, _)) => return self.note_unknown(world, wanted, used.0, requirement),
            (Use::Query | Use::Target, Zero) => return self.note_zero(world),
            (_, Zero) => (Misuse::ZeroHandle, &RealEngine::Shown("returns E_INVALIDARG", "OBS-4")),
            (Use::End, Handle(Disconnected, _)) => {
                (Misuse::UseAfterDisconnect, &RealEngine::Shown("returns E_INVALIDARG", "OBS-6"))
            }
            (Use::Disconnect, Handle(Disconnected, _)) => {
                (Misuse::DoubleDisconnect, &RealEngine::Shown("crashes", "OBS-7"))
            }
            (_, Handle(Disconnected, _)) => (Misuse::UseAfterDisconnect, &RealEngine::Shown("crashes", "OBS-8")),
        };
        self.note_handle(world, misuse, Some(requirement), used, real_engine);
    }

    /// Notes the use of a handle that the engine has not issued.
    #[cold]
    fn note_unknown(self, world: &mut World, wanted: Use, handle: u64, requirement: Requirement) {
        let past = world.past(handle);
        let handles = &world.engines[self.engine].handles;
        let is_of_another = past.is_some() || world.number.others().any(|lab| handles.may_be_of(lab, handle));
        let misuse = if is_of_another { Misuse::OtherEngine } else { Misuse::UnknownHandle };
        let real_engine = match wanted {
            Use::Disconnect => &RealEngine::ByVersion {
                behaviour: Behaviour::DisconnectOfUnknownHandleCrashes,
                with: "crashes",
                without: "returns E_INVALIDARG",
                source: "OBS-94",
            },
            Use::End => &RealEngine::Shown("returns E_INVALIDARG", "OBS-5"),
            Use::Query | Use::Target => &RealEngine::Shown("crashes", "OBS-8"),
        };
        let used = (handle, past.unwrap_or(PastOfHandle::UNKNOWN));
        self.note_handle(world, misuse, Some(requirement), used, real_engine);
    }

    /// Notes zero in a call for which it means the local computer, if that may not have been meant.
    fn note_zero(self, world: &mut World) {
        let acts_locally = &RealEngine::Does("acts on the local computer");
        if let Some((thread, earlier_call)) = world.engines[self.engine].failed_connect
            && thread == self.thread.id
        {
            let finding = self.finding(Misuse::ZeroAfterFailedConnect, acts_locally);
            self.keep(world, FindingRecord { earlier_call, ..finding });
        } else if world.engines[self.engine].handles.are_all_closed() {
            self.note(world, Misuse::ZeroAfterLastDisconnect, None, acts_locally);
        }
    }

    pub(super) fn output_servers(
        &self,
        world: &mut World,
        output_control: OutputControl,
        machine: Option<&str>,
        flags: ServersFlags,
    ) -> Answered {
        // OBS-92, OBS-235
        if !flags.unnamed().is_empty() || !output_control.names_recipients() {
            return Err(E_INVALIDARG);
        }
        let machine = machine.ok_or_else(|| self.null_pointer(world, &RealEngine::NotMeasured))?;
        let named = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(machine.to_owned()));
        let computer = match ServerHost::of(&named) {
            ServerHost::Local => Some(world.engines[self.engine].computer),
            ServerHost::Named(name) => world.network.computer(name),
            _ => None,
        };
        let text = world.listing(computer.ok_or(WSAHOST_NOT_FOUND)?, flags);
        world.print(self.engine, self.origin.client, output_control, OutputMask::NORMAL, &text);
        Ok(S_OK)
    }
}
