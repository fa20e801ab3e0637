//! The cases as data, for harnesses in other languages. `spec/vectors/README.md` explains how to run them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::case::Case;
use super::case::expectation::OutputCheck;
use super::case::script::Limits;
use super::cases::cases;
use super::perform::SubjectConfig;
use super::program::notation::{ProgramJson, StepJson};
use super::suite::capability::case_needs;
use crate::profile::Profile;
use crate::trace::spaced;

/// The largest number of steps of a vector. Longer cases are loops, which data cannot express.
const MAX_STEPS: usize = 100;

#[derive(Serialize)]
struct VectorStep {
    #[serde(flatten)]
    step: StepJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    wanted: Option<Allowed>,
}

#[derive(Serialize)]
struct Allowed {
    endings: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wrote: Vec<OutputCheck>,
}

/// Returns the cases of a profile as JSON documents by area: the files of `spec/vectors`. Each step has its own line.
pub fn vectors(profile: Profile) -> BTreeMap<&'static str, String> {
    let mut areas: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let short = cases(profile, Limits::default()).into_iter().filter(|case| case.steps.len() <= MAX_STEPS);
    for case in short {
        areas.entry(case.requirement.area()).or_default().push(vector(case));
    }
    let document = |(area, cases): (&'static str, Vec<String>)| {
        let cases = cases.join(",\n");
        let text = format!(
            "{{\n  \"$schema\": \"../../vectors.schema.json\",\n  \"profile\": \"{profile}\",\n  \"area\": \"{area}\",\n  \
             \"cases\": [\n{cases}\n  ]\n}}\n"
        );
        (area, text)
    };
    areas.into_iter().map(document).collect()
}

fn vector(case: Case) -> String {
    let mut needs = Vec::from_iter(case_needs(&case, &SubjectConfig::default()));
    needs.sort_unstable_by_key(|capability| capability.listing_key());
    let needs: Vec<String> = needs.iter().map(ToString::to_string).collect();
    let ProgramJson { hosts, steps } = ProgramJson::of(&case.program());
    let steps = steps.into_iter().zip(case.steps).map(|(step, (_, wanted))| {
        // Only a call has an expectation.
        let allowed = || Allowed { endings: wanted.endings.words(), wrote: wanted.outputs };
        VectorStep { wanted: step.is_call().then(allowed), step }
    });
    let steps: Vec<String> = steps.map(|step| format!("        {}", json(&step))).collect();
    let Case { requirement, name, .. } = case;
    let members = [
        ("requirement", json(&requirement)),
        ("level", json(&requirement.level())),
        ("name", json(&name)),
        ("needs", json(&needs)),
        ("hosts", json(&hosts)),
        ("steps", format!("[\n{}\n      ]", steps.join(",\n"))),
    ];
    let members = members.map(|(name, value)| format!("      \"{name}\": {value}"));
    format!("    {{\n{}\n    }}", members.join(",\n"))
}

fn json(value: &impl Serialize) -> String {
    let text = spaced(value).expect("a case holds nothing that JSON cannot express");
    String::from_utf8(text).expect("JSON is UTF-8")
}
