//! The published traces of the real engine.

use std::fs;
use std::path::{Path, PathBuf};

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Checked, check};
use dbgeng_testkit::trace::{Event, Header, Reader, Writer};

use super::repository::find_file;

/// A published trace: its file and what is in it.
pub(crate) struct PublishedTrace {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: Vec<u8>,
}

/// Reads the trace with this name.
pub(crate) fn read_trace(name: &str) -> PublishedTrace {
    PublishedTrace::read("traces", name)
}

/// Reads every trace of a scripted session, sorted by name.
pub(crate) fn read_traces() -> Vec<PublishedTrace> {
    read_folder("traces")
}

/// Reads the traces whose calls do not overlap.
pub(crate) fn read_sequential_traces() -> Vec<PublishedTrace> {
    read_traces().into_iter().filter(|trace| !trace.overlaps()).collect()
}

/// Reads every trace, of scripted sessions and of random programs.
pub(crate) fn read_recordings() -> Vec<PublishedTrace> {
    ["traces", "programs"].into_iter().flat_map(read_folder).collect()
}

fn find_folder(name: &str) -> PathBuf {
    find_file("fixtures").join(name)
}

fn read_folder(folder: &str) -> Vec<PublishedTrace> {
    let mut names = Vec::new();
    list(&find_folder(folder), "", &mut names);
    names.sort();
    names.iter().map(|name| PublishedTrace::read(folder, name)).collect()
}

/// Lists the traces in a folder and in the folders within it.
fn list(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("the fixtures are part of the repository") {
        let path = entry.expect("the folder can be read").path();
        let name = format!("{prefix}{}", path.file_stem().expect("a trace has a name").display());
        if path.is_dir() { list(&path, &format!("{name}/"), names) } else { names.push(name) }
    }
}

impl PublishedTrace {
    fn read(folder: &str, name: &str) -> PublishedTrace {
        let path = find_folder(folder).join(name).with_extension("jsonl");
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        PublishedTrace { name: name.to_owned(), path, text }
    }

    /// Returns whether its calls overlap: several threads were at work.
    pub(crate) fn overlaps(&self) -> bool {
        self.name.contains("storm-")
    }

    /// Parses the trace into its header, the names of its processes, and its events.
    pub(crate) fn parse(&self) -> (Header, Vec<String>, Vec<Event>) {
        let mut reader = Reader::new(&self.name, &*self.text).expect("a published trace has a header");
        let events = reader.by_ref().collect::<Result<_, _>>().expect("a published trace is well-formed");
        (reader.header().clone(), reader.processes().to_vec(), events)
    }

    /// Judges the trace.
    pub(crate) fn check(&self, profile: Profile) -> Checked {
        check(profile, &self.name, &*self.text).expect("a published trace can be judged")
    }
}

/// Writes a trace as text.
pub(crate) fn write_trace(header: &Header, processes: &[String], events: &[Event]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header).expect("a Vec takes everything");
    for event in events {
        writer.event(event, processes).expect("a Vec takes everything");
    }
    writer.into_inner()
}
