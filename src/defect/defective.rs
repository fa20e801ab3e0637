//! The engine in which a defect is planted, and its client objects.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::context::{By, DefectContext, DefectRecord, ProcessRecord, ThreadRecord};
use super::definition::Defect;
use crate::call::{Call, Ending, Outcome, Outputs};
use crate::callbacks::{Callbacks, LastEvent};
use crate::client::{DebugClient, Engine, HostLocation, Out, write_out};
use crate::dispatch::{AnswerCall, ByCall, dispatch};
use crate::hresult::{E_UNEXPECTED, HRESULT};
use crate::interface::Interface;
use crate::process::Computer;
use crate::sync::Mutex;

thread_local! {
    /// The number of the thread that the engine simulates on this thread.
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

fn current() -> ThreadRecord {
    (std::thread::current().id(), NUMBER.get())
}

/// Restores the number of the thread when it is dropped, also after a panic.
struct RestoredNumber(u32);

impl Drop for RestoredNumber {
    fn drop(&mut self) {
        NUMBER.set(self.0);
    }
}

/// Makes a call that may make a client object.
type MakeClient<'a> = &'a dyn Fn(&Call, Out<'_, Box<dyn DebugClient>>) -> HRESULT;

pub(super) fn plant(defect: &'static Defect, engine: Box<dyn Engine>) -> Box<dyn Engine> {
    Box::new(Defective {
        inner: engine.into(),
        planted: PlantedDefect { defect, process: Arc::default(), world: Arc::default() },
    })
}

/// A defect with the records that it needs.
#[derive(Clone)]
struct PlantedDefect {
    defect: &'static Defect,
    process: Arc<Mutex<ProcessRecord>>,
    world: Arc<Mutex<DefectRecord>>,
}

impl PlantedDefect {
    fn answer(&self, by: By, call: &Call, make: &dyn Fn(&Call) -> Outcome) -> Outcome {
        self.defect.answer(&DefectContext { by, process: &self.process, world: &self.world, make }, call)
    }

    /// Makes a call that may make a client object, and wraps the object that it made.
    fn client(
        &self,
        by: By,
        call: &Call,
        make: MakeClient<'_>,
        (made_as, client): (By, Out<'_, Box<dyn DebugClient>>),
    ) -> HRESULT {
        let made = RefCell::new(None);
        let outcome = self.answer(by, call, &|call| {
            let mut object = None;
            let hresult = make(call, Some(&mut object));
            *made.borrow_mut() = object;
            Outcome::returned(hresult)
        });
        let hresult = outcome.hresult().unwrap_or(E_UNEXPECTED);
        if let Some(inner) = made.take().filter(|_| hresult.is_ok()) {
            write_out(client, Box::new(ByCall(DefectiveClient { inner, by: made_as, planted: self.clone() })));
        }
        hresult
    }

    /// Numbers the next client object of the process, made on this thread.
    fn next(&self, version: u8) -> By {
        let mut process = self.process.lock();
        process.clients += 1;
        By { client: process.clients, version, is_created: false, own: current(), thread: current() }
    }
}

struct Defective {
    inner: Arc<dyn Engine>,
    planted: PlantedDefect,
}

impl Engine for Defective {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if client.is_none() {
            return self.inner.debug_create(interface, None);
        }
        let by = self.planted.next(interface.version().unwrap_or(1));
        let make = |call: &Call, client: Out<'_, Box<dyn DebugClient>>| match call {
            Call::DebugCreate { interface } => self.inner.debug_create(interface, client),
            _ => E_UNEXPECTED,
        };
        self.planted.client(by, &Call::DebugCreate { interface: interface.clone() }, &make, (by, client))
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        let inner: Arc<dyn Engine> = self.inner.start_process(place)?.into();
        self.planted.world.lock().hosts.push(Arc::downgrade(&inner));
        Some(Box::new(Defective { inner, planted: PlantedDefect { process: Arc::default(), ..self.planted.clone() } }))
    }

    fn kill(&self) -> bool {
        self.inner.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.inner.on_thread(thread, &mut || {
            let _before = RestoredNumber(NUMBER.replace(thread));
            work();
        })
    }

    fn pass_time(&self, ms: u32) {
        self.inner.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        self.inner.computer()
    }
}

struct DefectiveClient {
    inner: Box<dyn DebugClient>,
    by: By,
    planted: PlantedDefect,
}

impl DefectiveClient {
    fn by(&self) -> By {
        By { thread: current(), ..self.by }
    }
}

impl AnswerCall for DefectiveClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        self.planted.answer(self.by(), &call.owned(), &|call| dispatch(&*self.inner, call))
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if client.is_none() {
            return self.inner.query_interface(interface, None);
        }
        let make = |call: &Call, client: Out<'_, Box<dyn DebugClient>>| match call {
            Call::QueryInterface { interface } => self.inner.query_interface(interface, client),
            _ => E_UNEXPECTED,
        };
        let version = interface.version().unwrap_or(self.by.version);
        let made_as = By { version, is_created: false, ..self.by };
        self.planted.client(self.by(), &Call::QueryInterface { interface: interface.clone() }, &make, (made_as, client))
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        if client.is_none() {
            return self.inner.create_client(None);
        }
        let make = |_: &Call, client: Out<'_, Box<dyn DebugClient>>| self.inner.create_client(client);
        let made_as = By { is_created: true, ..self.planted.next(1) };
        self.planted.client(self.by(), &Call::CreateClient, &make, (made_as, client))
    }

    fn get_last_event_information(&self, event: Out<'_, LastEvent>) -> HRESULT {
        self.inner.get_last_event_information(event)
    }

    fn set_callbacks(&self, callbacks: Callbacks) -> HRESULT {
        callbacks.set_on(&*self.inner)
    }

    fn get_callbacks(&self, callbacks: &mut Callbacks) -> HRESULT {
        callbacks.get_from(&*self.inner)
    }

    fn release(self) -> u32 {
        let DefectiveClient { inner, by, planted } = self;
        let by = By { thread: current(), ..by };
        let inner = RefCell::new(Some(inner));
        let outcome = planted.answer(by, &Call::Release, &|call| match call {
            Call::Release => {
                let references = inner.take().map_or(0, DebugClient::release);
                Outcome { ending: Ending::References(references), out: Outputs::default() }
            }
            _ => inner
                .borrow()
                .as_ref()
                .map_or_else(|| Outcome::returned(E_UNEXPECTED), |inner| dispatch(&**inner, call)),
        });
        match outcome.ending {
            Ending::References(references) => references,
            _ => 0,
        }
    }
}
