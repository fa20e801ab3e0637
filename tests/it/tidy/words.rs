//! The rules of language that a machine can hold.

use std::collections::BTreeMap;

use super::sources;

/// Expressions that a reader stumbles over, and better ones.
const STUMBLES: [(&str, &str); 5] = [
    ("goes down", "crashes"),
    ("befall", "applies to"),
    ("whoever", "someone who"),
    ("that is none", "that is invalid"),
    ("what came of", "the result of"),
];

/// Returns the name of the type that a line defines. Associated types, which are indented, have the names of their traits.
fn type_name(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let code = match code.strip_prefix("pub(") {
        Some(restricted) => restricted.split_once(") ")?.1,
        None => code.strip_prefix("pub ").unwrap_or(code),
    };
    let (kind, rest) = code.split_once(' ')?;
    let is_type = ["struct", "enum", "union", "trait"].contains(&kind) || (kind == "type" && code.len() == line.len());
    is_type.then(|| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())?
}

#[test]
fn no_type_name_stands_twice() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in sources("src") {
        for name in text.lines().filter_map(type_name).filter(|name| !name.is_empty()) {
            places.entry(name.to_owned()).or_default().push(path.display().to_string());
        }
    }
    assert!(places.len() > 100, "only {} types were found", places.len());
    places.retain(|_, paths| paths.len() > 1);
    assert_eq!(places, BTreeMap::new(), "give each type a name of its own");
}

#[test]
fn no_doc_comment_starts_with_what() {
    let mut wrong = Vec::new();
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let mut is_inside = false;
        for (line, number) in text.lines().zip(1..) {
            let doc = line.trim_start().strip_prefix("///").or(line.strip_prefix("//!")).map(str::trim_start);
            if !is_inside
                && doc.is_some_and(|doc| ["What ", "What.", "That of "].iter().any(|word| doc.starts_with(word)))
            {
                wrong.push(format!("{}:{number}", path.display()));
            }
            is_inside = doc.is_some();
        }
    }
    assert!(wrong.is_empty(), "begin with a verb or the name of the thing: {wrong:#?}");
}

#[test]
fn nobody_stumbles() {
    let mut wrong = Vec::new();
    let files = ["src", "tests", "benches", "examples"].into_iter().flat_map(sources);
    for (path, text) in files.filter(|(path, _)| !path.starts_with("tests/it/tidy")) {
        for (line, number) in text.lines().zip(1..) {
            let line = line.to_lowercase();
            let found = STUMBLES.iter().filter(|(word, _)| line.contains(word));
            wrong.extend(found.map(|(word, better)| format!("{}:{number}: {word}: {better}?", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
