//! The misuses that a lab has noticed, and what it remembers to notice them.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fmt;

use super::handles::CallSite;
use super::ids::{EngineId, ServerId};
use crate::flags::AttachFlags;
use crate::method::Method;
use crate::profile::{Behaviour, EngineVersion, Profile};
use crate::spec::Requirement;

/// A kind of misuse by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Misuse {
    /// A closed handle was used in another call than a disconnect.
    UseAfterDisconnect,
    /// A closed handle was disconnected again.
    DoubleDisconnect,
    /// A value was used as a handle, and no connect has issued it.
    UnknownHandle,
    /// Zero was passed to DisconnectProcessServer or EndProcessServer, where it means nothing.
    ZeroHandle,
    /// Zero was passed after the engine had closed its last connection. It means the local computer, and perhaps the handle
    /// of that connection was meant.
    ZeroAfterLastDisconnect,
    /// A client object was called on a thread that is not its own.
    OtherThread,
    /// A disconnect returned S_OK and closed nothing. Only the profile `dbgeng` has such disconnects.
    ClosesNothing,
    /// A null pointer was passed where the documentation does not permit one.
    NullPointer,
    /// A wait was begun that no thread can end, or a connection to something that never answers.
    EndlessWait,
    /// A process server was started on a pipe whose name makes the real engine crash: it is a printf format.
    PipeNameFormat,
    /// A name was used as if it were complete, but a buffer had cut it off.
    CutOffName,
    /// A session was ended in a way that ends the processes that it debugs.
    EndsTargets,
    /// A session was ended after a connection that it uses was closed. Only the profile `dbgeng` has such sessions.
    LostConnection,
    /// An engine debugs its own process, or is called while another one debugs it: the process does not run.
    FrozenProcess,
    /// An engine was still attached to a process at the end.
    TargetLeftAttached,
    /// A handle was still open at the end.
    LeakedHandle,
    /// A handle was still open at the end, and a disconnect of it had failed. Perhaps its HRESULT was ignored.
    FailedDisconnect,
    /// A process server that the caller started was still running at the end.
    ServerLeftRunning,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misuse::UseAfterDisconnect => "used after its disconnect",
            Misuse::DoubleDisconnect => "disconnected twice",
            Misuse::UnknownHandle => "never issued as a handle",
            Misuse::ZeroHandle => "zero is not a handle here",
            Misuse::ZeroAfterLastDisconnect => "zero after the last disconnect means the local computer",
            Misuse::OtherThread => "called on a thread that is not the client object's",
            Misuse::ClosesNothing => "a disconnect that closes nothing",
            Misuse::NullPointer => "a null pointer",
            Misuse::PipeNameFormat => "a pipe name with a printf code that takes no number",
            Misuse::EndlessWait => "a wait that no thread can end",
            Misuse::CutOffName => "a name that was cut off",
            Misuse::EndsTargets => "ends the attached processes",
            Misuse::LostConnection => "the session uses a connection that is closed",
            Misuse::FrozenProcess => "the process is debugged, and does not run",
            Misuse::TargetLeftAttached => "still attached",
            Misuse::LeakedHandle => "never disconnected",
            Misuse::FailedDisconnect => "still open after a disconnect that failed",
            Misuse::ServerLeftRunning => "a process server that was left running",
        })
    }
}

/// How many findings of each kind are kept: the first ones, as a loop finds the same again and again.
pub(crate) const MOST_FINDINGS: usize = 1_000;

/// The misuses of a lab.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// In the order in which they were noticed.
    kept: Vec<FindingRecord>,
    /// How many there were of each kind, including those that are not kept.
    counts: BTreeMap<Misuse, usize>,
    /// The kinds that are not reported.
    permitted: HashSet<Misuse>,
}

/// A finding by numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FindingRecord {
    pub(crate) misuse: Misuse,
    pub(crate) engine: EngineId,
    pub(crate) method: Method,
    pub(crate) handle: Option<u64>,
    pub(crate) requirement: Option<Requirement>,
    pub(crate) real_engine: RealEngine,
    pub(crate) thread: u32,
    pub(crate) call_site: CallSite,
    pub(crate) connected_at: CallSite,
    pub(crate) disconnected_at: CallSite,
    pub(crate) server: Option<ServerId>,
    pub(crate) process_id: Option<u32>,
    pub(crate) attach_flags: Option<AttachFlags>,
}

/// The behaviour of the real engine, and the id of the fact in `spec/sources` that shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RealEngine {
    does: &'static str,
    /// The behaviour that only some versions have, and what the others do instead.
    by_version: Option<(Behaviour, &'static str)>,
    pub(crate) source: Option<&'static str>,
}

impl RealEngine {
    pub(crate) const fn does(does: &'static str) -> RealEngine {
        RealEngine { does, by_version: None, source: None }
    }

    /// Versions without this behaviour do something else.
    pub(crate) const fn only_with(self, behaviour: Behaviour, otherwise: &'static str) -> RealEngine {
        RealEngine { by_version: Some((behaviour, otherwise)), ..self }
    }

    pub(crate) const fn source(self, id: &'static str) -> RealEngine {
        RealEngine { source: Some(id), ..self }
    }
}

/// Names the versions where they differ, the newest first.
impl fmt::Display for RealEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((behaviour, otherwise)) = self.by_version else { return f.write_str(self.does) };
        let names = |has: bool| {
            let versions = EngineVersion::ALL.iter().rev();
            let those = versions.filter(|version| Profile::DbgengAt(**version).has(behaviour) == has);
            those.map(|version| version.name()).collect::<Vec<_>>().join(", ")
        };
        write!(f, "{} ({}), {otherwise} ({})", self.does, names(true), names(false))
    }
}

impl Findings {
    /// Does not report this kind of misuse from now on.
    pub(crate) fn permit(&mut self, misuse: Misuse) {
        self.permitted.insert(misuse);
    }

    pub(crate) fn permits(&self, misuse: Misuse) -> bool {
        self.permitted.contains(&misuse)
    }

    /// Counts a misuse. Returns whether its finding is to be kept.
    pub(crate) fn count_one(&mut self, misuse: Misuse) -> bool {
        if self.permits(misuse) {
            return false;
        }
        let count = self.counts.entry(misuse).or_default();
        *count += 1;
        *count <= MOST_FINDINGS
    }

    pub(crate) fn keep(&mut self, finding: FindingRecord) {
        self.kept.push(finding);
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = FindingRecord> {
        self.kept.iter().copied()
    }

    /// Returns how many findings there were, including those that are not kept.
    pub(crate) fn count(&self) -> usize {
        self.counts.values().sum()
    }
}

/// How many names that were cut off are remembered.
const MOST_NAMES: usize = 64;

/// The names that were cut off last because a buffer was too small, each with the engine that has read it.
#[derive(Debug, Default)]
pub(crate) struct CutOffNames(VecDeque<(EngineId, String)>);

impl CutOffNames {
    /// Remembers the part of a name that fitted into the buffer.
    pub(crate) fn remember(&mut self, engine: EngineId, part: &str) {
        if part.is_empty() || self.contains(engine, part) {
            return;
        }
        if self.0.len() == MOST_NAMES {
            self.0.pop_front();
        }
        self.0.push_back((engine, part.to_owned()));
    }

    pub(crate) fn contains(&self, engine: EngineId, name: &str) -> bool {
        self.0.iter().any(|(by, part)| *by == engine && part == name)
    }
}
