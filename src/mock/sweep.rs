//! Runs a test again for every call that it makes: each time that call fails, or the hosts crash right before it.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};

use super::fault::Fault;
use super::happening::Happening;
use super::lab::Lab;
use super::world::Misuse;
use crate::hresult::E_FAIL;
use crate::method::Method;
use crate::profile::Profile;

/// Runs a test on a fresh lab of this profile, and then again for every call that it makes: once with that call returning
/// E_FAIL, and once with every host of [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) crashing right before it.
///
/// The test sets up the lab and runs the code under test. It survives a failure if it does not panic and leaves the lab
/// [clean](Lab::assert_clean). If it returns `Err`, it has reported the failure: then a handle may be left open if its
/// disconnect was made to fail. Calls by the hosts themselves are not made to fail. Code that retries until it succeeds
/// never returns once the hosts have crashed, and neither does the sweep.
///
/// ```
/// use dbgeng_testkit::mock::{Lab, sweep};
/// use dbgeng_testkit::{DebugClient, HRESULT, Method, Profile};
///
/// /// Returns how many processes run on box17, if it can.
/// fn count(client: &impl DebugClient) -> Option<u32> {
///     let (mut server, mut count) = (None, None);
///     if client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_err() {
///         return None;
///     }
///     let queried = client.get_running_process_system_ids(server?, None, 0, Some(&mut count));
///     // The HRESULT of the disconnect is ignored.
///     let _ = client.disconnect_process_server(server?);
///     if queried.is_ok() { count } else { None }
/// }
///
/// let report = sweep(Profile::Contract, |lab: &Lab| {
///     lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
///     count(&lab.engine().client());
///     Ok::<(), HRESULT>(())
/// });
/// assert_eq!((report.calls, report.unsurvived.len()), (3, 1));
/// assert_eq!(report.unsurvived[0].method, Some(Method::DisconnectProcessServer));
/// ```
pub fn sweep<T, E>(profile: Profile, test: impl Fn(&Lab) -> Result<T, E>) -> Sweep {
    let mut sweep = Sweep { calls: 0, unsurvived: Vec::new() };
    if let Some(why) = run(&Lab::new(profile), &test) {
        let failure = SweepFailure::Nothing;
        sweep.unsurvived.push(Unsurvived { call: 0, method: None, call_site: None, failure, why });
        return sweep;
    }
    for call in 1.. {
        for failure in [SweepFailure::Fails, SweepFailure::HostsDie] {
            let lab = Lab::new(profile);
            match failure {
                SweepFailure::HostsDie => lab.at_call(call, Happening::hosts_die()),
                _ => lab.fault(Fault::fail(E_FAIL).on_call(call)).keep(),
            }
            lab.watch_call(call);
            lab.excuse_unused();
            let why = run(&lab, &test);
            let Some((method, call_site)) = lab.watched_call() else { return sweep };
            sweep.calls = sweep.calls.max(call);
            sweep.unsurvived.extend(why.map(|why| Unsurvived {
                call,
                method: Some(method),
                call_site: call_site.location(),
                failure,
                why,
            }));
        }
    }
    sweep
}

/// Returns what is wrong after a run of the test.
fn run<T, E>(lab: &Lab, test: &impl Fn(&Lab) -> Result<T, E>) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| test(lab))) {
        Ok(Err(_)) => lab.permit(Misuse::FailedDisconnect),
        Ok(Ok(_)) => {}
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            return Some(format!("panicked: {}", text.as_deref().unwrap_or("without a message")));
        }
    }
    lab.complaint()
}

/// The result of a sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "it has what did not survive: call `assert_clean`"]
pub struct Sweep {
    /// The largest number of calls that the test has made.
    pub calls: u64,
    /// The failures that it did not survive.
    pub unsurvived: Vec<Unsurvived>,
}

/// A failure that the code under test did not survive.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsurvived {
    /// The number of the call, from 1; 0 if the test does not survive even without a failure.
    pub call: u64,
    /// The method of the call; `None` if there is no such call.
    pub method: Option<Method>,
    /// Where the call was made; `None` if it was made through a `dyn DebugClient`.
    pub call_site: Option<&'static Location<'static>>,
    /// The failure.
    pub failure: SweepFailure,
    /// The consequence: a panic, or findings.
    pub why: String,
}

/// A failure that a sweep provokes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SweepFailure {
    /// Nothing.
    Nothing,
    /// The call has no effect and returns E_FAIL.
    Fails,
    /// All hosts crash right before the call.
    HostsDie,
}

impl Sweep {
    /// Asserts that the test survived every failure.
    ///
    /// # Panics
    ///
    /// Panics with the failures that it did not survive, each with its call and the place in the code.
    #[doc(alias = "assert_ok")]
    #[track_caller]
    pub fn assert_clean(&self) {
        assert!(self.unsurvived.is_empty(), "{self}");
    }
}

impl fmt::Display for Sweep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} calls, {} failures not survived", self.calls, self.unsurvived.len())?;
        self.unsurvived.iter().try_for_each(|unsurvived| writeln!(f, "{unsurvived}"))
    }
}

impl fmt::Display for Unsurvived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Unsurvived { call, method, call_site, failure, why } = self;
        let method = method.map_or("", Method::name);
        match failure {
            SweepFailure::Nothing => write!(f, "without any failure")?,
            SweepFailure::Fails => write!(f, "call {call}, {method}, fails")?,
            SweepFailure::HostsDie => write!(f, "the hosts crash before call {call}, {method}")?,
        }
        if let Some(site) = call_site {
            write!(f, " at {site}")?;
        }
        write!(f, ": {why}")
    }
}
