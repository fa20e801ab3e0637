//! An engine of the lab: one instance, in a process of its own.

use super::client::{LabClient, LabObject};
use super::lab_ref::LabRef;
use super::thread;
use super::world::EngineId;
use crate::client::{DebugClient, Engine, HostLocation, Out, write_out};
use crate::dispatch::CallSite;
use crate::hresult::{E_NOINTERFACE, E_POINTER, E_UNEXPECTED, HRESULT, S_OK};
use crate::interface::Interface;
use crate::process::Computer;

/// The computer on which [`HostLocation::Elsewhere`] starts a process.
const OTHER_COMPUTER: &str = "ELSEWHERE";

/// An engine of a [`Lab`](super::Lab).
#[derive(Debug)]
pub struct LabEngine {
    lab: LabRef,
    id: EngineId,
}

impl Clone for LabEngine {
    fn clone(&self) -> LabEngine {
        LabEngine::new(&self.lab, self.id)
    }
}

impl LabEngine {
    pub(super) fn new(lab: &LabRef, id: EngineId) -> LabEngine {
        LabEngine { lab: lab.for_any_thread(), id }
    }

    pub(super) fn id(&self) -> EngineId {
        self.id
    }

    pub(super) fn lab(&self) -> &LabRef {
        &self.lab
    }

    /// Returns a new client object for the calling thread, with the whole process-server surface: an `IDebugClient5`, or the
    /// newest interface of the lab if that is older ([`Lab::set_newest_client`](super::Lab::set_newest_client)).
    #[doc(alias = "connect")]
    #[doc(alias = "connect_process_server")]
    #[doc(alias = "create_client")]
    #[track_caller]
    pub fn client(&self) -> LabClient {
        let version = self.lab.with(|world| world.usual_version());
        let made_at = CallSite::caller();
        LabObject::create(&self.lab, self.id, Interface::DebugClient(version), version, made_at)
    }

    /// Says which id the process of the engine has on its computer.
    #[cfg(feature = "kit")]
    pub(crate) fn set_process_id(&self, id: u32) {
        self.lab.with(|world| world.engines[self.id].process_id = Some(id));
    }

    /// Returns the id of the engine's process, if its computer [lists](super::LabComputer::list_engines) the processes of
    /// engines.
    pub fn process_id(&self) -> Option<u32> {
        self.lab.with(|world| world.engines[self.id].process_id)
    }

    /// Issues these values as handles from now on, in this order, and then addresses.
    pub fn script_handles(&self, values: impl IntoIterator<Item = u64>) {
        let values: Vec<u64> = values.into_iter().collect();
        self.lab.with(|world| world.engines[self.id].handles.script(values));
    }

    /// Whether its process has not ended.
    pub(crate) fn is_alive(&self) -> bool {
        self.lab.with(|world| world.engines[self.id].is_alive)
    }
}

impl Engine for LabEngine {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let Some(version) = self.lab.with(|world| world.known_version(interface, 1)) else { return E_NOINTERFACE };
        if client.is_none() {
            return E_POINTER;
        }
        if !self.is_alive() {
            return E_UNEXPECTED;
        }
        write_out(
            client,
            Box::new(LabObject::create(&self.lab, self.id, interface.clone(), version, CallSite::UNKNOWN)),
        );
        S_OK
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        let engine = self.lab.with(|world| {
            let computer = match place {
                HostLocation::Here => world.engines[self.id].computer,
                HostLocation::Elsewhere => world.computer(OTHER_COMPUTER),
            };
            world.add_engine(computer, false)
        });
        Some(Box::new(LabEngine::new(&self.lab, engine)))
    }

    fn kill(&self) -> bool {
        self.lab.with(|world| world.kill(self.id));
        true
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        thread::as_thread(thread, work);
        true
    }

    fn pass_time(&self, ms: u32) {
        self.lab.with(|world| world.pass_time(ms.into()));
    }

    fn checkpoint(&self) -> Option<Box<dyn Fn()>> {
        Some(self.lab.shared().checkpoint())
    }

    fn computer(&self) -> Option<Computer> {
        Some(self.lab.with(|world| world.computers[world.engines[self.id].computer].facts()))
    }
}
