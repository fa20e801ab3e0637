//! A guard for callers: a connection that disconnects itself, and says so when it could not.
//!
//! It works on any [`DebugClient`], so a tool and its tests share it: on Windows with `com::ComClient`, elsewhere with
//! the [`mock`](crate::mock).
//!
//! ```
//! use std::cell::Cell;
//!
//! use dbgeng_testkit::flags::DescriptionFlags;
//! use dbgeng_testkit::mock::Lab;
//! use dbgeng_testkit::{DebugClient, OpenConnection, Profile};
//!
//! let lab = Lab::new(Profile::Contract);
//! lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
//! let client = lab.engine().client();
//!
//! let left_open = Cell::new(None);
//! let connection =
//!     OpenConnection::connect(&client, "tcp:server=box17,port=5005", |left| left_open.set(Some(left))).unwrap();
//! let mut ids = None;
//! assert!(client.get_running_process_system_ids(connection.handle(), Some(&mut ids), 64, None).is_ok());
//! connection.disconnect().unwrap();
//!
//! assert_eq!(left_open.get(), None);
//! assert!(lab.findings().is_empty());
//! ```
//!
//! What it keeps a caller from doing, as callers were seen to:
//!
//! - to store 0 in place of a handle that is closed, or that was never given: 0 is the local computer;
//! - to go on with a handle after its disconnect: [`OpenConnection::disconnect`] takes the guard away;
//! - to drop the HRESULT of a failed disconnect: it comes back, and whoever drops it has it sent to `on_failure`;
//! - to disconnect once more after a failure without having decided to: if the first disconnect closed the connection
//!   after all, the real engine goes down (OBS-7), or closes the connection that has got the value since (OBS-3);
//! - to disconnect from another thread, which the real engine answers with S_OK and which closes nothing (OBS-10): the
//!   guard stays on the thread that connected;
//! - to cut the handle to 32 bits: it has 64.
//!
//! A debugging session that acquired its targets through the connection holds it, too: the real engine says S_OK to the
//! disconnect, and closes the connection when the session ends (OBS-58).

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use thiserror::Error;

use crate::client::DebugClient;
use crate::hresult::{E_UNEXPECTED, HRESULT, NamedCode, S_OK};

/// A connection to a process server. Dropped, it disconnects.
///
/// `C` points to the client object: a `&LabClient`, a `&dyn DebugClient`, or an `Rc`, an `Arc` or a `Box` of one where
/// the connection is stored beside it.
///
/// `on_failure` is asked for at the connect, because `Drop` can neither answer nor panic, and because a place that a
/// caller may give is one that it does not give. It is called at most once, and only with a connection that nobody took
/// the responsibility for: one whose disconnect, in `Drop`, was not answered with S_OK, or whose failed
/// [`disconnect`](OpenConnection::disconnect) was dropped. It is a function, so that it can log, count or keep, and is
/// told at once. Where the thread unwinds already, a panic in it, or in the client object, goes no further: a second
/// panic would end the process and hide the first.
#[must_use = "dropped, it disconnects"]
pub struct OpenConnection<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    client: C,
    handle: u64,
    connected_with: HRESULT,
    /// What the last disconnect answered, if it failed.
    failed: Option<HRESULT>,
    /// `None` once somebody else is responsible for the handle.
    on_failure: Option<F>,
    /// Pointers stay on their thread, and with this one so does the connection.
    stays_on_its_thread: PhantomData<*const ()>,
}

impl<C, F> OpenConnection<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    /// Connects to a process server, as
    /// [`connect_process_server`](DebugClient::connect_process_server) does.
    ///
    /// # Errors
    ///
    /// [`NotConnected`], with the HRESULT as it came. `on_failure` is not called.
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

    /// The handle, for one call. A copy that is kept outlives the connection; ask again instead.
    pub fn handle(&self) -> u64 {
        self.handle
    }

    /// What ConnectProcessServer answered: S_OK, or a success code with news, such as S_FALSE.
    pub fn connected_with(&self) -> HRESULT {
        self.connected_with
    }

    /// The client object.
    pub fn client(&self) -> &C::Target {
        &self.client
    }

    /// Disconnects, once.
    ///
    /// # Errors
    ///
    /// [`NotDisconnected`] for every answer but S_OK, the only one that is documented (DPS-3). It has the HRESULT and the
    /// connection, with which the caller can [`disconnect`](OpenConnection::disconnect) again, or give up by
    /// [`into_handle`](OpenConnection::into_handle).
    #[track_caller]
    pub fn disconnect(mut self) -> Result<(), NotDisconnected<C, F>> {
        // If the client object panics, this is what `Drop` tells of, and it makes no second call.
        self.failed = Some(E_UNEXPECTED);
        let hresult = self.client.disconnect_process_server(self.handle);
        if hresult == S_OK {
            self.on_failure = None;
            return Ok(());
        }
        self.failed = Some(hresult);
        Err(NotDisconnected { hresult, connection: self })
    }

    /// Gives up the guard and answers the handle, for which the caller is responsible from now on. Nothing is
    /// disconnected, and `on_failure` is not called.
    #[must_use = "the connection stays open, and only this handle can close it"]
    pub fn into_handle(mut self) -> u64 {
        self.on_failure = None;
        self.handle
    }
}

impl<C, F> Drop for OpenConnection<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
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

impl<C, F> fmt::Debug for OpenConnection<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenConnection({:#x})", self.handle)
    }
}

/// Why there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotConnected {
    /// ConnectProcessServer failed.
    #[error("ConnectProcessServer answered {}", NamedCode(*.0))]
    Refused(HRESULT),
    /// ConnectProcessServer answered a success code but gave no handle, or 0, which stands for the local computer and is
    /// not a connection (CPS-5).
    #[error("ConnectProcessServer answered {} and gave no handle", NamedCode(*.0))]
    NoHandle(HRESULT),
}

impl NotConnected {
    /// What ConnectProcessServer answered; a success code with [`NotConnected::NoHandle`].
    pub fn hresult(self) -> HRESULT {
        match self {
            NotConnected::Refused(hresult) | NotConnected::NoHandle(hresult) => hresult,
        }
    }
}

/// The code is the HRESULT; E_UNEXPECTED for [`NotConnected::NoHandle`], which a success code would make look like one.
impl From<NotConnected> for windows_result::Error {
    fn from(error: NotConnected) -> windows_result::Error {
        match error {
            NotConnected::Refused(hresult) => hresult.into(),
            NotConnected::NoHandle(_) => windows_result::Error::new(E_UNEXPECTED, error.to_string()),
        }
    }
}

/// A disconnect that was not answered with S_OK.
///
/// Dropped, also by a `?` that makes a `windows_result::Error` of it, it makes no other call: the connection is handed
/// to `on_failure`.
#[derive(Error)]
#[error("DisconnectProcessServer answered {}", NamedCode(*.hresult))]
pub struct NotDisconnected<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    /// What it was answered with.
    pub hresult: HRESULT,
    /// The connection, which is open as far as is known.
    pub connection: OpenConnection<C, F>,
}

impl<C, F> fmt::Debug for NotDisconnected<C, F>
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotDisconnected({}, {:?})", NamedCode(self.hresult), self.connection)
    }
}

/// The code is the HRESULT, or E_UNEXPECTED in place of a success code.
impl<C, F> From<NotDisconnected<C, F>> for windows_result::Error
where
    C: Deref<Target: DebugClient>,
    F: FnOnce(LeftOpen),
{
    fn from(error: NotDisconnected<C, F>) -> windows_result::Error {
        windows_result::Error::from_hresult(if error.hresult.is_ok() { E_UNEXPECTED } else { error.hresult })
    }
}

/// A connection that nobody is responsible for any more and that is open as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{handle:#x} may be open: DisconnectProcessServer answered {}", NamedCode(*.hresult))]
pub struct LeftOpen {
    /// Its handle.
    pub handle: u64,
    /// What its disconnect was answered with; E_UNEXPECTED if the client object panicked in place of an answer.
    pub hresult: HRESULT,
}
