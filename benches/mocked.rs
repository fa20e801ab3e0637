//! A mockall mock of a client object, beside which the mock engine is measured.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use dbgeng_testkit::expectations::MockDebugClient;
use dbgeng_testkit::hresult::{E_INVALIDARG, S_OK};

/// The mock that people write today: closures that keep the open handles.
pub fn mocked() -> MockDebugClient {
    let open = Arc::new(Mutex::new((0, HashSet::new())));
    let closing = Arc::clone(&open);
    let mut mock = MockDebugClient::new();
    mock.expect_connect_process_server().returning(move |_, server| {
        let mut open = open.lock().expect("nobody panics");
        open.0 += 1;
        let handle = open.0;
        open.1.insert(handle);
        dbgeng_testkit::write_out(server, handle);
        S_OK
    });
    mock.expect_disconnect_process_server().returning(move |handle| {
        let was_open = closing.lock().expect("nobody panics").1.remove(&handle);
        if was_open { S_OK } else { E_INVALIDARG }
    });
    mock
}
