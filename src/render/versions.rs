//! The page on the versions of Microsoft's engine.

use std::fmt::Write;

use super::links::{code, definitions, links};
use crate::profile::{Behaviour, EngineVersion, Profile};
use crate::spec::Requirement;

const INTRODUCTION: &str = "\
# What changed between versions

Rendered from `src/profile/version.rs` and `requirements.json` by `INSTA_UPDATE=always cargo test`; a test fails when it is
stale.

These versions of Microsoft's engine were measured. What is not listed here was seen to be the same in both, or was measured in one
alone. The profile `dbgeng` means the newest; `Profile::ALL` has every version, for a test that has to hold on each.

";

/// Returns the page of the spec on what changed between versions of the engine, as `spec/versions.md` holds it.
pub fn versions() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("| version | profile | newest client interface |\n|---|---|---|\n");
    for version in EngineVersion::ALL {
        let (profile, interface) = (Profile::DbgengAt(*version), version.newest_client());
        let _ = writeln!(text, "| {version} | `{profile}` | `IDebugClient{interface}` |");
    }
    text.push_str("\n## Behaviours\n\n");
    text.push_str(&table());
    for behaviour in Behaviour::ALL {
        section(*behaviour, &mut text);
    }
    text.push_str(
        "\n## Requirements\n\nThese do not hold in every version, or not every version deviates from them.\n\n",
    );
    for requirement in Requirement::ALL {
        item(requirement, &mut text);
    }
    let definitions = definitions(&text);
    text + "\n" + &definitions
}

/// Explains a behaviour in which versions of the engine differ: which have it, and what a caller does about it.
pub fn behaviour(behaviour: Behaviour) -> String {
    let (holders, description) = (holders(behaviour), behaviour.description());
    let advice = behaviour.advice();
    let facts = behaviour.facts();
    format!("{behaviour:?}, in {holders} alone ({facts}):\n  {description}\n  To be right on every version: {advice}\n")
}

/// Returns a row for each behaviour, with a column for each version and one for the contract.
fn table() -> String {
    let heads: String = EngineVersion::ALL.iter().map(|version| format!(" {version} |")).collect();
    let mut text = format!("| behaviour |{heads} `contract` |\n|---|{}:-:|\n", ":-:|".repeat(EngineVersion::ALL.len()));
    for behaviour in Behaviour::ALL {
        let anchor = format!("{behaviour:?}").to_lowercase();
        let _ = write!(text, "| [`{behaviour:?}`](#{anchor}) |");
        let versions = EngineVersion::ALL.iter().map(|version| Profile::DbgengAt(*version));
        for profile in versions.chain([Profile::Contract]) {
            text.push_str(if profile.has(*behaviour) { " yes |" } else { " – |" });
        }
        text.push('\n');
    }
    text
}

fn section(behaviour: Behaviour, text: &mut String) {
    let _ = write!(text, "\n### {behaviour:?}\n\n{}\n\n", behaviour.description());
    let _ = write!(text, "*To be right on every version:* {}\n\n", behaviour.advice());
    let _ = write!(text, "*Facts:* {}", links(behaviour.fact_ids()));
    let rests = |it: &Requirement| behaviour.fact_ids().any(|id| it.facts().rests_on(id));
    let requirements: Vec<String> = Requirement::ALL.into_iter().filter(rests).map(link).collect();
    if !requirements.is_empty() {
        let _ = write!(text, ". *Requirements:* {}", requirements.join(", "));
    }
    text.push('\n');
}

fn item(requirement: Requirement, text: &mut String) {
    let facts = requirement.facts();
    if facts.scope().iter().any(|profile| matches!(profile, Profile::DbgengAt(_))) {
        let _ = writeln!(text, "- {}: {} alone", link(requirement), code(facts.scope()));
    }
    for deviation in facts.deviations.iter().filter(|deviation| !deviation.profiles.is_empty()) {
        let _ =
            writeln!(text, "- {}: {} deviates: {}", link(requirement), code(&deviation.profiles), deviation.statement);
    }
}

fn link(requirement: Requirement) -> String {
    format!("[{requirement}](SPEC.md#{requirement})")
}

/// Names the versions that have the behaviour.
pub(super) fn holders(behaviour: Behaviour) -> String {
    let versions = EngineVersion::ALL.iter().filter(|version| Profile::DbgengAt(**version).has(behaviour));
    versions.map(|version| version.number()).collect::<Vec<_>>().join(", ")
}
