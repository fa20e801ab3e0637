//! Programs in other languages that load the shared library.

use std::env;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cli::decode;

/// Compiles a C++ program of one file, with further arguments for the compiler, and returns its path in the target
/// directory. Returns `None` if there is no compiler.
pub(crate) fn compile_cpp(source: &Path, arguments: &[&str]) -> Option<PathBuf> {
    let programs = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let program = programs.join(source.file_stem().expect("the source has a name"));
    // Another run of the tests may execute the program that is there: it is replaced as a whole.
    let folder = tempfile::tempdir_in(programs).expect("there is room for a folder");
    let output = folder.path().join("program");
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut words = compiler.split_whitespace();
    let compiled = Command::new(words.next().expect("CXX names a compiler"))
        .args(words)
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
        .arg(&output)
        .arg(source)
        .args(arguments)
        .arg("-ldl")
        .output();
    match compiled {
        Ok(found) => assert!(found.status.success(), "{}", decode(&found.stderr)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(env::var_os("CI").is_none(), "no C++ compiler");
            eprintln!("skipped: no C++ compiler");
            return None;
        }
        Err(error) => panic!("{compiler}: {error}"),
    }
    fs::rename(output, &program).expect("the program can be replaced");
    Some(program)
}

/// Returns a command for a program that some machines lack, or `None` if this one does.
pub(crate) fn find_program(name: &str) -> Option<Command> {
    match Command::new(name).arg("--version").output() {
        Ok(output) if output.status.success() => Some(Command::new(name)),
        _ => {
            eprintln!("skipped: no {name}");
            None
        }
    }
}
