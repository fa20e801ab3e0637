//! Makes the computers of a scenario.

use super::plan::{Plan, ScenarioProblem};
use crate::hresult::NamedCode;
use crate::mock::computer::{LabComputer, NotStarted};
use crate::mock::engine::LabEngine;
use crate::mock::lab::Lab;

/// A computer of a lab, and the hosts of its process servers in the order of the plan.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) computer: LabComputer,
    pub(super) hosts: Vec<LabEngine>,
}

impl Built {
    /// The computer at this path, which the lab then has.
    pub(super) fn new(lab: &Lab, path: &str, plan: &Plan) -> Result<Built, ScenarioProblem> {
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
        let hosts = each(path, "process_servers", "StartProcessServer", &plan.process_servers, |options| {
            computer.dbgsrv(options)
        })?;
        each(path, "debugging_servers", "StartServer", &plan.debugging_servers, |options| {
            computer.debugging_server(options)
        })?;
        Ok(Built { computer, hosts })
    }
}

/// Starts a host for each connection string of a list.
fn each(
    path: &str,
    list: &str,
    method: &str,
    strings: &[String],
    start: impl Fn(&str) -> Result<LabEngine, NotStarted>,
) -> Result<Vec<LabEngine>, ScenarioProblem> {
    let started = strings.iter().enumerate().map(|(at, options)| {
        start(options).map_err(|error| {
            let what = format!("{options:?}: {method} returns {}", NamedCode(error.hresult));
            ScenarioProblem::new(format!("{path}.{list}[{at}]"), what)
        })
    });
    started.collect()
}
