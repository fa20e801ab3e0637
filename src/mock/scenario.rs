//! A lab that is described by a file.

mod error;
mod notation;
mod plan;

pub use error::ScenarioError;

use super::lab::{FIRST_COMPUTER, Lab};
use crate::hresult::Named;
use crate::profile::Profile;
use crate::trace::{Object, column, describe, short};
use notation::Noted;
use plan::{Plan, Problem};

/// A description of a [`Lab`] as JSON, for whoever sets up the mock without Rust.
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
#[derive(Clone, Debug)]
pub struct Scenario {
    file: String,
    profile: Profile,
    real_time: bool,
    computers: Vec<Plan>,
}

impl Scenario {
    /// Reads a scenario. `file` is the name that errors give.
    ///
    /// # Errors
    ///
    /// The text is no scenario, or says what cannot be: a name or a process id that is there twice, a name by which
    /// nobody finds a computer, a connection string that the profile does not take.
    pub fn parse(file: &str, text: &str) -> Result<Scenario, ScenarioError> {
        // Editors on Windows begin a file with a byte order mark, which JSON has no place for.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let noted = serde_json::from_str::<Object<Noted>>(text).map_err(|error| ScenarioError::Malformed {
            file: file.to_owned(),
            line: error.line(),
            column: column(&error),
            problem: describe(&error),
        })?;
        let Noted { profile, real_time, computers, .. } = noted.0;
        let computers = plan::computers(profile, computers.into_iter().map(|computer| computer.0))
            .map_err(|problem| impossible(file, problem))?;
        Ok(Scenario { file: file.to_owned(), profile, real_time, computers })
    }

    /// A new lab that is as the scenario says.
    ///
    /// # Errors
    ///
    /// StartProcessServer refused to start one of the process servers, because its address is taken.
    pub fn lab(&self) -> Result<Lab, ScenarioError> {
        let first = self.computers.first().map_or(FIRST_COMPUTER, |first| &first.name);
        let lab = Lab::beginning_on(first, self.profile);
        if self.real_time {
            lab.use_real_time();
        }
        for (at, plan) in self.computers.iter().enumerate() {
            let path = format!("computers[{at}]");
            add(&lab, &path, plan).map_err(|problem| impossible(&self.file, problem))?;
        }
        Ok(lab)
    }
}

fn add(lab: &Lab, path: &str, plan: &Plan) -> Result<(), Problem> {
    let computer = lab.computer(&plan.name);
    for alias in &plan.aliases {
        computer.add_name(alias);
    }
    if let Some(processes) = &plan.processes {
        computer.set_processes(processes.clone());
    }
    for program in &plan.programs {
        computer.install(program);
    }
    for directory in &plan.missing_directories {
        computer.remove_directory(directory);
    }
    for address in &plan.held {
        computer.hold(address.clone());
    }
    for (at, options) in plan.process_servers.iter().enumerate() {
        computer.dbgsrv(options).map_err(|error| {
            let what = format!("{options:?}: StartProcessServer answers {}", Named(error.code()));
            Problem::new(format!("{path}.process_servers[{at}]"), what)
        })?;
    }
    Ok(())
}

fn impossible(file: &str, Problem { path, what: problem }: Problem) -> ScenarioError {
    ScenarioError::Impossible { file: file.to_owned(), path, problem: short(problem) }
}
