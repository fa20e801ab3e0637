//! Programs in other languages that load the shared library.

use std::env;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::cli::decode;

/// A compiled C++ program, which is there as long as this.
pub(crate) struct CppProgram {
    folder: TempDir,
}

impl CppProgram {
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("program")
    }
}

/// Compiles a C++ program of one file, with further arguments for the compiler. Returns `None` if there is no compiler.
pub(crate) fn compile_cpp(source: &Path, arguments: &[&str]) -> Option<CppProgram> {
    let program = CppProgram { folder: tempfile::tempdir().expect("there is room for a folder") };
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let mut words = compiler.split_whitespace();
    let compiled = Command::new(words.next().expect("CXX names a compiler"))
        .args(words)
        .args(["-std=c++17", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
        .arg(program.path())
        .arg(source)
        .args(arguments)
        .arg("-ldl")
        .output();
    match compiled {
        Ok(output) => assert!(output.status.success(), "{}", decode(&output.stderr)),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            assert!(env::var_os("CI").is_none(), "no C++ compiler");
            eprintln!("skipped: no C++ compiler");
            return None;
        }
        Err(error) => panic!("{compiler}: {error}"),
    }
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
