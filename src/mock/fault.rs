//! What the world does to an engine that is right: calls that fail, connections that are lost. Faults are data, so a
//! scenario can have them too.

use std::sync::{Arc, Weak};

use super::engine::LabEngine;
use super::entered::Entered;
use super::presence::LabId;
use super::state::Shared;
use crate::call::Call;
use crate::hresult::{E_OUTOFMEMORY, HRESULT, RPC_E_SERVER_DIED, RPC_E_VERSION_MISMATCH};

/// The methods of which a fault can befall the calls: those that make and release client objects never fail here.
pub(super) const METHODS: [&str; 16] = [
    "EndSession",
    "StartServer",
    "StartProcessServer",
    "ConnectProcessServer",
    "DisconnectProcessServer",
    "EndProcessServer",
    "WaitForProcessServerEnd",
    "GetRunningProcessSystemIds",
    "GetRunningProcessSystemIdByExecutableName",
    "GetRunningProcessDescription",
    "AttachProcess",
    "CreateProcess",
    "CreateProcess2",
    "CreateProcessAndAttach",
    "CreateProcessAndAttach2",
    "OutputServers",
];

/// A fault: which calls it befalls, and what becomes of them.
///
/// ```
/// use dbgeng_testkit::mock::{Fault, Lab};
/// use dbgeng_testkit::{DebugClient, hresult::E_FAIL};
///
/// let lab = Lab::new(Default::default());
/// lab.engine().lab_computer().dbgsrv("tcp:port=5005")?;
/// let client = lab.engine().client();
///
/// let second = lab.fault(Fault::fail(E_FAIL).of("ConnectProcessServer").on_nth(2));
/// let connect = || client.connect_process_server(Some("tcp:server=localhost,port=5005"), Some(&mut None));
/// assert_eq!([connect().is_ok(), connect().is_ok(), connect().is_ok()], [true, false, true]);
/// assert_eq!(second.hits(), 1);
/// # Ok::<(), dbgeng_testkit::mock::NotStarted>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub(super) method: Option<&'static str>,
    pub(super) caller: Option<usize>,
    pub(super) host: Option<usize>,
    /// The lab of whose engines these are.
    lab: Option<LabId>,
    pub(super) which: Which,
    pub(super) effect: Effect,
}

/// Which of the calls that fit a fault befalls, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Which {
    Every,
    Nth(u64),
    First(u64),
    /// The n-th call in the lab, whether it fits or not.
    Call(u64),
    /// In so many of a million calls, by this seed.
    PerMillion(u32, u64),
}

/// What a fault does to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Delay(u32),
    Decide(Decision),
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It has no effect and answers this.
    Fail(HRESULT),
    /// The connection is lost before it has taken effect.
    LoseBefore,
    /// The connection is lost after it has taken effect, and with it the answer.
    LoseAfter,
}

impl Fault {
    fn new(effect: Effect) -> Fault {
        Fault { method: None, caller: None, host: None, lab: None, which: Which::Every, effect }
    }

    /// Calls have no effect and answer this code.
    pub fn fail(hresult: HRESULT) -> Fault {
        Fault::new(Effect::Decide(Decision::Fail(hresult)))
    }

    /// Calls take so many milliseconds of the lab's time longer: that time goes by before they take effect, also where the
    /// clock stands.
    pub fn delay(ms: u32) -> Fault {
        Fault::new(Effect::Delay(ms))
    }

    /// The connection of a call is lost before the call has taken effect: it answers 0x8001000A, as later queries on that
    /// handle do. Calls without a connection are spared.
    pub fn lose_connection_before() -> Fault {
        Fault::new(Effect::Decide(Decision::LoseBefore))
    }

    /// The connection of a call is lost after the call has taken effect: it answers 0x8001000A, and a connect hands out no
    /// handle. Calls without a connection are spared.
    pub fn lose_connection_after() -> Fault {
        Fault::new(Effect::Decide(Decision::LoseAfter))
    }

    /// Connects are refused as those with a wrong password are (OBS-37).
    pub fn refuse_password() -> Fault {
        Fault::fail(RPC_E_SERVER_DIED).of("ConnectProcessServer")
    }

    /// Connects find a debugging server in place of the process server (OBS-42).
    pub fn debugging_server() -> Fault {
        Fault::fail(RPC_E_SERVER_DIED).of("ConnectProcessServer")
    }

    /// Connects fail because the two ends have different protocol versions (CPS-8). No source names the code; this is
    /// RPC_E_VERSION_MISMATCH.
    pub fn version_mismatch() -> Fault {
        Fault::fail(RPC_E_VERSION_MISMATCH).of("ConnectProcessServer")
    }

    /// Calls fail for want of memory.
    pub fn out_of_memory() -> Fault {
        Fault::fail(E_OUTOFMEMORY)
    }

    /// Befalls this method alone, by its documented name without `Wide`.
    ///
    /// # Panics
    ///
    /// No call of a method of that name can fail here: such a fault would befall nothing, and the test prove nothing.
    #[must_use]
    #[track_caller]
    pub fn of(self, method: &'static str) -> Fault {
        assert!(METHODS.contains(&method), "{method:?}: expected one of {}", METHODS.join(", "));
        Fault { method: Some(method), ..self }
    }

    /// Befalls the calls of this engine alone.
    #[must_use]
    pub fn by(self, engine: &LabEngine) -> Fault {
        Fault { caller: Some(engine.number()), lab: Some(engine.lab()), ..self }
    }

    /// Befalls the calls alone that lead to a process server of this host, through a connection string or a handle.
    #[must_use]
    pub fn at(self, host: &LabEngine) -> Fault {
        Fault { host: Some(host.number()), lab: Some(host.lab()), ..self }
    }

    /// Befalls the n-th such call alone, counted from 1.
    ///
    /// # Panics
    ///
    /// `n` is 0.
    #[must_use]
    #[track_caller]
    pub fn on_nth(self, n: u64) -> Fault {
        assert_ne!(n, 0, "calls are counted from 1");
        Fault { which: Which::Nth(n), ..self }
    }

    /// Befalls the call of this number in the lab alone.
    pub(super) fn on_call(self, call: u64) -> Fault {
        Fault { which: Which::Call(call), ..self }
    }

    /// The numbers in it mean nothing in another lab.
    #[track_caller]
    pub(super) fn assert_is_of(&self, lab: LabId) {
        assert!(self.lab.is_none_or(|own| own == lab), "the fault is for an engine of another lab");
    }

    /// Befalls the first n such calls: those behind them go well.
    #[must_use]
    pub fn on_first(self, n: u64) -> Fault {
        Fault { which: Which::First(n), ..self }
    }

    /// Befalls each such call with this probability, from 0 to 1, in a way that the seed decides.
    #[must_use]
    pub fn with_probability(self, probability: f64, seed: u64) -> Fault {
        // A float becomes the nearest number that there is.
        let per_million = (probability.clamp(0.0, 1.0) * 1e6).round() as u32;
        Fault { which: Which::PerMillion(per_million, seed), ..self }
    }
}

impl Which {
    /// Whether it is that one of the calls that fit, which is that one of all.
    fn hits(self, number: u64, call: u64) -> bool {
        match self {
            Which::Call(n) => call == n,
            Which::Every => true,
            Which::Nth(n) => number == n,
            Which::First(n) => number <= n,
            Which::PerMillion(rate, seed) => mixed(seed, number) % 1_000_000 < u64::from(rate),
        }
    }
}

/// A number that looks like chance (SplitMix64), so that what befalls a call depends on nothing but its number.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The faults of a lab.
#[derive(Debug, Default)]
pub(super) struct Faults {
    rules: Vec<Rule>,
    made: u64,
}

#[derive(Debug)]
struct Rule {
    id: u64,
    fault: Fault,
    /// How many calls fitted so far.
    fitted: u64,
    /// How many of them it befell.
    hits: u64,
}

impl Faults {
    pub(super) fn add(&mut self, fault: Fault) -> u64 {
        self.made += 1;
        self.rules.push(Rule { id: self.made, fault, fitted: 0, hits: 0 });
        self.made
    }

    fn remove(&mut self, id: u64) {
        self.rules.retain(|rule| rule.id != id);
    }

    fn hits(&self, id: u64) -> u64 {
        self.rules.iter().find(|rule| rule.id == id).map_or(0, |rule| rule.hits)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether it matters to which host a call leads.
    fn name_hosts(&self) -> bool {
        self.rules.iter().any(|rule| rule.fault.host.is_some())
    }

    /// What befalls a call: how long it is delayed, and what the first fault that decides says. Those behind that one are
    /// as if the call had not been made.
    pub(super) fn befall(&mut self, place: Place, call: &Call<&str>) -> (u64, Option<Decision>) {
        let Place { caller, host, number, is_connected } = place;
        let (mut delay, mut decision) = (0, None);
        for Rule { fault, fitted, hits, .. } in &mut self.rules {
            let fits = fault.method.is_none_or(|method| method == call.method().name())
                && fault.caller.is_none_or(|engine| engine == caller)
                && (fault.host.is_none() || fault.host == host);
            let is_spared = match fault.effect {
                Effect::Delay(_) => false,
                Effect::Decide(Decision::Fail(_)) => decision.is_some(),
                Effect::Decide(Decision::LoseBefore | Decision::LoseAfter) => decision.is_some() || !is_connected,
            };
            if !fits || is_spared {
                continue;
            }
            *fitted += 1;
            if !fault.which.hits(*fitted, number) {
                continue;
            }
            *hits += 1;
            match fault.effect {
                Effect::Delay(ms) => delay += u64::from(ms),
                Effect::Decide(decided) => decision = decision.or(Some(decided)),
            }
        }
        (delay, decision)
    }
}

/// Where a call stands that a fault may befall.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The engine on which it is made.
    caller: usize,
    /// The engine that hosts the server to which it leads.
    host: Option<usize>,
    /// Its number in the lab.
    number: u64,
    /// There is a connection that it could lose.
    is_connected: bool,
}

/// A fault that is there as long as this is.
#[derive(Debug)]
#[must_use = "the fault goes with it: bind it to a name, or keep it"]
pub struct FaultGuard {
    shared: Weak<Shared>,
    id: u64,
}

impl FaultGuard {
    pub(super) fn new(shared: &Arc<Shared>, id: u64) -> FaultGuard {
        FaultGuard { shared: Arc::downgrade(shared), id }
    }

    /// How many calls it has befallen so far.
    pub fn hits(&self) -> u64 {
        self.shared.upgrade().map_or(0, |shared| shared.lock().faults.hits(self.id))
    }

    /// Leaves the fault there for as long as there is the lab.
    pub fn keep(mut self) {
        self.shared = Weak::new();
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.lock().faults.remove(self.id);
        }
    }
}

impl Entered<'_> {
    /// What befalls the call, if there are faults.
    pub(super) fn decide(&mut self) -> Option<Decision> {
        if self.state.faults.is_empty() || self.state.engines[self.engine].is_dbgsrv {
            return None;
        }
        let call = self.call;
        let host = if self.state.faults.name_hosts() { self.host_of() } else { None };
        let handles = &self.state.engines[self.engine].handles;
        let is_open = call.server().is_some_and(|handle| handles.get(handle).1.is_some());
        let is_connected = is_open || matches!(call, Call::ConnectProcessServer { .. });
        let place = Place { caller: self.engine, host, number: self.state.calls, is_connected };
        let (delay, decision) = self.state.faults.befall(place, call);
        if delay > 0 {
            self.state.pass_time(delay);
            self.shared.changed.notify_all();
        }
        decision
    }

    /// The engine that hosts the server to which the call leads.
    fn host_of(&mut self) -> Option<usize> {
        let server = match self.call {
            Call::ConnectProcessServer { remote_options: Some(text), .. } => self.state.find(self.engine, text).ok()?,
            _ => self.state.engines[self.engine].handles.get(self.call.server()?).1?.server as usize,
        };
        let engine = self.state.servers[server].engine;
        // A fault names the host as those know it who made it.
        Some(self.state.engines[engine].stands_for.unwrap_or(engine))
    }

    /// A call that should have closed a handle has not.
    pub(super) fn failed(&mut self) {
        if let Call::DisconnectProcessServer { server } = self.call
            && let Some(link) = self.state.engines[self.engine].handles.get_mut(*server)
        {
            link.disconnect_failed = true;
        }
    }

    /// The connection behind a handle is lost.
    pub(super) fn lose(&mut self, handle: Option<u64>) {
        let handles = &mut self.state.engines[self.engine].handles;
        if let Some(link) = handle.and_then(|handle| handles.get_mut(handle)) {
            link.is_lost = true;
        }
    }

    /// Nobody is told of a handle that was issued.
    pub(super) fn give_up(&mut self, handle: Option<u64>) {
        if let Some(handle) = handle {
            self.state.engines[self.engine].handles.give_up(handle);
        }
    }
}
