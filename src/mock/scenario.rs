//! A lab that is described by a file.

mod built;
mod choice;
mod error;
mod faults;
mod later;
mod notation;
mod place;
mod plan;

pub use error::ScenarioError;

use super::lab::{FIRST_COMPUTER, Lab};
use crate::profile::Profile;
use crate::trace::{JsonObject, column, describe, short};
use built::Built;
use faults::PlannedFault;
use later::PlannedHappening;
use notation::{ComputerJson, ScenarioJson};
use plan::{Plan, ScenarioProblem};

/// A description of a [`Lab`] as JSON, for whoever sets up the mock without Rust. Needs the feature `kit`.
///
/// ```
/// use dbgeng_testkit::DebugClient;
/// use dbgeng_testkit::mock::Scenario;
///
/// let scenario = Scenario::parse("box17.json", r#"{
///     "computers": [
///         {},
///         { "names": ["BOX17"], "process_servers": ["tcp:port=5005"] }
///     ]
/// }"#)?;
/// let lab = scenario.lab()?;
///
/// let client = lab.engine().client();
/// let mut server = None;
/// assert!(client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).is_ok());
///
/// let slip = r#"{ "computers": [{ "process_servers": ["tcp:prot=5005"] }] }"#;
/// assert_eq!(
///     Scenario::parse("slip.json", slip).unwrap_err().to_string(),
///     "slip.json: computers[0].process_servers[0]: \"tcp:prot=5005\": at offset 4, item \"prot=5005\": \
///      expected one of port, hidden, password, ipversion, IcfEnable",
/// );
/// # Ok::<(), dbgeng_testkit::mock::ScenarioError>(())
/// ```
///
/// Everything may be left out: `{}` is [`Lab::new`] with [`Profile::Contract`]. A key that is not here is an error.
///
/// | key | what it says |
/// |---|---|
/// | `profile` | `contract` or `dbgeng` |
/// | `real_time` | whether waits take the time that they are asked to take ([`Lab::use_real_time`]) |
/// | `computers` | the computers; [`Lab::engine`] runs on the first |
/// | `faults` | what befalls calls, for as long as there is the lab; the first that decides what becomes of a call does |
/// | `later` | what happens without a call that does it |
/// | `$schema` | where an editor finds the schema, `fixtures/scenario.schema.json` |
///
/// | key of a computer | what it says |
/// |---|---|
/// | `names` | its name and further names; only the first computer, which then is `WORKSTATION`, can do without |
/// | `processes` | its processes, in place of those that a new [`LabComputer`](super::LabComputer) has, written as in the `Computer` event of a trace |
/// | `programs` | what can be started, besides what can be on a new computer |
/// | `missing_directories` | paths of which there is no directory |
/// | `held` | where some other program listens: the connection string of a process server that would want to listen there |
/// | `process_servers` | the connection strings of process servers, each of which a stock DbgSrv hosts |
/// | `debugging_servers` | the connection strings of debugging servers, which take an address and which no process-server connect reaches |
///
/// | key of a fault | what it says |
/// |---|---|
/// | `fail` | calls have no effect and answer this failure: `E_FAIL`, `0x80004005` ([`hresult::parse`](crate::hresult::parse)) |
/// | `delay_ms` | calls take so many milliseconds of the lab's time longer |
/// | `lose_connection` | the connection of a call is lost, `before` or `after` the call has taken effect |
/// | `effect` | what the function of [`Fault`](super::Fault) with this name does: `out_of_memory`, `refuse_password`, `version_mismatch`, `debugging_server` |
/// | `method` | befalls this method alone, by its documented name without `Wide` |
/// | `nth`, `first` | befalls the n-th such call alone, counted from 1, or the first n |
/// | `probability`, `seed` | befalls each such call with this probability, from 0 to 1, in a way that the seed (0) decides |
/// | `process_server`, `computer` | befalls the calls alone that lead to this process server, by its string and a name of its computer (the first) |
///
/// A fault says one of the first four, and one at most of `nth`, `first` and `probability`. A process server that answers
/// from the third attempt on is one with the fault `"fail": "WSAECONNREFUSED", "method": "ConnectProcessServer", "first": 2`.
///
/// | key of what happens later | what it says |
/// |---|---|
/// | `at_call` | it happens right before the n-th call, counted from 1 over all client objects; to make or release one is no call ([`Lab::at_call`]) |
/// | `at_ms` | it happens at this time of the lab's clock, which waits in real time leave alone ([`Lab::at_time`]) |
/// | `computer` | a name of the computer on which it happens (the first) |
/// | `starts` | a process starts, which runs this program |
/// | `ends` | the process with this id ends, if it is there |
/// | `dies` | the host of this process server goes down, by the string in `process_servers` |
/// | `restarts` | the same, and another host of this process server takes its place; also of one that has gone down already |
///
/// It says one of `at_call` and `at_ms`, and one of the last four.
#[derive(Clone, Debug)]
pub struct Scenario {
    file: String,
    profile: Profile,
    real_time: bool,
    computers: Vec<Plan>,
    faults: Vec<PlannedFault>,
    later: Vec<PlannedHappening>,
}

impl Scenario {
    /// Reads a scenario. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The text is no scenario, or says what cannot be: a name or a process id that is there twice, a name by which
    /// nobody finds a computer, a connection string that the profile does not take, a fault of a method that there is
    /// not, or the end of a process server that there is not.
    pub fn parse(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
        // Editors on Windows begin a file with a byte order mark, which JSON has no place for.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let noted =
            serde_json::from_str::<JsonObject<ScenarioJson>>(text).map_err(|error| ScenarioError::Malformed {
                file: file.to_owned(),
                line: error.line(),
                column: column(&error),
                problem: describe(&error),
            })?;
        Scenario::planned(file, noted.0).map_err(|problem| impossible(file, problem))
    }

    fn planned(file: &str, noted: ScenarioJson) -> Result<Scenario, ScenarioProblem> {
        let ScenarioJson { profile, real_time, .. } = noted;
        let mut computers: Vec<ComputerJson> = noted.computers.into_iter().map(|computer| computer.0).collect();
        if computers.is_empty() {
            computers.push(ComputerJson::default());
        }
        let computers = plan::computers(profile, computers)?;
        let faults = noted.faults.into_iter().enumerate();
        let faults = faults.map(|(at, fault)| faults::fault(&format!("faults[{at}]"), fault.0, &computers));
        let faults = faults.collect::<Result<_, _>>()?;
        let later = noted.later.into_iter().enumerate();
        let later = later.map(|(at, what)| later::happening(&format!("later[{at}]"), what.0, &computers));
        let later = later.collect::<Result<_, _>>()?;
        Ok(Scenario { file: file.to_owned(), profile, real_time, computers, faults, later })
    }

    /// A new lab that is as the scenario says.
    ///
    /// # Errors
    ///
    /// StartProcessServer or StartServer refused to start one of the servers, because its address is taken.
    pub fn lab(&self) -> Result<Lab, ScenarioError> {
        let first = self.computers.first().map_or(FIRST_COMPUTER, |first| &first.name);
        let lab = Lab::beginning_on(first, self.profile);
        if self.real_time {
            lab.use_real_time();
        }
        let built = self.computers.iter().enumerate();
        let built = built.map(|(at, plan)| Built::new(&lab, &format!("computers[{at}]"), plan));
        let built = built.collect::<Result<Vec<_>, _>>().map_err(|problem| impossible(&self.file, problem))?;
        for fault in &self.faults {
            lab.fault(fault.among(&built)).keep();
        }
        for happening in &self.later {
            happening.schedule(&lab, &built);
        }
        Ok(lab)
    }
}

fn impossible(file: &str, ScenarioProblem { path, what: problem }: ScenarioProblem) -> ScenarioError {
    ScenarioError::Impossible { file: file.to_owned(), path, problem: short(problem) }
}
