//! The cases as data, for harnesses in other languages. `spec/vectors/README.md` says how to run them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::capability::needs_of;
use super::case::Case;
use super::cases::cases;
use super::notation::{Noted, NotedHost, NotedStep};
use super::perform::Means;
use super::script::Limits;
use super::wanted::{Wanted, Wrote};
use crate::profile::Profile;
use crate::spec::{Level, Requirement};

/// How many steps a case has at the most to be among the vectors. Longer ones are loops, which data has no words for.
const MOST_STEPS: usize = 100;

/// The cases of an area.
#[derive(Serialize)]
struct Vectors {
    #[serde(rename = "$schema")]
    schema: &'static str,
    profile: Profile,
    area: &'static str,
    cases: Vec<Vector>,
}

#[derive(Serialize)]
struct Vector {
    requirement: Requirement,
    level: Level,
    name: &'static str,
    needs: Vec<String>,
    hosts: Vec<NotedHost>,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    #[serde(flatten)]
    step: NotedStep,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    endings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wrote: Vec<Wrote>,
}

/// The cases of a profile as JSON documents, by area: the files of `spec/vectors`.
pub fn vectors(profile: Profile) -> BTreeMap<&'static str, String> {
    let mut areas: BTreeMap<&'static str, Vec<Vector>> = BTreeMap::new();
    let short = cases(profile, Limits::default()).into_iter().filter(|case| case.program.steps.len() <= MOST_STEPS);
    for case in short {
        areas.entry(case.requirement.area()).or_default().push(vector(case));
    }
    let document = |(area, cases)| {
        let vectors = Vectors { schema: "../../vectors.schema.json", profile, area, cases };
        let mut text = serde_json::to_string_pretty(&vectors).unwrap_or_default();
        text.push('\n');
        (area, text)
    };
    areas.into_iter().map(document).collect()
}

fn vector(case: Case) -> Vector {
    let needs = needs_of(&case, &Means::default()).iter().map(ToString::to_string).collect();
    let Noted { hosts, steps } = Noted::of(&case.program);
    let steps = steps.into_iter().zip(case.wanted).map(|(step, wanted)| Step { wanted: allowed(&step, wanted), step });
    let Case { requirement, name, .. } = case;
    Vector { requirement, level: requirement.level(), name, needs, hosts, steps: steps.collect() }
}

/// Of the end of a process nothing is wanted.
fn allowed(step: &NotedStep, wanted: Wanted) -> Option<Allowed> {
    (!step.is_kill()).then(|| Allowed { endings: wanted.endings.words(), wrote: wanted.wrote })
}
