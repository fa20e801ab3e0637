//! A pointer to a client object is a client object: `&C` and `Box<C>`, of a `dyn DebugClient` too.

use std::sync::Arc;

use crate::callbacks::{EventCallbacks, InputCallbacks, LastEvent, OutputCallbacks};
use crate::client::{DebugClient, Out};
use crate::code_page::CodePage;
use crate::hresult::HRESULT;
use crate::interface::Interface;
use crate::method::{methods, parameter};

macro_rules! forward {
    ($($since:literal $(/ $wide:literal)? $Name:ident = $name:ident(
        $($parameter:ident $Parameter:ident: $kind:tt),*
    );)*) => {
        fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
            (**self).query_interface(interface, client)
        }

        #[track_caller]
        fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
            (**self).create_client(client)
        }

        fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
            (**self).get_last_event_information(event)
        }

        fn get_event_callbacks(&self, callbacks: Out<'_, Arc<dyn EventCallbacks>>) -> HRESULT {
            (**self).get_event_callbacks(callbacks)
        }

        fn set_event_callbacks(&self, callbacks: Option<Arc<dyn EventCallbacks>>) -> HRESULT {
            (**self).set_event_callbacks(callbacks)
        }

        fn get_output_callbacks(&self, callbacks: Out<'_, Arc<dyn OutputCallbacks>>) -> HRESULT {
            (**self).get_output_callbacks(callbacks)
        }

        fn set_output_callbacks(&self, callbacks: Option<Arc<dyn OutputCallbacks>>) -> HRESULT {
            (**self).set_output_callbacks(callbacks)
        }

        fn get_input_callbacks(&self, callbacks: Out<'_, Arc<dyn InputCallbacks>>) -> HRESULT {
            (**self).get_input_callbacks(callbacks)
        }

        fn set_input_callbacks(&self, callbacks: Option<Arc<dyn InputCallbacks>>) -> HRESULT {
            (**self).set_input_callbacks(callbacks)
        }

        $(
            #[track_caller]
            fn $name(&self, $($parameter: parameter!($kind)),*) -> HRESULT {
                (**self).$name($($parameter),*)
            }
        )*
    };
}

/// A borrowed client object. Releasing it does nothing, because it is only borrowed.
impl<C: DebugClient + ?Sized> DebugClient for &C {
    methods!(answered => forward);
}

impl<C: DebugClient + ?Sized> DebugClient for Box<C> {
    methods!(answered => forward);

    fn code_page(&self) -> CodePage {
        (**self).code_page()
    }

    fn release(self: Box<Self>) -> u32 {
        (*self).release()
    }
}
