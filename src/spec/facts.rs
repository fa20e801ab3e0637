//! The facts of each requirement: `spec/requirements.json`, built into the crate.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::requirement::Requirement;
use crate::profile::Profile;

/// The text of `spec/requirements.json`.
pub const JSON: &str = include_str!("../../spec/requirements.json");

/// The level of a requirement (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// An engine that violates it fails.
    Must,
    /// An engine that violates it needs a reason.
    Should,
    /// A violation is reported and changes no verdict.
    May,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
            Level::May => "MAY",
        })
    }
}

/// The basis of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The public documentation or header says so.
    Documented,
    /// The documentation is silent, and anything else is unsafe.
    Required,
    /// It follows from documented facts.
    Inferred,
    /// Microsoft's engine does so; others may differ.
    Observed,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Basis::Documented => "documented",
            Basis::Required => "required",
            Basis::Inferred => "inferred",
            Basis::Observed => "observed",
        })
    }
}

/// A deviation of Microsoft's engine from a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct EngineDeviation {
    /// The engine's behaviour.
    pub statement: String,
    /// The versions that deviate, as profiles. Empty if every measured version does.
    #[serde(default)]
    pub profiles: Vec<Profile>,
    /// The ids of the observations that show it, for [`source`](super::source()).
    pub sources: Vec<String>,
    /// The names of traces in `fixtures/traces` that show it.
    pub traces: Vec<String>,
}

/// The facts of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RequirementFacts {
    /// The id, as [`Requirement::id`] returns it.
    pub id: String,
    /// The level.
    pub level: Level,
    /// The basis.
    pub basis: Basis,
    /// The profiles that judge by it. [`Profile::Dbgeng`] stands for every measured version.
    pub profiles: Vec<Profile>,
    /// The ids of the facts that it rests on, for [`source`](super::source()). They are looked up only where somebody reads
    /// them, because every child process of the kit reads the requirements when it starts.
    pub sources: Vec<String>,
    /// The demand, as a sentence.
    pub statement: String,
    /// The behaviours of Microsoft's engine that deviate.
    #[serde(default)]
    pub deviations: Vec<EngineDeviation>,
    /// The reason why no outcome of a call can show whether it holds, if it cannot be tested.
    #[serde(default)]
    pub untestable: Option<String>,
}

impl RequirementFacts {
    /// Returns whether a profile judges by this requirement.
    pub fn applies_to(&self, profile: Profile) -> bool {
        self.profiles.iter().any(|listed| listed.covers(profile))
    }

    /// Returns the profiles that judge by this requirement. Empty if every profile does.
    pub fn scope(&self) -> &[Profile] {
        if Profile::ALL.iter().all(|profile| self.applies_to(*profile)) { &[] } else { &self.profiles }
    }

    /// Returns whether the requirement, or a deviation from it, rests on this fact.
    pub(crate) fn rests_on(&self, id: &str) -> bool {
        let deviations = self.deviations.iter().flat_map(|deviation| &deviation.sources);
        self.sources.iter().chain(deviations).any(|cited| cited == id)
    }

    /// Returns the level, the basis and the scope, such as "SHOULD, observed, dbgeng alone".
    pub(crate) fn summary(&self) -> String {
        let scope = match self.scope() {
            [] => String::new(),
            profiles => format!(", {} alone", joined_names(profiles, " and ")),
        };
        format!("{}, {}{scope}", self.level, self.basis)
    }
}

/// Joins the names of profiles.
pub(crate) fn joined_names(profiles: &[Profile], separator: &str) -> String {
    profiles.iter().map(|profile| profile.name()).collect::<Vec<_>>().join(separator)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    requirements: Vec<RequirementFacts>,
}

static FACTS: LazyLock<Vec<RequirementFacts>> = LazyLock::new(|| {
    let document: Document = serde_json::from_str(JSON).expect("spec/requirements.json is part of the crate");
    document.requirements
});

impl Requirement {
    /// Returns the facts of the requirement.
    pub fn facts(self) -> &'static RequirementFacts {
        &FACTS[self as usize]
    }

    /// Returns the level of the requirement.
    pub fn level(self) -> Level {
        self.facts().level
    }
}
