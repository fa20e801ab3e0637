//! The mock's two methods, with a disconnect that looks the handle up under one lock and closes it under another.

use std::collections::HashSet;
use std::sync::Arc;

use dbgeng_testkit::hresult::S_OK;
use dbgeng_testkit::mock::{Lab, LabEngine};
use dbgeng_testkit::{Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Profile};
use shuttle::sync::Mutex;

/// The handles that are open.
type Open = Arc<Mutex<HashSet<u64>>>;

pub(crate) struct Torn {
    inner: LabEngine,
    open: Open,
}

struct TornClient {
    inner: Box<dyn DebugClient>,
    open: Open,
}

impl Torn {
    pub(crate) fn new() -> Torn {
        Torn { inner: Lab::new(Profile::Contract).engine(), open: Open::default() }
    }
}

impl Engine for Torn {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.inner.debug_create(interface, Some(&mut made));
        if let (Some(client), Some(inner)) = (client, made) {
            *client = Some(Box::new(TornClient { inner, open: Arc::clone(&self.open) }));
        }
        hresult
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        self.inner.start_process(place)
    }

    fn computer(&self) -> Option<Computer> {
        self.inner.computer()
    }
}

impl DebugClient for TornClient {
    fn connect_process_server(&self, remote_options: Option<&str>, mut server: Out<'_, u64>) -> HRESULT {
        let hresult = self.inner.connect_process_server(remote_options, server.as_deref_mut());
        self.open.lock().unwrap().extend(server.and_then(|server| *server));
        hresult
    }

    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        let is_open = self.open.lock().unwrap().contains(&server);
        let is_first = self.open.lock().unwrap().remove(&server);
        if is_open && !is_first { S_OK } else { self.inner.disconnect_process_server(server) }
    }
}
