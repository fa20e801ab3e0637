//! Cases for handles, and for calls on invalid ones.

use super::methods::{CREATE_AND_ATTACH, DISCONNECT, END, MethodCall, PROGRAM, QUERIES, TARGETS};
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{MANY, Script};
use crate::conformance::perform::handle_table::UNKNOWN_HANDLE;
use crate::conformance::program::{Alteration, HandleName, Placeholder};
use crate::flags::CreateFlags;
use crate::hresult::E_INVALIDARG;
use crate::profile::Behaviour;
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// A handle that was never issued.
const UNKNOWN: HandleName = HandleName::Raw(UNKNOWN_HANDLE);

pub(super) fn cases(set: &mut CaseSet) {
    set.case(HandleIsNotZero, "connect", |script| {
        let server = script.server();
        script.open(server);
    });
    set.given(HandleIsUniqueWhileConnected, "two connections to one server", Script::server, |script, server| {
        script.open(server);
        script.connect("tcp:server=@1,port=7001").ok().wrote(HandleNotOpen)
    });
    set.case(HandleIsUniqueWhileConnected, "two connections to two servers", |script| {
        let (one, _) = (script.host("tcp:port=7001"), script.host("tcp:port=7002"));
        script.open(one);
        script.connect("tcp:server=@2,port=7002").ok().wrote(HandleNotOpen);
    });
    set.case(HandleIsUniqueWhileConnected, "many connections at once", |script| {
        let server = script.server();
        for _ in 0..MANY {
            script.open(server);
            script.also_wrote(HandleNotOpen);
        }
    });
    set.case(HandleValueIsNotReused, "a connect after a disconnect", |script| {
        let server = script.server();
        for _ in 0..3 {
            let handle = script.open(server);
            script.disconnect(handle).ok();
            script.connect("tcp:server=@1,port=7001").ok().wrote(HandleNeverIssued);
        }
    });
    set.case(HandleValueIsNotReused, "many connections, one after the other", |script| {
        let server = script.server();
        for _ in 0..MANY {
            let handle = script.open(server);
            script.also_wrote(HandleNeverIssued);
            script.disconnect(handle).ok();
        }
    });
    set.step(HandleZeroIsTheLocalComputer, "ids without a connection", |script| {
        script.ids(HandleName::Zero).succeeds().wrote(Ids).wrote(Count)
    });
    set.step(HandleZeroIsTheLocalComputer, "name without a connection", |script| {
        script.name(HandleName::Zero, Placeholder::ONLY, 0).ok().wrote(IdOfOnly)
    });
    set.step(HandleZeroIsTheLocalComputer, "description without a connection", |script| {
        script.description(HandleName::Zero, 0).succeeds().wrote(NamesTheImage)
    });
    set.step(HandleZeroIsTheLocalComputer, "attach without a connection", |script| {
        script.attach(HandleName::Zero, 0).ok()
    });
    set.step(HandleZeroIsTheLocalComputer, "create without a connection", |script| {
        script.create(HandleName::Zero, PROGRAM, CreateFlags::DEBUG_ONLY_THIS_PROCESS).ok()
    });
    set.step(HandleZeroIsRefused, "disconnect", |script| script.disconnect(HandleName::Zero).fails());
    set.case(HandleZeroIsTheLocalComputer, "queries beside a connection to another computer", |script| {
        let there = script.host_elsewhere("tcp:port=7002");
        script.open(there);
        script.ids(HandleName::Zero).ok().wrote(IdsOfTheComputer(0));
        script.name(HandleName::Zero, Placeholder::ONLY, 0).ok().wrote(IdOfOnly);
        script.description(HandleName::Zero, 0).succeeds().wrote(NamesTheImage);
        script.attach(HandleName::Zero, 0).ok();
    });
    zero_creates(set);
    set.given(HandleZeroIsRefused, "disconnect beside a connection", Script::connected, |script, handle| {
        script.disconnect(HandleName::Zero).fails();
        script.ids(handle).succeeds()
    });
    set.step(HandleZeroIsRefused, "end", |script| script.end(HandleName::Zero).fails());
    unknown(set);
    stale(set);
    set.given(HandleOtherHandlesUnharmed, "misuse beside a connection", Script::connected, |script, handle| {
        for unknown in [UNKNOWN, HandleName::Altered(0, Alteration::Flipped(1 << 40))] {
            if !script.profile.has(Behaviour::DisconnectOfUnknownHandleCrashes) {
                script.disconnect(unknown).fails();
            }
            script.end(unknown).fails();
        }
        script.ids(handle).succeeds();
        script.disconnect(handle).ok()
    });
    set.case(HandleOtherHandlesUnharmed, "the end of another server", |script| {
        let (one, two) = (script.host("tcp:port=7001"), script.host("tcp:port=7002"));
        let ended = script.open(one);
        let other = script.open(two);
        script.end(ended).ok();
        script.ids(other).succeeds();
        script.disconnect(other).ok();
    });
    for (name, ends_the_first) in [("the end of the first server of a process", true), ("the end of the second", false)]
    {
        set.case(HandleOtherHandlesUnharmed, name, |script| {
            let host = script.host("tcp:port=7011");
            script.start("tcp:port=7012").in_process(host).ok();
            let handles = [script.open(host), script.reach("tcp:server=@1,port=7012")];
            let (ended, other) = if ends_the_first { (handles[0], handles[1]) } else { (handles[1], handles[0]) };
            script.end(ended).ok();
            for (_, query) in QUERIES {
                query(script, other).succeeds();
            }
            script.disconnect(other).ok();
        });
    }
    set.case(HandleRefusalIsEInvalidarg, "zero", |script| {
        script.disconnect(HandleName::Zero).returns(E_INVALIDARG);
        script.end(HandleName::Zero).returns(E_INVALIDARG);
    });
    set.case(HandleRefusalIsEInvalidarg, "an unknown handle", |script| {
        if !script.profile.has(Behaviour::DisconnectOfUnknownHandleCrashes) {
            script.disconnect(UNKNOWN).returns(E_INVALIDARG);
        }
        script.end(UNKNOWN).returns(E_INVALIDARG);
    });
}

/// Adds cases in which a program that can be created through a server is created without one.
fn zero_creates(set: &mut CaseSet) {
    for (name, create) in TARGETS.into_iter().skip(1).chain(CREATE_AND_ATTACH) {
        let created = |script: &mut Script| {
            script.ids(HandleName::Zero).succeeds();
            let server = script.connected();
            create(script, server).ok();
        };
        set.given(HandleZeroIsTheLocalComputer, name, created, |script, ()| create(script, HandleName::Zero).ok());
    }
    let beside_another = |script: &mut Script| {
        script.ids(HandleName::Zero).succeeds();
        let there = script.host_elsewhere("tcp:port=7002");
        script.open(there);
        let here = script.connected();
        script.create(here, Placeholder::PROGRAMS[0], CreateFlags::DEBUG_ONLY_THIS_PROCESS).ok();
    };
    let name = "create beside a connection to another computer";
    set.given(HandleZeroIsTheLocalComputer, name, beside_another, |script, ()| {
        script.create(HandleName::Zero, Placeholder::PROGRAMS[0], CreateFlags::DEBUG_ONLY_THIS_PROCESS).ok()
    });
}

/// Every method that takes a handle.
fn methods() -> impl Iterator<Item = MethodCall> {
    [DISCONNECT, END].into_iter().chain(QUERIES).chain(TARGETS).chain(CREATE_AND_ATTACH)
}

fn unknown(set: &mut CaseSet) {
    for (name, method) in methods() {
        set.step(HandleUnknownIsRefused, name, |script| method(script, UNKNOWN).refused());
    }
    every_bit(set, "every bit is wrong once, disconnect", &[DISCONNECT]);
    every_bit(set, "every bit is wrong once, end", &[END]);
    every_bit(set, "every bit is wrong once, queries", &QUERIES);
    every_bit(set, "every bit is wrong once, attach and create", &[&TARGETS[..], &CREATE_AND_ATTACH].concat());
    set.case(HandleUnknownIsRefused, "a handle of another engine", |script| {
        let (server, other) = (script.host("tcp:port=7011"), script.engine());
        let _ = server;
        script.connect("tcp:server=@1,port=7011").in_process(other).ok();
        let theirs = script.latest();
        for (_, method) in methods() {
            method(script, theirs).refused();
        }
        script.ids(theirs).in_process(other).succeeds();
    });
}

/// Adds a case in which a handle has wrong bits: each of them once, both of a pair that a fold to 32 bits would cancel,
/// and all of the halves and quarters that a cut or an extended sign would change. Then the low half, with and without its
/// sign, both halves swapped, which differ from a handle that has a high half, and the values next to it.
fn every_bit(set: &mut CaseSet, name: &'static str, methods: &[MethodCall]) {
    let single = (0..64).map(|bit| 1 << bit);
    let pairs = (0..32).map(|bit| 1 << bit | 1 << (bit + 32));
    let parts = [!0, !0 << 32, !0 << 31, !0 << 16, !0 << 48, !0 >> 32, !0 >> 48];
    let flipped = single.chain(pairs).chain(parts).map(Alteration::Flipped);
    let reshaped = [Alteration::LowHalf, Alteration::SignExtended, Alteration::HalvesSwapped];
    let neighbours = [1, u64::MAX].map(Alteration::Plus);
    let wrong: Vec<Alteration> = flipped.chain(reshaped).chain(neighbours).collect();
    set.given(HandleUnknownIsRefused, name, Script::connected, |script, _| {
        // A first handle may have equal halves, such as the first place of the first round.
        let handle = script.reach("tcp:server=@1,port=7001");
        for (_, method) in methods {
            for alteration in &wrong {
                method(script, HandleName::Altered(1, *alteration)).refused();
            }
        }
        script.ids(handle).succeeds();
        script.disconnect(handle).ok()
    });
}

fn stale(set: &mut CaseSet) {
    for (name, method) in methods() {
        set.given(HandleStaleIsRefused, name, Script::stale, |script, handle| method(script, handle).refused());
    }
    set.given(HandleStaleIsRefused, "disconnect beside another connection", Script::server, |script, server| {
        let handle = script.open(server);
        let other = script.open(server);
        script.disconnect(handle).ok();
        // OBS-202: the real engine finds the memory of the other connection there.
        let taken = script.by_profile(Statuses::ERROR, Statuses::RETURNS.or_crash().or_hang());
        script.disconnect(handle).allows(taken);
        script.ids(other).succeeds()
    });
    again_and_again(set);
}

/// Few engines reuse a value, and those may: so the model judges these calls, which knows every value that was issued.
fn again_and_again(set: &mut CaseSet) {
    set.given(HandleStaleIsRefused, "end, again and again", Script::stale, |script, handle| {
        for _ in 0..64 {
            script.end(handle).judged();
        }
        script.end(handle).judged()
    });
    // The real engine crashes on the first of these calls (OBS-7, OBS-8).
    if set.profile.is_dbgeng() {
        return;
    }
    set.case(HandleStaleIsRefused, "again and again, and after later connects", |script| {
        let server = script.server();
        let handle = script.open(server);
        script.disconnect(handle).ok();
        for (_, method) in methods() {
            for _ in 0..64 {
                method(script, handle).judged();
            }
        }
        for _ in 0..3 {
            script.open(server);
            for (_, method) in methods() {
                method(script, handle).judged();
            }
        }
    });
    set.case(HandleStaleIsRefused, "the first handles, after many others", |script| {
        let server = script.server();
        let closed: Vec<HandleName> = (0..MANY).map(|_| script.stale_at(server)).collect();
        let open = script.open(server);
        for handle in closed {
            script.ids(handle).judged();
            script.end(handle).judged();
            script.disconnect(handle).judged();
        }
        script.ids(open).succeeds();
        script.disconnect(open).ok();
    });
}
