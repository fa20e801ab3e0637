//! The files of this repository: found, read, and held to what is rendered.

use std::path::{Path, PathBuf};
use std::{env, fs};

use serde_json::Value;

/// The command that brings everything generated up to date. It is the one that accepts snapshots.
const REFRESH: &str = "INSTA_UPDATE=always cargo test";

/// Returns the path of a file, by its path from the top of the repository.
pub(crate) fn find_file(name: &str) -> PathBuf {
    // The packages in folders below have these helpers too.
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.expect("the lock file is at the top of the repository").join(name)
}

/// Reads a file.
pub(crate) fn read_text(name: &str) -> String {
    fs::read_to_string(find_file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Reads a JSON file.
pub(crate) fn read_json(name: &str) -> Value {
    serde_json::from_str(&read_text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns whether [`REFRESH`] is what runs.
pub(crate) fn is_refresh() -> bool {
    env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always")
}

/// Asserts that a file holds what was rendered for it; a refresh writes it first.
#[track_caller]
pub(crate) fn assert_fresh(name: &str, rendered: &str) {
    let path = find_file(name);
    if is_refresh() {
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        fs::write(&path, rendered).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(present == rendered, "{name} is stale: run `{REFRESH}`, and review what changed");
}
