//! A pointer to a client object is a client object: `&C` and `Box<C>`, of a `dyn DebugClient` too.

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
