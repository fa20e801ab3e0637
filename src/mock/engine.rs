//! An engine of the lab: one instance, in a process of its own.

use super::client::{LabClient, LabObject};
use super::computer::LabComputer;
use super::presence::{LabId, Presence};
use super::thread;
use crate::client::{DebugClient, Engine, HostLocation, Out, write};
use crate::hresult::{E_NOINTERFACE, E_POINTER, E_UNEXPECTED, HRESULT, S_OK};
use crate::interface::Interface;
use crate::process::Computer;

/// The computer on which [`HostLocation::Elsewhere`] starts a process.
const OTHER_COMPUTER: &str = "ELSEWHERE";

/// An engine of a [`Lab`](super::Lab).
#[derive(Debug)]
pub struct LabEngine {
    presence: Presence,
    at: usize,
}

impl Clone for LabEngine {
    fn clone(&self) -> LabEngine {
        LabEngine::new(&self.presence, self.at)
    }
}

impl LabEngine {
    pub(super) fn new(presence: &Presence, at: usize) -> LabEngine {
        LabEngine { presence: presence.for_anybody(), at }
    }

    pub(super) fn lab(&self) -> LabId {
        self.presence.lab()
    }

    pub(super) fn number(&self) -> usize {
        self.at
    }

    /// A client object of the newest version, for the calling thread.
    pub fn client(&self) -> LabClient {
        self.presence.shared();
        LabObject::make(&self.presence, self.at, 5)
    }

    /// The computer on which the engine runs.
    pub fn lab_computer(&self) -> LabComputer {
        let computer = self.presence.shared().lock().engines[self.at].computer;
        LabComputer::new(self.presence.clone(), computer)
    }

    /// Issues these values as handles from now on, in this order, then addresses.
    pub fn script_handles(&self, values: impl IntoIterator<Item = u64>) {
        self.presence.shared().lock().engines[self.at].handles.script(values);
    }
}

impl Engine for LabEngine {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let Some(version @ 1..=5) = interface.version() else { return E_NOINTERFACE };
        if client.is_none() {
            return E_POINTER;
        }
        if !self.presence.shared().lock().engines[self.at].alive {
            return E_UNEXPECTED;
        }
        write(client, Box::new(LabObject::make(&self.presence, self.at, version)));
        S_OK
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        let computer = match place {
            HostLocation::Here => self.lab_computer(),
            HostLocation::Elsewhere => {
                let at = self.presence.shared().lock().computer(OTHER_COMPUTER);
                LabComputer::new(self.presence.clone(), at)
            }
        };
        Some(Box::new(computer.engine()))
    }

    fn kill(&self) -> bool {
        let mut state = self.presence.shared().lock();
        if state.engines[self.at].alive {
            state.end_engine(self.at);
            state.log_killed(self.at);
        }
        drop(state);
        self.presence.shared().changed.notify_all();
        true
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        thread::as_thread(thread, work);
        true
    }

    fn computer(&self) -> Option<Computer> {
        Some(self.lab_computer().facts())
    }
}
