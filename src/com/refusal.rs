//! Calls through COM pointers that a client object of this crate cannot serve, for those who test the caller.

use std::fmt;
use std::sync::{PoisonError, RwLock};

use windows_core::GUID;

use super::interfaces;

/// A call that a client object of this crate cannot serve, whatever the state of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// QueryInterface or `DebugCreate` was asked for an interface that client objects do not have, and returned E_NOINTERFACE.
    Interface {
        /// The id of that interface.
        id: GUID,
    },
    /// A method was called that is not simulated, and returned E_NOTIMPL.
    NotImplemented {
        /// The interface that introduced the method, such as `IDebugControl4`.
        interface: &'static str,
        /// The name of the method.
        method: &'static str,
    },
    /// A method was called on a client object after its last reference was released, and returned E_UNEXPECTED. From `AddRef`
    /// and `Release` it returned 0.
    ///
    /// It is noticed as long as few client objects are made in between, as the memory of the object is used again then.
    Released {
        /// The interface that introduced the method, such as `IDebugControl4`.
        interface: &'static str,
        /// The name of the method.
        method: &'static str,
    },
    /// Output callbacks granted every interface that they were asked for, even one that exists nowhere. Microsoft's engine
    /// crashes then, because it takes them for an `IDebugOutputCallbacks2` (OBS-101).
    CallbacksGrantEverything,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Interface { id } => {
                let name = interfaces::name(id);
                write!(f, "the caller asked for the interface {name}, which client objects do not have: E_NOINTERFACE")
            }
            Refusal::NotImplemented { interface, method } => {
                write!(f, "{interface}::{method} was called, which is not simulated: E_NOTIMPL")
            }
            Refusal::Released { interface: "IUnknown", method: "Release" } => {
                write!(f, "Release was called once too often: the client object had no reference left")
            }
            Refusal::Released { interface, method } => {
                write!(f, "{interface}::{method} was called on a client object after its last Release")
            }
            Refusal::CallbacksGrantEverything => f.write_str(
                "the QueryInterface of the output callbacks grants every interface, so Microsoft's engine would take them for \
                 an IDebugOutputCallbacks2 and crash: return E_NOINTERFACE for an interface that they do not implement",
            ),
        }
    }
}

/// The function that is told of each refusal.
static OBSERVER: RwLock<Option<fn(&Refusal)>> = RwLock::new(None);

/// Tells `observer` of each [`Refusal`] from now on, in place of an earlier observer. It is called on the thread of the call,
/// and may make calls itself.
///
/// ```
/// use dbgeng_testkit::com::{expose, on_refusal};
/// use dbgeng_testkit::mock::Lab;
/// use windows_core::Interface;
///
/// on_refusal(|refusal| eprintln!("{refusal}"));
/// let client = expose(Lab::new(Default::default()).engine().client());
/// // SAFETY: it takes a pointer that may be null.
/// let hresult = unsafe { (client.vtable().OpenDumpFile)(client.as_raw(), std::ptr::null()) };
/// assert!(hresult.is_err());
/// ```
pub fn on_refusal(observer: fn(&Refusal)) {
    *OBSERVER.write().unwrap_or_else(PoisonError::into_inner) = Some(observer);
}

impl Refusal {
    /// Tells the observer.
    pub(super) fn report(&self) {
        let observer = *OBSERVER.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(observer) = observer {
            observer(self);
        }
    }
}
