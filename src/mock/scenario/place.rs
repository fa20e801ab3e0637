//! Finds what the faults and later events of a scenario name, and which of several keys they have.

use super::plan::{Plan, ScenarioProblem};

/// A process server of a scenario, by the places in its lists.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerPlace {
    pub(super) computer: usize,
    pub(super) process_server: usize,
}

/// Returns the computer with this name, or the first if there is no name.
pub(super) fn computer(path: &str, computers: &[Plan], name: Option<&str>) -> Result<usize, ScenarioProblem> {
    let Some(name) = name else { return Ok(0) };
    // As the lab compares them.
    let is = |own: &String| own.eq_ignore_ascii_case(name);
    let found = computers.iter().position(|plan| is(&plan.name) || plan.aliases.iter().any(is));
    found.ok_or_else(|| {
        ScenarioProblem::new(format!("{path}.computer"), format!("{name:?}: no computer of the scenario has this name"))
    })
}

/// Returns the process server of a computer with this string. `key` is the key that names it.
pub(super) fn process_server(
    path: &str,
    computers: &[Plan],
    computer: usize,
    key: &str,
    options: &str,
) -> Result<ServerPlace, ScenarioProblem> {
    let problem =
        |what| ScenarioProblem::new(format!("{path}.{key}"), format!("{options:?}: computers[{computer}] has {what}"));
    let all = computers[computer].process_servers.iter().enumerate();
    let mut same = all.filter(|(_, own)| *own == options).map(|(at, _)| at);
    match (same.next(), same.next()) {
        (Some(process_server), None) => Ok(ServerPlace { computer, process_server }),
        (Some(_), Some(_)) => Err(problem("several process servers with this string")),
        (None, _) => Err(problem("no process server with this string")),
    }
}

/// Returns the value of the only key that is given.
pub(super) fn one_of<T, const N: usize>(
    path: &str,
    keys: [&str; N],
    said: [Option<T>; N],
) -> Result<T, ScenarioProblem> {
    at_most_one_of(path, keys, said)?
        .ok_or_else(|| ScenarioProblem::new(path, format!("expected one of {}", keys.join(", "))))
}

/// The same, if one is given at all.
pub(super) fn at_most_one_of<T, const N: usize>(
    path: &str,
    keys: [&str; N],
    said: [Option<T>; N],
) -> Result<Option<T>, ScenarioProblem> {
    let mut given = keys.into_iter().zip(said).filter_map(|(key, said)| said.map(|said| (key, said)));
    match (given.next(), given.next()) {
        (Some((one, _)), Some((other, _))) => {
            Err(ScenarioProblem::new(path, format!("expected only one of {one} and {other}")))
        }
        (one, _) => Ok(one.map(|(_, said)| said)),
    }
}
