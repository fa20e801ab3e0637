//! The computers of a scenario: checked before a lab is made, and then made.

use std::collections::HashMap;

use super::notation::ComputerJson;
use crate::address::{Address, Listen};
use crate::code_page::CodePage;
use crate::hresult::NamedCode;
use crate::mock::computer::{LabComputer, NotStarted, can_be_reached, distinct_ids};
use crate::mock::engine::LabEngine;
use crate::mock::fault::startable;
use crate::mock::lab::{FIRST_COMPUTER, Lab};
use crate::mock::world::ANY_PIPE;
use crate::options::{ConnectionString, Side};
use crate::process::Process;
use crate::profile::Profile;

/// A valid computer.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) processes: Option<Vec<Process>>,
    pub(super) programs: Vec<String>,
    pub(super) files: Vec<String>,
    pub(super) code_page: CodePage,
    pub(super) missing_directories: Vec<String>,
    pub(super) late_pipes: u32,
    pub(super) has_unshared_pipes: bool,
    pub(super) ends_detached_targets: bool,
    pub(super) lists_engines: bool,
    pub(super) held: Vec<Address>,
    pub(super) held_silently: Vec<Address>,
    pub(super) process_servers: Vec<String>,
    pub(super) debugging_servers: Vec<String>,
}

/// A problem, and the path of the value that has it.
#[derive(Debug)]
pub(super) struct ScenarioProblem {
    pub(super) path: String,
    pub(super) what: String,
}

impl ScenarioProblem {
    pub(super) fn new(path: impl Into<String>, what: impl Into<String>) -> ScenarioProblem {
        ScenarioProblem { path: path.into(), what: what.into() }
    }
}

/// Checks the computers of a scenario. Returns them in its order.
pub(super) fn computers(
    profile: Profile,
    noted: impl IntoIterator<Item = ComputerJson>,
) -> Result<Vec<Plan>, ScenarioProblem> {
    let mut names = Names::default();
    noted.into_iter().enumerate().map(|(at, noted)| computer(profile, at, noted, &mut names)).collect()
}

fn computer(profile: Profile, at: usize, noted: ComputerJson, names: &mut Names) -> Result<Plan, ScenarioProblem> {
    let path = format!("computers[{at}]");
    let (name, aliases) = names.take(at, &path, noted.names)?;
    if let Some(processes) = &noted.processes {
        distinct_ids(processes)
            .map_err(|(place, what)| ScenarioProblem::new(format!("{path}.processes[{place}].Id"), what))?;
    }
    each(&path, "programs", &noted.programs, startable)?;
    each(&path, "files", &noted.files, startable)?;
    each(&path, "missing_directories", &noted.missing_directories, |directory| {
        if directory.is_empty() { Err("the path is empty".to_owned()) } else { Ok(()) }
    })?;
    let code_page = noted.code_page.map_or(Ok(CodePage::default()), |number| code_page(&path, number))?;
    let held = |list: &str, texts: &[String]| each(&path, list, texts, |text| held(profile, text));
    let (closing, silent) = (held("held", &noted.held)?, held("held_silently", &noted.held_silently)?);
    for (list, texts) in [("process_servers", &noted.process_servers), ("debugging_servers", &noted.debugging_servers)]
    {
        each(&path, list, texts, |text| parse(profile, text))?;
    }
    Ok(Plan {
        name,
        aliases,
        processes: noted.processes,
        programs: noted.programs,
        files: noted.files,
        code_page,
        missing_directories: noted.missing_directories,
        late_pipes: noted.late_pipes,
        has_unshared_pipes: noted.unshared_pipes,
        ends_detached_targets: noted.ends_detached_targets,
        lists_engines: noted.lists_engines,
        held: closing.concat(),
        held_silently: silent.concat(),
        process_servers: noted.process_servers,
        debugging_servers: noted.debugging_servers,
    })
}

/// Reads each text of a list.
fn each<T>(
    path: &str,
    list: &str,
    texts: &[String],
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, ScenarioProblem> {
    let read = |(at, text): (usize, &String)| {
        read(text).map_err(|what| ScenarioProblem::new(format!("{path}.{list}[{at}]"), what))
    };
    texts.iter().enumerate().map(read).collect()
}

/// The names so far, in lower case, with the numbers of their computers.
#[derive(Debug, Default)]
struct Names(HashMap<String, usize>);

impl Names {
    /// Returns the name of a computer, and its aliases.
    fn take(
        &mut self,
        at: usize,
        path: &str,
        names: Option<Vec<String>>,
    ) -> Result<(String, Vec<String>), ScenarioProblem> {
        let names = match names {
            Some(names) => names,
            None if at == 0 => vec![FIRST_COMPUTER.to_owned()],
            None => {
                return Err(ScenarioProblem::new(path, "it needs names: only the first computer may have none"));
            }
        };
        each(path, "names", &names, can_be_reached)?;
        for (place, name) in names.iter().enumerate() {
            // As the lab compares them.
            if let Some(other) = self.0.insert(name.to_ascii_lowercase(), at) {
                let what = format!("{name:?}: computers[{other}] has this name already");
                return Err(ScenarioProblem::new(format!("{path}.names[{place}]"), what));
            }
        }
        let mut names = names.into_iter();
        match names.next() {
            Some(name) => Ok((name, names.collect())),
            None => Err(ScenarioProblem::new(format!("{path}.names"), "the list is empty")),
        }
    }
}

fn code_page(path: &str, number: u16) -> Result<CodePage, ScenarioProblem> {
    CodePage::new(number).ok_or_else(|| {
        let known = CodePage::ALL.iter().map(|page| page.number().to_string()).collect::<Vec<_>>().join(", ");
        ScenarioProblem::new(format!("{path}.code_page"), format!("{number}: expected one of {known}"))
    })
}

fn parse(profile: Profile, text: &str) -> Result<ConnectionString, String> {
    ConnectionString::parse(Side::Server, profile, text).map_err(|error| format!("{text:?}: {error}"))
}

/// Returns the addresses at which a process server with this string would try to listen.
fn held(profile: Profile, text: &str) -> Result<Vec<Address>, String> {
    let options = parse(profile, text)?;
    match Listen::of(&options) {
        Listen::FirstFree(addresses) if options.pipe() != Some(ANY_PIPE) => Ok(addresses),
        Listen::FirstFree(_) | Listen::SystemChooses(_) | Listen::SystemNames(_) | Listen::Reverse => {
            Err(format!("{text:?}: it names no address that could be held; give a port from 1 to 65535, or a pipe"))
        }
    }
}

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
        computer.set_code_page(plan.code_page);
        for file in &plan.files {
            computer.add_file(file);
        }
        for directory in &plan.missing_directories {
            computer.remove_directory(directory);
        }
        computer.set_late_pipes(plan.late_pipes);
        if plan.has_unshared_pipes {
            computer.unshare_pipes();
        }
        if plan.ends_detached_targets {
            computer.end_detached_targets();
        }
        if plan.lists_engines {
            computer.list_engines();
        }
        for address in &plan.held {
            computer.hold(address.clone());
        }
        for address in &plan.held_silently {
            computer.hold_silently(address.clone());
        }
        let refused = |method: &str, error: NotStarted| {
            format!("{:?}: {method} returns {}", error.options, NamedCode(error.hresult))
        };
        let hosts = each(path, "process_servers", &plan.process_servers, |options| {
            computer.dbgsrv(options).map_err(|error| refused("StartProcessServer", error))
        })?;
        each(path, "debugging_servers", &plan.debugging_servers, |options| {
            computer.debugging_server(options).map_err(|error| refused("StartServer", error))
        })?;
        Ok(Built { computer, hosts })
    }
}
