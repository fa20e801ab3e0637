//! The page that lists which cases and programs detect which defect.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::sync::OnceLock;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Case, Generator, Limits, Program, ShortPrograms, cases, execute};
use dbgeng_testkit::defect::Defect;
use dbgeng_testkit::spec::Requirement;

use crate::support::{Detection, assert_fresh, detect_defects, find_file, is_refresh, plant};

const HEAD: &str = "\
# What notices what

Rendered by `INSTA_UPDATE=always cargo test`; a test fails when it is stale.

For each requirement that can be tested: its cases, the defects that are planted in the mock against it, and what
notices each of them: which cases of the requirement, and which programs. A number is the seed of the first random
program that breaks the requirement, out of the first 200; *short* says that one of all programs of three lifecycle
calls does. Programs look at the first profile of a defect. What notices it in one profile alone is marked. A requirement
that does not hold in every profile names those in which it does, and so does a case that not every version of the engine
has.
";

/// The number of random programs.
const PROGRAMS: u64 = 200;

/// The number of lifecycle calls in a short program.
const DEPTH: u32 = 3;

const PAGE: &str = "spec/coverage.md";

/// The cell of the programs that detect a defect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Programs {
    seed: Option<u64>,
    short: bool,
}

impl Programs {
    fn find(defect: &'static Defect) -> Programs {
        Programs { seed: (0..PROGRAMS).find(|seed| breaks(defect, *seed)), short: breaks_short(defect) }
    }

    fn read(cell: &str) -> Programs {
        let mut programs = Programs::default();
        for word in cell.split(", ").filter(|word| *word != "none") {
            match word.strip_prefix("random ") {
                Some(seed) => programs.seed = Some(seed.parse().unwrap()),
                None => programs.short = word == "short",
            }
        }
        programs
    }

    fn write(self) -> String {
        let seed = self.seed.map(|seed| format!("random {seed}"));
        let words: Vec<String> = seed.into_iter().chain(self.short.then(|| "short".to_owned())).collect();
        if words.is_empty() { "none".to_owned() } else { words.join(", ") }
    }
}

fn breaks(defect: &'static Defect, seed: u64) -> bool {
    let (profile, program) = (defect.profiles[0], Generator::new(seed, 60).program());
    execute(&program, plant(defect, profile), profile, false).breaks(defect.requirement)
}

fn breaks_short(defect: &'static Defect) -> bool {
    let profile = defect.profiles[0];
    let breaks =
        |program: Program| execute(&program, plant(defect, profile), profile, false).breaks(defect.requirement);
    ShortPrograms::new(DEPTH).any(breaks)
}

/// Reads the cells of the committed page, by defect.
fn there(page: &str) -> BTreeMap<&str, Programs> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.filter_map(|row| Some((row.split_once('`')?.0, Programs::read(row.rsplit_once("| ")?.1)))).collect()
}

fn page(programs: impl Fn(&'static Defect) -> Programs) -> String {
    let mut page = HEAD.to_owned();
    let testable = Requirement::ALL.into_iter().filter(|requirement| requirement.facts().untestable.is_none());
    for requirement in testable {
        write!(page, "\n## {requirement}\n\n{}Cases: {}.\n\n", scope(requirement), names(requirement)).unwrap();
        page.push_str("| defect | what is wrong | cases | programs |\n|---|---|---|---|\n");
        for defect in Defect::all().filter(|defect| defect.requirement == requirement) {
            let Defect { name, statement, .. } = defect;
            let cells = (cell(defect), programs(defect).write());
            writeln!(page, "| `{name}` | {statement} | {} | {} |", cells.0, cells.1).unwrap();
        }
    }
    page
}

/// Names the profiles that judge by a requirement, if not every one does.
fn scope(requirement: Requirement) -> String {
    let profiles: Vec<&str> = requirement.facts().scope().iter().map(|profile| profile.name()).collect();
    if profiles.is_empty() { String::new() } else { format!("In `{}` alone. ", profiles.join("` and `")) }
}

/// Lists the cases of a requirement in any profile. A case that not every version of the engine has names its profiles.
fn names(requirement: Requirement) -> String {
    let profiles = Profile::ALL.into_iter().filter(|profile| requirement.facts().applies_to(*profile));
    let versions: Vec<Profile> = profiles.filter(|profile| profile.is_dbgeng()).collect();
    let mut names: Vec<(&str, Vec<Profile>)> = Vec::new();
    for (profile, case) in all_cases().iter().filter(|(_, case)| case.requirement == requirement) {
        match names.iter_mut().find(|(name, _)| *name == case.name) {
            Some((_, profiles)) => profiles.push(*profile),
            None => names.push((case.name, vec![*profile])),
        }
    }
    let word = |(name, profiles): &(&str, Vec<Profile>)| {
        let has = |version: &Profile| profiles.contains(version);
        if versions.iter().all(has) || !versions.iter().any(has) {
            return (*name).to_owned();
        }
        format!("{name} ({})", profiles.iter().map(|profile| profile.name()).collect::<Vec<_>>().join(", "))
    };
    let words: Vec<String> = names.iter().map(word).collect();
    if words.is_empty() { "none".to_owned() } else { words.join("; ") }
}

fn all_cases() -> &'static [(Profile, Case)] {
    static CASES: OnceLock<Vec<(Profile, Case)>> = OnceLock::new();
    let of = |profile| cases(profile, Limits::default()).into_iter().map(move |case| (profile, case));
    CASES.get_or_init(|| Profile::ALL.into_iter().flat_map(of).collect())
}

/// Lists the cases that detect a defect. A case that does not do so in every profile of the defect names its profiles.
fn cell(defect: &'static Defect) -> String {
    let rows: Vec<&Detection> =
        detect_defects().iter().filter(|detection| detection.defect.name == defect.name).collect();
    let mut cases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (detection, name) in rows.iter().flat_map(|detection| detection.cases.iter().map(move |name| (detection, name)))
    {
        cases.entry(name).or_default().push(detection.profile.name());
    }
    let words = cases.into_iter().map(|(name, profiles)| match profiles.len() == rows.len() {
        true => name.to_owned(),
        false => format!("{name} ({})", profiles.join(", ")),
    });
    let words: Vec<String> = words.collect();
    if words.is_empty() { "none".to_owned() } else { words.join("; ") }
}

/// Everything is checked but the cells that say "none": each seed of the page has to break the requirement.
#[test]
fn the_coverage_is_fresh() {
    if is_refresh() {
        assert_fresh(PAGE, &page(Programs::find));
    }
    let text = fs::read_to_string(find_file(PAGE)).unwrap();
    let known = there(&text);
    assert_fresh(PAGE, &page(|defect| known.get(defect.name).copied().unwrap_or_default()));
    for (name, Programs { seed, short }) in known {
        let defect = Defect::named(name).unwrap();
        assert!(seed.is_none_or(|seed| breaks(defect, seed)), "{name}: program {seed:?} notices nothing");
        assert!(!short || breaks_short(defect), "{name}: no short program notices");
    }
}
