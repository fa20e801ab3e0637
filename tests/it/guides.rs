//! The programs of the guides compile and run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{build_library, compile_cpp, decode, find_file, find_program, read_text};

/// Returns the first example of a guide in a language.
fn example(guide: &str, language: &str) -> String {
    let text = read_text(&format!("src/com/guide/{guide}.md"));
    let start = format!("```{language}\n");
    let (_, example) = text.split_once(&start).expect("the guide has an example");
    example.split_once("```\n").expect("the example ends").0.to_owned()
}

/// Runs a command in a world with two computers. Mistakes fail.
fn run(command: &mut Command) -> Output {
    let scenario = find_file("fixtures/scenarios/two-computers.json");
    command.env("DBGENG_TESTKIT_SCENARIO", scenario).env("DBGENG_TESTKIT_STRICT", "1").output().expect("it runs")
}

#[test]
fn the_tool_of_the_cpp_guide_runs() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("tool.cpp");
    fs::write(&source, example("cpp", "cpp")).unwrap();
    let library = build_library();
    let place = library.parent().map(Path::display).expect("the library is in a folder");
    let include = find_file("examples/dbgeng/include/linux");
    let arguments =
        [format!("-I{}", include.display()), format!("-L{place}"), "-ldbgeng".into(), format!("-Wl,-rpath,{place}")];
    let Some(tool) = compile_cpp(&source, &arguments.each_ref().map(String::as_str)) else { return };
    let output = run(&mut Command::new(tool.path()));
    assert_eq!((decode(&output.stdout), decode(&output.stderr)), ("3 processes\n".to_owned(), String::new()));
    assert!(output.status.success());
}

#[test]
fn the_tool_of_the_python_guide_runs() {
    let Some(mut python) = find_program("python3") else { return };
    let library = build_library();
    let built = "target/debug/libdbgeng.so";
    let tool = example("python", "python");
    assert!(tool.contains(built), "the guide loads {built}");
    let tool = tool.replace(built, &library.display().to_string());
    let output = run(python.arg("-c").arg(tool));
    assert!(output.status.success(), "{}", decode(&output.stderr));
}
