//! Cases for attaching to a process.

use crate::conformance::case::CaseSet;
use crate::conformance::case::script::Script;
use crate::conformance::program::{HandleName, Placeholder, ProcessRef};
use crate::flags::AttachFlags;
use crate::hresult::E_INVALIDARG;
use crate::spec::Requirement::{self, *};
use crate::status::Statuses;

/// The combinations of flags that the documentation allows.
const LEGAL: [(&str, u32); 7] = [
    ("DEBUG_ATTACH_DEFAULT", 0),
    ("NONINVASIVE", 1),
    ("EXISTING", 2),
    ("NONINVASIVE with NO_SUSPEND", 5),
    ("INVASIVE_NO_INITIAL_BREAK", 8),
    ("INVASIVE_RESUME_PROCESS", 0x10),
    ("INVASIVE_RESUME_PROCESS with NO_INITIAL_BREAK", 0x18),
];

pub(super) fn cases(set: &mut CaseSet) {
    for (name, flags) in LEGAL {
        // EXISTING needs a process that is already debugged.
        if flags != 2 {
            set.step(AttachLiveProcessSucceeds, name, |script| script.attach(HandleName::Zero, flags).ok());
        }
        match flags {
            1 | 5 => unknown(set, AttachNoninvasiveNeedsNoProcess, name, flags, Statuses::OK),
            _ => unknown(set, AttachUnknownProcessFails, name, flags, Statuses::ERROR),
        }
    }
    for (name, flags) in [("through a server", 0), ("through a server, NONINVASIVE", 1)] {
        set.given(AttachLiveProcessSucceeds, name, Script::connected, |script, server| {
            script.attach(server, flags).ok()
        });
    }
    // The model judges what only it knows: whether the process runs on the other computer, and whether one has the id.
    set.case(AttachLiveProcessSucceeds, "on two computers", |script| {
        let elsewhere = script.host_elsewhere("tcp:port=7002");
        let (there, here) = (script.open(elsewhere), script.connected());
        script.open(elsewhere);
        script.attach(there, 0).judged();
        script.attach(here, 0).ok();
    });
    set.on_both_computers(AttachUnknownProcessFails, "almost the id of a process", |script, server| {
        // No process of a real computer has such a high id: it would be debugged.
        for bits in [1 << 31, 1 << 30] {
            script.attach(server, 0).at(ProcessRef::Altered(0, bits)).judged();
        }
        script.attach(server, 0).at(ProcessRef::Highest).judged();
        script.attach(server, 0).at(ProcessRef::Unknown).fails()
    });
    debuggers(set);
    flags(set);
    codes(set);
}

fn debuggers(set: &mut CaseSet) {
    let existing = AttachFlags::EXISTING.bits();
    set.case(AttachOneDebugger, "the same engine", |script| {
        script.attach(HandleName::Zero, 0).ok();
        script.attach(HandleName::Zero, 0).fails();
    });
    set.case(AttachOneDebugger, "another engine", |script| {
        let other = script.engine();
        script.attach(HandleName::Zero, 0).ok();
        script.attach(HandleName::Zero, 0).in_process(other).fails();
    });
    set.case(AttachOneDebugger, "with every flag of an invasive attach", |script| {
        let (server, other) = (script.connected(), script.engine());
        script.attach(HandleName::Zero, 0).ok();
        for flags in [8, 0x10, 0x18] {
            script.attach(HandleName::Zero, flags).fails();
            script.attach(server, flags).fails();
            script.attach(HandleName::Zero, flags).in_process(other).fails();
        }
    });
    set.given(AttachOneDebugger, "through a server", Script::connected, |script, server| {
        script.attach(server, 0).ok();
        script.attach(HandleName::Zero, 0).fails()
    });
    set.step(AttachExistingNeedsADebugger, "nobody debugs the process", |script| {
        script.attach(HandleName::Zero, existing).fails()
    });
    set.case(AttachExistingNeedsADebugger, "another engine looks at the process", |script| {
        let other = script.engine();
        script.attach(HandleName::Zero, AttachFlags::NONINVASIVE.bits()).in_process(other).ok();
        script.attach(HandleName::Zero, existing).fails();
    });
    set.case(AttachExistingFindsTheDebugger, "another engine debugs the process", |script| {
        let other = script.engine();
        script.attach(HandleName::Zero, 0).in_process(other).ok();
        script.attach(HandleName::Zero, existing).ok();
    });
    set.case(AttachTargetsGoWithTheirDebugger, "the engine's process is killed", |script| {
        let (observer, debugger) = (script.engine(), script.engine());
        // An engine that keeps a list would have the process in it afterwards.
        script.ids(HandleName::Zero).succeeds();
        script.attach(HandleName::Zero, AttachFlags::NONINVASIVE.bits()).in_process(observer).ok();
        script.attach(HandleName::Zero, 0).in_process(debugger).ok();
        script.kill(observer);
        script.name(HandleName::Zero, Placeholder::ONLY, 0).ok();
        script.kill(debugger);
        script.name(HandleName::Zero, Placeholder::ONLY, 0).fails();
        script.ids(HandleName::Zero).succeeds();
    });
    set.case(AttachTargetsGoWithTheirDebugger, "the host of the process server is killed", |script| {
        let host = script.host("tcp:port=7002");
        let (server, other) = (script.open(host), script.connected());
        script.ids(other).succeeds();
        script.attach(server, 0).ok();
        script.kill(host);
        script.name(HandleName::Zero, Placeholder::ONLY, 0).fails();
        script.ids(HandleName::Zero).succeeds();
        script.ids(other).succeeds();
    });
}

fn flags(set: &mut CaseSet) {
    const ILLEGAL: [(&str, u32); 6] = [
        ("NONINVASIVE with EXISTING", 3),
        ("NONINVASIVE_NO_SUSPEND alone", 4),
        ("NONINVASIVE with INVASIVE_NO_INITIAL_BREAK", 9),
        ("NONINVASIVE with INVASIVE_RESUME_PROCESS", 0x11),
        ("EXISTING with INVASIVE_NO_INITIAL_BREAK", 0xa),
        ("EXISTING with INVASIVE_RESUME_PROCESS", 0x12),
    ];
    for (name, flags) in ILLEGAL {
        set.step(AttachIllegalFlagsAreRefused, name, |script| script.attach(HandleName::Zero, flags).fails());
    }
    set.case(AttachIllegalFlagsAreRefused, "every illegal combination, through a server", |script| {
        let server = script.connected();
        for flags in (0..0x20).filter(|flags| !LEGAL.iter().any(|(_, legal)| legal == flags)) {
            script.attach(server, flags).fails();
        }
    });
    for (name, flags) in [("with NONINVASIVE", 0x21), ("with NONINVASIVE and NO_SUSPEND", 0x25)] {
        set.step(AttachAllowPartialIsNoninvasive, name, |script| script.attach(HandleName::Zero, flags).ok());
    }
    set.case(AttachAllowPartialIsNoninvasive, "in every other combination", |script| {
        for flags in (0x20..0x40).filter(|flags| !matches!(flags, 0x21 | 0x25)) {
            script.attach(HandleName::Zero, flags).fails();
        }
    });
    for (name, flags) in [("0x40", 0x40), ("0x40 with NONINVASIVE", 0x41), ("the highest", 1 << 31)] {
        set.step(AttachUnknownFlagsAreRefused, name, |script| script.attach(HandleName::Zero, flags).fails());
    }
}

fn codes(set: &mut CaseSet) {
    set.case(AttachRefusalIsEInvalidarg, "illegal flags", |script| {
        script.attach(HandleName::Zero, 3).returns(E_INVALIDARG);
        script.attach(HandleName::Zero, 4).returns(E_INVALIDARG);
    });
    set.case(AttachRefusalIsEInvalidarg, "illegal flags, before and after the server is gone", |script| {
        let host = script.host("tcp:port=7002");
        let server = script.open(host);
        script.attach(server, 3).returns(E_INVALIDARG);
        script.kill(host);
        script.attach(server, 3).returns(E_INVALIDARG);
    });
    unknown(set, AttachRefusalIsEInvalidarg, "an unknown process", 0, Statuses::code(E_INVALIDARG));
}

/// Attaches to an unknown process, on the local computer and through a server.
fn unknown(set: &mut CaseSet, requirement: Requirement, name: &'static str, flags: u32, allowed: Statuses) {
    set.given(requirement, name, Script::connected, |script, server| {
        script.attach(HandleName::Zero, flags).at(ProcessRef::Unknown).allows(allowed);
        script.attach(server, flags).at(ProcessRef::Unknown).allows(allowed)
    });
}
