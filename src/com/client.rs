//! Client objects of other engines, called through COM pointers.

use std::ffi::c_void;
use std::ptr::NonNull;
use std::sync::Arc;

use windows_core::{IUnknown_Vtbl, Interface as _};

use super::counted::{Counted, query};
use super::interfaces;
use super::own_callbacks::{self, CallbackKind};
use super::vtable::{IDebugClient5, Vtbl};
use crate::call::{Call, Outcome};
use crate::callbacks::{Callbacks, LastEvent};
use crate::client::{DebugClient, Out, write_out};
use crate::code_page::CodePage;
use crate::dispatch::AnswerCall;
use crate::hresult::{E_NOTIMPL, HRESULT};
use crate::interface::Interface;

/// The character set of the methods that are called, if a method has a plain and a Wide twin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CharSet {
    /// The plain methods, with 8-bit characters. A string that their code page cannot express goes to the Wide twin
    /// nevertheless.
    #[default]
    Ansi,
    /// The Wide methods, with 16-bit characters, if the version of the client object has them (VER-8).
    Wide,
}

/// How strings are passed to an engine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StringForm {
    pub(super) char_set: CharSet,
    pub(super) code_page: CodePage,
}

/// A counted pointer to a client object, of a known version of the interface.
pub(super) struct ClientPointer {
    this: NonNull<c_void>,
    /// The version of the interface. 0 if that is only known to be an `IUnknown`.
    pub(super) version: u8,
    pub(super) strings: StringForm,
}

// SAFETY: a client object may be called from any thread, even if it only returns an error on the wrong one (CLI-1, CLI-2).
// COM counts references in the same way on every thread.
unsafe impl Send for ClientPointer {}
// SAFETY: the same.
unsafe impl Sync for ClientPointer {}

impl ClientPointer {
    /// Calls a function that returns a pointer, such as QueryInterface, and makes a client object of that pointer. The function
    /// gets a null pointer if `client` is `None`.
    ///
    /// # Safety
    ///
    /// `ask` writes nothing, null, or a counted pointer to a COM object, for the interface of that version.
    pub(super) unsafe fn request(
        ask: impl FnOnce(*mut *mut c_void) -> HRESULT,
        version: u8,
        strings: StringForm,
        client: Out<'_, Box<dyn DebugClient>>,
    ) -> HRESULT {
        if client.is_none() {
            return ask(std::ptr::null_mut());
        }
        let mut pointer = std::ptr::null_mut();
        let hresult = ask(&mut pointer);
        if let Some(this) = NonNull::new(pointer).filter(|_| hresult.is_ok()) {
            // SAFETY: the caller's promise.
            write_out(client, Box::new(unsafe { ComClient::from_owned(this, version, strings) }));
        }
        hresult
    }

    /// Returns the `this` argument of a slot.
    pub(super) fn this(&self) -> *mut c_void {
        self.this.as_ptr()
    }

    /// Returns the vtable. It may be shorter than [`Vtbl`]: only the slots of the version are valid.
    pub(super) fn vtable(&self) -> *const Vtbl {
        // SAFETY: a COM pointer points to a pointer to a vtable. That may be shorter than `Vtbl`, so no reference is made to
        // it: each slot is read alone, and only where the version has it.
        unsafe { *self.this.cast::<*const Vtbl>().as_ref() }
    }

    /// Asks for another interface of the client object, which has the vtable `V`.
    pub(super) fn query<V>(&self, name: &str) -> Option<Counted<V>> {
        // SAFETY: the client object is held.
        unsafe { query(self.this, &interfaces::guid(&name.into())) }
    }

    /// Calls a slot that sets callbacks, with a COM object for them or with null. The engine adds a reference of its own.
    ///
    /// # Safety
    ///
    /// The slot is this client object's, and takes null or callbacks of this kind.
    unsafe fn set_callbacks<T: CallbackKind + ?Sized>(
        &self,
        callbacks: Option<Arc<T>>,
        slot: unsafe extern "system" fn(*mut c_void, *mut c_void) -> HRESULT,
    ) -> HRESULT {
        let object = callbacks.map(|callbacks| own_callbacks::create(callbacks, self.strings.code_page));
        // SAFETY: the caller's promise.
        unsafe { slot(self.this(), object.as_ref().map_or(std::ptr::null_mut(), Counted::this)) }
    }

    /// Calls a slot that gets callbacks.
    ///
    /// # Safety
    ///
    /// The slot is this client object's, and gives nothing, null, or counted callbacks of this kind.
    unsafe fn get_callbacks<T: CallbackKind + ?Sized>(
        &self,
        callbacks: &mut Option<Arc<T>>,
        slot: unsafe extern "system" fn(*mut c_void, *mut *mut c_void) -> HRESULT,
    ) -> HRESULT {
        let mut found = std::ptr::null_mut();
        // SAFETY: the caller's promise; there is room for a pointer.
        unsafe {
            let hresult = slot(self.this(), &mut found);
            if let Some(this) = NonNull::new(found).filter(|_| hresult.is_ok()) {
                let held = Counted::<IUnknown_Vtbl>::own(this);
                *callbacks = Some(own_callbacks::find(this, self.strings.code_page));
                drop(held);
            }
            hresult
        }
    }

    /// Whether a call goes to the Wide twin, which exists since version `since`.
    pub(super) fn is_wide(&self, since: u8, strings: &[&Option<&str>]) -> bool {
        let StringForm { char_set, code_page } = self.strings;
        let needs_wide = || !strings.iter().copied().flatten().all(|text| code_page.can_express(text));
        self.version >= since && (char_set == CharSet::Wide || needs_wide())
    }
}

/// A client object of another engine, called through a COM pointer: every method of
/// [`DebugClient`] calls the slot of its name.
///
/// HRESULTs are kept raw, and an output that the engine did not write stays `None`. If an engine writes past the end of a
/// buffer, the string or list is longer than its buffer. A method that the version of the interface does not have returns
/// E_NOTIMPL (VER-7, VER-8).
///
/// ```
/// use dbgeng_testkit::com::{self, ComClient};
/// use dbgeng_testkit::mock::Lab;
/// use dbgeng_testkit::{DebugClient, hresult::E_INVALIDARG};
///
/// let theirs = com::expose(Lab::new(Default::default()).engine().client());
/// let client = ComClient::from(theirs);
/// assert_eq!(client.disconnect_process_server(0), E_INVALIDARG);
/// ```
pub type ComClient = crate::ByCall<Com>;

/// The COM pointer of a [`ComClient`].
pub struct Com(pub(super) ClientPointer);

impl std::fmt::Debug for Com {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Com").field("this", &self.0.this).field("version", &self.0.version).finish_non_exhaustive()
    }
}

impl From<IDebugClient5> for ComClient {
    fn from(client: IDebugClient5) -> ComClient {
        // SAFETY: an `IDebugClient5` is a counted pointer that is not null, through that interface.
        unsafe { ComClient::from_owned(NonNull::new_unchecked(client.into_raw()), 5, StringForm::default()) }
    }
}

impl ComClient {
    /// Takes ownership of one reference to a client object, from `IDebugClient` (`version` 1) to `IDebugClient9` (9).
    /// Returns `None` for a null pointer.
    ///
    /// # Safety
    ///
    /// `pointer` is null, or a counted pointer to a COM object, for the interface of that version.
    pub unsafe fn from_raw(pointer: *mut c_void, version: u8) -> Option<ComClient> {
        // SAFETY: the caller's promise.
        NonNull::new(pointer).map(|this| unsafe { ComClient::from_owned(this, version, StringForm::default()) })
    }

    /// # Safety
    ///
    /// As for [`from_raw`](ComClient::from_raw).
    unsafe fn from_owned(this: NonNull<c_void>, version: u8, strings: StringForm) -> ComClient {
        crate::ByCall(Com(ClientPointer { this, version, strings }))
    }

    /// Sets which of two twin methods are called: the plain or the Wide ones.
    #[must_use]
    pub fn char_set(mut self, char_set: CharSet) -> ComClient {
        self.0.0.strings.char_set = char_set;
        self
    }

    /// Sets the code page of the strings of the plain methods: that of the engine's computer.
    #[must_use]
    pub fn in_code_page(mut self, code_page: CodePage) -> ComClient {
        self.0.0.strings.code_page = code_page;
        self
    }
}

impl Drop for ClientPointer {
    fn drop(&mut self) {
        // SAFETY: this reference is held, and given up here.
        unsafe { ((*self.vtable()).Release)(self.this()) };
    }
}

impl AnswerCall for Com {
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let (id, version) = (interfaces::guid(interface), interface.version().unwrap_or(0));
        // SAFETY: every COM object has the three slots of IUnknown. QueryInterface refuses a null pointer, and returns one for
        // that interface.
        unsafe {
            let query = (*self.0.vtable()).QueryInterface;
            ClientPointer::request(|pointer| query(self.0.this(), &id, pointer), version, self.0.strings, client)
        }
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if self.0.version == 0 {
            return E_NOTIMPL;
        }
        // SAFETY: every version has this slot, and the new object is an `IDebugClient` (CLI-15).
        unsafe {
            let create = (*self.0.vtable()).CreateClient;
            ClientPointer::request(|pointer| create(self.0.this(), pointer), 1, self.0.strings, client)
        }
    }

    fn release(self) -> u32 {
        let client = std::mem::ManuallyDrop::new(self.0);
        // SAFETY: this reference is held, and given up here: it is not dropped too.
        unsafe { ((*client.vtable()).Release)(client.this()) }
    }

    fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
        self.0.last_event(event)
    }

    fn set_callbacks(&self, callbacks: Callbacks) -> HRESULT {
        let client = &self.0;
        if client.version == 0 {
            return E_NOTIMPL;
        }
        // SAFETY: every version has the slots.
        unsafe {
            let vtable = client.vtable();
            match callbacks {
                Callbacks::Event(callbacks) => client.set_callbacks(callbacks, (*vtable).SetEventCallbacks),
                Callbacks::Output(callbacks) => client.set_callbacks(callbacks, (*vtable).SetOutputCallbacks),
                Callbacks::Input(callbacks) => client.set_callbacks(callbacks, (*vtable).SetInputCallbacks),
            }
        }
    }

    fn get_callbacks(&self, callbacks: &mut Callbacks) -> HRESULT {
        let client = &self.0;
        if client.version == 0 {
            return E_NOTIMPL;
        }
        // SAFETY: every version has the slots.
        unsafe {
            let vtable = client.vtable();
            match callbacks {
                Callbacks::Event(found) => client.get_callbacks(found, (*vtable).GetEventCallbacks),
                Callbacks::Output(found) => client.get_callbacks(found, (*vtable).GetOutputCallbacks),
                Callbacks::Input(found) => client.get_callbacks(found, (*vtable).GetInputCallbacks),
            }
        }
    }

    fn code_page(&self) -> CodePage {
        self.0.strings.code_page
    }

    fn answer(&self, call: &Call<&str>) -> Outcome {
        self.0.answer(call)
    }
}
