//! Keys that exclude one another.

use super::plan::ScenarioProblem;

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
