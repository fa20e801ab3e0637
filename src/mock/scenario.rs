//! Labs that are described by files.

mod faults;
mod later;
mod notation;
mod place;
mod plan;

use super::lab::{FIRST_COMPUTER, Lab, can_be_newest};
use super::world::{Misuse, SetUpAt};
use crate::printable::shortened;
use crate::profile::Profile;
use crate::sentence::debug_as_display;
use crate::suggestion::did_you_mean;
use crate::trace::{JsonProblem, parse_document};
use faults::PlannedFault;
use later::PlannedHappening;
use notation::{ComputerJson, ScenarioJson};
use plan::{Built, Plan, ScenarioProblem};

/// A description of a [`Lab`] as JSON, to set up the mock without Rust. Needs the feature `trace`.
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
/// Every key is optional: `{}` is [`Lab::new`] with [`Profile::Contract`]. A key that is not listed here is an error.
///
/// | key | meaning |
/// |---|---|
/// | `profile` | `contract`, `dbgeng`, or `dbgeng@` and a version of the engine, such as `dbgeng@10.0.15063` |
/// | `newest_client` | the newest version of `IDebugClient` that client objects have ([`Lab::set_newest_client`]) |
/// | `real_time` | whether waits take real time ([`Lab::use_real_time`]) |
/// | `permit` | kinds of misuse that are not reported, by their names in [`Misuse`], such as `ZeroAfterFailedConnect` ([`Lab::permit`]) |
/// | `forbid` | kinds that are reported though they are not by themselves: `UnreleasedClient` ([`Lab::forbid`]) |
/// | `computers` | the computers; [`Lab::engine`] runs on the first |
/// | `faults` | faults that apply to calls as long as the lab exists; of several that could end a call, the first does |
/// | `later` | events that happen without a call that causes them |
/// | `$schema` | the path of the schema, `fixtures/scenario.schema.json`, for an editor |
///
/// | key of a computer | meaning |
/// |---|---|
/// | `names` | its name and further names; only the first computer may have none, and is then `WORKSTATION` |
/// | `processes` | its processes, in place of those that a new [`LabComputer`](super::LabComputer) has, written as in the `Computer` event of a trace |
/// | `programs` | programs that can be started, besides those of a new computer; one without a path is in the system directory |
/// | `files` | files that are no programs, so that a command line that names one starts nothing |
/// | `code_page` | the code page of 8-bit strings, for callers of the plain methods through COM: a number of Windows, such as 1251 (1252) |
/// | `missing_directories` | paths that are not directories |
/// | `late_pipes` | the number of calls after the start of each process server in which its pipe is not there yet ([`LabComputer::set_late_pipes`](super::LabComputer::set_late_pipes)) |
/// | `unshared_pipes` | whether its pipes are reached only with `server=.` ([`LabComputer::unshare_pipes`](super::LabComputer::unshare_pipes)) |
/// | `ends_detached_targets` | whether a process ends when its debugger on this computer detaches from it ([`LabComputer::end_detached_targets`](super::LabComputer::end_detached_targets)) |
/// | `lists_engines` | whether the processes of the engines and of the hosts are in its list ([`LabComputer::list_engines`](super::LabComputer::list_engines)) |
/// | `held` | addresses at which another program listens that closes each connection, each as the connection string of a process server that would listen there ([`LabComputer::hold`](super::LabComputer::hold)) |
/// | `held_silently` | the same for a program that never answers ([`LabComputer::hold_silently`](super::LabComputer::hold_silently)) |
/// | `process_servers` | the connection strings of process servers, each of which a stock DbgSrv hosts; `npipe:pipe=*` serves every pipe that no other server has, for a tool that makes up the name ([`LabComputer::dbgsrv`](super::LabComputer::dbgsrv)) |
/// | `debugging_servers` | the connection strings of debugging servers, which take an address and which no process-server connect reaches |
///
/// | key of a fault | meaning |
/// |---|---|
/// | `fail` | calls have no effect and return this failure: `E_FAIL`, `0x80004005` ([`hresult::parse`](crate::hresult::parse)) |
/// | `delay_ms` | calls take this many milliseconds of the lab's time longer |
/// | `lose_connection` | the connection of a call is lost, `before` or `after` the call has taken effect |
/// | `effect` | the effect of the function of [`Fault`](super::Fault) with this name: `out_of_memory`, `refuse_password`, `version_mismatch`, `debugging_server`, `process_ends` |
/// | `method` | applies only to this method, by its documented name without `Wide` |
/// | `in` | applies only to calls of the method that have these arguments, written as in a trace: `{ "AttachFlags": 1 }` |
/// | `process` | applies only to calls that name the process with this id on the computer ([`Fault::about_process`](super::Fault::about_process)) |
/// | `program` | applies only to calls that name this program, or a process that runs it ([`Fault::about_program`](super::Fault::about_program)) |
/// | `nth`, `first` | applies only to the n-th such call, counted from 1, or to the first n |
/// | `probability`, `seed` | applies to each such call with this probability, from 0 to 1; the seed (0) decides to which |
/// | `process_server` | applies only to calls that lead to this process server of the computer, by its string |
/// | `computer` | a name of the computer of the process or the process server (the first) |
/// | `optional` | whether the fault may go without any call, so that [`Lab::assert_clean`] does not name it (`false`) |
///
/// A fault has exactly one of the first four keys, and at most one of `nth`, `first` and `probability`. A process server
/// that can be reached from the third attempt on has the fault `"fail": "WSAECONNREFUSED", "method": "ConnectProcessServer", "first": 2`.
///
/// | key of a later event | meaning |
/// |---|---|
/// | `at_call` | it happens right before the n-th call, counted from 1 over all client objects; calls that make or release one do not count ([`Lab::at_call`]) |
/// | `at_ms` | it happens at this time of the lab's clock, which waits in real time do not move ([`Lab::at_time`]) |
/// | `computer` | a name of the computer on which it happens (the first) |
/// | `starts` | a process that runs this program starts |
/// | `ends` | the process with this id ends, if it is running |
/// | `dies` | the host of this process server crashes, by the string in `process_servers` |
/// | `restarts` | the same, and another host of this process server takes its place; the host may have crashed already |
/// | `optional` | whether it may stay away, so that [`Lab::assert_clean`] does not name it (`false`) |
///
/// An event has one of `at_call` and `at_ms`, and one of `starts`, `ends`, `dies` and `restarts`.
#[derive(Clone, Debug)]
pub struct Scenario {
    file: String,
    profile: Profile,
    newest_client: Option<u8>,
    real_time: bool,
    permitted: Vec<Misuse>,
    forbidden: Vec<Misuse>,
    computers: Vec<Plan>,
    faults: Vec<PlannedFault>,
    later: Vec<PlannedHappening>,
}

/// The error of a text that is not a scenario, or of a scenario that no lab can be.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The text is not JSON, or does not have the form of a scenario.
    #[error("{file}:{line}:{column}: {problem}")]
    Malformed {
        /// The name that [`Scenario::parse`] was given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// In bytes, counted from 1: at the wrong value, or right after it.
        column: usize,
        /// The problem.
        problem: String,
    },
    /// The form is right, but no lab can be as the text says.
    #[error("{file}: {path}: {problem}")]
    Impossible {
        /// The name that [`Scenario::parse`] was given.
        file: String,
        /// The path of the wrong value, such as `computers[1].process_servers[0]`. Lists are counted from 0.
        path: String,
        /// The problem.
        problem: String,
    },
}

debug_as_display!(ScenarioError);

impl Scenario {
    /// Reads a scenario. Errors name it by `file`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a scenario, or if a lab cannot be as it says. Examples are a name or a process id
    /// that is used twice, an invalid connection string, an unknown method, or a process server that does not exist.
    #[doc(alias = "from_file")]
    #[doc(alias = "from_str")]
    #[doc(alias = "load")]
    #[doc(alias = "new")]
    #[doc(alias = "read")]
    pub fn parse(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
        let noted = parse_document(text).map_err(|JsonProblem { line, column, problem }| ScenarioError::Malformed {
            file: file.to_owned(),
            line,
            column,
            problem,
        })?;
        Scenario::planned(file, noted).map_err(|problem| impossible(file, problem))
    }

    fn planned(file: &str, noted: ScenarioJson) -> Result<Scenario, ScenarioProblem> {
        let ScenarioJson { profile, newest_client, real_time, .. } = noted;
        if let Some(version) = newest_client {
            can_be_newest(profile, version).map_err(|what| ScenarioProblem::new("newest_client", what))?;
        }
        let permitted = misuses("permit", &noted.permit)?;
        let forbidden = misuses("forbid", &noted.forbid)?;
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
        Ok(Scenario {
            file: file.to_owned(),
            profile,
            newest_client,
            real_time,
            permitted,
            forbidden,
            computers,
            faults,
            later,
        })
    }

    /// Returns a new lab that is as the scenario says.
    ///
    /// # Errors
    ///
    /// Returns an error if the address of one of the servers is taken.
    #[doc(alias = "build")]
    pub fn lab(&self) -> Result<Lab, ScenarioError> {
        let first = self.computers.first().map_or(FIRST_COMPUTER, |first| &first.name);
        let lab = Lab::with_first_computer(first, self.profile);
        if let Some(version) = self.newest_client {
            lab.set_newest_client(version);
        }
        if self.real_time {
            lab.use_real_time();
        }
        self.permitted.iter().for_each(|misuse| lab.permit(*misuse));
        self.forbidden.iter().for_each(|misuse| lab.forbid(*misuse));
        let built = self.computers.iter().enumerate();
        let built = built.map(|(at, plan)| Built::new(&lab, &format!("computers[{at}]"), plan));
        let built = built.collect::<Result<Vec<_>, _>>().map_err(|problem| impossible(&self.file, problem))?;
        for (at, fault) in self.faults.iter().enumerate() {
            let place = SetUpAt::Scenario(format!("{}: faults[{at}]", self.file));
            lab.fault_from(fault.among(&built), place).keep();
        }
        for (at, happening) in self.later.iter().enumerate() {
            happening.schedule(&lab, &built, format!("{}: later[{at}]", self.file));
        }
        Ok(lab)
    }
}

/// Reads the names of kinds of misuse.
fn misuses(list: &str, names: &[String]) -> Result<Vec<Misuse>, ScenarioProblem> {
    let named = |(at, name): (usize, &String)| {
        let known = Misuse::ALL.iter().find(|misuse| misuse.name() == name);
        known.copied().ok_or_else(|| {
            let example = Misuse::ZeroAfterFailedConnect.name();
            let meant = did_you_mean(name, Misuse::ALL.iter().map(|misuse| misuse.name()));
            let what = format!("{name:?}: expected the name of a kind of `Misuse`, such as {example}{meant}");
            ScenarioProblem::new(format!("{list}[{at}]"), what)
        })
    };
    names.iter().enumerate().map(named).collect()
}

fn impossible(file: &str, ScenarioProblem { path, what: problem }: ScenarioProblem) -> ScenarioError {
    ScenarioError::Impossible { file: file.to_owned(), path, problem: shortened(&problem) }
}
