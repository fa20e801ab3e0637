//! Cases for ConnectProcessServer.

use super::wait::a_moment;
use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::Script;
use crate::hresult::{E_INVALIDARG, RPC_E_SERVER_DIED};
use crate::spec::Requirement::*;

/// Strings that no reading accepts.
pub(super) const MALFORMED: [(&str, &str); 3] =
    [("an empty string", ""), ("no colon", "tcp"), ("a transport that does not exist", "carrier:port=7001")];

/// Nothing listens at this port of the engine's computer.
const NOTHING: &str = "tcp:server=@0,port=7099";
const PROTECTED: &str = "tcp:port=7001,password=Secret1";

pub(super) fn cases(set: &mut CaseSet) {
    live(set);
    needs_a_server(set);
    set.case(ConnectDebuggingServerIsRefused, "a debugging server beside a process server", |script| {
        debugging_server(script);
        script.server();
        script.connect("tcp:server=@1,port=7021").fails();
    });
    for (name, text) in MALFORMED {
        set.step(ConnectMalformedStringIsRefused, name, |script| script.connect(text).fails());
    }
    for (name, text) in WRONG_PASSWORDS {
        set.case(ConnectWrongPasswordIsRefused, name, |script| {
            script.host(PROTECTED);
            script.connect(text).fails();
        });
    }
    untouched(set);
    refusal_codes(set);
}

/// Strings for a server with the password `Secret1`.
const WRONG_PASSWORDS: [(&str, &str); 3] = [
    ("another password", "tcp:server=@1,port=7001,password=Secret2"),
    ("the beginning of the password", "tcp:server=@1,port=7001,password=Secret"),
    ("no password", "tcp:server=@1,port=7001"),
];

fn live(set: &mut CaseSet) {
    let live = ConnectLiveServerSucceeds;
    set.case(live, "over tcp", |script| {
        script.connected();
    });
    set.given(live, "over tcp, and used", Script::connected, |script, handle| script.ids(handle).succeeds());
    set.case(live, "over a pipe", |script| {
        script.host("npipe:pipe=alpha");
        a_moment(script);
        script.connect("npipe:server=.,pipe=alpha").ok().wrote(Handle);
        let handle = script.latest();
        script.ids(handle).succeeds();
    });
    set.case(live, "with the password of the server", |script| {
        let server = script.host(PROTECTED);
        let handle = script.open(server);
        script.ids(handle).succeeds();
    });
    set.case(live, "a server of the process itself", |script| {
        script.start("tcp:port=7011").ok();
        script.connect("tcp:server=@0,port=7011").ok().wrote(Handle);
        let handle = script.latest();
        script.ids(handle).succeeds();
    });
    set.case(live, "a server on another computer", |script| {
        let server = script.host_elsewhere("tcp:port=7011");
        let handle = script.open(server);
        script.ids(handle).succeeds();
    });
    let several = ConnectSeveralServersAtOnce;
    set.case(several, "two servers", |script| {
        let (one, two) = (script.host("tcp:port=7011"), script.host("tcp:port=7012"));
        both_serve(script, one, two);
    });
    set.case(several, "two servers of one process", |script| {
        let one = script.host("tcp:port=7011");
        script.start("tcp:port=7012").in_process(one).ok();
        let first = script.open(one);
        script.connect("tcp:server=@1,port=7012").ok().wrote(Handle);
        let second = script.latest();
        script.ids(first).succeeds();
        script.ids(second).succeeds();
    });
    set.case(several, "two servers on two computers", |script| {
        let one = script.host("tcp:port=7011");
        let two = script.host_elsewhere("tcp:port=7011");
        both_serve(script, one, two);
    });
}

fn both_serve(script: &mut Script, one: u32, two: u32) {
    let first = script.open(one);
    let second = script.open(two);
    script.ids(first).succeeds();
    script.ids(second).succeeds();
}

fn needs_a_server(set: &mut CaseSet) {
    let needs = ConnectNeedsAServer;
    set.step(needs, "nothing listens", |script| script.connect(NOTHING).fails());
    set.case(needs, "another port than the server has", |script| {
        script.server();
        script.connect("tcp:server=@1,port=7099").fails();
    });
    set.case(needs, "another pipe than the server has", |script| {
        script.host("npipe:pipe=alpha");
        script.connect("npipe:server=.,pipe=beta").fails();
    });
    set.case(needs, "another transport than the server has", |script| {
        script.host("npipe:pipe=alpha");
        script.connect("tcp:server=@1,port=7099").fails();
    });
    set.case(needs, "a host name that nobody has", |script| {
        script.server();
        script.connect("tcp:server=nobody.invalid,port=7001").fails();
    });
    set.case(needs, "the host is gone", |script| {
        let server = script.host("tcp:port=7011");
        script.kill(server);
        script.connect("tcp:server=@1,port=7011").fails();
    });
    set.case(needs, "the host is gone, and a connection to it is left", |script| {
        let server = script.host("tcp:port=7011");
        script.open(server);
        script.kill(server);
        script.connect("tcp:server=@1,port=7011").fails();
    });
}

/// Starts a debugging server in the first process.
fn debugging_server(script: &mut Script) {
    let process = script.engine();
    script.call(Call::StartServer { options: Some("tcp:port=7021".to_owned()) }).in_process(process).succeeds();
}

fn untouched(set: &mut CaseSet) {
    let untouched = ConnectFailureLeavesHandleUntouched;
    set.step(untouched, "a malformed string", |script| script.connect("tcp").fails().wrote(Nothing));
    set.step(untouched, "nothing listens", |script| script.connect(NOTHING).fails().wrote(Nothing));
    set.case(untouched, "a wrong password", |script| {
        script.host(PROTECTED);
        script.connect("tcp:server=@1,port=7001,password=Secret2").fails().wrote(Nothing);
    });
}

fn refusal_codes(set: &mut CaseSet) {
    let codes = ConnectRefusalCodes;
    for (name, text) in MALFORMED {
        set.step(codes, name, |script| script.connect(text).returns(E_INVALIDARG));
    }
    for (name, text) in WRONG_PASSWORDS {
        set.case(codes, name, |script| {
            script.host(PROTECTED);
            script.connect(text).returns(RPC_E_SERVER_DIED);
        });
    }
    set.case(codes, "a password that the server does not have", |script| {
        script.host("tcp:port=7011");
        script.connect("tcp:server=@1,port=7011,password=Secret1").returns(RPC_E_SERVER_DIED);
    });
    set.case(codes, "a debugging server", |script| {
        debugging_server(script);
        script.connect("tcp:server=@1,port=7021").returns(RPC_E_SERVER_DIED);
    });
}
