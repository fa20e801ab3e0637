//! No circle of files: who names an item of another file stands above it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{code, sources};

/// A module that has a file of its own, such as `["mock", "world"]`; the root of the crate is empty.
type Module = Vec<String>;

/// The names that a file takes from others, and its other words.
#[derive(Default)]
struct Source {
    /// The paths that it imports, by the names that it gives to them; `*` for all names of a module.
    imports: Vec<(String, Module)>,
    /// The other paths in it.
    paths: Vec<Module>,
    /// Every word in it that is not part of an import.
    words: BTreeSet<String>,
    /// The names that it re-exports.
    exports: BTreeSet<String>,
}

struct Crate(BTreeMap<Module, Source>);

fn module(path: &Path) -> Module {
    let inside = path.strip_prefix("src").unwrap().with_extension("");
    let parts = inside.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "lib").collect()
}

/// Words, `::`, and every other character by itself.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut in_word = false;
    for character in text.chars() {
        let is_word = character.is_alphanumeric() || character == '_';
        match tokens.last_mut() {
            Some(word) if is_word && in_word => word.push(character),
            Some(colon) if character == ':' && colon == ":" => colon.push(character),
            _ if character.is_whitespace() => {}
            _ => tokens.push(character.to_string()),
        }
        in_word = is_word;
    }
    tokens
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Reads the paths of an import from `at` on; returns where it ends.
fn tree(tokens: &[String], mut at: usize, prefix: &[String], imports: &mut Vec<(String, Module)>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        match tokens[at].as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while tokens[at] != "}" {
                    at = tree(tokens, at, &path, imports);
                    at += usize::from(tokens[at] == ",");
                }
                return at + 1;
            }
            "as" => {
                imports.push((tokens[at + 1].clone(), path));
                return at + 2;
            }
            "*" => {
                imports.push(("*".to_owned(), path));
                return at + 1;
            }
            word if is_word(word) => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => {
                path.pop_if(|last| last == "self");
                imports.extend(path.last().cloned().map(|name| (name, path)));
                return at;
            }
        }
    }
}

fn read(text: &str) -> Source {
    let lines: Vec<&str> = code(text).collect();
    let tokens = tokens(&lines.join("\n"));
    let (mut source, mut at) = (Source::default(), 0);
    while at < tokens.len() {
        if tokens[at] == "use" && tokens[at + 1] != "<" {
            let is_export = at > 0 && ["pub", ")"].contains(&tokens[at - 1].as_str());
            let first = source.imports.len();
            at = tree(&tokens, at + 1, &[], &mut source.imports);
            if is_export {
                source.exports.extend(source.imports[first..].iter().map(|(name, _)| name.clone()));
            }
            continue;
        }
        let begins = is_word(&tokens[at]) && (at == 0 || !["::", "."].contains(&tokens[at - 1].as_str()));
        let mut path: Module = Vec::new();
        while begins && at + 1 < tokens.len() && is_word(&tokens[at]) && tokens[at + 1] == "::" {
            path.push(tokens[at].clone());
            at += 2;
        }
        if is_word(&tokens[at]) {
            path.push(tokens[at].clone());
        }
        source.words.extend(path.first().cloned());
        if path.len() > 1 {
            source.paths.push(path);
        }
        at += 1;
    }
    source
}

impl Crate {
    /// The module that defines what a path in `from` leads to, if it is one of this crate.
    fn target(&self, from: &[String], path: &[String]) -> Option<Module> {
        let (first, mut rest) = path.split_first()?;
        let mut module = from.to_vec();
        match first.as_str() {
            "crate" => module.clear(),
            "super" => drop(module.pop()),
            "self" => {}
            child => {
                module.push(child.to_owned());
                self.0.get(&module)?;
            }
        }
        while let Some((next, after)) = rest.split_first() {
            let child = [module.as_slice(), std::slice::from_ref(next)].concat();
            if next == "super" {
                module.pop();
            } else if self.0.contains_key(&child) {
                module = child;
            } else {
                return Some(self.definition(module, next));
            }
            rest = after;
        }
        Some(module)
    }

    /// The module that defines what `module` calls `name`.
    fn definition(&self, module: Module, name: &str) -> Module {
        let imports = &self.0[&module].imports;
        let import = imports.iter().find(|(known, path)| known == name && path.len() > 1);
        import.and_then(|(_, path)| self.target(&module, path)).unwrap_or(module)
    }

    /// The modules whose items a file names. What it re-exports and does not use itself is not among them.
    fn named(&self, module: &Module) -> BTreeSet<Module> {
        let source = &self.0[module];
        let is_used = |name: &String| !source.exports.contains(name) || source.words.contains(name);
        let imported = source.imports.iter().filter(|(name, _)| is_used(name)).map(|(_, path)| path);
        let named = imported.chain(&source.paths).filter_map(|path| self.target(module, path));
        named.filter(|other| other != module).collect()
    }

    /// The modules that a module names, and those that they name, and so on.
    fn reached(&self, from: &Module, named: &BTreeMap<&Module, BTreeSet<Module>>) -> BTreeSet<Module> {
        let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(module) = next.pop() {
            let new = named[module].iter().filter(|other| reached.insert((*other).clone()));
            next.extend(new);
        }
        reached
    }
}

fn library() -> Crate {
    let files = sources("src").into_iter().map(|(path, text)| (module(&path), read(&text)));
    Crate(files.filter(|(module, _)| module != &["main"]).collect())
}

#[test]
fn no_files_name_one_another_in_a_circle() {
    let library = library();
    let named: BTreeMap<&Module, BTreeSet<Module>> =
        library.0.keys().map(|module| (module, library.named(module))).collect();
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        library.0.keys().map(|module| (module, library.reached(module, &named))).collect();
    let mut circles = Vec::new();
    for (module, named) in named {
        let file = module.join("/");
        let back = named.iter().filter(|other| reached[other].contains(module)).map(|other| other.join("/"));
        let back: Vec<String> = back.collect();
        if !back.is_empty() {
            circles.push(format!("{file} names {}", back.join(", ")));
        }
    }
    assert!(circles.is_empty(), "move what both need to a file below both:\n{}", circles.join("\n"));
}

/// The parts of the mock from the ground up; its other files are its face, which stands above them.
const MOCK: [&str; 5] = ["world", "calls", "thread", "journal", "shared"];

#[test]
fn the_world_of_the_mock_knows_neither_its_calls_nor_its_shell() {
    let library = library();
    let floor = |module: &Module| MOCK.iter().position(|part| Some(*part) == module.get(1).map(String::as_str));
    let mut wrong = Vec::new();
    for module in library.0.keys().filter(|module| module.first().is_some_and(|first| first == "mock")) {
        let Some(own) = floor(module) else { continue };
        for other in library.named(module).iter().filter(|other| other[0] == "mock") {
            if floor(other).is_none_or(|other| other > own) {
                wrong.push(format!("{} names {} from above", module.join("/"), other.join("/")));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
