//! Misuses by callers that a lab has noticed.

use std::fmt;
use std::panic::Location;

use super::world::{FindingRecord, Misuse, World};
use crate::flags::AttachFlags;
use crate::method::Method;
#[cfg(feature = "kit")]
use crate::spec;
use crate::spec::Requirement;

/// A misuse by a caller.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The kind of misuse.
    pub misuse: Misuse,
    /// The process of the engine on which the call was made: `client`, `client2`, … in the order in which the lab made them.
    /// The hosts that [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) starts are `server`, `server2`, ….
    pub process: String,
    /// The method that was called.
    pub method: Method,
    /// The handle that was passed, if the misuse is about a handle.
    pub handle: Option<u64>,
    /// The requirement for how an engine treats such a call, if there is one.
    pub requirement: Option<Requirement>,
    /// The behaviour of the real engine in such a call, such as `crashes`. Where its versions differ, each is named:
    /// `crashes (10.0.29507), returns E_INVALIDARG (10.0.15063)`.
    pub real_engine: String,
    /// The id of the fact in `spec/sources` that shows this behaviour, such as `OBS-7`.
    pub source: Option<&'static str>,
    /// The thread that called. The threads of a process are numbered from 0, in the order of their first calls.
    pub thread: u32,
    /// Where the call was made; `None` if it was made through a `dyn DebugClient`.
    pub call_site: Option<&'static Location<'static>>,
    /// Where the handle was connected.
    pub connected_at: Option<&'static Location<'static>>,
    /// Where the handle was disconnected.
    pub disconnected_at: Option<&'static Location<'static>>,
    /// Where the earlier call was made that makes this one a misuse: the connect that failed, the wait that timed out, the
    /// look-up that found several processes, the attach to a process that is ended.
    pub earlier_call: Option<&'static Location<'static>>,
    /// The process server to which an open handle leads, or the one that is left over, such as `tcp:port=5005 on BOX17`.
    pub server: Option<String>,
    /// The process that the misuse is about: the engine attaches to it, is still attached to it, or ends it.
    pub process_id: Option<u32>,
    /// The flags with which the engine has attached to that process; `None` if it created the process.
    pub attach_flags: Option<AttachFlags>,
    /// The number of the client object that was never released, as in the journal: 0 is the first of its engine.
    pub client_object: Option<u32>,
}

impl Finding {
    /// Puts findings into words.
    pub(super) fn all(world: &World, records: impl Iterator<Item = FindingRecord>) -> Vec<Finding> {
        let processes = world.process_names();
        let finding = |record: FindingRecord| Finding {
            misuse: record.misuse,
            process: processes[record.engine.0 as usize].clone(),
            method: record.method,
            handle: record.handle,
            requirement: record.requirement,
            real_engine: record.real_engine.to_string(),
            source: record.real_engine.source(),
            thread: record.thread,
            call_site: record.call_site.location(),
            connected_at: record.connected_at.location(),
            disconnected_at: record.disconnected_at.location(),
            earlier_call: record.earlier_call.location(),
            server: record.server.map(|server| world.server_name(server)),
            process_id: record.process_id,
            attach_flags: record.attach_flags,
            client_object: record.client_object,
        };
        records.map(finding).collect()
    }
}

/// A finding without the fact that it cites, as several findings may cite one fact.
pub(super) struct Uncited<'a>(pub(super) &'a Finding);

impl fmt::Display for Uncited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { misuse, process, method, real_engine, thread, .. } = self.0;
        f.write_str(process)?;
        if *thread != 0 {
            write!(f, ", thread {thread}")?;
        }
        if let Some(number) = self.0.client_object {
            write!(f, ", client object {number}")?;
        }
        write!(f, ": {method}")?;
        if let Some(handle) = self.0.handle {
            write!(f, " on {handle:#x}")?;
        }
        if let Some(id) = self.0.process_id {
            write!(f, " of process {id}")?;
        }
        if let Some(flags) = self.0.attach_flags {
            let names: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
            let names = if names.is_empty() { "DEFAULT".to_owned() } else { names.join(" | DEBUG_ATTACH_") };
            write!(f, " by DEBUG_ATTACH_{names}")?;
        }
        if let Some(server) = &self.0.server {
            write!(f, " ({server})")?;
        }
        write!(f, ": {misuse}; the real engine {real_engine}")?;
        if let Some(id) = self.0.source {
            write!(f, " ({id})")?;
        }
        if let Some(requirement) = self.0.requirement {
            write!(f, " [{requirement}]")?;
        }
        let Finding { call_site, connected_at, disconnected_at, earlier_call, .. } = self.0;
        let sites = [
            ("called", call_site),
            ("connected", connected_at),
            ("disconnected", disconnected_at),
            (misuse.earlier_event(), earlier_call),
        ];
        for (event, site) in sites {
            if let Some(site) = site {
                write!(f, "\n    {event} at {site}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uncited(self))?;
        if let Some(id) = self.source {
            write!(f, "\n    {}", fact(id))?;
        }
        if let Some(page) = self.misuse.page() {
            write!(f, "\n    {}", advice(page))?;
        }
        Ok(())
    }
}

/// Writes the sentence, for assertions on a list of findings.
impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Uncited(self))
    }
}

/// Names a page of the cookbook.
pub(super) fn advice(page: &str) -> String {
    format!("dbgeng_testkit::mock::cookbook::{page} shows a caller that does it right")
}

/// Returns a fact with its id.
#[cfg(feature = "kit")]
pub(super) fn fact(id: &str) -> String {
    spec::source(id).map_or_else(|| id.to_owned(), |source| format!("{id}: {}", source.statement))
}

/// Returns how to read a fact. Its text is part of the feature `kit`.
#[cfg(not(feature = "kit"))]
pub(super) fn fact(id: &str) -> String {
    format!("{id}: the command `dbgeng-testkit explain {id}` prints its text")
}
