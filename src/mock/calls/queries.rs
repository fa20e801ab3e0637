//! The three queries.

use super::request::{Answered, Request};
use crate::client::{Out, write_out};
use crate::flags::{DescriptionFlags, GetProcessFlags};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, HRESULT, RPC_E_CLIENT_DIED, S_FALSE, S_OK, STATUS_INVALID_CID};
use crate::mock::world::{ComputerId, Misuse, RealEngine, ServerId, World};
use crate::process::{LARGEST_NULL_ARRAY, cut_to_fit, description_flags, size_with_nul, system_process};
use crate::spec::Requirement;
use crate::state::Use;

/// A string buffer of the caller.
pub(super) struct Buffer<'a> {
    pub(super) text: Out<'a, String>,
    pub(super) size: u32,
    pub(super) actual: Out<'a, u32>,
}

impl Buffer<'_> {
    /// Writes as much as fits. Returns whether something was cut off. A null buffer with a size may count as well.
    fn fill(self, whole: &str, null_counts: bool) -> bool {
        let size = size_with_nul(whole);
        let given = (self.text.is_some() || null_counts) && self.size > 0;
        write_out(self.actual, size);
        if let Some(part) = cut_to_fit(whole, self.size) {
            write_out(self.text, part.to_owned());
        }
        given && size > self.size
    }
}

impl Request<'_> {
    /// Returns the computer to which a handle leads, or the caller's own.
    pub(super) fn served_computer(&self, world: &mut World, wanted: Use, handle: u64) -> Result<ComputerId, HRESULT> {
        let server = self.use_handle(world, wanted, handle)?;
        Ok(self.computer_of(world, server))
    }

    /// Returns the computer of a server, or the caller's own.
    fn computer_of(&self, world: &World, server: Option<ServerId>) -> ComputerId {
        match server {
            Some(server) => world.computer_of(server),
            None => world.engines[self.engine].computer,
        }
    }

    // The query that tools poll.
    #[inline(always)]
    pub(super) fn system_ids(
        &self,
        world: &mut World,
        handle: u64,
        ids: Out<'_, Vec<u32>>,
        count: u32,
        actual_count: Out<'_, u32>,
    ) -> Answered {
        let server = self.use_handle(world, Use::Query, handle)?;
        let computer = self.computer_of(world, server);
        if ids.is_none() && count > 0 {
            let (real_engine, refused) = match server {
                None => (&RealEngine::Shown("crashes", "OBS-51"), Some(E_INVALIDARG)),
                Some(_) if count > LARGEST_NULL_ARRAY => {
                    (&RealEngine::Shown("crashes the host", "OBS-239"), Some(RPC_E_CLIENT_DIED))
                }
                Some(_) => (&RealEngine::Shown("returns a wrong count", "OBS-51"), None),
            };
            let requirement = Some(Requirement::IdsNullArrayIsAllowed);
            self.note(world, Misuse::NullPointer, requirement, real_engine);
            if let Some(refused) = refused.filter(|_| !world.is_contract()) {
                if let Some(server) = server {
                    world.kill(world.servers[server].host);
                }
                return Err(refused);
            }
        }
        if count > 0 && ids.is_some() {
            world.ambiguous.forget(self.engine, computer, None);
        }
        let processes = &world.computers[computer].processes;
        write_out(actual_count, u32::try_from(processes.len()).unwrap_or(u32::MAX));
        if count > 0 {
            let room = usize::try_from(count).unwrap_or(usize::MAX);
            write_out(ids, processes.iter().take(room).map(|process| process.id).collect());
        }
        Ok(S_OK)
    }

    pub(super) fn system_id_by_executable_name(
        &self,
        world: &mut World,
        handle: u64,
        name: Option<&str>,
        flags: GetProcessFlags,
        id: Out<'_, u32>,
    ) -> Answered {
        if !flags.unnamed().is_empty() {
            return Err(E_INVALIDARG);
        }
        let profile = world.profile;
        let computer = self.served_computer(world, Use::Query, handle)?;
        let Some(name) = name else {
            // OBS-213: no service is without a name.
            let finds_nothing = flags.contains(GetProcessFlags::SERVICE_NAME) && handle == 0;
            let real_engine = match finds_nothing {
                true => &RealEngine::Does("returns E_NOINTERFACE"),
                false => &RealEngine::Does("crashes"),
            };
            let refused = self.null_pointer(world, real_engine);
            return Err(if finds_nothing && !world.is_contract() { E_NOINTERFACE } else { refused });
        };
        let processes = &world.computers[computer].processes;
        let Some((first, is_only)) = processes.named(profile, name, flags) else {
            self.note_cut_off(world, name);
            return Err(E_NOINTERFACE);
        };
        if id.is_none() {
            return Err(self.null_pointer(world, &RealEngine::Does("crashes")));
        }
        write_out(id, first);
        if flags.contains(GetProcessFlags::ONLY_MATCH) && !is_only {
            world.ambiguous.remember(self.engine, computer, first, self.call_site);
            return Ok(S_FALSE);
        }
        // The caller takes the first of several, and knows it.
        world.ambiguous.forget(self.engine, computer, Some(first));
        Ok(S_OK)
    }

    pub(super) fn description(
        &self,
        world: &mut World,
        handle: u64,
        id: u32,
        flags: DescriptionFlags,
        exe_name: Buffer<'_>,
        description: Buffer<'_>,
    ) -> Answered {
        if !description_flags(world.profile).contains(flags) {
            return Err(E_INVALIDARG);
        }
        let computer = self.served_computer(world, Use::Query, handle)?;
        // Without its path, a process has the same name as the others.
        if !flags.contains(DescriptionFlags::NO_PATHS) {
            world.ambiguous.forget(self.engine, computer, Some(id));
        }
        let found = world.computers[computer].processes.get(id);
        let (name, text) = match found {
            Some(process) => (process.described_name(flags), process.description(flags)),
            None => (system_process(world.profile, id).ok_or(STATUS_INVALID_CID)?, String::new()),
        };
        // OBS-219: the architecture, which is written after the name, makes the engine forget that the name was cut.
        let forgets_cut = found.is_some() && flags.contains(DescriptionFlags::WITH_ARCHITECTURE);
        let (room, is_written) = (exe_name.size, exe_name.text.is_some());
        // OBS-223: the real engine looks at the size alone.
        let null_counts = handle == 0 && !world.is_contract();
        let is_cut_off = exe_name.fill(name, null_counts);
        if let Some(part) = cut_to_fit(name, room).filter(|_| is_cut_off && is_written) {
            world.cut_off.remember(self.engine, part);
        }
        // Both are filled, even if the first was too small.
        Ok(if description.fill(&text, false) || (is_cut_off && !forgets_cut) { S_FALSE } else { S_OK })
    }
}
