//! Expectations on calls, in the manner of [`mockall`]: which calls have to come, in which order, and what they return.
//!
//! [`MockDebugClient`] has an `expect_…` for each method. [`Expectations`] put it in front of another client object, such
//! as one of the [`mock`](crate::mock) engine. The expectations answer the calls that they are about, and the other client
//! object answers the rest.
//!
//! ```
//! use dbgeng_testkit::expectations::{Expectations, MockDebugClient};
//! use dbgeng_testkit::{Method, Profile, hresult::RPC_E_SERVER_DIED, mock::Lab};
//!
//! let lab = Lab::new(Profile::Contract);
//! lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
//! let mut mock = MockDebugClient::new();
//! mock.expect_disconnect_process_server().times(1).return_const(RPC_E_SERVER_DIED);
//! let expectations = Expectations::new(mock, |call| call.method() == Method::DisconnectProcessServer);
//!
//! let client = expectations.before(Box::new(lab.engine().client()));
//! let mut server = None;
//! assert!(client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_ok());
//! assert_eq!(client.disconnect_process_server(server.unwrap()), RPC_E_SERVER_DIED);
//! expectations.verify();
//! ```
//!
//! A violated expectation panics. A test ends with its own failure, or else with the message of the first violation:
//!
//! - Only [`Expectations::verify`] fails because a call is missing, so a test ends with it. If a test returns an error or panics
//!   before that, this is what it shows: expectations that are dropped unverified only print what they miss.
//! - The first violation is remembered. If it does not end the test, because it was on another thread or the code under
//!   test caught it, then every further call that is expected panics with it, and so does [`Expectations::verify`].
//! - While a thread unwinds, as after a failed assertion, the calls that `Drop` implementations make do not panic. A
//!   violation returns E_UNEXPECTED then. (A [`MockDebugClient`] by itself would end the process, and hide the first one.)
//!
//! A panic cannot leave a COM method: after `com::expose`, a violation ends the process.

mod signatures;

use std::any::Any;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::thread;

use mockall::mock;

use crate::call::{Call, Outcome};
use crate::callbacks::{Callbacks, LastEvent};
use crate::client::{DebugClient, Out, write_out};
use crate::dispatch::{AnswerCall, ByCall, dispatch};
use crate::flags::*;
use crate::hresult::{E_UNEXPECTED, HRESULT};
use crate::interface::Interface;
use crate::method::methods;

use signatures::signatures;

pub use mockall::{Sequence, predicate};

type Text<'a> = Option<&'a str>;
type Options<'a> = Option<&'a CreateProcessOptions>;

macro_rules! mock_client {
    ($($name:ident [$($lifetime:lifetime)*] ($($parameters:tt)*))*) => {
        mock! {
            /// A client object of which every call has to be expected: [`mockall`]'s, for every method of [`DebugClient`].
            ///
            /// A call that nobody expects panics, and so does dropping it before an expected number of calls has come,
            /// unless the thread unwinds: in a test that returns an error, this hides the error. [`Expectations`] do not panic then, and
            /// say what else it takes to see the first panic.
            pub DebugClient {}

            impl DebugClient for DebugClient {
                fn query_interface<'a>(&self, interface: &Interface, client: Out<'a, Box<dyn DebugClient>>) -> HRESULT;
                fn create_client<'a>(&self, client: Out<'a, Box<dyn DebugClient>>) -> HRESULT;
                fn release(self: Box<Self>) -> u32;
                $(fn $name<$($lifetime),*>(&self, $($parameters)*) -> HRESULT;)*
            }
        }
    };
}

methods!(answered => signatures);

/// Expectations on some calls. Clones are the same expectations.
#[derive(Clone)]
pub struct Expectations {
    shared: Arc<SharedExpectations>,
}

struct SharedExpectations {
    mock: RwLock<MockDebugClient>,
    is_expected: Box<dyn Fn(&Call) -> bool + Send + Sync>,
    /// The message of the first violation.
    first: OnceLock<String>,
}

impl Expectations {
    /// Takes the expectations of `mock` for the calls that `is_expected` picks. Only `mock` answers such a call: it is a
    /// violation if no expectation is left for it.
    ///
    /// `is_expected` sees QueryInterface and CreateClient, too, but not Release.
    pub fn new(mock: MockDebugClient, is_expected: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Expectations {
        let shared =
            SharedExpectations { mock: RwLock::new(mock), is_expected: Box::new(is_expected), first: OnceLock::new() };
        Expectations { shared: Arc::new(shared) }
    }

    /// Makes a client object that answers the expected calls by the expectations, and passes all others to `rest`. The same
    /// expectations go before the client objects that `rest` makes. Release goes to `rest`.
    pub fn before(&self, rest: Box<dyn DebugClient>) -> Box<dyn DebugClient> {
        Box::new(ByCall(ExpectingClient { expectations: self.clone(), rest }))
    }

    /// Ends the expectations and checks that every expected call has come, and that no violation was caught.
    ///
    /// A test calls it last, after its own assertions and every `?`. Without it nothing fails because a call is missing: when
    /// the last clone and the last client object are dropped, what is missing is only printed, because the test may be
    /// returning an error of its own.
    ///
    /// # Panics
    ///
    /// Panics with the first violation, if there was one, or with the calls that did not come. Never panics while the thread
    /// unwinds.
    #[track_caller]
    pub fn verify(&self) {
        let mock = mem::take(&mut *self.shared.mock.write().unwrap_or_else(PoisonError::into_inner));
        let missing = missing_calls(mock);
        // The first violation hides the calls that did not come after it.
        if let Some(violation) = self.shared.first.get().cloned().or(missing)
            && !thread::panicking()
        {
            panic!("an expectation is violated: {violation}");
        }
    }

    /// Makes a call on the mock. Returns `None` in place of a panic while the thread unwinds.
    fn answer<T>(&self, call: impl FnOnce(&MockDebugClient) -> T) -> Option<T> {
        let first = &self.shared.first;
        let answered = catch_unwind(AssertUnwindSafe(|| {
            if let Some(first) = first.get() {
                panic!("{first}");
            }
            call(&self.shared.mock.read().unwrap_or_else(PoisonError::into_inner))
        }));
        let violated = |payload: Box<dyn Any + Send>| {
            first.get_or_init(|| message(&*payload));
            if !thread::panicking() {
                resume_unwind(payload);
            }
        };
        answered.map_err(violated).ok()
    }
}

/// Drops the mock, and returns what it says of calls that did not come. It says nothing while the thread unwinds.
fn missing_calls(mock: MockDebugClient) -> Option<String> {
    catch_unwind(AssertUnwindSafe(|| drop(mock))).err().map(|payload| message(&*payload))
}

/// Expectations that nobody has verified fail no test: the error that the test returns would be hidden.
impl Drop for SharedExpectations {
    fn drop(&mut self) {
        let mock = mem::take(self.mock.get_mut().unwrap_or_else(PoisonError::into_inner));
        // The panic hook has printed what is missing.
        if missing_calls(mock).is_some() {
            eprintln!("note: this fails no test; only `Expectations::verify` does, and nobody has called it");
        }
    }
}

impl fmt::Debug for Expectations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expectations").field("first violation", &self.shared.first.get()).finish_non_exhaustive()
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("a panic without a message").to_owned()
}

/// A client object whose expected calls the expectations answer.
struct ExpectingClient {
    expectations: Expectations,
    rest: Box<dyn DebugClient>,
}

impl ExpectingClient {
    fn is_expected(&self, call: &Call) -> bool {
        (self.expectations.shared.is_expected)(call)
    }

    /// Lets the rest make a client object, and puts the expectations before it.
    fn make(
        &self,
        client: Out<'_, Box<dyn DebugClient>>,
        make: impl FnOnce(Out<'_, Box<dyn DebugClient>>) -> HRESULT,
    ) -> HRESULT {
        let Some(client) = client else { return make(None) };
        let mut made = None;
        let hresult = make(Some(&mut made));
        if let Some(made) = made {
            write_out(Some(client), self.expectations.before(made));
        }
        hresult
    }
}

impl AnswerCall for ExpectingClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        let call = &call.owned();
        if self.is_expected(call) {
            let answered = self.expectations.answer(|mock| dispatch(mock, call));
            return answered.unwrap_or_else(|| Outcome::returned(E_UNEXPECTED));
        }
        dispatch(&*self.rest, call)
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if self.is_expected(&Call::QueryInterface { interface: interface.clone() }) {
            return self.expectations.answer(|mock| mock.query_interface(interface, client)).unwrap_or(E_UNEXPECTED);
        }
        self.make(client, |client| self.rest.query_interface(interface, client))
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if self.is_expected(&Call::CreateClient) {
            return self.expectations.answer(|mock| mock.create_client(client)).unwrap_or(E_UNEXPECTED);
        }
        self.make(client, |client| self.rest.create_client(client))
    }

    fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
        self.rest.get_last_event_information(event)
    }

    fn set_callbacks(&self, callbacks: Callbacks) -> HRESULT {
        callbacks.set_on(&*self.rest)
    }

    fn get_callbacks(&self, callbacks: &mut Callbacks) -> HRESULT {
        callbacks.get_from(&*self.rest)
    }

    fn release(self) -> u32 {
        self.rest.release()
    }
}
