//! What the requirements say: `spec/requirements.json`, the source of truth, built into the crate.

use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Requirement, Source};
use crate::profile::Profile;

/// The spec as it stands in `spec/requirements.json`.
pub const JSON: &str = include_str!("../../spec/requirements.json");

/// How much a requirement binds (RFC 2119).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// An engine that breaks it fails.
    Must,
    /// An engine that breaks it needs a reason.
    Should,
    /// Advisory.
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

/// Where a requirement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The public documentation or header says so.
    Documented,
    /// The documentation leaves it open; anything else is unsafe.
    Required,
    /// It follows from documented facts.
    Inferred,
    /// The real engine does so; others may differ.
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

/// What the real engine does instead.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EngineDeviation {
    /// What it does.
    pub statement: String,
    /// The observations of it.
    pub sources: Vec<&'static Source>,
    /// The published traces that show it.
    pub traces: Vec<String>,
}

/// What the spec says of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequirementFacts {
    /// Its id, [`Requirement::id`].
    pub id: String,
    /// How much it binds.
    pub level: Level,
    /// Where it comes from.
    pub basis: Basis,
    profiles: Vec<Profile>,
    /// The facts that it rests on.
    pub sources: Vec<&'static Source>,
    /// What it asks.
    pub statement: String,
    /// What the real engine does instead, if it does.
    #[serde(default)]
    pub deviation: Option<EngineDeviation>,
    /// Why no outcome of a call can show whether it holds, if none can.
    #[serde(default)]
    pub untestable: Option<String>,
}

impl RequirementFacts {
    /// Whether a profile judges by this requirement.
    pub fn applies_to(&self, profile: Profile) -> bool {
        self.profiles.contains(&profile)
    }
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
    /// What the spec says of it.
    pub fn facts(self) -> &'static RequirementFacts {
        &FACTS[self as usize]
    }

    /// How much it binds.
    pub fn level(self) -> Level {
        self.facts().level
    }
}
