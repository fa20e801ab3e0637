//! A guard for callers: a connection that disconnects itself.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use thiserror::Error;

use crate::client::DebugClient;
use crate::hresult::{E_UNEXPECTED, HRESULT, NamedCode, S_OK};
use crate::sentence::debug_as_display;

/// A connection to a process server that disconnects itself when it is dropped, and reports when it could not.
///
/// It works on any [`DebugClient`], so a tool and its tests share it: on Windows with `com::ComClient`, elsewhere with
/// the [`mock`](crate::mock). `C` points to the client object: a `&LabClient`, a `&dyn DebugClient`, or an `Rc`, an `Arc`
/// or a `Box` of one where the connection is stored beside it.
///
/// ```
/// use std::cell::Cell;
///
/// use dbgeng_testkit::flags::DescriptionFlags;
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::{DebugClient, OpenConnection, Profile};
///
/// let lab = Lab::new(Profile::Contract);
/// lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
/// let client = lab.engine().client();
///
/// let left_open = Cell::new(None);
/// let connection =
///     OpenConnection::connect(&client, "tcp:server=box17,port=5005", |left| left_open.set(Some(left))).unwrap();
/// let mut ids = None;
/// assert!(client.get_running_process_system_ids(connection.handle(), Some(&mut ids), 64, None).is_ok());
/// connection.disconnect().unwrap();
///
/// assert_eq!(left_open.get(), None);
/// assert!(lab.findings().is_empty());
/// ```
///
/// `Drop` can neither return an error nor panic, so the connect takes `on_failure`. It is called at most once, at once, and
/// only if nobody took the responsibility for the connection: its disconnect in `Drop` did not return S_OK, or the error
/// of a failed [`disconnect`](OpenConnection::disconnect) was dropped. If the thread unwinds already, a panic in
/// `on_failure` or in the client object is swallowed, because a second panic would end the process and hide the first.
///
/// # What it prevents
///
/// Callers were seen to make these mistakes:
///
/// - They store 0 in place of a handle that is closed, or that was never given. 0 is the local computer.
/// - They use a handle after its disconnect. [`OpenConnection::disconnect`] consumes the guard.
/// - They drop the HRESULT of a failed disconnect. It is returned, and if it is dropped, `on_failure` gets it.
/// - They disconnect once more after a failure without a decision. If the first disconnect closed the connection after
///   all, the real engine crashes (OBS-7), or closes the connection that has got the value since (OBS-3).
/// - They disconnect from another thread. The real engine returns S_OK and closes nothing (OBS-10). The guard stays on the
///   thread that connected.
/// - They cut the handle to 32 bits. It has 64.
///
/// A debugging session that acquired its targets through the connection holds it, too: the real engine returns S_OK from
/// the disconnect, and closes the connection when the session ends (OBS-58).
#[must_use = "dropped, it disconnects"]
pub struct OpenConnection<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> {
    client: C,
    handle: u64,
    connected_with: HRESULT,
    /// The HRESULT of the last disconnect, if it failed.
    failed: Option<HRESULT>,
    /// `None` once someone else is responsible for the handle.
    on_failure: Option<F>,
    /// A pointer is not `Send`, which keeps the connection on its thread.
    stays_on_its_thread: PhantomData<*const ()>,
}

impl<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> OpenConnection<C, F> {
    /// Connects to a process server, as
    /// [`connect_process_server`](DebugClient::connect_process_server) does.
    ///
    /// # Errors
    ///
    /// Returns [`NotConnected`] with the HRESULT. `on_failure` is not called.
    #[track_caller]
    pub fn connect(client: C, remote_options: &str, on_failure: F) -> Result<OpenConnection<C, F>, NotConnected> {
        let mut server = None;
        let hresult = client.connect_process_server(Some(remote_options), Some(&mut server));
        if hresult.is_err() {
            return Err(NotConnected::Refused(hresult));
        }
        match server {
            None | Some(0) => Err(NotConnected::NoHandle(hresult)),
            Some(handle) => Ok(OpenConnection {
                client,
                handle,
                connected_with: hresult,
                failed: None,
                on_failure: Some(on_failure),
                stays_on_its_thread: PhantomData,
            }),
        }
    }

    /// Returns the handle, for one call. A copy can outlive the connection, so ask again instead of keeping one.
    pub fn handle(&self) -> u64 {
        self.handle
    }

    /// Returns the HRESULT of ConnectProcessServer: S_OK, or another success code such as S_FALSE.
    pub fn connected_with(&self) -> HRESULT {
        self.connected_with
    }

    /// Returns the client object.
    pub fn client(&self) -> &C::Target {
        &self.client
    }

    /// Disconnects, once.
    ///
    /// # Errors
    ///
    /// Returns [`NotDisconnected`] for every HRESULT but S_OK, the only one that is documented (DPS-3). The error has the
    /// HRESULT and the connection. The caller can [`disconnect`](OpenConnection::disconnect) again, or give up by
    /// [`into_handle`](OpenConnection::into_handle).
    #[track_caller]
    pub fn disconnect(mut self) -> Result<(), NotDisconnected<C, F>> {
        // If the client object panics, `Drop` reports this and makes no second call.
        self.failed = Some(E_UNEXPECTED);
        let hresult = self.client.disconnect_process_server(self.handle);
        if hresult == S_OK {
            self.on_failure = None;
            return Ok(());
        }
        self.failed = Some(hresult);
        Err(NotDisconnected { hresult, connection: self })
    }

    /// Gives up the guard and returns the handle, for which the caller is responsible from now on. Nothing is
    /// disconnected, and `on_failure` is not called.
    #[must_use = "the connection stays open, and only this handle can close it"]
    pub fn into_handle(mut self) -> u64 {
        self.on_failure = None;
        self.handle
    }
}

impl<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> Drop for OpenConnection<C, F> {
    fn drop(&mut self) {
        let Some(on_failure) = self.on_failure.take() else { return };
        let close = AssertUnwindSafe(|| {
            let handle = self.handle;
            let hresult = self.failed.unwrap_or_else(|| self.client.disconnect_process_server(handle));
            if hresult != S_OK {
                on_failure(LeftOpen { handle, hresult });
            }
        });
        if thread::panicking() {
            let _: thread::Result<()> = catch_unwind(close);
        } else {
            close();
        }
    }
}

impl<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> fmt::Debug for OpenConnection<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenConnection({:#x})", self.handle)
    }
}

/// The error of a connect that gave no connection.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
pub enum NotConnected {
    /// ConnectProcessServer failed.
    #[error("ConnectProcessServer returned {}", NamedCode(*.0))]
    Refused(HRESULT),
    /// ConnectProcessServer returned a success code but no handle, or 0, which is the local computer and no connection
    /// (CPS-5).
    #[error("ConnectProcessServer returned {} and gave no handle", NamedCode(*.0))]
    NoHandle(HRESULT),
}

debug_as_display!(NotConnected);

impl NotConnected {
    /// Returns the HRESULT of ConnectProcessServer; with [`NotConnected::NoHandle`] it is a success code.
    pub fn hresult(self) -> HRESULT {
        match self {
            NotConnected::Refused(hresult) | NotConnected::NoHandle(hresult) => hresult,
        }
    }
}

/// Keeps the HRESULT. [`NotConnected::NoHandle`] becomes E_UNEXPECTED, because its own code says success.
impl From<NotConnected> for windows_result::Error {
    fn from(error: NotConnected) -> windows_result::Error {
        match error {
            NotConnected::Refused(hresult) => hresult.into(),
            NotConnected::NoHandle(_) => windows_result::Error::new(E_UNEXPECTED, error.to_string()),
        }
    }
}

/// The error of a disconnect that did not return S_OK.
///
/// When it is dropped, also by a `?` that makes a `windows_result::Error` of it, it makes no other call. `on_failure` gets
/// the connection.
#[derive(Error)]
#[error("DisconnectProcessServer returned {}", NamedCode(*.hresult))]
pub struct NotDisconnected<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> {
    /// The HRESULT that was returned.
    pub hresult: HRESULT,
    /// The connection, which is open as far as is known.
    pub connection: OpenConnection<C, F>,
}

impl<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> fmt::Debug for NotDisconnected<C, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Keeps the HRESULT; a success code becomes E_UNEXPECTED.
impl<C: Deref<Target: DebugClient>, F: FnOnce(LeftOpen)> From<NotDisconnected<C, F>> for windows_result::Error {
    fn from(error: NotDisconnected<C, F>) -> windows_result::Error {
        windows_result::Error::from_hresult(if error.hresult.is_ok() { E_UNEXPECTED } else { error.hresult })
    }
}

/// A connection that nobody is responsible for any more, and that is open as far as is known.
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[error("{handle:#x} may be open: DisconnectProcessServer returned {}", NamedCode(*.hresult))]
pub struct LeftOpen {
    /// Its handle.
    pub handle: u64,
    /// The HRESULT of its disconnect; E_UNEXPECTED if the client object panicked.
    pub hresult: HRESULT,
}

debug_as_display!(LeftOpen);
