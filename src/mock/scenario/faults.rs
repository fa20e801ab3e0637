//! The faults of a scenario, checked before a lab is made.

use super::notation::FaultJson;
use super::place::{self, ServerPlace, at_most_one_of, one_of};
use super::plan::{Built, Plan, ScenarioProblem};
use crate::hresult::{self, NamedCode};
use crate::method::Method;
use crate::mock::fault::{Fault, is_probability, startable};
use crate::suggestion::did_you_mean;
use crate::trace::{has_arguments, read_arguments};

/// A valid fault.
#[derive(Clone, Debug)]
pub(super) struct PlannedFault {
    fault: Fault,
    at: Option<ServerPlace>,
    /// The computer and the id of a process.
    process: Option<(usize, u32)>,
}

impl PlannedFault {
    /// Returns the fault for a lab with these computers.
    pub(super) fn among(&self, computers: &[Built]) -> Fault {
        let mut fault = self.fault.clone();
        if let Some(ServerPlace { computer, process_server }) = self.at {
            fault = fault.at(&computers[computer].hosts[process_server]);
        }
        if let Some((computer, id)) = self.process {
            fault = fault.about_process(&computers[computer].computer, id);
        }
        fault
    }
}

/// Checks the fault at this path.
pub(super) fn fault(path: &str, noted: FaultJson, computers: &[Plan]) -> Result<PlannedFault, ScenarioProblem> {
    let wrong = |key: &str, what: String| ScenarioProblem::new(format!("{path}.{key}"), what);
    let effects = [
        noted.fail.map(|code| fail(&code).map_err(|what| wrong("fail", what))),
        noted.delay_ms.map(|ms| Ok(Fault::delay(ms))),
        noted.lose_connection.map(|when| lose_connection(&when).map_err(|what| wrong("lose_connection", what))),
        noted.effect.map(|name| effect(&name).map_err(|what| wrong("effect", what))),
    ];
    let fault = one_of(path, ["fail", "delay_ms", "lose_connection", "effect"], effects)??;
    let mut fault = match noted.method {
        Some(name) => of(fault, &name).map_err(|what| wrong("method", what))?,
        None => fault,
    };
    if let Some(arguments) = noted.r#in {
        let Some(method) = fault.method() else { return Err(wrong("in", "it needs a method as well".to_owned())) };
        let read = read_arguments(method, arguments);
        let arguments = read.map_err(|(name, what)| wrong(&format!("in.{name}"), what))?;
        fault = fault.when(move |call| has_arguments(&call.owned(), &arguments));
    }
    if let Some(program) = noted.program {
        startable(&program).map_err(|what| wrong("program", what))?;
        fault = fault.about_program(&program);
    }
    for (key, number) in [("nth", noted.nth), ("first", noted.first)] {
        if number == Some(0) {
            return Err(wrong(key, "calls are counted from 1".to_owned()));
        }
    }
    if let Some(probability) = noted.probability {
        is_probability(probability).map_err(|what| wrong("probability", what))?;
    }
    if noted.seed.is_some() && noted.probability.is_none() {
        return Err(wrong("seed", "it needs a probability as well".to_owned()));
    }
    let some = [
        noted.nth.map(|n| fault.clone().on_nth(n)),
        noted.first.map(|n| fault.clone().on_first(n)),
        noted.probability.map(|p| fault.clone().with_probability(p, noted.seed.unwrap_or_default())),
    ];
    let fault = at_most_one_of(path, ["nth", "first", "probability"], some)?.unwrap_or(fault);
    if noted.computer.is_some() && noted.process_server.is_none() && noted.process.is_none() {
        return Err(wrong("computer", "it needs a process or a process_server as well".to_owned()));
    }
    let computer = place::computer(path, computers, noted.computer.as_deref())?;
    let at = noted
        .process_server
        .map(|options| place::process_server(path, computers, computer, "process_server", &options));
    let fault = if noted.optional.unwrap_or_default() { fault.optional() } else { fault };
    Ok(PlannedFault { fault, at: at.transpose()?, process: noted.process.map(|id| (computer, id)) })
}

fn fail(code: &str) -> Result<Fault, String> {
    let code = hresult::parse(code).map_err(|error| error.to_string())?;
    // An engine that returns success and has done nothing would be wrong by itself, without a fault.
    if code.is_ok() { Err(format!("expected a failure, found {}", NamedCode(code))) } else { Ok(Fault::fail(code)) }
}

fn lose_connection(when: &str) -> Result<Fault, String> {
    match when {
        "before" => Ok(Fault::lose_connection_before()),
        "after" => Ok(Fault::lose_connection_after()),
        _ => Err(format!("{when:?}: expected before or after")),
    }
}

fn effect(name: &str) -> Result<Fault, String> {
    match name {
        "out_of_memory" => Ok(Fault::out_of_memory()),
        "refuse_password" => Ok(Fault::refuse_password()),
        "version_mismatch" => Ok(Fault::version_mismatch()),
        "debugging_server" => Ok(Fault::debugging_server()),
        "process_ends" => Ok(Fault::process_ends()),
        _ => {
            let known = "out_of_memory, refuse_password, version_mismatch, debugging_server, process_ends";
            Err(format!("{name:?}: expected one of {known}"))
        }
    }
}

fn of(fault: Fault, name: &str) -> Result<Fault, String> {
    let Some(method) = Fault::methods().find(|method| method.name() == name) else {
        let methods: Vec<&str> = Fault::methods().map(Method::name).collect();
        let meant = did_you_mean(name, methods.iter().copied());
        return Err(format!("{name:?}: expected one of {}{meant}", methods.join(", ")));
    };
    match fault.method() {
        Some(only) if only != method => Err(format!("{name:?}: this effect applies only to {only}")),
        _ => Ok(fault.of(method)),
    }
}
