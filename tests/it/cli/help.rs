//! The help of every command, with examples that work.

use crate::support::{decode, run_cli};

const COMMANDS: [&str; 9] = ["run", "record", "check", "replay", "compare", "list", "explain", "spec", "parse"];

fn help(arguments: &[&str]) -> String {
    let output = run_cli(arguments);
    assert_eq!(output.status.code(), Some(0));
    decode(&output.stdout)
}

/// Lists the examples of a help text.
fn examples(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    lines.map_while(|line| line.strip_prefix("  ")).collect()
}

#[test]
fn the_help_of_every_command_has_examples() {
    let all = help(&["--help"]);
    let listed = all.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    assert!(COMMANDS.iter().all(|command| listed.clone().any(|word| word == *command)), "{all}");
    assert!(!examples(&all).is_empty(), "{all}");
    for command in COMMANDS {
        let text = help(&[command, "--help"]);
        let examples = examples(&text);
        assert!(
            !examples.is_empty() && examples.iter().any(|line| line.contains(&format!("testkit {command}"))),
            "{text}"
        );
        assert_eq!(help(&[command, "-h"]).lines().last(), text.lines().last());
    }
}

/// The examples run in a shell, in a folder with the files that they name.
#[cfg(unix)]
#[test]
fn the_examples_of_the_help_work() {
    use std::path::Path;
    use std::process::Command;
    use std::{env, fs, thread};

    use crate::support::{find_file, read_trace};

    let folder = tempfile::tempdir().expect("there is room for a folder");
    let copy = |from: &Path, name: &str| fs::copy(from, folder.path().join(name)).map(drop).expect("it can be copied");
    copy(&read_trace("lifecycle-one-connection").path, "trace.jsonl");
    copy(&find_file("spec/reports/mock.json"), "report.json");
    let record = help(&["record", "--help"]);
    let program: Vec<&str> =
        record.lines().skip_while(|line| *line != "  {").take_while(|line| line.starts_with("  ")).collect();
    fs::write(folder.path().join("program.json"), program.join("\n")).expect("the folder is new");

    let binary = Path::new(env!("CARGO_BIN_EXE_dbgeng-testkit")).parent().expect("it is in a folder");
    let path = env::join_paths(
        [binary.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.expect("the folders have plain names");
    let texts: Vec<String> =
        COMMANDS.iter().map(|command| help(&[command, "--help"])).chain([help(&["--help"])]).collect();
    let run = |text: &String| {
        // The tests of libraries build one, and those of `run` ask for fewer programs.
        let is_run = |command: &&str| !command.contains("--library") && *command != "dbgeng-testkit run";
        let commands = examples(text).into_iter().filter(is_run);
        commands
            .map(|command| {
                let mut shell = Command::new("sh");
                shell.args(["-c", command]).current_dir(&folder).env("PATH", &path);
                let output = shell.output().expect("sh runs");
                let (printed, said) = (decode(&output.stdout), decode(&output.stderr));
                assert!(output.status.success(), "{command}: {printed}{said}");
            })
            .count()
    };
    // Examples of one command may depend on one another.
    let count: usize = thread::scope(|scope| {
        let running: Vec<_> = texts.iter().map(|text| scope.spawn(|| run(text))).collect();
        running.into_iter().map(|text| text.join().expect("every example works")).sum()
    });
    assert!(count > 15, "{count} examples");
}
