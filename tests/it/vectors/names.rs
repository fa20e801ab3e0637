//! The names in a vector, as the page of the vectors explains them.

use std::sync::Arc;

use dbgeng_testkit::{Computer, Process};
use serde_json::Value;

/// An id that no process has.
const NOBODY: u32 = 0xfff0;

/// Replaces the names of computers and programs in a string. `computers` are those of the processes of the vector.
pub(super) fn text(computers: &[&Computer], text: &str) -> String {
    let own = computers[0];
    let nth = |number: &str| own.processes.iter().cycle().nth(number.parse().expect("a number")).expect("a process");
    if let Some((kind, number)) = text.strip_prefix('@').and_then(|name| name.split_once('-')) {
        match kind {
            "name" => return nth(number).file_name().to_owned(),
            "path" if number.parse::<u32>().is_ok() => return nth(number).exe.clone(),
            "program" if number != "with-blanks" => return program_of(computers, number.parse().expect("a process")),
            _ => {}
        }
    }
    let only = only(own);
    let (name, path) = (only.file_name(), only.exe.as_str());
    match text {
        "@only" => name.to_owned(),
        "@ONLY" => name.to_uppercase(),
        "@stem" => name.rsplit_once('.').expect("an extension").0.to_owned(),
        "@path" | "@program" => path.to_owned(),
        "@elsewhere" => format!(r"C:\no such directory\{name}"),
        "@several" => several(own).file_name().to_owned(),
        "@several-path" => several(own).exe.clone(),
        "@empty" => String::new(),
        "@begins-only" => without_last(name),
        "@ends-only" => without_first(name),
        "@only-longer" => format!("{name}x"),
        "@only-later" => format!("x{name}"),
        "@only-other" => with_other_middle(name),
        "@begins-path" => without_last(path),
        "@path-longer" => format!("{path}x"),
        "@path-other-extension" => format!("{}.xyz", path.rsplit_once('.').expect("an extension").0),
        "@path-other-drive" => format!("Z{}", without_first(path)),
        "@path-deeper" => path.replacen('\\', r"\no such directory\", 1),
        "@program-with-blanks" => {
            let blank = own.processes.iter().find(|process| is_program(process) && process.exe.contains(' '));
            blank.map_or(path, |process| &process.exe).to_owned()
        }
        _ => computers.iter().enumerate().fold(text.to_owned(), |text, (number, computer)| {
            let name = &computer.names[0];
            text.replace(&format!("@begins-{number}"), &without_last(name))
                .replace(&format!("@ends-{number}"), &without_first(name))
                .replace(&format!("@other-{number}"), &with_other_middle(name))
                .replace(&format!("@{number}"), name)
        }),
    }
}

/// Returns the id that a name stands for, or the number itself.
pub(super) fn process_id(own: &Computer, id: &Value) -> u32 {
    let Some(name) = id.as_str() else { return id.as_u64().expect("a number") as u32 };
    match name {
        "only" => only(own).id,
        "system" => 4,
        "nobody" => NOBODY,
        "highest" => u32::MAX,
        _ => {
            let nth = name.strip_prefix("nth ").expect("a process");
            let number = |text: &str| text.parse::<usize>().expect("a number");
            let Some((nth, bits)) = nth.split_once("^0x") else {
                return own.processes.get(number(nth) % (own.processes.len() + 1)).map_or(NOBODY, |process| process.id);
            };
            let bits = u32::from_str_radix(bits, 16).expect("a hexadecimal number");
            let id = own.processes[number(nth) % own.processes.len()].id ^ bits;
            let is_taken = id == 0 || own.processes.iter().any(|process| process.id == id);
            if is_taken { NOBODY } else { id }
        }
    }
}

fn program_of(computers: &[&Computer], process: usize) -> String {
    let there = computers.get(process).unwrap_or(&computers[0]);
    let others = computers.iter().filter(|computer| computer.names != there.names);
    let elsewhere: Vec<&str> = others.flat_map(|other| &other.processes).map(|process| process.exe.as_str()).collect();
    let program = there.processes.iter().find(|process| is_program(process) && !elsewhere.contains(&&*process.exe));
    program.map_or_else(|| only(computers[0]).exe.clone(), |process| format!("\"{}\"", process.exe))
}

fn is_program(process: &Process) -> bool {
    process.exe.contains('\\') && process.file_name().contains('.')
}

pub(super) fn only(computer: &Computer) -> &Process {
    let is_usual = |name: &str| name.contains('.') && name.contains(|letter: char| letter.is_ascii_lowercase());
    let is_only = |process: &&Arc<Process>| is_usual(process.file_name()) && namesakes(computer, process) == 1;
    computer.processes.iter().find(is_only).expect("a process with a name of its own")
}

pub(super) fn several(computer: &Computer) -> &Process {
    computer.processes.iter().find(|process| namesakes(computer, process) > 1).expect("two processes of one name")
}

fn namesakes(computer: &Computer, process: &Process) -> usize {
    let is_namesake = |other: &&Arc<Process>| other.file_name().eq_ignore_ascii_case(process.file_name());
    computer.processes.iter().filter(is_namesake).count()
}

fn without_last(name: &str) -> String {
    name.chars().take(name.chars().count() - 1).collect()
}

fn without_first(name: &str) -> String {
    name.chars().skip(1).collect()
}

fn with_other_middle(name: &str) -> String {
    let middle = name.chars().count() / 2;
    name.chars().enumerate().map(|(at, letter)| if at == middle { '_' } else { letter }).collect()
}
