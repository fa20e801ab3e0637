//! The pages that a newcomer reads first: what they show is so, and their links lead somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dbgeng_testkit::conformance::{Suite, Verdict};
use dbgeng_testkit::hresult::S_OK;
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, Engine, HRESULT, Interface, Out, Profile, write_out};

use crate::support::{
    assert_fresh, build_defective_suite, build_mock_suite, find_file, read_text, without_many_connections,
};

/// The tool of the README.
fn count<C: DebugClient>(client: &C) -> Option<u32> {
    let (mut server, mut count) = (None, None);
    client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server)).ok().ok()?;
    client.get_running_process_system_ids(server?, None, 0, Some(&mut count)).ok().ok()?;
    count
}

#[test]
fn the_readme_shows_what_its_test_prints() {
    let lab = Lab::new(Profile::Contract);
    lab.computer("box17").dbgsrv("tcp:port=5005").unwrap();
    assert_eq!(count(&lab.engine().client()), Some(4));

    let line = line!() - 11;
    let readme = read_text("README.md");
    let (_, shown) = readme.split_once("```text\nthe lab is not clean:\n").expect("the README shows the failure");
    let (shown, _) = shown.split_once("\n```").unwrap();
    let printed = lab.complaint().expect("the tool does not disconnect");
    assert_eq!(printed.replace(&format!("{}:{line}:", file!()), "src/lib.rs:6:"), shown);
    let tool: Vec<&str> = readme.lines().skip_while(|line| !line.starts_with("fn count")).take(6).collect();
    assert!(include_str!("front.rs").contains(&tool.join("\n")), "the tool of the README is the one of this test");
}

struct MyEngine;
struct MyClient;

impl Engine for MyEngine {
    fn debug_create(&self, _interface: &Interface, client: Out<'_, Box<dyn DebugClient>>) -> HRESULT {
        write_out(client, Box::new(MyClient) as _);
        S_OK
    }
}

impl DebugClient for MyClient {}

/// The README shows the results of an engine without a method.
#[test]
fn the_first_results_of_an_engine_are_those_that_the_readme_shows() {
    let report = Suite::new("my engine", || Box::new(MyEngine)).programs(0).depth(0).run();
    let readme = read_text("README.md");
    let shown: Vec<&str> = readme.lines().filter_map(|line| line.trim_start().strip_prefix("test ")).collect();
    assert_eq!(shown.len(), 3);
    for line in shown {
        let (id, result) = line.split_once(" ... ").expect("a line of the standard harness");
        let report = report.requirements.iter().find(|report| report.requirement.id() == id.trim_end());
        let report = report.expect("the README names a requirement");
        let expected = match report.verdict {
            Verdict::Pass => "ok".to_owned(),
            Verdict::Skip => format!("ignored ({})", report.cases[0].reason.as_ref().expect("a skip has a reason")),
            _ => "FAILED".to_owned(),
        };
        let (begin, end) = result.split_once("[…]").unwrap_or((result, ""));
        assert!(expected.starts_with(begin) && expected.ends_with(end), "{id}: {expected}");
    }
}

#[test]
fn the_readme_shows_a_change_of_behaviour() {
    let suites = [build_mock_suite(Profile::Contract), build_defective_suite("null-options-accepted")];
    let [before, after] = suites.map(|suite| without_many_connections(suite).programs(0).depth(0).run());
    let changes = after.behaviour_changes(&before.behaviour()).expect("the defect changes an answer");
    assert!(read_text("README.md").contains(&format!("```text\n{changes}```\n")), "{changes}");
}

/// The recipes by what one sees, for those who read them in the repository.
#[test]
fn the_index_of_the_cookbook_is_fresh() {
    let index = read_text("src/mock/cookbook/index.md");
    let table = index.split("\n\n").find(|part| part.starts_with('|')).expect("the index has a table");
    let named = link_definitions(&index).into_iter().filter(|(name, _)| table.contains(&format!("[{name}]")));
    let links = named.map(|(name, target)| match target.strip_prefix("../../../tests/cookbook/") {
        Some(recipe) => format!("[{name}]: {recipe}\n"),
        None => format!("[{name}]: ../../src/mock/cookbook/{target}\n"),
    });
    let head = "# The cookbook\n\nBugs of real callers, each with the test that catches it and the repaired caller. Rendered from \
                `src/mock/cookbook/index.md` by\n`INSTA_UPDATE=always cargo test`; a test fails when it is stale.\n\n";
    assert_fresh("tests/cookbook/README.md", &format!("{head}{table}\n\n{}", links.collect::<String>()));
}

/// The pages with Markdown that people read in the repository.
fn pages() -> Vec<String> {
    let root = find_file("");
    let (mut pages, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("it can be read").path();
            let inside = path.strip_prefix(&root).expect("it is inside").to_string_lossy().replace('\\', "/");
            let is_ours = !inside.starts_with('.') && inside != "target";
            if path.is_dir() && is_ours {
                folders.push(path);
            } else if inside.ends_with(".md") {
                pages.push(inside);
            }
        }
    }
    pages.sort();
    pages
}

/// Returns the targets of the links of a page, both in the text and in definitions.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    let inline = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
    inline.chain(link_definitions(text).into_values())
}

/// Returns the targets of the links by their names, from lines such as `[name]: target`. Code has no such lines.
fn link_definitions(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().map(|line| line.trim_start_matches("///").trim_start_matches("//!").trim());
    lines.filter_map(|line| line.strip_prefix('[')?.split_once("]: ")).collect()
}

/// Paths of items lead somewhere in rustdoc alone.
#[test]
fn every_link_of_a_page_leads_somewhere() {
    let mut broken = Vec::new();
    let pages = pages();
    assert!(pages.len() > 20 && pages.iter().any(|page| page == "src/com/guide/cpp.md"), "{pages:?}");
    for page in pages {
        let text = read_text(&page);
        for target in targets(&text).filter(|target| !target.contains(['`', '"', ' '])) {
            let leads_somewhere = match target.split_once('#') {
                _ if target.starts_with("https://") => true,
                Some(("", heading)) => anchors(&text).any(|anchor| anchor == heading),
                Some((file, _)) => exists(&page, file),
                None => exists(&page, target),
            };
            if !leads_somewhere {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

/// The pages that are also modules of the documentation, and the files with those modules.
const MODULES: [(&str, &str); 9] = [
    ("src/com/guide.rs", "src/com/guide/cpp.md"),
    ("src/com/guide.rs", "src/com/guide/csharp.md"),
    ("src/com/guide.rs", "src/com/guide/library.md"),
    ("src/com/guide.rs", "src/com/guide/python.md"),
    ("src/com/guide.rs", "src/com/guide/rust.md"),
    ("src/mock/cookbook.rs", "src/mock/cookbook/index.md"),
    ("src/mock/cookbook.rs", "src/mock/cookbook/off_windows.md"),
    ("src/mock/cookbook.rs", "src/mock/cookbook/snapshots.md"),
    ("src/mock/cookbook.rs", "src/mock/cookbook/threads.md"),
];

/// In the repository a link leads to a file or to the published documentation, in the documentation to an item.
#[test]
fn the_links_of_a_page_lead_to_the_same_in_the_documentation() {
    for (module, page) in MODULES {
        let (module_text, text) = (read_text(module), read_text(page));
        let include =
            format!("include_str!(\"{}\")", page.strip_prefix("src/com/").or(page.strip_prefix("src/mock/")).unwrap());
        let (before, _) = module_text.split_once(&include).expect("the module has the page");
        let definitions: Vec<&str> = before.lines().rev().skip(1).take_while(|line| line.starts_with("//")).collect();
        let (of_module, of_page) = (definitions.join("\n"), link_definitions(&text));
        let of_module = link_definitions(&of_module);
        assert_eq!(Vec::from_iter(of_module.keys()), Vec::from_iter(of_page.keys()), "{module} and {page}");
        for (name, target) in &of_page {
            let item = of_module[name].rsplit("::").next().expect("a path has a last part");
            let last = target.rsplit(['/', '#', '.']).find(|part| !["md", "rs", "html", "index"].contains(part));
            assert!(
                last == Some(item) || item == "cookbook",
                "{page}: {name} leads to {target}, in {module} to {item}"
            );
        }
    }
}

fn exists(page: &str, target: &str) -> bool {
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    find_file(&folder.join(target).to_string_lossy()).exists()
}

/// Returns the anchors of the headings, as sites that show Markdown name them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter_map(|line| line.trim_start_matches('#').strip_prefix(' '));
    headings.map(|heading| {
        let kept = |letter: &char| letter.is_alphanumeric() || " -".contains(*letter);
        heading.chars().filter(kept).collect::<String>().to_lowercase().replace(' ', "-")
    })
}
