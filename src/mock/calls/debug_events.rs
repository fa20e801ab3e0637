//! The events of targets, and the last one.

use super::request::Request;
use crate::callbacks::{DebugEvent, LastEvent};
use crate::flags::{AttachFlags, EventMask};
use crate::mock::world::{EngineId, Target, TargetPhase, World};
use crate::process::Process;
use crate::state::{Attachment, breaks_initially};

impl Request<'_> {
    /// The first pending process has its first event. Returns whether that breaks into the debugger.
    pub(super) fn first_event(&self, world: &mut World) -> bool {
        let is_first = world.debuggees(self.engine).present == 0;
        let present = world.targets.present(self.engine);
        let id = (0..).find(|id| present.iter().all(|target| target.id != *id)).unwrap_or(u32::MAX);
        let pending = |target: &&mut Target| target.engine == self.engine && target.phase == TargetPhase::Pending;
        let Some(target) = world.targets.iter_mut().find(pending) else { return false };
        (target.phase, target.id) = (TargetPhase::Present, id);
        let target = target.clone();
        let flags = target.attach_flags.unwrap_or(AttachFlags::empty());
        let session = &mut world.engines[self.engine].session;
        let breaks = target.attachment == Attachment::Observer || breaks_initially(session.options, flags);
        (session.run, session.has_run_on) = (false, !breaks);
        (session.current, session.last_event) = (Some(id), Some(id));
        if is_first {
            self.tell(world, DebugEvent::SessionStatus { status: 0 });
        }
        let process = world.computers[target.computer].processes.get(target.process);
        events(&target, process).into_iter().for_each(|event| self.tell(world, event));
        breaks
    }
}

impl Target {
    /// Returns the code and the address of the exception with which it breaks in. The debugger of a noninvasive attach makes
    /// one up (OBS-247).
    fn break_in(&self) -> (u32, u64) {
        match self.attachment {
            Attachment::Observer => (0x8000_0007, 0),
            Attachment::Debugger | Attachment::Joined => (0x8000_0003, BASE + 0x2000),
        }
    }

    /// Returns the debugger's id of the thread that breaks in. An attach makes a thread for that, after the first one.
    fn thread_id(&self) -> u32 {
        let is_made = self.attach_flags.is_some() && self.attachment != Attachment::Observer;
        2 * self.id + u32::from(is_made)
    }
}

impl World {
    /// Returns the last event of the session of an engine: that a target broke in, which it still has (OBS-247).
    pub(crate) fn last_event(&self, engine: EngineId) -> LastEvent {
        let id = self.engines[engine].session.last_event;
        let present = self.targets.present(engine);
        let Some(target) = present.iter().find(|target| Some(target.id) == id) else { return LastEvent::none() };
        let (code, address) = target.break_in();
        let name =
            if target.attachment == Attachment::Observer { "Wake debugger" } else { "Break instruction exception" };
        LastEvent {
            kind: EventMask::EXCEPTION,
            process_id: target.id,
            thread_id: target.thread_id(),
            extra_information: exception(code, address),
            description: format!("{name} - code {code:08x} (first chance)"),
        }
    }
}

/// Returns a `DEBUG_LAST_EVENT_INFO_EXCEPTION`: an `EXCEPTION_RECORD64` without parameters, at the first chance.
fn exception(code: u32, address: u64) -> Vec<u8> {
    let mut bytes = vec![0; 0xa0];
    bytes[..4].copy_from_slice(&code.to_le_bytes());
    bytes[0x10..0x18].copy_from_slice(&address.to_le_bytes());
    bytes[0x98] = 1;
    bytes
}

/// The address of the image of a process.
const BASE: u64 = 0x1_4000_0000;

/// Returns the first events of a target, in the order of OBS-91. The debugger of a noninvasive attach sees none of its process.
fn events(target: &Target, process: Option<&Process>) -> Vec<DebugEvent> {
    let (code, address) = target.break_in();
    let exception = DebugEvent::Exception { code, flags: 0, address, first_chance: true };
    if target.attachment == Attachment::Observer {
        return vec![exception];
    }
    let image_name = process.map_or_else(String::new, |process| process.exe.clone());
    let file = process.map_or("", Process::file_name);
    let module_name = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned();
    let create = DebugEvent::CreateProcess {
        image_file_handle: 0x40,
        handle: 0x44,
        base_offset: BASE,
        module_size: 0x1_0000,
        module_name,
        image_name,
        check_sum: 0,
        time_date_stamp: 0,
        initial_thread_handle: 0x48,
        thread_data_offset: 0,
        start_offset: BASE + 0x1000,
    };
    let thread = DebugEvent::CreateThread { handle: 0x48, data_offset: 0, start_offset: BASE + 0x1000 };
    vec![create, thread, exception]
}
