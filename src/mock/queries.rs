//! The three queries.

use super::entered::Entered;
use super::finding::Misuse;
use crate::client::{Out, write};
use crate::flags::{DescriptionFlags, GetProcessFlags};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, HRESULT, S_FALSE, S_OK, STATUS_INVALID_CID};
use crate::process::{DESCRIPTION_PARTS, cut_to_fit, size_with_nul};
use crate::spec::Requirement;
use crate::state::Use;

/// A string buffer of the caller.
pub(super) struct Buffer<'a> {
    pub(super) text: Out<'a, String>,
    pub(super) size: u32,
    pub(super) actual: Out<'a, u32>,
}

impl Buffer<'_> {
    /// Writes as much as fits; answers whether something was cut off.
    fn fill(self, whole: &str) -> bool {
        let size = size_with_nul(whole);
        let given = self.text.is_some() && self.size > 0;
        write(self.actual, size);
        if let Some(part) = cut_to_fit(whole, self.size) {
            write(self.text, part.to_owned());
        }
        given && size > self.size
    }
}

impl Entered<'_> {
    /// The computer behind a handle, or the caller's own.
    pub(super) fn served_computer(&mut self, wanted: Use, handle: u64) -> Result<usize, HRESULT> {
        Ok(match self.admit(wanted, handle)? {
            Some(server) => self.state.engines[self.state.servers[server].engine].computer,
            None => self.computer(),
        })
    }

    pub(super) fn system_ids(
        &mut self,
        handle: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> HRESULT {
        let computer = match self.served_computer(Use::Query, handle) {
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        if ids.is_none() && count > 0 {
            let real_engine = if handle == 0 { "goes down (OBS-51)" } else { "hands out a wrong count (OBS-51)" };
            let requirement = Some(Requirement::IdsNullArrayIsAllowed);
            self.note(Misuse::NullPointer, requirement, None, real_engine);
            if handle == 0 && !self.is_contract() {
                return E_INVALIDARG;
            }
        }
        let processes = &self.state.computers[computer].processes;
        write(actual_count, u32::try_from(processes.len()).unwrap_or(u32::MAX));
        if count > 0 {
            let room = usize::try_from(count).unwrap_or(usize::MAX);
            write(ids, processes.iter().take(room).map(|process| process.id).collect());
        }
        S_OK
    }

    pub(super) fn system_id_by_executable_name(
        &mut self,
        handle: u64,
        name: Option<&str>,
        flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> HRESULT {
        if !flags.unnamed().is_empty() {
            return E_INVALIDARG;
        }
        let profile = self.state.profile;
        let computer = match self.served_computer(Use::Query, handle) {
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        let Some(name) = name else { return self.null_pointer("goes down") };
        let processes = &self.state.computers[computer].processes;
        let Some((first, is_only)) = processes.named(profile, name, flags) else {
            self.note_cut_off(name);
            return E_NOINTERFACE;
        };
        if id.is_none() {
            return self.null_pointer("goes down");
        }
        write(id, first);
        if flags.contains(GetProcessFlags::ONLY_MATCH) && !is_only { S_FALSE } else { S_OK }
    }

    pub(super) fn description(
        &mut self,
        handle: u64,
        id: u32,
        flags: DescriptionFlags,
        exe_name: Buffer<'_>,
        description: Buffer<'_>,
    ) -> HRESULT {
        if !DESCRIPTION_PARTS.contains(flags) {
            return E_INVALIDARG;
        }
        let computer = match self.served_computer(Use::Query, handle) {
            Ok(computer) => computer,
            Err(refused) => return refused,
        };
        let engine = self.engine;
        let state = &mut *self.state;
        let found = state.computers[computer].processes.get(id);
        let (name, text) = match found {
            Some(process) => (process.described_name(flags), process.description(flags)),
            // OBS-55.
            None if id == 0 => ("System Process", String::new()),
            None => return STATUS_INVALID_CID,
        };
        let room = exe_name.size;
        let is_cut_off = exe_name.fill(name);
        if let Some(part) = cut_to_fit(name, room).filter(|_| is_cut_off) {
            state.cut_off.remember(engine, part);
        }
        // Both are filled, whichever was too small.
        if description.fill(&text) || is_cut_off { S_FALSE } else { S_OK }
    }
}
