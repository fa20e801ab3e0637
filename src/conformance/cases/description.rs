//! Cases for GetRunningProcessDescription.

use crate::call::Call;
use crate::call::Pointer::{self, Given, Null};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::{self, *};
use crate::conformance::case::script::{AGAIN, LastStep, Script};
use crate::conformance::program::{HandleName, ProcessRef, WHOLE_SIZE};
use crate::flags::DescriptionFlags;
use crate::hresult::{E_INVALIDARG, S_FALSE, STATUS_INVALID_CID};
use crate::process::description_flags;
use crate::spec::Requirement::*;

/// A buffer with room for every string, in characters.
const ROOM: u32 = 4096;
/// A buffer too small for every name, in characters.
const SHORT: u32 = 2;

pub(super) fn cases(set: &mut CaseSet) {
    set.on_computers(DescriptionLiveProcessSucceeds, |script, server| script.description(server, 0).succeeds());
    set.given(DescriptionLiveProcessSucceeds, "again and again", Script::connected, |script, server| {
        for _ in 0..AGAIN {
            script.description(HandleName::Zero, 0).succeeds();
            script.description(server, 0).succeeds();
        }
        script.description(server, 0).succeeds()
    });
    set.on_computers(DescriptionNamesTheImage, |script, server| {
        script.description(server, 0).succeeds().wrote(NamesTheImage)
    });
    set.on_computers(DescriptionNoPathsHasNoPath, |script, server| {
        let flags = DescriptionFlags::NO_PATHS.bits();
        script.description(server, flags).succeeds().wrote(NoPath).wrote(NamesTheImage)
    });
    set.on_computers(DescriptionUnknownProcessFails, |script, server| {
        script.description(server, 0).at(ProcessRef::Unknown).fails()
    });
    // The model judges these, which knows whether a process has the id.
    set.on_both_computers(DescriptionUnknownProcessFails, "almost the id of a process", |script, server| {
        for process in 0..DESCRIBED {
            for bits in [1 << 31, 1 << 16, 1 << 15, 1 << 8, 1 << 3] {
                script.description(server, 0).at(ProcessRef::Altered(process, bits)).judged();
            }
        }
        script.description(server, 0).at(ProcessRef::Highest).judged();
        script.description(server, 0).at(ProcessRef::Unknown).fails()
    });
    set.on_computers(DescriptionUnknownProcessCode, |script, server| {
        script.description(server, 0).at(ProcessRef::Unknown).returns(STATUS_INVALID_CID)
    });
    set.on_computers(DescriptionSystemProcess, |script, server| {
        let described = script.call_on(server, call(0, 0, [Given; 4], (ROOM, ROOM))).ok();
        described.wrote(ExeName("System Process")).wrote(EmptyDescription)
    });
    set.on_computers(DescriptionIdFourIsSystem, |script, server| {
        let described = script.description(server, 0).at(ProcessRef::System).ok();
        described.wrote(ExeName("System")).wrote(EmptyDescription)
    });
    sizes(set);
    about_whole(set);
    null_pointers(set);
    parts(set);
}

fn sizes(set: &mut CaseSet) {
    let is_dbgeng = set.profile.is_dbgeng();
    set.on_computers(DescriptionActualSizesCountNul, |script, server| {
        script.description(server, 0).ok().wrote(SizesCountNul)
    });
    set.on_computers(DescriptionShortBufferIsSFalse, |script, server| {
        let whole = described(script, server);
        let cut = script.description_into(server, 0, (Given, SHORT), (Given, ROOM)).returns(S_FALSE);
        cut.wrote(BeginningsOf(whole)).wrote(Fits(SHORT, ROOM))
    });
    set.step(DescriptionShortBufferIsSFalse, "a short buffer for the Description", |script| {
        let whole = described(script, HandleName::Zero);
        let cut = script.description_into(HandleName::Zero, 0, (Given, ROOM), (Given, 1)).succeeds();
        cut.wrote(SFalseIfCut(ROOM, 1)).wrote(BeginningsOf(whole))
    });
    fn short(script: &mut Script, check: fn(usize) -> OutputCheck) -> LastStep<'_> {
        let whole = described(script, HandleName::Zero);
        let cut = script.description_into(HandleName::Zero, 0, (Given, SHORT), (Given, SHORT)).returns(S_FALSE);
        cut.wrote(check(whole))
    }
    set.step(DescriptionShortBufferIsSFalse, "two short buffers", |script| short(script, BeginningsOf));
    set.step(DescriptionActualSizesAreWhole, "short buffers", |script| short(script, SizesOf));
    let mut without_room = |name, exe_name, description| {
        set.step(DescriptionActualSizesAreWhole, name, move |script| {
            let whole = described(script, HandleName::Zero);
            script.description_into(HandleName::Zero, 0, exe_name, description).succeeds().wrote(SizesOf(whole))
        });
    };
    without_room("a null ExeName", (Null, 0), (Given, ROOM));
    without_room("no room for ExeName", (Given, 0), (Given, ROOM));
    without_room("room for a NUL", (Given, 1), (Given, 1));
    // OBS-208: without room for the description, the real engine estimates its size.
    if !is_dbgeng {
        without_room("null buffers", (Null, 0), (Null, 0));
        without_room("no room", (Given, 0), (Given, 0));
    }
    let rooms = [("no room", 0, 0), ("room for the NUL", 1, 1), ("room for the name alone", ROOM, 1)];
    for (name, exe_name, description) in rooms {
        set.case(DescriptionNeverOverruns, name, |script| {
            let server = script.connected();
            for server in [HandleName::Zero, server] {
                let cut = script.description_into(server, 0, (Given, exe_name), (Given, description)).succeeds();
                cut.wrote(Fits(exe_name, description));
            }
        });
    }
    set.case(DescriptionNeverOverruns, "a few characters", |script| {
        for size in SHORT..8 {
            let cut = script.description_into(HandleName::Zero, 0, (Given, size), (Given, size)).succeeds();
            cut.wrote(Fits(size, size));
        }
    });
}

/// How many of the known processes are described into buffers that are about as long as their strings.
const DESCRIBED: usize = 8;

/// Adds cases in which buffers are about as long as their strings. The model judges by the sizes that a call was given.
fn about_whole(set: &mut CaseSet) {
    let every_flag = |script: &mut Script, server: HandleName, check: Option<OutputCheck>| {
        for flags in (0..0x40).filter(|flags| check.is_none() || flags & DescriptionFlags::NO_PATHS.bits() != 0) {
            let described = script.description(server, flags).succeeds();
            if let Some(check) = &check {
                described.wrote(check.clone());
            }
        }
    };
    set.on_both_computers(DescriptionLiveProcessSucceeds, "every combination of flags", |script, server| {
        every_flag(script, server, None);
        script.description(server, 0).succeeds()
    });
    set.on_both_computers(DescriptionNoPathsHasNoPath, "beside every other flag", |script, server| {
        every_flag(script, server, Some(NoPath));
        script.description(server, 0).succeeds()
    });
    // The model judges these, which knows the processes of both computers.
    set.case(DescriptionNamesTheImage, "every process, on two computers", |script| {
        let there = script.host_elsewhere("tcp:port=7002");
        let there = script.open(there);
        let here = script.connected();
        for process in (0..DESCRIBED).map(ProcessRef::Nth) {
            for server in [there, here, HandleName::Zero] {
                script.description(server, 0).at(process).judged();
            }
        }
    });
    for requirement in [DescriptionShortBufferIsSFalse, DescriptionNeverOverruns, DescriptionActualSizesAreWhole] {
        set.on_both_computers(requirement, "buffers about as long as the strings", |script, server| {
            for process in (0..DESCRIBED).map(ProcessRef::Nth) {
                script.description(server, 0).at(process).judged();
                let sizes = (WHOLE_SIZE - 2..=WHOLE_SIZE + 1).map(|size| (size, size));
                let mixed = [(WHOLE_SIZE, WHOLE_SIZE - 1), (WHOLE_SIZE - 1, ROOM), (0, ROOM), (ROOM, 0), (0, 0)];
                for (exe_name, description) in sizes.chain(mixed) {
                    let buffers = [(Given, exe_name), (Given, description)];
                    script.description_into(server, 0, buffers[0], buffers[1]).at(process).judged();
                }
            }
            script.description(server, 0).succeeds()
        });
    }
}

/// Asks for a whole description, and returns that step.
fn described(script: &mut Script, server: HandleName) -> usize {
    script.description(server, 0).ok();
    script.next() - 1
}

fn null_pointers(set: &mut CaseSet) {
    const POINTERS: [(&str, [Pointer; 4]); 6] = [
        ("ExeName", [Null, Given, Given, Given]),
        ("ActualExeNameSize", [Given, Null, Given, Given]),
        ("Description", [Given, Given, Null, Given]),
        ("ActualDescriptionSize", [Given, Given, Given, Null]),
        ("both buffers", [Null, Given, Null, Given]),
        ("everything", [Null; 4]),
    ];
    for (name, pointers) in POINTERS {
        set.case(DescriptionNullBuffersAreAllowed, name, |script| {
            let room = |pointer: Pointer| if pointer.is_null() { 0 } else { ROOM };
            let call = call(1, 0, pointers, (room(pointers[0]), room(pointers[2])));
            let server = script.connected();
            script.call_on(HandleName::Zero, call.clone()).succeeds();
            script.call_on(server, call).succeeds();
        });
    }
}

fn parts(set: &mut CaseSet) {
    const FLAGS: [(&str, u32); 7] = [
        ("every part", 0),
        ("without services", 2),
        ("without MTS packages", 4),
        ("without the command line", 8),
        ("without the session", 0x10),
        ("without the user", 0x20),
        ("without any part", 0x3e),
    ];
    for (name, flags) in FLAGS {
        set.step(DescriptionPartsAndLayout, name, |script| {
            script.description(HandleName::Zero, flags).ok().wrote(DescriptionWithout(flags))
        });
    }
    for (name, flags) in [("the architecture", 0x80), ("the architecture alone", 0xbf), ("the package", 0x40)] {
        set.step(DescriptionArchitectureComesFirst, name, |script| {
            script.description(HandleName::Zero, flags).ok().wrote(DescriptionWithout(flags))
        });
    }
    let known = description_flags(set.profile).bits();
    let flags = [("0x40", 0x40), ("0x80", 0x80), ("0x100", 0x100), ("the highest", 1 << 31)];
    for (name, flags) in flags.into_iter().filter(|(_, flag)| flag & known == 0) {
        set.step(DescriptionUnknownFlagsAreRefused, name, |script| {
            script.description(HandleName::Zero, flags).returns(E_INVALIDARG)
        });
    }
}

/// Asks with pointers for ExeName, its actual size, Description and its actual size.
fn call(system_id: u32, flags: u32, pointers: [Pointer; 4], (exe_name_size, description_size): (u32, u32)) -> Call {
    let [exe_name, actual_exe_name_size, description, actual_description_size] = pointers;
    let flags = flags.into();
    Call::GetRunningProcessDescription {
        server: 0,
        system_id,
        flags,
        exe_name,
        exe_name_size,
        actual_exe_name_size,
        description,
        description_size,
        actual_description_size,
    }
}
