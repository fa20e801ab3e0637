//! Cases for handles, and for calls on invalid ones.

use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{LastStep, Script};
use crate::conformance::perform::handle_table::UNKNOWN_HANDLE;
use crate::conformance::program::HandleName;
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
    set.case(HandleValueIsNotReused, "a connect after a disconnect", |script| {
        let server = script.server();
        for _ in 0..3 {
            let handle = script.open(server);
            script.disconnect(handle).ok();
            script.connect("tcp:server=@1,port=7001").ok().wrote(HandleNeverIssued);
        }
    });
    set.step(HandleZeroIsTheLocalComputer, "ids without a connection", |script| {
        script.ids(HandleName::Zero).succeeds().wrote(Ids).wrote(Count)
    });
    set.step(HandleZeroIsRefused, "disconnect", |script| script.disconnect(HandleName::Zero).fails());
    set.given(HandleZeroIsRefused, "disconnect beside a connection", Script::connected, |script, handle| {
        script.disconnect(HandleName::Zero).fails();
        script.ids(handle).succeeds()
    });
    set.step(HandleZeroIsRefused, "end", |script| script.end(HandleName::Zero).fails());
    unknown(set);
    stale(set);
    set.given(HandleOtherHandlesUnharmed, "misuse beside a connection", Script::connected, |script, handle| {
        for unknown in [UNKNOWN, HandleName::Altered(0, 1 << 40)] {
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

/// A name, and a call on an invalid handle.
type HandleMethod = (&'static str, fn(&mut Script, HandleName) -> LastStep<'_>);

const MISUSES: [HandleMethod; 7] = [
    ("disconnect", |script, handle| script.disconnect(handle).refused()),
    ("end", |script, handle| script.end(handle).refused()),
    ("ids", |script, handle| script.ids(handle).refused()),
    ("name", |script, handle| script.name(handle, "services.exe", 0).refused()),
    ("description", |script, handle| script.description(handle, 0).refused()),
    ("attach", |script, handle| script.attach(handle, 0).refused()),
    ("create", |script, handle| {
        let line = r"C:\windows\system32\winver.exe";
        script.create(handle, line, CreateFlags::DEBUG_ONLY_THIS_PROCESS).refused()
    }),
];

fn unknown(set: &mut CaseSet) {
    for (name, misuse) in MISUSES {
        set.step(HandleUnknownIsRefused, name, |script| misuse(script, UNKNOWN));
    }
    set.given(HandleUnknownIsRefused, "one high bit is wrong", Script::connected, |script, handle| {
        script.disconnect(HandleName::Altered(0, 1 << 40)).refused();
        script.disconnect(handle).ok()
    });
    set.given(HandleUnknownIsRefused, "one low bit is wrong", Script::connected, |script, handle| {
        script.disconnect(HandleName::Altered(0, 1 << 3)).refused();
        script.disconnect(handle).ok()
    });
}

fn stale(set: &mut CaseSet) {
    for (name, misuse) in MISUSES {
        set.given(HandleStaleIsRefused, name, Script::stale, misuse);
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
}
