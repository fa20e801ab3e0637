//! Clauses for the three queries: their form always, their content where the run describes the computer.

use super::Model;
use super::expected::{Clauses, Expected};
use super::handle_clauses::{is_null_array, may_crash_the_host};
use super::world::KnownProcess;
use crate::call::Call;
use crate::flags::{DescriptionFlags, GetProcessFlags};
use crate::hresult::{E_INVALIDARG, E_NOINTERFACE, S_FALSE, STATUS_INVALID_CID};
use crate::process::{DESCRIPTION_PARTS, RESERVED_IDS, description_flags, same, size_with_nul};
use crate::spec::Requirement;
use crate::status::Statuses;

impl Model {
    pub(super) fn query_clauses<'m>(&'m self, call: &'m Call, sink: &mut Clauses<'_, 'm>) {
        match call {
            Call::GetRunningProcessSystemIds { .. } => self.ids_clauses(call, sink),
            Call::GetRunningProcessSystemIdByExecutableName { server, exe_name, flags, .. } => {
                let name = exe_name.as_deref().unwrap_or_default();
                self.name_clauses(*server, name, *flags, sink);
            }
            _ => self.description_clauses(call, sink),
        }
    }

    fn ids_clauses<'m>(&'m self, call: &'m Call, sink: &mut Clauses<'_, 'm>) {
        let Call::GetRunningProcessSystemIds { server, ids, count, actual_count } = call else { return };
        let dbgeng = self.profile.is_dbgeng();
        // for a short array this engine usually returns S_FALSE (RET-2); the page has S_OK.
        let good = if dbgeng { Statuses::OK } else { Statuses::SUCCESS };
        if is_null_array(call) {
            // OBS-51: on the local computer the process crashes.
            let good = match dbgeng {
                true if *server == 0 => good.or_error().or_crash(),
                true if may_crash_the_host(call) => good.or_error(),
                _ => good,
            };
            return self.serves(Requirement::IdsNullArrayIsAllowed, good, sink);
        }
        self.serves(Requirement::IdsSucceeds, good, sink);
        // An engine that refuses a small array or a null pointer need not refuse zero.
        let computer = self.computer_for(sink.context);
        let known = self.processes(computer);
        let has_room = *count > 0 && known.is_none_or(|known| known.len() <= *count as usize);
        if *server == 0 && has_room && !ids.is_null() && !actual_count.is_null() {
            self.serves(Requirement::HandleZeroIsTheLocalComputer, good, sink);
        }
        if ids.is_null() {
            self.serves(Requirement::IdsNullArrayIsAllowed, good, sink);
        }
        if actual_count.is_null() {
            self.serves(Requirement::IdsNullActualCountIsAllowed, good, sink);
        }
        let wrote = Expected::WroteOutputs { ids: !ids.is_null() && *count > 0, actual_count: !actual_count.is_null() };
        sink.add(Requirement::IdsSucceeds, wrote);
        sink.add(Requirement::IdsSucceeds, Expected::CountCoversIds);
        sink.add(Requirement::IdsAtMostCount, Expected::AtMostIds(*count));
        // Without ActualCount the caller cannot tell how many ids were written.
        if !actual_count.is_null() {
            sink.add(Requirement::IdsAreUnique, Expected::UniqueIds);
        }
        if dbgeng {
            sink.add(Requirement::IdsActualCountIsTotal, Expected::CountCoversIds);
            if *count > 0 {
                sink.add(Requirement::IdsShortArrayIsFilled, Expected::FilledIds(*count));
            }
        }
        if let Some(known) = known {
            if self.knows_all(computer) {
                sink.add(Requirement::IdsListsTheComputer, Expected::IdsOf(known));
            }
            if dbgeng && known.iter().any(|known| !known.id_is_known) {
                sink.add(Requirement::CreateShowsInList, Expected::AtLeast(known.len()));
            }
        }
    }

    fn name_clauses<'m>(&'m self, server: u64, name: &str, flags: GetProcessFlags, sink: &mut Clauses<'_, 'm>) {
        let dbgeng = self.profile.is_dbgeng();
        if !flags.unnamed().is_empty() {
            // the set of flags grows.
            return sink.observed(Requirement::NameUnknownFlagsAreRefused, Statuses::code(E_INVALIDARG));
        }
        sink.add(Requirement::NameOneMatchIsItsId, Expected::WroteId);
        let only = flags.contains(GetProcessFlags::ONLY_MATCH);
        if !only {
            sink.ends(Requirement::NameSFalseOnlyForOnlyMatch, Statuses::OK.or_error());
        }
        let computer = self.computer_for(sink.context);
        let Some(known) = self.processes(computer) else { return };
        let Some(matches) = self.matches(known, name, flags) else {
            // A plain name in place of a path may find a process of that name, and no other.
            let named: Vec<_> = known.iter().filter(|known| same(known.process.file_name(), name)).collect();
            let is_own = !named.is_empty() && named.iter().all(|known| known.id_is_known);
            if !only && is_own && self.knows_all(computer) {
                sink.add(Requirement::NameOneMatchIsItsId, Expected::IdOf(named));
            }
            return;
        };
        // Another process may have a name that none of these has, or run a program that the run has started.
        let is_own = !matches.is_empty() && matches.iter().all(|known| known.id_is_known);
        if !is_own && !self.knows_all(computer) {
            return;
        }
        let full = flags.contains(GetProcessFlags::FULL_MATCH);
        let (requirement, good) = match matches.len() {
            0 => (Requirement::NameNoMatchIsENointerface, Statuses::code(E_NOINTERFACE)),
            1 => (Requirement::NameOneMatchIsItsId, Statuses::OK),
            _ if only => (Requirement::NameOnlyMatchIsSFalse, Statuses::code(S_FALSE)),
            _ => (Requirement::NameSeveralIsOneOfThem, Statuses::OK),
        };
        self.serves(requirement, good, sink);
        if server == 0 && matches.len() == 1 && flags.is_empty() {
            // An engine that compares names otherwise answers E_NOINTERFACE; it need not refuse zero.
            let served = Statuses::SUCCESS.or(E_NOINTERFACE);
            self.serves(Requirement::HandleZeroIsTheLocalComputer, served, sink);
        }
        if only && matches.len() < 2 {
            self.serves(Requirement::NameSFalseOnlyForOnlyMatch, Statuses::OK.or_error(), sink);
        }
        if full && only {
            self.serves(Requirement::NameFlagsCombine, good, sink);
        }
        if full && !dbgeng {
            let good = if matches.is_empty() { Statuses::code(E_NOINTERFACE) } else { Statuses::SUCCESS };
            self.serves(Requirement::NameFullMatchComparesPaths, good, sink);
        } else if !matches.is_empty() {
            self.serves(Requirement::NameDefaultIgnoresPaths, Statuses::SUCCESS, sink);
        }
        if dbgeng {
            self.observed_name_clauses(name, flags, &matches, sink);
        }
        match matches.len() {
            0 => {}
            1 => sink.add(Requirement::NameOneMatchIsItsId, Expected::IdOf(matches)),
            _ if !only => sink.add(Requirement::NameSeveralIsOneOfThem, Expected::IdOf(matches)),
            _ if dbgeng => sink.add(Requirement::NameOnlyMatchIdIsTheFirst, Expected::IdOf(matches[..1].to_vec())),
            // it is open what Id holds with S_FALSE.
            _ => {}
        }
    }

    /// Emits the observed rules for names (OBS-52).
    fn observed_name_clauses(
        &self,
        name: &str,
        flags: GetProcessFlags,
        matches: &[&KnownProcess],
        sink: &mut Clauses<'_, '_>,
    ) {
        if flags.contains(GetProcessFlags::SERVICE_NAME) {
            return;
        }
        let found = if matches.is_empty() { Statuses::code(E_NOINTERFACE) } else { Statuses::SUCCESS };
        if matches.iter().any(|known| known.process.file_name() != name) {
            self.serves(Requirement::NameCaseIsIgnored, found, sink);
        }
        if !name.contains('.') {
            self.serves(Requirement::NameExtensionCounts, found, sink);
        }
        if name.contains(['\\', '/']) && !flags.contains(GetProcessFlags::FULL_MATCH) {
            self.serves(Requirement::NamePathIsNoFileName, found, sink);
        }
    }

    /// Returns the processes that a name finds, or `None` where the contract leaves that open. It does not say when a
    /// new process is found.
    fn matches<'m>(
        &self,
        known: &'m [KnownProcess],
        name: &str,
        flags: GetProcessFlags,
    ) -> Option<Vec<&'m KnownProcess>> {
        let found: Vec<_> = known.iter().filter(|known| known.process.answers_to(self.profile, name, flags)).collect();
        let full = flags.contains(GetProcessFlags::FULL_MATCH);
        let exact = |known: &KnownProcess| {
            let own = if full { known.process.exe.as_str() } else { known.process.file_name() };
            own == name
        };
        let has_file_name = |known: &KnownProcess| known.process.file_name().eq_ignore_ascii_case(name);
        let open = flags.contains(GetProcessFlags::SERVICE_NAME)
            // GRPN-4: with the flag, the name is a full path.
            || (full && known.iter().any(has_file_name))
            || (!full && name.contains(['\\', '/']))
            || !found.iter().all(|known| exact(known) && known.id_is_known)
            || (found.is_empty() && !name.contains('.') && !name.is_empty());
        (self.profile.is_dbgeng() || !open).then_some(found)
    }

    fn description_clauses<'m>(&'m self, call: &'m Call, sink: &mut Clauses<'_, 'm>) {
        let Call::GetRunningProcessDescription {
            server,
            system_id,
            flags,
            exe_name,
            exe_name_size,
            actual_exe_name_size,
            description,
            description_size,
            actual_description_size,
        } = call
        else {
            return;
        };
        let dbgeng = self.profile.is_dbgeng();
        if !description_flags(self.profile).contains(*flags) {
            // the set of flags grows.
            return sink.observed(Requirement::DescriptionUnknownFlagsAreRefused, Statuses::code(E_INVALIDARG));
        }
        let room = |pointer: &crate::Pointer, size: u32| (!pointer.is_null() && size > 0).then_some(size);
        let (name_room, text_room) = (room(exe_name, *exe_name_size), room(description, *description_size));
        let open = call.has_open_status(self.profile);
        if !open {
            sink.add(Requirement::DescriptionActualSizesCountNul, Expected::SizesCountNul);
        }
        sink.add(Requirement::DescriptionActualSizesAreWhole, Expected::SizesAreWhole);
        if exe_name_size.min(description_size) > &0 || exe_name.is_null() || description.is_null() {
            // S_FALSE for what a null buffer does not get is allowed, and measured engines return S_OK.
            let unasked = !dbgeng && (name_room.is_none() || text_room.is_none());
            let short = Expected::ShortBufferIsSFalse { exe_name: name_room, description: text_room, open, unasked };
            sink.add(Requirement::DescriptionShortBufferIsSFalse, short);
        }
        sink.add(Requirement::DescriptionNeverOverruns, Expected::FitsInto(*exe_name_size, *description_size));
        let is_reserved = RESERVED_IDS.contains(system_id);
        if flags.contains(DescriptionFlags::NO_PATHS) && !is_reserved {
            sink.add(Requirement::DescriptionNoPathsHasNoPath, Expected::NoPath);
        }
        let computer = self.computer_for(sink.context);
        let processes = self.processes(computer);
        let Some(known) = processes.into_iter().flatten().find(|known| known.has_id(*system_id)) else {
            let is_system = |known: &&KnownProcess| dbgeng && known.has_id(*system_id);
            if let Some(system) = self.system.iter().find(is_system) {
                let parts = *flags - DescriptionFlags::WITH_ARCHITECTURE;
                let whole = Expected::Describes(system, parts, *exe_name_size, text_room);
                self.serves(system_requirement(*system_id), Statuses::SUCCESS, sink);
                sink.add(system_requirement(*system_id), whole);
            } else if !is_reserved
                && self.knows_all(computer)
                && processes.is_some_and(|known| known.iter().all(|known| known.id_is_known))
            {
                sink.ends(Requirement::DescriptionUnknownProcessFails, Statuses::ERROR);
                sink.observed(Requirement::DescriptionUnknownProcessCode, Statuses::code(STATUS_INVALID_CID));
            }
            return;
        };
        self.serves(Requirement::DescriptionLiveProcessSucceeds, Statuses::SUCCESS, sink);
        let pointers = [exe_name, actual_exe_name_size, description, actual_description_size];
        let has_null = pointers.iter().any(|given| given.is_null());
        let has_room = || {
            *exe_name_size >= size_with_nul(&known.process.exe)
                && *description_size >= size_with_nul(&known.process.description(*flags))
        };
        // An engine that refuses a small buffer, a null pointer or a flag need not refuse zero.
        if *server == 0 && !has_null && flags.is_empty() && has_room() {
            self.serves(Requirement::HandleZeroIsTheLocalComputer, Statuses::SUCCESS, sink);
        }
        if has_null {
            self.serves(Requirement::DescriptionNullBuffersAreAllowed, Statuses::SUCCESS, sink);
        }
        if dbgeng {
            let whole = Expected::Describes(known, *flags, *exe_name_size, text_room);
            sink.add(Requirement::DescriptionNamesTheImage, whole.clone());
            if !flags.difference(DESCRIPTION_PARTS).is_empty() {
                self.serves(Requirement::DescriptionArchitectureComesFirst, Statuses::SUCCESS, sink);
                sink.add(Requirement::DescriptionArchitectureComesFirst, whole.clone());
            }
            sink.add(Requirement::DescriptionPartsAndLayout, whole);
        } else {
            sink.add(Requirement::DescriptionNamesTheImage, Expected::NamesImage(known, *exe_name_size));
        }
    }

    /// Whether the run describes every process of a computer.
    pub(super) fn knows_all(&self, computer: Option<usize>) -> bool {
        let place = computer.map(|computer| &self.computers[computer]);
        place.is_some_and(|place| place.processes.is_some() && !place.others)
    }

    /// Returns the known processes of a computer.
    pub(super) fn processes(&self, computer: Option<usize>) -> Option<&[KnownProcess]> {
        self.computers[computer?].processes.as_deref().map(Vec::as_slice)
    }
}

fn system_requirement(id: u32) -> Requirement {
    if id == 0 { Requirement::DescriptionSystemProcess } else { Requirement::DescriptionIdFourIsSystem }
}
