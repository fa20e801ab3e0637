//! The evidence: every id leads to a fact, and every fact says where it was found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dbgeng_testkit::spec::{Requirement, Source, source, sources};

use crate::support::{assert_fresh, read_recordings};

const HEAD: &str = "\
# Facts that nothing cites

Rendered by `INSTA_UPDATE=always cargo test`; a test fails when it is stale.

No requirement, code, test or comment of this repository cites these facts. They are here for the next requirements.
";

/// The folders and files that may cite a fact.
const CITING: [&str; 8] =
    ["src", "tests", "benches", "examples", "fixtures/scenario.schema.json", "fixtures/trace.schema.json", "spec", "."];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file that may cite facts, with its path in the repository. Of the top level, only the pages.
fn citing_files() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in CITING {
        collect(&repository().join(entry), entry == ".", &mut files);
    }
    files
}

fn collect(path: &Path, only_pages: bool, files: &mut Vec<(PathBuf, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            let entry = entry.unwrap().path();
            if !only_pages || entry.extension().is_some_and(|extension| extension == "md") {
                collect(&entry, only_pages, files);
            }
        }
    } else if let Ok(text) = fs::read_to_string(path) {
        files.push((path.strip_prefix(repository()).unwrap().to_owned(), text));
    }
}

/// A prefix such as `OBS-` or `OPT-S`, and the number.
fn split(id: &str) -> (&str, u32) {
    let digits = id.trim_start_matches(|character: char| !character.is_ascii_digit());
    (&id[..id.len() - digits.len()], digits.parse().unwrap())
}

/// The ids in a text. A range such as `OBS-4..OBS-61` or `K-37..39` stands for all ids from the first to the last.
fn cited(text: &str) -> BTreeSet<String> {
    static PREFIXES: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| sources().iter().map(|source| split(source.id).0).collect());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = |word: &str| PREFIXES.iter().any(|prefix| word.strip_prefix(prefix).is_some_and(is_number));
    let mut ids = BTreeSet::new();
    for word in text.split(|character: char| !character.is_ascii_alphanumeric() && !"-.".contains(character)) {
        if !word.contains('-') {
            continue;
        }
        let mut ends = word.trim_matches('.').split("..");
        let first = ends.next().unwrap_or_default();
        if !is_id(first) {
            continue;
        }
        ids.insert(first.to_owned());
        if let Some(last) = ends.next() {
            let (prefix, from) = split(first);
            ids.insert(format!("{prefix}{}", split(last).1));
            ids.extend((from..split(last).1).map(|id| format!("{prefix}{id}")).filter(|id| source(id).is_some()));
        }
    }
    ids
}

#[test]
fn a_citation_can_be_a_range() {
    let ids = cited("// (OBS-14..OBS-20), K-2..4, `OPT-S1`. UTF-8, Q-1x and OBS-");
    let expected = ["K-2", "K-3", "K-4", "OBS-14", "OBS-15", "OBS-20", "OPT-S1"];
    assert_eq!(ids.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn every_id_that_a_requirement_rests_on_has_a_text() {
    let mut unknown = Vec::new();
    for requirement in Requirement::ALL {
        let facts = requirement.facts();
        let ids = facts.sources.iter().chain(facts.deviations.iter().flat_map(|deviation| &deviation.sources));
        unknown.extend(ids.filter(|id| source(id).is_none()).map(|id| format!("{requirement} rests on {id}")));
    }
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn every_cited_id_has_a_text() {
    let mut unknown = Vec::new();
    for (path, text) in citing_files() {
        let ids = cited(&text).into_iter().filter(|id| source(id).is_none());
        unknown.extend(ids.map(|id| format!("{} cites {id}, which spec/sources does not have", path.display())));
    }
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn every_id_is_defined_once() {
    let mut seen = BTreeSet::new();
    let twice: Vec<&str> = sources().iter().map(|source| source.id).filter(|id| !seen.insert(*id)).collect();
    assert_eq!(twice, Vec::<&str>::new());
}

#[test]
fn every_fact_is_a_sentence() {
    for Source { id, statement, origin, .. } in sources() {
        assert!(statement.ends_with(['.', '?', ')', '*', '`']), "{id} does not end as a sentence does: {statement}");
        assert!(!origin.is_empty(), "{id} does not say where it was found");
    }
}

/// A name in brackets is a link; its target is defined at the end of the file.
#[test]
fn every_link_has_a_target() {
    for page in fs::read_dir(repository().join("spec/sources")).unwrap() {
        let path = page.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let origins = text.split("\n\n").filter(|paragraph| paragraph.starts_with("Source: "));
        let used: BTreeSet<&str> = origins.flat_map(|text| text.split('[').skip(1)).filter_map(until_bracket).collect();
        let targets: BTreeMap<&str, &str> = text.lines().filter_map(definition).collect();
        assert_eq!(used, targets.keys().copied().collect(), "{}: the links and their targets", path.display());
        for target in targets.values().filter(|target| !target.starts_with("https://")) {
            assert!(path.with_file_name(target).is_file(), "{}: there is no {target}", path.display());
        }
    }
}

fn until_bracket(text: &str) -> Option<&str> {
    text.split_once(']').map(|(name, _)| name)
}

/// Reads `[name]: target`.
fn definition(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix('[')?.split_once("]: ")
}

#[test]
fn an_observation_names_a_trace_of_the_repository_or_says_that_it_is_unpublished() {
    let traces: BTreeSet<String> = read_recordings().into_iter().map(|trace| trace.name).collect();
    for Source { id, origin, .. } in sources().iter().filter(|source| source.id.starts_with("OBS-")) {
        let mut names = origin.split(|character: char| !character.is_ascii_alphanumeric() && !"-/".contains(character));
        let is_elsewhere = ["unpublished", "without a trace"].iter().any(|words| origin.contains(words));
        assert!(is_elsewhere || names.any(|name| traces.contains(name)), "{id}: {origin}");
    }
}

/// `spec/sources/unused.md` as it has to be.
fn unused() -> String {
    let evidence = Path::new("spec/sources");
    let used: BTreeSet<String> = citing_files()
        .iter()
        .filter(|(path, _)| !path.starts_with(evidence) && path.extension().is_none_or(|it| it != "snap"))
        .flat_map(|(_, text)| cited(text))
        .collect();
    let mut text = HEAD.to_owned();
    let mut prefix = "";
    for source in sources().iter().filter(|source| !used.contains(source.id)) {
        let file = source.link().replacen("spec/sources/", "", 1);
        if split(source.id).0 != prefix {
            prefix = split(source.id).0;
            text.push('\n');
        }
        text.push_str(&format!("- [{}]({file})\n", source.id));
    }
    text
}

#[test]
fn the_list_of_unused_facts_is_fresh() {
    assert_fresh("spec/sources/unused.md", &unused());
}
