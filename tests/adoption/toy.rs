//! An engine of two methods, written from the documentation alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use dbgeng_testkit::hresult::{E_FAIL, E_INVALIDARG, E_NOINTERFACE, S_OK};
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Interface, Out};

/// The connection string of the external process server.
pub(crate) const SERVER: &str = "tcp:server=toybox,port=5005";

#[derive(Clone, Default)]
pub(crate) struct Toy {
    connections: Arc<Mutex<(u64, HashMap<u64, String>)>>,
}

impl Engine for Toy {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if interface.version().is_none() {
            return E_NOINTERFACE;
        }
        let Some(client) = client else { return E_INVALIDARG };
        *client = Some(Box::new(self.clone()));
        S_OK
    }
}

impl DebugClient for Toy {
    fn connect_process_server(&self, remote_options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        let (Some(options), Some(server)) = (remote_options, server) else { return E_INVALIDARG };
        if options != SERVER {
            return E_FAIL;
        }
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.0 += 1;
        let handle = connections.0;
        connections.1.insert(handle, options.to_owned());
        *server = Some(handle);
        S_OK
    }

    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if connections.1.remove(&server).is_some() { S_OK } else { E_INVALIDARG }
    }
}
