//! Explains what an id or a name of the spec means.

use super::{method, versions};
use crate::method::Method;
use crate::profile::Behaviour;
use crate::sentence::debug_as_display;
use crate::spec::{EngineDeviation, Requirement, Source, cited, joined_names, source, sources};
use crate::suggestion::did_you_mean;

/// An error: nothing in the spec has this id or name.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no requirement, fact, method or behaviour {id:?} (`dbgeng-testkit list` prints every requirement){meant}"
)]
pub struct UnknownId {
    id: String,
    meant: String,
}

debug_as_display!(UnknownId);

/// Explains a requirement, a fact, a method or a behaviour by its id or name. Upper and lower case count as the same.
///
/// # Errors
///
/// Returns an error if nothing has this id.
pub fn explain(id: &str) -> Result<String, UnknownId> {
    if let Some(source) = source(&id.to_ascii_uppercase()) {
        return Ok(fact(source));
    }
    if let Ok(requirement) = id.to_ascii_lowercase().parse() {
        return Ok(explanation(requirement));
    }
    let is_method = |method: &&Method| id.eq_ignore_ascii_case(method.name());
    if let Some(named) = Method::ALL.iter().find(is_method) {
        return Ok(method::method(*named));
    }
    let named = |behaviour: &&Behaviour| format!("{behaviour:?}").eq_ignore_ascii_case(id);
    if let Some(known) = Behaviour::ALL.iter().find(named) {
        return Ok(versions::behaviour(*known));
    }
    let behaviours = Behaviour::ALL.iter().map(|behaviour| format!("{behaviour:?}"));
    let ids = Requirement::ALL.into_iter().map(Requirement::id).chain(sources().iter().map(|source| source.id));
    let methods = Method::ALL.iter().map(|method| method.name());
    let known: Vec<String> = ids.chain(methods).map(str::to_owned).chain(behaviours).collect();
    let meant = did_you_mean(id, known.iter().map(String::as_str));
    Err(UnknownId { id: id.to_owned(), meant })
}

/// Explains a requirement: its statement, level, basis and profiles, and the facts that it rests on.
pub fn explanation(requirement: Requirement) -> String {
    let facts = requirement.facts();
    let mut text = format!("{requirement}\n\n{}\n\n", facts.statement);
    text.push_str(&format!("level     {}\nbasis     {}\n", facts.level, facts.basis));
    text.push_str(&format!("profiles  {}\n", joined_names(&facts.profiles, ", ")));
    let mut sources: Vec<&Source> = cited(&facts.sources).collect();
    for EngineDeviation { statement, profiles, traces, sources: more } in &facts.deviations {
        text.push_str(&format!("\nThe real engine: {statement}\n"));
        if !profiles.is_empty() {
            text.push_str(&format!("profiles  {}\n", joined_names(profiles, ", ")));
        }
        text.push_str(&format!("sources   {}\ntraces    {}\n", more.join(", "), traces.join(", ")));
        for source in cited(more) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    if let Some(why) = &facts.untestable {
        text.push_str(&format!("\nUntested: {why}\n"));
    }
    text + &behaviours(|fact| facts.rests_on(fact)) + "\nSources:\n" + &evidence(&sources)
}

/// Renders facts with the places where they were found.
fn evidence(sources: &[&Source]) -> String {
    let fact = |Source { id, statement, origin, .. }: &&Source| format!("  {id}: {statement}\n    {origin}\n");
    sources.iter().map(fact).collect()
}

/// Explains a fact: its text, where it was found and stands, and the requirements and behaviours that rest on it.
pub fn fact(source: &Source) -> String {
    let Source { id, statement, origin, .. } = source;
    let mut text = format!("{id}\n\n{statement}\n\nsource    {origin}\ntext      {}\n", source.link());
    for requirement in Requirement::ALL.into_iter().filter(|requirement| requirement.facts().rests_on(id)) {
        text.push_str(&format!("used by   {requirement}\n"));
    }
    text + &behaviours(|fact| fact == *id)
}

/// Explains the behaviours that rest on such facts.
fn behaviours(is_meant: impl Fn(&str) -> bool) -> String {
    let meant = Behaviour::ALL.iter().filter(|behaviour| behaviour.fact_ids().any(&is_meant));
    meant.map(|meant| format!("\n{}", versions::behaviour(*meant))).collect()
}
