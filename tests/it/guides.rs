//! The programs of the guides compile and run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::support::{build_library, compile_cpp, decode, find_file, find_program, read_text};

/// Returns the examples of a page in a language. In a list, every line of one is indented.
fn examples(page: &str, language: &str) -> Vec<String> {
    let (text, begin) = (read_text(page), format!("```{language}\n"));
    let parts: Vec<&str> = text.split(&begin).collect();
    let example = |pair: &[&str]| {
        let indent = pair[0].rsplit('\n').next().unwrap_or_default();
        let lines = pair[1].lines().map(|line| line.strip_prefix(indent).unwrap_or(line));
        lines.take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect()
    };
    parts.windows(2).map(example).collect()
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
    let [tool] = &*examples(CPP, "cpp") else { panic!("the page has an example") };
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
    assert_fails_as_shown(&run(&mut Command::new(bad)));
    let output = run(&mut Command::new(tool));
    assert_eq!((decode(&output.stdout), decode(&output.stderr)), ("3 processes\n".to_owned(), String::new()));
    assert!(output.status.success());
}

#[test]
fn the_tool_of_the_python_guide_runs() {
    let Some(mut python) = find_program("python3") else { return };
    let library = build_library();
    let built = "target/debug/libdbgeng.so";
    let [tool, fixture] = &*examples("src/com/guide/python.md", "python") else { panic!("the page has two examples") };
    assert!(tool.contains(built), "the guide loads {built}");
    let tool = tool.replace(built, &library.display().to_string());
    let disconnect = "assert disconnect(server) == 0\n";
    assert!(tool.contains(disconnect));
    let mut again = Command::new(python.get_program());
    let leaking = run(again.arg("-c").arg(tool.replace(disconnect, "")));
    assert_eq!(leaking.status.code(), Some(86), "{}", decode(&leaking.stderr));
    let mut again = Command::new(python.get_program());
    let output = run(again.arg("-c").arg(&tool));
    assert!(output.status.success(), "{}", decode(&output.stderr));
    assert_eq!(decode(&output.stdout), "[4, 812, 2040]\n");
    // As pytest does: it runs the fixture up to `yield`, the test, and the rest.
    let test = format!(
        "import sys, types\n\
         sys.modules['pytest'] = types.SimpleNamespace(fixture=lambda autouse: lambda function: function)\n\
         {tool}\n{fixture}\n\
         def judge(test):\n    \
             fixture = world()\n    next(fixture)\n    test()\n    next(fixture, None)\n\
         judge(lambda: None)\n\
         def leak():\n    \
             assert dbgeng.DebugCreate(ctypes.byref(iid), ctypes.byref(client)) == 0\n    \
             assert connect(b'tcp:server=box17,port=5005', ctypes.byref(server)) == 0\n    release()\n\
         judge(leak)\n"
    );
    let failing = run(python.arg("-c").arg(test));
    let said = decode(&failing.stderr);
    assert!(!failing.status.success() && said.contains("AssertionError: client: ConnectProcessServer"), "{said}");
}
