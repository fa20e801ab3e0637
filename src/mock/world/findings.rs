//! The misuses that a lab has noticed, and what it remembers to notice them.

use std::collections::VecDeque;
use std::fmt;

use super::ids::{ComputerId, EngineId, ServerId};
use super::misuse::Misuse;
use crate::dispatch::CallSite;
use crate::flags::AttachFlags;
use crate::method::Method;
use crate::profile::{Behaviour, EngineVersion, Profile};
use crate::spec::Requirement;

/// How many findings of each kind are kept: the first ones, as a loop finds the same again and again.
pub(crate) const MOST_FINDINGS: usize = 1_000;

/// How many findings each piece of the list has room for.
const PIECE: usize = 32;

/// The misuses of a lab.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    /// In the order in which they were noticed. A list in one piece would move all of them when it grows.
    kept: Vec<Vec<FindingRecord>>,
    /// The kinds, in the order of [`Misuse::ALL`].
    kinds: [KindOfFinding; Misuse::ALL.len()],
}

/// The findings of one kind.
#[derive(Clone, Copy, Debug)]
struct KindOfFinding {
    /// How many there were, including those that are not kept.
    count: usize,
    is_permitted: bool,
}

impl Default for Findings {
    fn default() -> Findings {
        let kind = |number: usize| KindOfFinding { count: 0, is_permitted: Misuse::ALL[number].is_on_request() };
        Findings { kept: Vec::new(), kinds: std::array::from_fn(kind) }
    }
}

/// A finding by numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FindingRecord {
    pub(crate) misuse: Misuse,
    pub(crate) engine: EngineId,
    pub(crate) method: Method,
    pub(crate) handle: Option<u64>,
    pub(crate) requirement: Option<Requirement>,
    pub(crate) real_engine: &'static RealEngine,
    pub(crate) thread: u32,
    pub(crate) call_site: CallSite,
    pub(crate) connected_at: CallSite,
    pub(crate) disconnected_at: CallSite,
    pub(crate) earlier_call: CallSite,
    pub(crate) server: Option<ServerId>,
    pub(crate) process_id: Option<u32>,
    pub(crate) attach_flags: Option<AttachFlags>,
    pub(crate) client_object: Option<u32>,
}

impl FindingRecord {
    /// A finding about an engine, without what only some findings have.
    pub(crate) fn new(
        engine: EngineId,
        misuse: Misuse,
        method: Method,
        real_engine: &'static RealEngine,
    ) -> FindingRecord {
        FindingRecord {
            misuse,
            engine,
            method,
            handle: None,
            requirement: None,
            real_engine,
            thread: 0,
            call_site: CallSite::UNKNOWN,
            connected_at: CallSite::UNKNOWN,
            disconnected_at: CallSite::UNKNOWN,
            earlier_call: CallSite::UNKNOWN,
            server: None,
            process_id: None,
            attach_flags: None,
            client_object: None,
        }
    }
}

/// The behaviour of the real engine, and the id of the fact in `spec/sources` that shows it.
#[derive(Debug)]
pub(crate) enum RealEngine {
    /// It does this, and no fact shows it.
    Does(&'static str),
    /// Nobody has measured it.
    NotMeasured,
    /// It does this, as the fact with this id shows.
    Shown(&'static str, &'static str),
    /// Its versions with a behaviour do something else than those without it.
    ByVersion { behaviour: Behaviour, with: &'static str, without: &'static str, source: &'static str },
}

impl RealEngine {
    /// Returns the id of the fact that shows the behaviour, if one does.
    pub(crate) fn source(&self) -> Option<&'static str> {
        match self {
            RealEngine::Does(_) | RealEngine::NotMeasured => None,
            RealEngine::Shown(_, source) | RealEngine::ByVersion { source, .. } => Some(source),
        }
    }
}

/// Names the versions where they differ, the newest first.
impl fmt::Display for RealEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RealEngine::Does(does) | RealEngine::Shown(does, _) => f.write_str(does),
            RealEngine::NotMeasured => f.write_str("was not measured"),
            RealEngine::ByVersion { behaviour, with, without, .. } => {
                let names = |has: bool| {
                    let versions = EngineVersion::ALL.iter().rev();
                    let those = versions.filter(|version| Profile::DbgengAt(**version).has(*behaviour) == has);
                    those.map(|version| version.name()).collect::<Vec<_>>().join(", ")
                };
                write!(f, "{with} ({}), {without} ({})", names(true), names(false))
            }
        }
    }
}

impl Findings {
    /// Reports this kind of misuse from now on, or does not.
    pub(crate) fn permit(&mut self, misuse: Misuse, is_permitted: bool) {
        self.kinds[misuse as usize].is_permitted = is_permitted;
    }

    pub(crate) fn permits(&self, misuse: Misuse) -> bool {
        self.kinds[misuse as usize].is_permitted
    }

    /// Counts a misuse, unless it is permitted. Returns whether its finding is to be kept.
    pub(crate) fn count_one(&mut self, misuse: Misuse) -> bool {
        let kind = &mut self.kinds[misuse as usize];
        if kind.is_permitted {
            return false;
        }
        kind.count += 1;
        kind.count <= MOST_FINDINGS
    }

    // Inline, a finding is written where it is kept.
    #[inline]
    pub(crate) fn keep(&mut self, finding: FindingRecord) {
        if self.kept.last().is_none_or(|piece| piece.len() == PIECE) {
            self.add_piece();
        }
        if let Some(piece) = self.kept.last_mut() {
            piece.push(finding);
        }
    }

    #[cold]
    fn add_piece(&mut self) {
        self.kept.push(Vec::with_capacity(PIECE));
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = FindingRecord> {
        self.kept.iter().flatten().copied()
    }

    /// Returns how many findings there were, including those that are not kept.
    pub(crate) fn count(&self) -> usize {
        self.kinds.iter().map(|kind| kind.count).sum()
    }
}

/// How many names that were cut off are remembered.
const MOST_NAMES: usize = 64;

/// The names that were cut off last because a buffer was too small, each with the engine that has read it.
#[derive(Clone, Debug, Default)]
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

/// How many processes are remembered that a look-up has found among others of the same name.
const MOST_MATCHES: usize = 64;

/// A process that a look-up with ONLY_MATCH has found as one of several.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Match {
    engine: EngineId,
    computer: ComputerId,
    process: u32,
    looked_up_at: CallSite,
}

/// The processes that were found last as one of several, as long as their engines know no better.
#[derive(Clone, Debug, Default)]
pub(crate) struct AmbiguousMatches(VecDeque<Match>);

impl AmbiguousMatches {
    pub(crate) fn remember(&mut self, engine: EngineId, computer: ComputerId, process: u32, looked_up_at: CallSite) {
        self.forget(engine, computer, Some(process));
        if self.0.len() == MOST_MATCHES {
            self.0.pop_front();
        }
        self.0.push_back(Match { engine, computer, process, looked_up_at });
    }

    /// An engine has asked for what tells a process from the others, or every process if there is no `process`.
    #[inline]
    pub(crate) fn forget(&mut self, engine: EngineId, computer: ComputerId, process: Option<u32>) {
        if !self.0.is_empty() {
            let is_known = |id| process.is_none_or(|process| process == id);
            self.0.retain(|found| found.engine != engine || found.computer != computer || !is_known(found.process));
        }
    }

    /// Forgets a process. Returns where it was looked up, if it was remembered.
    #[inline]
    pub(crate) fn take(&mut self, engine: EngineId, computer: ComputerId, process: u32) -> Option<CallSite> {
        if self.0.is_empty() { None } else { self.take_known(engine, computer, process) }
    }

    fn take_known(&mut self, engine: EngineId, computer: ComputerId, process: u32) -> Option<CallSite> {
        let is_meant = |found: &Match| (found.engine, found.computer, found.process) == (engine, computer, process);
        let at = self.0.iter().position(is_meant)?;
        self.0.remove(at).map(|found| found.looked_up_at)
    }
}
