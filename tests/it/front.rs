//! The pages that a newcomer reads first: what they show is so, and their links lead somewhere.

use std::path::Path;

use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::{DebugClient, Profile};

use crate::support::{assert_fresh, find_file, read_text};

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

/// The recipes by what one sees, for those who read them in the repository.
#[test]
fn the_index_of_the_cookbook_is_fresh() {
    let index = read_text("src/mock/cookbook/index.md");
    let table = index.split("\n\n").find(|part| part.starts_with('|')).expect("the index has a table");
    let table = table.replace("[threads]", "[threads](../../src/mock/cookbook/threads.md)");
    let rows = table.lines().map(|line| match line.split_once("](w") {
        Some((before, rest)) => format!("{before}](w{}\n", rest.replacen(')', ".rs)", 1)),
        None => format!("{line}\n"),
    });
    let head = "# The cookbook\n\nBugs of real callers, each with the test that catches it and the repaired caller. Rendered from \
                `src/mock/cookbook/index.md` by\n`INSTA_UPDATE=always cargo test`; a test fails when it is stale.\n\n";
    assert_fresh("tests/cookbook/README.md", &format!("{head}{}", rows.collect::<String>()));
}

/// The pages that people read in the repository.
const PAGES: [&str; 9] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "benches/README.md",
    "spec/README.md",
    "spec/sources/README.md",
    "spec/vectors/README.md",
    "tests/cookbook/README.md",
];

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let mut broken = Vec::new();
    for page in PAGES {
        let text = read_text(page);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let leads_somewhere = match target.split_once('#') {
                _ if target.starts_with("https://") => true,
                Some(("", heading)) => anchors(&text).any(|anchor| anchor == heading),
                Some((file, _)) => exists(page, file),
                None => exists(page, target),
            };
            if !leads_somewhere {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

fn exists(page: &str, target: &str) -> bool {
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    find_file(&folder.join(target).to_string_lossy()).exists()
}

/// Returns the anchors of the headings, as sites that show Markdown name them.
fn anchors(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    headings.map(|heading| {
        let kept = |letter: &char| letter.is_alphanumeric() || " -".contains(*letter);
        heading.chars().filter(kept).collect::<String>().to_lowercase().replace(' ', "-")
    })
}
