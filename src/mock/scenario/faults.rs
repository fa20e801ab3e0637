//! The faults of a scenario, checked before a lab is made.

use super::notation::FaultJson;
use super::place::{self, ServerPlace, at_most_one_of, one_of};
use super::plan::{Built, Plan, ScenarioProblem};
use crate::hresult::{self, NamedCode};
use crate::method::Method;
use crate::mock::fault::Fault;

/// A valid fault.
#[derive(Clone, Debug)]
pub(super) struct PlannedFault {
    fault: Fault,
    at: Option<ServerPlace>,
}

impl PlannedFault {
    /// Returns the fault for a lab with these computers.
    pub(super) fn among(&self, computers: &[Built]) -> Fault {
        let fault = self.fault.clone();
        match self.at {
            Some(ServerPlace { computer, process_server }) => fault.at(&computers[computer].hosts[process_server]),
            None => fault,
        }
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
    let fault = match noted.method {
        Some(name) => of(fault, &name).map_err(|what| wrong("method", what))?,
        None => fault,
    };
    for (key, number) in [("nth", noted.nth), ("first", noted.first)] {
        if number == Some(0) {
            return Err(wrong(key, "calls are counted from 1".to_owned()));
        }
    }
    if let Some(no) = noted.probability.filter(|probability| !(0.0..=1.0).contains(probability)) {
        return Err(wrong("probability", format!("expected a number from 0 to 1, found {no}")));
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
    let at = match noted.process_server {
        Some(options) => {
            let computer = place::computer(path, computers, noted.computer.as_deref())?;
            Some(place::process_server(path, computers, computer, "process_server", &options)?)
        }
        None if noted.computer.is_some() => {
            return Err(wrong("computer", "it needs a process_server as well".to_owned()));
        }
        None => None,
    };
    Ok(PlannedFault { fault, at })
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
        _ => {
            Err(format!("{name:?}: expected one of out_of_memory, refuse_password, version_mismatch, debugging_server"))
        }
    }
}

fn of(fault: Fault, name: &str) -> Result<Fault, String> {
    let Some(method) = Fault::methods().find(|method| method.name() == name) else {
        let methods: Vec<&str> = Fault::methods().map(Method::name).collect();
        return Err(format!("{name:?}: expected one of {}", methods.join(", ")));
    };
    match fault.method() {
        Some(only) if only != method => Err(format!("{name:?}: this effect applies only to {only}")),
        _ => Ok(fault.of(method)),
    }
}
