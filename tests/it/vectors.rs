//! A harness for the vectors, written from `spec/vectors/README.md` alone, as one in another language would be. It does not
//! use the kit: it runs every vector on the mock through its client objects.

mod harness;
mod names;
mod output_check;
mod session;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{cases, vectors};
use serde_json::Value;

use crate::support::{assert_fresh, find_file};
use harness::Harness;

fn folder(profile: Profile) -> String {
    format!("spec/vectors/{}", profile.name())
}

/// Returns the files of a profile. A version that has no case of its own has no folder.
fn files(profile: Profile) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(find_file(&folder(profile))).into_iter().flatten();
    entries.map(|entry| entry.expect("the folder can be read").path())
}

fn documents() -> Vec<(Profile, PathBuf, Value)> {
    let mut documents = Vec::new();
    for profile in Profile::ALL {
        for path in files(profile) {
            let text = fs::read_to_string(&path).expect("a vector can be read");
            documents.push((profile, path, serde_json::from_str(&text).expect("a vector is JSON")));
        }
    }
    documents
}

#[test]
fn every_vector_holds_on_the_mock() {
    let mut ran = 0;
    for (profile, path, document) in documents() {
        for case in document["cases"].as_array().expect("cases") {
            let at = format!("{}: {} {}", path.display(), case["requirement"], case["name"]);
            if let Err(wrong) = Harness::new(profile, &case["hosts"]).run(&case["steps"]) {
                panic!("{at}: {wrong}");
            }
            ran += 1;
        }
    }
    assert!(ran > 200, "{ran} cases ran");
}

/// The harness checks every expectation: with the opposite of it, the vector fails.
#[test]
fn a_vector_with_a_wrong_expectation_fails() {
    for (profile, path, mut document) in documents() {
        for case in document["cases"].as_array_mut().expect("cases") {
            let wanted: Vec<usize> = (0..case["steps"].as_array().expect("steps").len())
                .filter(|step| case["steps"][step]["wanted"]["endings"].as_array().is_some_and(|e| e.len() == 1))
                .collect();
            for step in wanted {
                let endings = &mut case["steps"][step]["wanted"]["endings"];
                let other = if endings[0] == "error" { "success" } else { "0x8badf00d" };
                let before = std::mem::replace(endings, serde_json::json!([other]));
                let held = Harness::new(profile, &case["hosts"]).run(&case["steps"]).is_ok();
                assert!(!held, "{}: {} {} step {step}", path.display(), case["requirement"], case["name"]);
                case["steps"][step]["wanted"]["endings"] = before;
            }
        }
    }
}

/// Returns the files of a profile as they have to be: for an older version of the engine, the areas that differ from those of
/// the newest.
fn render(profile: Profile) -> BTreeMap<&'static str, String> {
    let mut areas = vectors(profile);
    if let Profile::DbgengAt(_) = profile {
        let name = |profile: Profile| format!("\"profile\": \"{profile}\"");
        let newest = vectors(Profile::Dbgeng);
        areas.retain(|area, text| text.replace(&name(profile), &name(Profile::Dbgeng)) != newest[area]);
    }
    areas
}

#[test]
fn the_vectors_are_fresh() {
    for profile in Profile::ALL {
        let fresh = render(profile);
        for (area, text) in &fresh {
            assert_fresh(&format!("{}/{area}.json", folder(profile)), text);
        }
        assert_eq!(files(profile).count(), fresh.len(), "{profile}: a file for each area, and no other");
        let short = cases(profile, Default::default()).into_iter().filter(|case| case.steps.len() <= 100);
        let written: usize = vectors(profile).values().map(|text| text.matches("\"requirement\":").count()).sum();
        assert_eq!(written, short.count(), "{profile}: every case but the loops is there");
    }
}
