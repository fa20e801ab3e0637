//! What a caller did wrong, noticed while its calls were answered.

use std::fmt;
use std::panic::Location;

use super::world::{FindingRecord, Misuse, World};
use crate::method::Method;
use crate::spec::Requirement;

/// A misuse by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is.
    pub misuse: Misuse,
    /// The process of the engine on which the call was made: `client`, `client2`, … in the order in which the lab made them;
    /// the hosts that [`LabComputer::dbgsrv`](super::LabComputer::dbgsrv) starts are `server`, `server2`, ….
    pub process: String,
    /// The method that was called.
    pub method: Method,
    /// The handle that was passed, if it was the misuse.
    pub handle: Option<u64>,
    /// The requirement that says what an engine does with such a call, if one does.
    pub requirement: Option<Requirement>,
    /// What the real engine would have done.
    pub real_engine: &'static str,
    /// The thread that called, numbered in its process in the order of the first calls, from 0.
    pub thread: u32,
    /// Where the call was made; `None` where it was made through a `dyn DebugClient`.
    pub call_site: Option<&'static Location<'static>>,
    /// Where the handle was connected.
    pub connected_at: Option<&'static Location<'static>>,
    /// Where the handle was disconnected.
    pub disconnected_at: Option<&'static Location<'static>>,
    /// The process server to which the handle leads, if it is open, or that is left over, such as `tcp:port=5005 on BOX17`.
    pub server: Option<String>,
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
            real_engine: record.real_engine,
            thread: record.thread,
            call_site: record.call_site,
            connected_at: record.connected_at,
            disconnected_at: record.disconnected_at,
            server: record.server.map(|server| world.server_name(server)),
        };
        records.map(finding).collect()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.process)?;
        if self.thread != 0 {
            write!(f, ", thread {}", self.thread)?;
        }
        write!(f, ": {}", self.method)?;
        if let Some(handle) = self.handle {
            write!(f, " on {handle:#x}")?;
        }
        if let Some(server) = &self.server {
            write!(f, " ({server})")?;
        }
        write!(f, ": {}; the real engine {}", self.misuse, self.real_engine)?;
        if let Some(requirement) = self.requirement {
            write!(f, " [{requirement}]")?;
        }
        let sites =
            [("called", self.call_site), ("connected", self.connected_at), ("disconnected", self.disconnected_at)];
        for (what, site) in sites {
            if let Some(site) = site {
                write!(f, "\n    {what} at {site}")?;
            }
        }
        Ok(())
    }
}
