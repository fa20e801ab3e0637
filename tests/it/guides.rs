//! The programs of the guides compile and run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{build_library, compile_cpp, decode, find_file, find_program, read_text};

/// Returns the first example of a page in a language. In a list, every line of it is indented.
fn example(page: &str, language: &str) -> String {
    let text = read_text(page);
    let (before, example) = text.split_once(&format!("```{language}\n")).expect("the page has an example");
    let indent = before.rsplit('\n').next().unwrap_or_default();
    let lines = example.lines().map(|line| line.strip_prefix(indent).unwrap_or(line));
    lines.take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect()
}

/// Asserts that a tool which does not disconnect ends as the pages show.
fn assert_fails_as_shown(output: &Output) {
    assert_eq!(output.status.code(), Some(86));
    let said = decode(&output.stderr);
    for page in ["README.md", CPP] {
        let text = read_text(page);
        let lines = text.lines().map(str::trim_start).filter(|line| line.starts_with("dbgeng-testkit: "));
        let shown: Vec<&str> = lines.flat_map(|line| line.split("[…]")).collect();
        assert!(!shown.is_empty(), "{page} shows a message");
        assert!(shown.iter().all(|line| said.contains(line)), "{page} shows {shown:?}, but the tool prints {said}");
    }
}

/// Runs a command in a world with two computers. Mistakes fail.
fn run(command: &mut Command) -> Output {
    let scenario = find_file("fixtures/scenarios/two-computers.json");
    command.env("DBGENG_TESTKIT_SCENARIO", scenario).env("DBGENG_TESTKIT_STRICT", "1").output().expect("it runs")
}

const CPP: &str = "src/com/guide/cpp.md";

#[test]
fn the_tool_of_the_cpp_guide_runs() {
    let folder = tempfile::tempdir().unwrap();
    let tool = example(CPP, "cpp");
    let disconnect = "client->DisconnectProcessServer(server)";
    assert!(tool.contains(disconnect));
    let [good, bad] =
        [("good.cpp", tool.clone()), ("bad.cpp", tool.replace(disconnect, "S_OK"))].map(|(name, text)| {
            let source = folder.path().join(name);
            fs::write(&source, text).unwrap();
            source
        });
    let library = build_library();
    let place = library.parent().map(Path::display).expect("the library is in a folder");
    let include = find_file("examples/dbgeng/include/linux");
    let arguments =
        [format!("-I{}", include.display()), format!("-L{place}"), "-ldbgeng".into(), format!("-Wl,-rpath,{place}")];
    let compile = |source: &Path| compile_cpp(source, &arguments.each_ref().map(String::as_str));
    let (Some(tool), Some(bad)) = (compile(&good), compile(&bad)) else { return };
    assert_fails_as_shown(&run(&mut Command::new(bad.path())));
    let output = run(&mut Command::new(tool.path()));
    assert_eq!((decode(&output.stdout), decode(&output.stderr)), ("3 processes\n".to_owned(), String::new()));
    assert!(output.status.success());
}

#[test]
fn the_tool_of_the_python_guide_runs() {
    let Some(mut python) = find_program("python3") else { return };
    let library = build_library();
    let built = "target/debug/libdbgeng.so";
    let tool = example("src/com/guide/python.md", "python");
    assert!(tool.contains(built), "the guide loads {built}");
    let tool = tool.replace(built, &library.display().to_string());
    let disconnect = "assert disconnect(server) == 0\n";
    assert!(tool.contains(disconnect));
    let mut again = Command::new(python.get_program());
    let leaking = run(again.arg("-c").arg(tool.replace(disconnect, "")));
    assert_eq!(leaking.status.code(), Some(86), "{}", decode(&leaking.stderr));
    let output = run(python.arg("-c").arg(tool));
    assert!(output.status.success(), "{}", decode(&output.stderr));
}
