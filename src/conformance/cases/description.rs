//! Cases for GetRunningProcessDescription.

use crate::call::Call;
use crate::call::Pointer::{self, Given, Null};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck;
use crate::conformance::case::script::COMPUTERS;
use crate::conformance::program::{HandleName, ProcessRef};
use crate::flags::DescriptionFlags;
use crate::hresult::{E_INVALIDARG, S_FALSE, STATUS_INVALID_CID};
use crate::spec::Requirement;

/// A buffer with room for every string, in characters.
const ROOM: u32 = 4096;
/// A buffer too small for every name, in characters.
const SHORT: u32 = 2;

pub(super) fn cases(set: &mut CaseSet) {
    for (name, reach) in COMPUTERS {
        set.case(Requirement::DescriptionLiveProcessSucceeds, name, |script| {
            let server = reach(script);
            script.description(server, 0).succeeds();
        });
        set.case(Requirement::DescriptionNamesTheImage, name, |script| {
            let server = reach(script);
            script.description(server, 0).succeeds().wrote(OutputCheck::NamesTheImage);
        });
        set.case(Requirement::DescriptionNoPathsHasNoPath, name, |script| {
            let (server, flags) = (reach(script), DescriptionFlags::NO_PATHS.bits());
            script.description(server, flags).succeeds().wrote(OutputCheck::NoPath).wrote(OutputCheck::NamesTheImage);
        });
        set.case(Requirement::DescriptionUnknownProcessFails, name, |script| {
            let server = reach(script);
            script.description(server, 0).at(ProcessRef::Unknown).fails();
        });
        set.case(Requirement::DescriptionUnknownProcessCode, name, |script| {
            let server = reach(script);
            script.description(server, 0).at(ProcessRef::Unknown).returns(STATUS_INVALID_CID);
        });
        set.case(Requirement::DescriptionSystemProcess, name, |script| {
            let server = reach(script);
            let described = script.call_on(server, call(0, 0, [Given; 4], (ROOM, ROOM))).ok();
            described.wrote(OutputCheck::ExeName("System Process")).wrote(OutputCheck::EmptyDescription);
        });
    }
    sizes(set);
    null_pointers(set);
    parts(set);
}

fn sizes(set: &mut CaseSet) {
    for (name, reach) in COMPUTERS {
        set.case(Requirement::DescriptionActualSizesCountNul, name, |script| {
            let server = reach(script);
            script.description(server, 0).ok().wrote(OutputCheck::SizesCountNul);
        });
        set.case(Requirement::DescriptionShortBufferIsSFalse, name, |script| {
            let server = reach(script);
            let whole = script.next();
            script.description(server, 0).ok();
            let cut = script.description_into(server, 0, (Given, SHORT), (Given, ROOM)).returns(S_FALSE);
            cut.wrote(OutputCheck::BeginningsOf(whole)).wrote(OutputCheck::Fits(SHORT, ROOM));
        });
    }
    set.case(Requirement::DescriptionShortBufferIsSFalse, "a short buffer for the Description", |script| {
        let whole = script.next();
        script.description(HandleName::Zero, 0).ok();
        let cut = script.description_into(HandleName::Zero, 0, (Given, ROOM), (Given, 1)).succeeds();
        cut.wrote(OutputCheck::SFalseIfCut(ROOM, 1)).wrote(OutputCheck::BeginningsOf(whole));
    });
    set.case(Requirement::DescriptionShortBufferIsSFalse, "two short buffers", |script| {
        let whole = script.next();
        script.description(HandleName::Zero, 0).ok();
        let cut = script.description_into(HandleName::Zero, 0, (Given, SHORT), (Given, SHORT)).returns(S_FALSE);
        cut.wrote(OutputCheck::BeginningsOf(whole));
    });
    set.case(Requirement::DescriptionActualSizesAreWhole, "short buffers", |script| {
        let whole = script.next();
        script.description(HandleName::Zero, 0).ok();
        let cut = script.description_into(HandleName::Zero, 0, (Given, SHORT), (Given, SHORT)).returns(S_FALSE);
        cut.wrote(OutputCheck::SizesOf(whole));
    });
    set.case(Requirement::DescriptionActualSizesAreWhole, "null buffers", |script| {
        let whole = script.next();
        script.description(HandleName::Zero, 0).ok();
        let none = script.description_into(HandleName::Zero, 0, (Null, 0), (Null, 0)).succeeds();
        none.wrote(OutputCheck::SizesOf(whole));
    });
    let rooms = [("no room", 0, 0), ("room for the NUL", 1, 1), ("room for the name alone", ROOM, 1)];
    for (name, exe_name, description) in rooms {
        set.case(Requirement::DescriptionNeverOverruns, name, |script| {
            let server = script.connected();
            for server in [HandleName::Zero, server] {
                let cut = script.description_into(server, 0, (Given, exe_name), (Given, description)).succeeds();
                cut.wrote(OutputCheck::Fits(exe_name, description));
            }
        });
    }
    set.case(Requirement::DescriptionNeverOverruns, "a few characters", |script| {
        for size in SHORT..8 {
            let cut = script.description_into(HandleName::Zero, 0, (Given, size), (Given, size)).succeeds();
            cut.wrote(OutputCheck::Fits(size, size));
        }
    });
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
        set.case(Requirement::DescriptionNullBuffersAreAllowed, name, |script| {
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
        set.case(Requirement::DescriptionPartsAndLayout, name, |script| {
            script.description(HandleName::Zero, flags).ok().wrote(OutputCheck::DescriptionWithout(flags));
        });
    }
    for (name, flags) in [("0x40", 0x40), ("0x80", 0x80), ("the highest", 1 << 31)] {
        set.case(Requirement::DescriptionUnknownFlagsAreRefused, name, |script| {
            script.description(HandleName::Zero, flags).returns(E_INVALIDARG);
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
