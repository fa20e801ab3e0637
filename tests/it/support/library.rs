//! The shared library.

use std::env::{self, consts::DLL_EXTENSION};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

use super::cli::decode;

/// Returns the path of the library. The first caller builds it.
pub(crate) fn build_library() -> &'static Path {
    static LIBRARY: LazyLock<PathBuf> = LazyLock::new(build);
    &LIBRARY
}

/// Builds the library in the profile and target directory of this test, and returns its path.
fn build() -> PathBuf {
    let products = Path::new(env!("CARGO_BIN_EXE_dbgeng-testkit")).parent().expect("a folder for the profile");
    let profile = match products.file_name().and_then(|name| name.to_str()).expect("the folder has a name") {
        "debug" => "dev",
        profile => profile,
    };
    // A target that is named has a folder of its own in the target directory.
    let named = env::var_os("CARGO_BUILD_TARGET");
    let is_named = |folder: &&Path| named.as_ref().is_none_or(|target| !folder.ends_with(target));
    let target_directory = products.ancestors().skip(1).find(is_named).expect("a target directory");
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // With the kit and an example in the same build, the features of all crates are those of this test: the example
        // needs the dependencies of the tests, which turn on features of the others. So nothing is built twice.
        .args(["build", "--lib", "-p", "dbgeng", "-p", "dbgeng-testkit", "--example", "list_processes"])
        .args(["--message-format", "json", "--profile", profile, "--target-dir"])
        .arg(target_directory)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", decode(&output.stderr));

    let messages = decode(&output.stdout);
    let messages = messages.lines().map(|line| serde_json::from_str::<Value>(line).expect("a message is JSON"));
    messages
        .filter(|message| message["target"]["name"] == "dbgeng")
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .map(|file| PathBuf::from(file.as_str().expect("a path")))
        .find(|file| file.extension().is_some_and(|extension| extension == DLL_EXTENSION))
        .expect("cargo names the library")
}
