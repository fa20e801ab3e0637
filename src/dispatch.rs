//! From a [`Call`] to a method of a [`DebugClient`], and back.

use std::panic::Location;
use std::sync::Arc;

use crate::call::{Call, Ending, Outcome, Outputs, Pointer, call};
use crate::callbacks::{Callbacks, EventCallbacks, InputCallbacks, LastEvent, OutputCallbacks};
use crate::client::{DebugClient, Out, write_out};
use crate::code_page::CodePage;
use crate::hresult::{E_NOTIMPL, E_POINTER, E_UNEXPECTED, HRESULT};
use crate::interface::Interface;
use crate::method::{methods, parameter};

/// Makes a call on a client object and returns what it did.
///
/// Three calls are not made *on* a client object, and return E_NOTIMPL: `DebugCreate` makes one, `Release` consumes one,
/// and a method outside the surface does not exist here.
pub fn dispatch(client: &dyn DebugClient, call: &Call) -> Outcome {
    let mut out = Outputs::default();
    let hresult = match call {
        Call::QueryInterface { interface } => client.query_interface(interface, Some(&mut None)),
        Call::CreateClient => client.create_client(Some(&mut None)),
        _ => pass_on(client, call, &mut out),
    };
    Outcome { ending: Ending::Returned(hresult), out }
}

/// A parameter of a call as the argument of a method.
macro_rules! argument {
    ($out:ident, $text:ident: text) => {
        $text.as_deref()
    };
    ($out:ident, $text:ident: optional) => {
        $text.as_deref()
    };
    ($out:ident, $options:ident: options) => {
        $options.as_ref()
    };
    ($out:ident, $pointer:ident: (out $type:ty)) => {
        pointer(*$pointer, &mut $out.$pointer)
    };
    ($out:ident, $value:ident: $kind:tt) => {
        *$value
    };
}

macro_rules! way_there {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        fn pass_on(client: &dyn DebugClient, call: &Call, out: &mut Outputs) -> HRESULT {
            match call {
                $(call!($Name { $($parameter),* }) => {
                    client.$name($(argument!(out, $parameter: $kind)),*)
                })*
                Call::DebugCreate { .. } | Call::QueryInterface { .. } | Call::CreateClient | Call::Release => E_NOTIMPL,
                Call::OtherMethod { .. } => E_NOTIMPL,
            }
        }
    };
}

methods!(answered => way_there);

/// Returns the out parameter that a pointer stands for.
pub(crate) fn pointer<T>(pointer: Pointer, slot: &mut Option<T>) -> Out<'_, T> {
    match pointer {
        Pointer::Given => Some(slot),
        Pointer::Null => None,
    }
}

impl Callbacks {
    /// Sets these callbacks on a client object.
    pub fn set_on(self, client: &dyn DebugClient) -> HRESULT {
        match self {
            Callbacks::Event(callbacks) => client.set_event_callbacks(callbacks),
            Callbacks::Output(callbacks) => client.set_output_callbacks(callbacks),
            Callbacks::Input(callbacks) => client.set_input_callbacks(callbacks),
        }
    }

    /// Finds the callbacks of the same kind that a client object has.
    pub fn get_from(&mut self, client: &dyn DebugClient) -> HRESULT {
        match self {
            Callbacks::Event(callbacks) => client.get_event_callbacks(Some(callbacks)),
            Callbacks::Output(callbacks) => client.get_output_callbacks(Some(callbacks)),
            Callbacks::Input(callbacks) => client.get_input_callbacks(Some(callbacks)),
        }
    }
}

/// Answers calls that are given as values.
///
/// [`ByCall`] makes a [`DebugClient`] of it, so that a recorder, a planted defect or an adapter to another engine is one
/// function instead of one for each method.
pub trait AnswerCall: Send + Sync {
    /// Answers one call. It borrows the caller's strings; [`Call::owned`] copies them. `QueryInterface`, `CreateClient` and
    /// `Release` do not come this way.
    #[track_caller]
    fn answer(&self, call: &Call<&str>) -> Outcome;

    /// The same, but `hand_out` takes the outputs from where they are: an outcome is large, and returning it copies it.
    #[doc(hidden)]
    #[inline]
    #[track_caller]
    fn answer_to(&self, call: &Call<&str>, hand_out: impl FnOnce(&mut Outputs)) -> HRESULT
    where
        Self: Sized,
    {
        let mut outcome = self.answer(call);
        hand_out(&mut outcome.out);
        // A call that did not return has no HRESULT to hand on.
        outcome.hresult().unwrap_or(E_UNEXPECTED)
    }

    /// See [`DebugClient::query_interface`].
    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT;

    /// See [`DebugClient::create_client`].
    #[track_caller]
    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT;

    /// See [`DebugClient::release`].
    fn release(self) -> u32;

    /// See [`DebugClient::get_last_event_information`].
    fn get_last_event_information(&self, _event: Out<'_, LastEvent>) -> HRESULT {
        E_NOTIMPL
    }

    /// Sets callbacks, such as [`DebugClient::set_event_callbacks`] does.
    fn set_callbacks(&self, _callbacks: Callbacks) -> HRESULT {
        E_NOTIMPL
    }

    /// Finds the callbacks of the kind that `callbacks` has, such as [`DebugClient::get_event_callbacks`] does.
    fn get_callbacks(&self, _callbacks: &mut Callbacks) -> HRESULT {
        E_NOTIMPL
    }

    /// See [`DebugClient::code_page`].
    fn code_page(&self) -> CodePage {
        CodePage::default()
    }
}

/// A [`DebugClient`] that turns each method back into a [`Call`]: the inverse of [`dispatch`].
///
/// Its methods are `#[track_caller]`: the caller that [`AnswerCall::answer`] sees is the one of the method, unless the
/// method was called through a `dyn DebugClient`.
#[derive(Debug)]
pub struct ByCall<T>(
    /// The object that answers.
    pub T,
);

/// The place of a call in the caller's code, as [`AnswerCall::answer`] sees it. The place of a call through a
/// `dyn DebugClient` is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallSite(&'static Location<'static>);

impl CallSite {
    /// A place that is not known.
    pub(crate) const UNKNOWN: CallSite = CallSite(Location::caller());

    /// Returns the place from which the calling function was called.
    #[track_caller]
    pub(crate) fn caller() -> CallSite {
        CallSite(Location::caller())
    }

    /// Returns the place, if it is known.
    pub(crate) fn location(self) -> Option<&'static Location<'static>> {
        // The compiler names this file where it does not know the caller.
        (self.0.file() != file!()).then_some(self.0)
    }
}

/// Returns the pointer that an out parameter is.
pub(crate) fn given<T>(out: &Out<'_, T>) -> Pointer {
    if out.is_some() { Pointer::Given } else { Pointer::Null }
}

/// An argument of a method as the parameter of a call.
macro_rules! field {
    ($options:ident: options) => {
        $options.copied()
    };
    ($out:ident: (out $type:ty)) => {
        given(&$out)
    };
    ($value:ident: $kind:tt) => {
        $value
    };
}

/// Hands an output to the caller, if it was written.
macro_rules! hand_out {
    ($written:ident, $out:ident: (out $type:ty)) => {
        if let Some(value) = $written.$out.take() {
            write_out($out, value);
        }
    };
    ($written:ident, $value:ident: $kind:tt) => {};
}

/// Finds callbacks of one kind through their value.
macro_rules! get_callbacks {
    ($self:ident, $Kind:ident, $out:ident) => {{
        let Some(out) = $out else { return E_POINTER };
        let mut found = Callbacks::$Kind(None);
        let hresult = $self.0.get_callbacks(&mut found);
        if let Callbacks::$Kind(found @ Some(_)) = found {
            *out = found;
        }
        hresult
    }};
}

macro_rules! way_back {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        impl<T: AnswerCall> DebugClient for ByCall<T> {
            fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
                self.0.query_interface(interface, client)
            }

            fn release(self: Box<Self>) -> u32 {
                self.0.release()
            }

            fn code_page(&self) -> CodePage {
                self.0.code_page()
            }

            #[track_caller]
            fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
                self.0.create_client(client)
            }

            #[track_caller]
            fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
                self.0.get_last_event_information(event)
            }

            fn get_event_callbacks(&self, callbacks: Out<'_, Arc<dyn EventCallbacks>>) -> HRESULT {
                get_callbacks!(self, Event, callbacks)
            }

            fn set_event_callbacks(&self, callbacks: Option<Arc<dyn EventCallbacks>>) -> HRESULT {
                self.0.set_callbacks(Callbacks::Event(callbacks))
            }

            fn get_output_callbacks(&self, callbacks: Out<'_, Arc<dyn OutputCallbacks>>) -> HRESULT {
                get_callbacks!(self, Output, callbacks)
            }

            fn set_output_callbacks(&self, callbacks: Option<Arc<dyn OutputCallbacks>>) -> HRESULT {
                self.0.set_callbacks(Callbacks::Output(callbacks))
            }

            fn get_input_callbacks(&self, callbacks: Out<'_, Arc<dyn InputCallbacks>>) -> HRESULT {
                get_callbacks!(self, Input, callbacks)
            }

            fn set_input_callbacks(&self, callbacks: Option<Arc<dyn InputCallbacks>>) -> HRESULT {
                self.0.set_callbacks(Callbacks::Input(callbacks))
            }

            $(
                #[track_caller]
                fn $name(&self, $($parameter: parameter!($kind)),*) -> HRESULT {
                    let call = {
                        $(let $parameter = field!($parameter: $kind);)*
                        call!($Name { $($parameter),* })
                    };
                    self.0.answer_to(&call, |written| {
                        $(hand_out!(written, $parameter: $kind);)*
                        // Methods without outputs have none to take.
                        let _ = written;
                    })
                }
            )*
        }
    };
}

methods!(answered => way_back);
