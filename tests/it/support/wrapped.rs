//! Engines that answer some calls in their own way, and leave the others to the engine that they wrap.

use std::sync::Arc;

use dbgeng_testkit::{
    AnswerCall, ByCall, Call, Computer, DebugClient, Engine, HRESULT, HostLocation, Interface, Out, Outcome, dispatch,
};

/// Answers the calls of a [`wrap`]ped engine. Each method leaves its call to the engine, unless it is overridden.
pub(crate) trait Answer: Send + Sync {
    fn debug_create(
        &self,
        engine: &dyn Engine,
        interface: &Interface,
        client: Out<'_, Box<dyn DebugClient>>,
    ) -> HRESULT {
        engine.debug_create(interface, client)
    }

    fn query_interface(
        &self,
        engine: &dyn DebugClient,
        interface: &Interface,
        client: Out<'_, Box<dyn DebugClient>>,
    ) -> HRESULT {
        engine.query_interface(interface, client)
    }

    fn answer(&self, client: &dyn DebugClient, call: &Call) -> Outcome {
        dispatch(client, call)
    }

    /// Returns the answers of another process, or `None` if the engine starts none.
    fn start_process(&self, place: HostLocation) -> Option<Arc<dyn Answer>>;

    fn computer(&self, engine: &dyn Engine) -> Option<Computer> {
        engine.computer()
    }

    fn on_thread(&self, engine: &dyn Engine, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        engine.on_thread(thread, work)
    }
}

/// Returns the engine with these answers.
pub(crate) fn wrap(engine: Box<dyn Engine>, answer: Arc<dyn Answer>) -> Box<dyn Engine> {
    Box::new(WrappedEngine { engine, answer })
}

struct WrappedEngine {
    engine: Box<dyn Engine>,
    answer: Arc<dyn Answer>,
}

struct WrappedClient {
    client: Box<dyn DebugClient>,
    answer: Arc<dyn Answer>,
}

/// Wraps the client object that a call made, if it made one.
fn hand_out(answer: &Arc<dyn Answer>, made: Option<Box<dyn DebugClient>>, out: Out<'_, Box<dyn DebugClient>>) {
    if let (Some(client), Some(out)) = (made, out) {
        *out = Some(Box::new(ByCall(WrappedClient { client, answer: Arc::clone(answer) })));
    }
}

impl Engine for WrappedEngine {
    fn debug_create(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.answer.debug_create(&*self.engine, interface, Some(&mut made));
        hand_out(&self.answer, made, client);
        hresult
    }

    fn start_process(&self, place: HostLocation) -> Option<Box<dyn Engine>> {
        Some(wrap(self.engine.start_process(place)?, self.answer.start_process(place)?))
    }

    fn kill(&self) -> bool {
        self.engine.kill()
    }

    fn on_thread(&self, thread: u32, work: &mut (dyn FnMut() + Send)) -> bool {
        self.answer.on_thread(&*self.engine, thread, work)
    }

    fn pass_time(&self, ms: u32) {
        self.engine.pass_time(ms);
    }

    fn computer(&self) -> Option<Computer> {
        self.answer.computer(&*self.engine)
    }
}

impl AnswerCall for WrappedClient {
    fn answer(&self, call: &Call<&str>) -> Outcome {
        self.answer.answer(&*self.client, &call.owned())
    }

    fn query_interface(&self, interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut other = None;
        let hresult = self.answer.query_interface(&*self.client, interface, Some(&mut other));
        hand_out(&self.answer, other, client);
        hresult
    }

    fn create_client(&self, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        let mut made = None;
        let hresult = self.client.create_client(Some(&mut made));
        hand_out(&self.answer, made, client);
        hresult
    }

    fn release(self) -> u32 {
        self.client.release()
    }
}
