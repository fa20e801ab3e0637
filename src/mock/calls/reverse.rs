//! Reverse connections: the client listens, and the server connects to it (OPT-23, OPT-24).

use super::request::Request;
use super::wait::{Reply, WaitEnd};
use crate::address::{Address, IpVersions, ServerHost, ports};
use crate::call::{Call, Outputs};
use crate::client::Out;
use crate::dispatch::pointer;
use crate::hresult::{E_INVALIDARG, E_UNEXPECTED, HRESULT, RPC_E_SERVER_DIED, WSAEADDRINUSE, WSAHOST_NOT_FOUND};
use crate::mock::world::{ComputerId, EngineId, RealEngine, ServerId, World};
use crate::options::{ConnectionString, Side};

/// A client that listens.
struct Listener {
    /// The computer of the server.
    server: ComputerId,
    port: Address,
    password: Option<String>,
}

impl Request<'_> {
    /// The caller listens at its port. The call returns when a server connects to it.
    pub(super) fn listen_for_server(&self, world: &mut World, text: &str, server: Out<'_, u64>) -> Reply {
        let listener = match self.listener(world, text) {
            Ok(listener) => listener,
            Err(code) => return Reply::Done(code),
        };
        let computer = world.engines[self.engine].computer;
        world.network.add_client(computer, listener.port.clone(), self.engine);
        world.threads.begin_wait(self.thread.os);
        // Those that wait already may now be the last ones.
        world.wake_waits();
        self.accept(world, &listener, server, false)
    }

    /// Looks again whether a server connects to the caller.
    pub(super) fn continue_to_listen(&self, world: &mut World, timed_out: bool, out: &mut Outputs) -> Reply {
        let Call::ConnectProcessServer { remote_options: Some(text), server } = self.call else {
            return Reply::Done(E_UNEXPECTED);
        };
        match self.listener(world, text) {
            Ok(listener) => self.accept(world, &listener, pointer(*server, &mut out.server), timed_out),
            Err(code) => {
                world.threads.end_wait(self.thread.os);
                Reply::Done(code)
            }
        }
    }

    /// Reads what the caller listens for. Its port is the first that is free, or on which its process listens already.
    fn listener(&self, world: &World, text: &str) -> Result<Listener, HRESULT> {
        let own = &world.engines[self.engine];
        if !own.is_alive {
            return Err(E_UNEXPECTED);
        }
        let options = ConnectionString::parse(Side::Client, world.profile, text).map_err(|_| E_INVALIDARG)?;
        let server = world.computer_named(own.computer, ServerHost::at_other_end(&options)).ok_or(WSAHOST_NOT_FOUND)?;
        let is_usable = |port: &Address| {
            world.network.client(own.computer, port) == Some(self.engine)
                || world.is_free(self.engine, port, IpVersions::of_server(world.profile, &options))
        };
        let port = ports(&options).into_iter().find(is_usable).ok_or(WSAEADDRINUSE)?;
        Ok(Listener { server, port, password: options.password().map(str::to_owned) })
    }

    fn accept(&self, world: &mut World, listener: &Listener, server: Out<'_, u64>, timed_out: bool) -> Reply {
        let Some(caller) = self.calling_server(world, listener) else {
            if let Some(waits) = self.hope(world, WaitEnd::ByServer, timed_out) {
                return waits;
            }
            world.threads.end_wait(self.thread.os);
            let computer = world.engines[self.engine].computer;
            world.network.remove_client(computer, listener.port.clone());
            let real_engine = self.unanswered(world, listener);
            return Reply::Done(self.endless_connect(world, real_engine));
        };
        world.threads.end_wait(self.thread.os);
        // OBS-222: the process goes on to listen for the password of its first connection.
        let first = world.engines[self.engine].listens_for.clone().filter(|_| !world.is_contract());
        let password = first.unwrap_or_else(|| listener.password.clone());
        let found = &mut world.servers[caller];
        if let Some(reverse) = &mut found.reverse {
            reverse.connected_to = Some(self.engine);
        }
        if found.is_debugging || found.options.password() != password.as_deref() {
            return Reply::Done(RPC_E_SERVER_DIED);
        }
        world.engines[self.engine].listens_for = Some(password);
        Reply::Done(self.open(world, caller, server))
    }

    /// Returns the server that connects to the caller: the first that was started. The real engine's connects again, but to
    /// the same process alone (OBS-222, OBS-237).
    fn calling_server(&self, world: &World, listener: &Listener) -> Option<ServerId> {
        let again = (!world.is_contract()).then_some(self.engine);
        let calls = |(_, connected_to): &(ServerId, Option<EngineId>)| connected_to.is_none() || *connected_to == again;
        self.servers_for(world, listener).find(calls).map(|(server, _)| server)
    }

    /// Returns what the real engine does where no server connects.
    fn unanswered(&self, world: &World, listener: &Listener) -> &'static RealEngine {
        match self.servers_for(world, listener).find_map(|(_, connected_to)| connected_to) {
            None => &RealEngine::Shown("waits for ever", "OBS-86"),
            Some(first) if first == self.engine => &RealEngine::Shown("connects again", "OBS-222"),
            Some(first) if world.engines[first].is_alive => &RealEngine::Shown("returns WSAEADDRINUSE", "OBS-100"),
            Some(_) => &RealEngine::Shown("waits for ever", "OBS-237"),
        }
    }

    /// Returns the servers that call the listener, in the order in which they were started, with the engine to which one has
    /// connected last.
    fn servers_for<'w>(
        &self,
        world: &'w World,
        listener: &'w Listener,
    ) -> impl Iterator<Item = (ServerId, Option<EngineId>)> + use<'w> {
        let own = world.engines[self.engine].computer;
        let running = world.servers.iter().filter(|(_, found)| found.life.is_up());
        let calling = running.filter_map(move |(server, found)| {
            let reverse = found.reverse.as_ref()?;
            (reverse.client == own && reverse.port == listener.port).then_some((server, reverse.connected_to))
        });
        calling.filter(|(server, _)| world.computer_of(*server) == listener.server)
    }
}
