//! Explains a method: the requirements on it, and the facts that name it.

use super::versions::behaviour;
use crate::method::Method;
use crate::profile::Behaviour;
use crate::spec::{Requirement, joined_names, sources};

/// Explains a method: its interface, each requirement on it with the deviations of the real engine, the behaviours in which
/// versions differ, and the facts that name it.
pub fn method(method: Method) -> String {
    let wide =
        method.wide_since().map_or(String::new(), |version| format!(", as {method}Wide from version {version} on"));
    let mut text = format!("{method}\n\ninterface  version {}{wide}\n\nRequirements:\n", method.since());
    for requirement in Requirement::ALL.into_iter().filter(|requirement| is_about(*requirement, method)) {
        let facts = requirement.facts();
        text.push_str(&format!("  {requirement} ({}): {}\n", facts.summary(), facts.statement));
        for deviation in &facts.deviations {
            let versions = match &*deviation.profiles {
                [] => String::new(),
                profiles => format!(" ({} alone)", joined_names(profiles, ", ")),
            };
            text.push_str(&format!("    The real engine{versions}: {}\n", deviation.statement));
        }
    }
    let differing = Behaviour::ALL.iter().filter(|behaviour| names(&behaviour.description(), method));
    text.extend(differing.map(|differing| format!("\n{}", behaviour(*differing))));
    let facts: Vec<&str> = sources().iter().filter(|fact| names(&fact.statement, method)).map(|fact| fact.id).collect();
    if !facts.is_empty() {
        text.push_str(&format!("\nFacts, each of which `dbgeng-testkit explain` prints:\n  {}\n", facts.join(", ")));
    }
    text
}

/// Whether a requirement is on this method: it names the method, or its area is that of the method.
fn is_about(requirement: Requirement, method: Method) -> bool {
    areas(method).contains(&requirement.area()) || names(&requirement.facts().statement, method)
}

/// Returns the areas of the spec in which every requirement is on the method.
fn areas(method: Method) -> &'static [&'static str] {
    match method {
        Method::StartProcessServer => &["start"],
        Method::ConnectProcessServer => &["connect", "handle"],
        Method::DisconnectProcessServer => &["disconnect", "handle"],
        Method::EndProcessServer => &["end", "handle"],
        Method::WaitForProcessServerEnd => &["wait"],
        Method::GetRunningProcessSystemIds => &["ids", "handle"],
        Method::GetRunningProcessSystemIdByExecutableName => &["name", "handle"],
        Method::GetRunningProcessDescription => &["description", "handle"],
        Method::AttachProcess => &["attach", "handle"],
        Method::CreateProcess
        | Method::CreateProcess2
        | Method::CreateProcessAndAttach
        | Method::CreateProcessAndAttach2 => &["create", "handle"],
        Method::OutputServers => &["output-servers"],
        _ => &[],
    }
}

/// Whether a text names the method, or its Wide twin.
fn names(text: &str, method: Method) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| word.strip_suffix("Wide").unwrap_or(word) == method.name())
}
