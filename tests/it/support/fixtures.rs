//! The published traces of the real engine.

use std::fs;
use std::path::PathBuf;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{Checked, check};
use dbgeng_testkit::trace::{Event, Header, Reader, Writer};

pub(crate) struct Trace {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) text: Vec<u8>,
}

/// The traces whose calls do not overlap.
pub(crate) fn sequential() -> Vec<Trace> {
    all().into_iter().filter(|trace| !trace.name.starts_with("storm-")).collect()
}

pub(crate) fn all() -> Vec<Trace> {
    traces("fixtures/traces")
}

/// Those of random programs, by number.
pub(crate) fn programs() -> Vec<Trace> {
    traces("fixtures/programs")
}

fn traces(folder: &str) -> Vec<Trace> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut traces: Vec<Trace> = fs::read_dir(folder)
        .expect("the fixtures are part of the repository")
        .map(|entry| entry.expect("the folder can be read").path())
        .map(|path| Trace {
            name: path.file_stem().expect("a trace has a name").to_string_lossy().into_owned(),
            text: fs::read(&path).expect("a trace can be read"),
            path,
        })
        .collect();
    traces.sort_by(|left, right| left.name.cmp(&right.name));
    traces
}

impl Trace {
    pub(crate) fn read(&self) -> (Header, Vec<String>, Vec<Event>) {
        let mut reader = Reader::new(&self.name, &*self.text).expect("a published trace has a header");
        let events = reader.by_ref().collect::<Result<_, _>>().expect("a published trace is well-formed");
        (reader.header().clone(), reader.processes().to_vec(), events)
    }

    pub(crate) fn check(&self, profile: Profile) -> Checked {
        check(profile, &self.name, &*self.text).expect("a published trace can be judged")
    }
}

/// The trace as text again.
pub(crate) fn write(header: &Header, processes: &[String], events: &[Event]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), header).expect("memory takes it");
    for event in events {
        writer.event(event, processes).expect("memory takes it");
    }
    writer.into_inner()
}
