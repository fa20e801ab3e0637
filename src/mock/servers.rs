//! Process servers and the connections to them.

use super::entered::Entered;
use super::finding::Misuse;
use super::handles::Link;
use crate::address::ServerHost;
use crate::client::{Out, write};
use crate::flags::{Class, ServersFlags};
use crate::hresult::{E_INVALIDARG, E_NOTIMPL, HRESULT, S_OK, WSAHOST_NOT_FOUND};
use crate::options::{ConnectionString, Item, Side, Transport};
use crate::spec::Requirement;
use crate::state::{
    self, Answer, CallingThread, HandleArgument, HandleContext, HandleState, Holds, Rule, ServerEvent, ServerLife, Use,
};

impl Entered<'_> {
    pub(super) fn start_process_server(&mut self, flags: u32, options: Option<&str>, reserved: u64) -> HRESULT {
        if flags != Class::USER_WINDOWS.bits() {
            return E_INVALIDARG;
        }
        if reserved != 0 {
            return E_NOTIMPL;
        }
        match options {
            Some(options) => self.state.listen(self.engine, options, false, self.call_site),
            None => self.null_pointer("answers E_INVALIDARG (OBS-12)"),
        }
    }

    pub(super) fn start_server(&mut self, options: Option<&str>) -> HRESULT {
        match options {
            Some(options) => self.state.listen(self.engine, options, true, self.call_site),
            None => self.null_pointer("was not measured"),
        }
    }

    pub(super) fn connect_process_server(&mut self, text: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        let Some(text) = text else { return self.null_pointer("goes down (OBS-12)") };
        let found = match self.state.find(self.engine, text) {
            Ok(found) => found,
            Err(refused) => return refused,
        };
        if server.is_none() {
            return self.null_pointer("goes down (OBS-12)");
        }
        let link = Link {
            state: HandleState::Connected,
            server: u32::try_from(found).unwrap_or(u32::MAX),
            thread: self.thread,
            holds: Holds::NEW,
            is_lost: false,
            disconnect_failed: false,
            connected_at: self.call_site,
        };
        let handle = self.state.engines[self.engine].handles.open(link);
        write(server, handle);
        S_OK
    }

    pub(super) fn disconnect_process_server(&mut self, handle: u64) -> HRESULT {
        match self.admit(Use::Disconnect, handle) {
            Ok(_) => S_OK,
            Err(refused) => refused,
        }
    }

    pub(super) fn end_process_server(&mut self, handle: u64) -> HRESULT {
        let server = match self.admit(Use::End, handle) {
            Ok(Some(server)) => server,
            Ok(None) => return E_INVALIDARG,
            Err(refused) => return refused,
        };
        let server = &mut self.state.servers[server];
        server.life = server.life.after(ServerEvent::EndRequested);
        let host = server.engine;
        self.state.engines[host].ended = true;
        if self.state.engines[host].is_dbgsrv {
            self.state.end_engine(host);
            self.ended = Some(host);
        }
        self.shared.changed.notify_all();
        S_OK
    }

    /// Asks the state machine what to do with a handle, and moves the handle on. Answers the server that it leads to,
    /// `None` for the local computer.
    pub(super) fn admit(&mut self, wanted: Use, handle: u64) -> Result<Option<usize>, HRESULT> {
        let (rule, server) = self.rule(wanted, handle);
        match rule.answer {
            Answer::Refuse(code) => Err(code),
            Answer::Serve | Answer::Succeed => {
                self.move_on(wanted, handle, rule.next);
                Ok(server)
            }
        }
    }

    /// The session of this thread holds a connection, too.
    pub(super) fn join(&mut self, handle: u64) {
        if self.own_link(handle).is_some() {
            self.state.engines[self.engine].handles.join(handle);
        }
    }

    /// An open connection of this thread, where it matters whose it is.
    fn own_link(&mut self, handle: u64) -> Option<&mut Link> {
        if self.is_contract() {
            return None;
        }
        let link = self.state.engines[self.engine].handles.get_mut(handle)?;
        (link.thread == self.thread).then_some(link)
    }

    /// The state machine's rule for a handle, and the server that it leads to.
    fn rule(&mut self, wanted: Use, handle: u64) -> (Rule, Option<usize>) {
        let (state, link) = self.state.engines[self.engine].handles.get(handle);
        let named = match link {
            _ if handle == 0 => HandleArgument::Zero,
            Some(link) => {
                let thread = if link.thread == self.thread { CallingThread::Connecting } else { CallingThread::Other };
                let server =
                    if link.is_lost { ServerLife::Gone } else { self.state.servers[link.server as usize].life };
                HandleArgument::Handle(state, HandleContext { server, thread, holds: link.holds, in_use: false })
            }
            None => HandleArgument::Handle(state, HandleContext::NOTHING),
        };
        let server = link.map(|link| link.server as usize);
        let rule = state::rule(self.state.profile, wanted, named);
        self.note_misuse(wanted, handle, named, rule.requirement);
        (rule, server)
    }

    /// Moves an open handle on to its next state.
    fn move_on(&mut self, wanted: Use, handle: u64, next: HandleState) {
        if wanted == Use::Disconnect
            && let Some(link) = self.own_link(handle)
        {
            link.holds = link.holds.disconnected();
        }
        let handles = &mut self.state.engines[self.engine].handles;
        if next == HandleState::Disconnected {
            handles.close(handle, self.call_site);
        } else if let Some(link) = handles.get_mut(handle) {
            link.state = next;
        }
    }

    fn note_misuse(&mut self, wanted: Use, handle: u64, named: HandleArgument, requirement: Requirement) {
        use HandleState::{Connected, Disconnected, Ending, Unconnected};
        let (misuse, requirement, real_engine) = match (wanted, named) {
            (Use::Disconnect, HandleArgument::Handle(Connected | Ending, around))
                if around.thread == CallingThread::Other && !self.is_contract() =>
            {
                let requirement = Requirement::DisconnectOtherThreadClosesNothing;
                (Misuse::ClosesNothing, requirement, "says S_OK and closes nothing (OBS-10)")
            }
            (Use::Disconnect, HandleArgument::Handle(Connected | Ending, around)) if !around.holds.is_last() => {
                let requirement = Requirement::DisconnectSessionHoldsTheConnection;
                let real_engine = "says S_OK and closes nothing before the session ends (OBS-58)";
                (Misuse::ClosesNothing, requirement, real_engine)
            }
            (Use::Disconnect | Use::End, HandleArgument::Zero) => {
                (Misuse::ZeroHandle, requirement, "answers E_INVALIDARG (OBS-4)")
            }
            (Use::Query | Use::Target, HandleArgument::Zero) => {
                if self.state.engines[self.engine].handles.are_all_closed() {
                    let real_engine = "acts on the local computer";
                    self.note(Misuse::ZeroAfterLastDisconnect, None, None, real_engine);
                }
                return;
            }
            (Use::Disconnect | Use::End, HandleArgument::Handle(Unconnected, _)) => {
                (Misuse::UnknownHandle, requirement, "answers E_INVALIDARG (OBS-5)")
            }
            (Use::End, HandleArgument::Handle(Disconnected, _)) => {
                (Misuse::UseAfterDisconnect, requirement, "answers E_INVALIDARG (OBS-6)")
            }
            (Use::Disconnect, HandleArgument::Handle(Disconnected, _)) => {
                (Misuse::DoubleDisconnect, requirement, "goes down (OBS-7)")
            }
            (_, HandleArgument::Handle(Unconnected, _)) => (Misuse::UnknownHandle, requirement, "goes down (OBS-8)"),
            (_, HandleArgument::Handle(Disconnected, _)) => {
                (Misuse::UseAfterDisconnect, requirement, "goes down (OBS-8)")
            }
            (_, HandleArgument::Handle(Connected | Ending, _)) => return,
        };
        self.note(misuse, Some(requirement), Some(handle), real_engine);
    }

    pub(super) fn output_servers(&mut self, machine: Option<&str>, flags: ServersFlags) -> HRESULT {
        if !flags.unnamed().is_empty() {
            return E_INVALIDARG;
        }
        let Some(machine) = machine else { return self.null_pointer("was not measured") };
        let named = ConnectionString::new(Side::Client, Transport::Tcp).with(Item::Server(machine.to_owned()));
        match ServerHost::of(&named) {
            ServerHost::Local => S_OK,
            ServerHost::Named(name) if self.state.network.computer(name).is_some() => S_OK,
            _ => WSAHOST_NOT_FOUND,
        }
    }
}
