//! The house rules that a compiler does not hold.

mod files;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the ground up: each may import only those before it.
const FLOORS: [(u8, &str); 33] = [
    (0, "sync"),
    (0, "sentence"),
    (0, "printable"),
    (0, "suggestion"),
    (0, "code_page"),
    (0, "method"),
    (0, "hresult"),
    (0, "flags"),
    (0, "profile"),
    (0, "options"),
    (0, "spec"),
    (1, "interface"),
    (1, "process"),
    (1, "address"),
    (1, "call"),
    (1, "status"),
    (1, "state"),
    (1, "callbacks"),
    (1, "client"),
    (1, "connection"),
    (1, "dispatch"),
    (1, "forward"),
    (1, "harness"),
    (2, "model"),
    (2, "render"),
    (2, "trace"),
    (2, "transcript"),
    (3, "mock"),
    (3, "defect"),
    (3, "expectations"),
    (4, "conformance"),
    (4, "replay"),
    (5, "com"),
];

/// Names at the crate's root, and the modules that define them.
const AT_THE_ROOT: [(&str, &str); 17] = [
    ("ByCall", "dispatch"),
    ("Call", "call"),
    ("Caller", "call"),
    ("CodePage", "code_page"),
    ("Computer", "process"),
    ("DebugClient", "client"),
    ("Ending", "call"),
    ("Engine", "client"),
    ("HRESULT", "hresult"),
    ("Interface", "interface"),
    ("Method", "method"),
    ("Out", "client"),
    ("Outcome", "call"),
    ("Outputs", "call"),
    ("Pointer", "call"),
    ("Process", "process"),
    ("Profile", "profile"),
];

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_owned(), text));
            }
        }
    }
    found
}

fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The module that a file of `src` belongs to; the root and the command line belong to none.
fn module(path: &Path) -> Option<String> {
    let inside = path.strip_prefix("src").unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
    let name = first.trim_end_matches(".rs").to_owned();
    (!["lib", "main", "cli"].contains(&name.as_str())).then_some(name)
}

fn place(module: &str) -> Option<usize> {
    FLOORS.iter().position(|(_, name)| *name == module)
}

/// Lists the names that follow `crate::` in the code.
fn imports(text: &str) -> Vec<String> {
    let code: Vec<&str> = code(text).collect();
    let code = code.join("\n");
    code.match_indices("crate::")
        .filter(|(at, _)| !code[..*at].ends_with('$'))
        .flat_map(|(at, found)| {
            let rest = &code[at + found.len()..];
            let names = match rest.strip_prefix('{') {
                Some(group) => group.split('}').next().unwrap_or_default().split(',').map(str::trim).collect(),
                None => vec![rest],
            };
            let word = |name: &str| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
            names.into_iter().map(word).filter(|name| !name.is_empty()).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn modules_import_only_downwards() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let Some(module) = module(&path) else { continue };
        let own = place(&module).unwrap_or_else(|| panic!("{module} stands on no floor"));
        for import in imports(&text) {
            let imported = AT_THE_ROOT.iter().find(|(name, _)| *name == import).map_or(import.as_str(), |(_, of)| of);
            match place(imported) {
                Some(below) if below <= own => {}
                Some(_) => wrong.push(format!("{} imports {imported} from above", path.display())),
                None => wrong.push(format!("{} imports {imported}, which stands on no floor", path.display())),
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_list_of_floors_is_sorted_and_complete() {
    assert!(FLOORS.windows(2).all(|pair| pair[0].0 <= pair[1].0));
    let mut modules: Vec<String> = sources("src").iter().filter_map(|(path, _)| module(path)).collect();
    modules.sort();
    modules.dedup();
    let mut listed: Vec<&str> = FLOORS.iter().map(|(_, name)| *name).collect();
    listed.sort_unstable();
    assert_eq!(modules, listed);
}

#[test]
fn the_judge_knows_neither_the_mock_nor_the_defects() {
    for (path, text) in sources("src").into_iter().filter(|(path, _)| path.starts_with("src/conformance")) {
        assert!(
            !imports(&text).iter().any(|import| ["mock", "defect"].contains(&import.as_str())),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_defects_know_neither_the_mock_nor_the_model() {
    for (path, text) in sources("src").into_iter().filter(|(path, _)| path.starts_with("src/defect")) {
        assert!(
            !imports(&text).iter().any(|import| ["mock", "model"].contains(&import.as_str())),
            "{}",
            path.display()
        );
    }
}

/// Shared helpers are in `support`, so that a test module can be read, moved and deleted alone.
#[test]
fn no_test_module_uses_the_helpers_of_another() {
    for (path, text) in sources("tests/it") {
        let foreign = imports(&text).into_iter().find(|import| import != "support");
        assert_eq!(foreign, None, "{} uses a helper of another module: move it to tests/it/support", path.display());
    }
}

#[test]
fn no_file_is_longer_than_500_lines() {
    for folder in ["src", "tests", "benches"] {
        for (path, text) in sources(folder) {
            assert!(text.lines().count() <= 500, "{} has {} lines", path.display(), text.lines().count());
        }
    }
}

#[test]
fn half_of_the_files_are_shorter_than_200_lines() {
    let mut lengths: Vec<usize> = sources("src").iter().map(|(_, text)| text.lines().count()).collect();
    lengths.sort_unstable();
    assert!(lengths[lengths.len() / 2] < 200, "the median is {}", lengths[lengths.len() / 2]);
}

#[test]
fn no_code_is_unsafe_or_unfinished() {
    for (path, text) in sources("src") {
        let is_com = path.starts_with("src/com") || path.ends_with("com.rs");
        for word in ["unsafe ", "todo!", "unimplemented!", "dbg!", "#[allow", "#[expect"] {
            if is_com && ["unsafe ", "#[expect"].contains(&word) {
                continue;
            }
            assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
        }
    }
}
