//! The facts that requirements rest on: `spec/sources/*.md`, built into the crate.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

/// The files of `spec/sources` that hold facts.
const FILES: [(&str, &str); 5] = [
    ("documented.md", include_str!("../../spec/sources/documented.md")),
    ("observed.md", include_str!("../../spec/sources/observed.md")),
    ("questions.md", include_str!("../../spec/sources/questions.md")),
    ("wild.md", include_str!("../../spec/sources/wild.md")),
    ("design.md", include_str!("../../spec/sources/design.md")),
];

/// A fact that requirements, messages and comments cite by its id.
///
/// ```
/// let fact = dbgeng_testkit::spec::source("OBS-7").unwrap();
/// assert!(fact.statement.contains("crashes the process"));
/// assert!(fact.origin.contains("misuse-stale-disconnect"));
/// assert_eq!(fact.link(), "spec/sources/observed.md#obs-7");
/// ```
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The id, such as `OBS-7`. It is permanent.
    pub id: &'static str,
    /// The fact.
    pub statement: String,
    /// Where the fact was found: documentation pages, headers or traces.
    pub origin: String,
    file: &'static str,
}

impl Source {
    /// Returns where the fact stands in the repository, as a path with an anchor.
    pub fn link(&self) -> String {
        format!("spec/sources/{}#{}", self.file, self.id.to_lowercase())
    }

    /// Reads one fact: a heading with its id, the statement, and a paragraph that begins with `Source:`.
    fn parse(file: &'static str, text: &'static str) -> Option<Source> {
        let mut paragraphs = text.split("\n\n");
        let id = paragraphs.next()?;
        let statement = joined(paragraphs.next()?);
        let origin = joined(paragraphs.next()?.strip_prefix("Source: ")?).replace(['[', ']'], "");
        Some(Source { id, statement, origin: origin.trim_end_matches('.').to_owned(), file })
    }
}

/// Undoes the wrapping of a paragraph.
fn joined(paragraph: &str) -> String {
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The id, the fact and where it was found.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.id, self.statement, self.origin)
    }
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let facts = |(file, text): (&'static str, &'static str)| {
        let facts = text.split("\n## ").flat_map(|section| section.split("\n### ").skip(1));
        facts.map(move |fact| {
            Source::parse(file, fact).unwrap_or_else(|| {
                let id = fact.lines().next().unwrap_or_default();
                panic!(
                    "spec/sources/{file}: {id} needs a paragraph with the fact and one that begins with \"Source: \""
                )
            })
        })
    };
    FILES.into_iter().flat_map(facts).collect()
});

static BY_ID: LazyLock<BTreeMap<&str, &Source>> =
    LazyLock::new(|| SOURCES.iter().map(|source| (source.id, source)).collect());

/// Returns every fact, in the order of the files.
pub fn sources() -> &'static [Source] {
    &SOURCES
}

/// Finds a fact by its id.
pub fn source(id: &str) -> Option<&'static Source> {
    BY_ID.get(id).copied()
}

/// Returns the facts with these ids.
pub(crate) fn cited(ids: &[String]) -> impl Iterator<Item = &'static Source> {
    ids.iter().map(|id| source(id).expect("a test holds every id to its text in spec/sources"))
}
