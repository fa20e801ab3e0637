//! Peers that keep handles as the mock engine does: containers under a mutex, called through the same trait.

use std::collections::HashMap;
use std::sync::Mutex;

use dbgeng_testkit::hresult::{E_INVALIDARG, HRESULT, S_OK};
use dbgeng_testkit::{DebugClient, Out};
use slotmap::{DefaultKey, Key, KeyData, SlotMap};

/// Says which handles are open.
pub trait Table: Send {
    fn open(&mut self) -> u64;
    fn close(&mut self, handle: u64) -> bool;
}

/// A client object that knows nothing but handles.
pub struct Locked<T>(pub Mutex<T>);

impl<T: Table> DebugClient for Locked<T> {
    fn connect_process_server(&self, _remote_options: Option<&str>, server: Out<'_, u64>) -> HRESULT {
        dbgeng_testkit::write_out(server, self.0.lock().expect("nobody panics").open());
        S_OK
    }

    fn disconnect_process_server(&self, server: u64) -> HRESULT {
        let was_open = self.0.lock().expect("nobody panics").close(server);
        if was_open { S_OK } else { E_INVALIDARG }
    }
}

impl Table for SlotMap<DefaultKey, u64> {
    fn open(&mut self) -> u64 {
        self.insert(0).data().as_ffi()
    }

    fn close(&mut self, handle: u64) -> bool {
        self.remove(KeyData::from_ffi(handle).into()).is_some()
    }
}

/// The last handle that was issued, and those that are open.
#[derive(Default)]
pub struct Hashed(u64, HashMap<u64, u64>);

impl Table for Hashed {
    fn open(&mut self) -> u64 {
        self.0 += 1;
        self.1.insert(self.0, 0);
        self.0
    }

    fn close(&mut self, handle: u64) -> bool {
        self.1.remove(&handle).is_some()
    }
}
