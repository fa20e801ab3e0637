//! Where the clauses of the model are.

use std::fs;
use std::path::Path;

use dbgeng_testkit::spec::Requirement;

/// Says that the model has no clause for a requirement, and where to add it: to the file that has most clauses of its area.
pub(crate) fn describe_missing_clause(requirement: Requirement) -> String {
    let area = requirement.area();
    let variant = format!("{requirement:?}");
    let letters = area.chars().filter(|letter| *letter != '-').count();
    let prefix = format!("Requirement::{}", &variant[..letters]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join("src/model")).expect("the model has files").map(|file| file.unwrap().path());
    let count = |path: &Path| fs::read_to_string(path).unwrap().matches(&prefix).count();
    let files = files.chain([root.join("src/model.rs")]).map(|path| (count(&path), path));
    let (_, file) = files.max().expect("the model has files");
    let file = file.strip_prefix(root).unwrap().display();
    format!("{requirement}: the model has no clause for it; add `sink(Requirement::{variant}, …)` to {file}")
}
