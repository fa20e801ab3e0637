//! Sessions: who debugs which process, and through which connection.

use std::collections::{BTreeSet, HashSet};

use super::handles::SlotId;
use super::ids::{ComputerId, EngineId, ServerId};
use super::threads::ThreadId;
use crate::dispatch::CallSite;
use crate::flags::{AttachFlags, EngineOptions, InterruptFlags};
use crate::method::Method;
use crate::state::{Attachment, DebuggerOf, Debugging};

/// The session of an engine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    /// The open connections that it uses.
    pub(crate) connections: BTreeSet<SlotId>,
    /// A connection that it uses was closed, so the end of the session crashes the real engine (OBS-71).
    pub(crate) has_lost_connection: bool,
    /// The use that it makes of the engine's own computer.
    pub(crate) local: Debugging,
    pub(crate) options: EngineOptions,
    /// Whether the targets run.
    pub(crate) run: bool,
    /// Whether a thread is in WaitForEvent.
    pub(crate) is_waiting: bool,
    /// The debugger's id of the current process, which is another one if that has left. `None` if nothing broke in during the
    /// last wait (OBS-242).
    pub(crate) current: Option<u32>,
    /// The debugger's id of the process that had the last event.
    pub(crate) last_event: Option<u32>,
    /// Where the last WaitForEvent was called, if it timed out.
    pub(crate) timed_out: Option<CallSite>,
    /// The number of targets that have left since the last wait, and are counted until the next one (OBS-242, OBS-245).
    pub(crate) left: u32,
    /// A callback has asked to break into the target.
    pub(crate) asked_to_break: bool,
    /// Whether the first event of a process has not broken in, and the wait goes on.
    pub(crate) has_run_on: bool,
    /// The interrupt that someone has asked for.
    pub(crate) interrupted: Option<InterruptFlags>,
    /// The threads whose next DispatchCallbacks ends at once (OBS-90).
    pub(crate) exits: HashSet<ThreadId>,
}

/// How far the session knows a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetPhase {
    /// It had no event yet (ATT-3).
    Pending,
    Present,
    /// The session has left it suspended (REL-3).
    Abandoned,
}

/// A process to which an engine is attached.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) computer: ComputerId,
    pub(crate) process: u32,
    /// The engine that debugs it.
    pub(crate) engine: EngineId,
    pub(crate) attachment: Attachment,
    /// The process server through which it is debugged; `None` for a local target.
    pub(crate) server: Option<ServerId>,
    /// The connection to that server, while it is open.
    pub(crate) connection: Option<SlotId>,
    /// The method that began it.
    pub(crate) method: Method,
    /// The flags of the attach; `None` if the engine created the process.
    pub(crate) attach_flags: Option<AttachFlags>,
    /// The thread that began it, by its number in the engine.
    pub(crate) thread: u32,
    pub(crate) call_site: CallSite,
    pub(crate) phase: TargetPhase,
    /// The debugger's id, once the session has it.
    pub(crate) id: u32,
}

/// The targets of all engines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Targets(Vec<Target>);

impl Targets {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the targets of an engine.
    pub(crate) fn of(&self, engine: EngineId) -> impl DoubleEndedIterator<Item = &Target> {
        self.0.iter().filter(move |target| target.engine == engine)
    }

    /// Returns the targets that the session of an engine has, in the order of the debugger's ids.
    pub(crate) fn present(&self, engine: EngineId) -> Vec<&Target> {
        let mut present: Vec<_> = self.of(engine).filter(|target| target.phase == TargetPhase::Present).collect();
        present.sort_by_key(|target| target.id);
        present
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Target> {
        self.0.iter_mut()
    }

    /// Adds a target, unless its engine is attached to the process in the same way already.
    pub(crate) fn add(&mut self, target: Target) {
        if !self.0.iter().any(|known| known.is_same(&target)) {
            self.0.push(target);
        }
    }

    /// Keeps the targets for which `keep` returns `true`.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Target) -> bool) {
        self.0.retain(keep);
    }

    /// Returns the debugger of a process.
    pub(crate) fn debugger(&self, computer: ComputerId, process: u32) -> Option<&Target> {
        let is_debugger = |target: &&Target| target.is(computer, process) && target.attachment == Attachment::Debugger;
        self.0.iter().find(is_debugger)
    }

    /// Returns the debugger of a process, as an engine sees it that attaches through a connection, or locally.
    pub(crate) fn debugger_of(
        &self,
        computer: ComputerId,
        process: u32,
        engine: EngineId,
        connection: Option<SlotId>,
    ) -> DebuggerOf {
        let is_local = connection.is_none();
        match self.debugger(computer, process) {
            None => DebuggerOf::Nobody,
            Some(Target { engine: other, server, connection: own, .. })
                if *other == engine && *own == connection && server.is_none() == is_local =>
            {
                DebuggerOf::Same
            }
            Some(_) => DebuggerOf::Another,
        }
    }
}

impl Target {
    /// Returns whether an engine of the same computer is its debugger.
    pub(crate) fn is_local_debuggee(&self) -> bool {
        self.server.is_none() && self.attachment == Attachment::Debugger
    }

    /// Returns whether it is the same process, attached to in the same way.
    pub(crate) fn is_same(&self, other: &Target) -> bool {
        self.is(other.computer, other.process)
            && self.engine == other.engine
            && self.attachment == other.attachment
            && self.server == other.server
    }

    /// Returns whether it is this process.
    pub(crate) fn is(&self, computer: ComputerId, process: u32) -> bool {
        self.computer == computer && self.process == process
    }
}
