//! Cases for ConnectProcessServer.

use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{LastStep, MANY, Script};
use crate::conformance::perform::ports::{ALMOST_PORTS, LAST_DIGIT_CUT};
use crate::conformance::program::HandleName;
use crate::hresult::{E_INVALIDARG, RPC_E_SERVER_DIED};
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// Strings that no reading accepts.
pub(super) const MALFORMED: [(&str, &str); 7] = [
    ("an empty string", ""),
    ("no colon", "tcp"),
    ("a transport that does not exist", "carrier:port=7001"),
    ("a transport and one more letter", "tcpx:port=7001"),
    ("a transport without its last letter", "npip:pipe=alpha"),
    ("a transport without its first letter", "cp:port=7001"),
    ("two transports", "tcp,npipe:port=7001"),
];

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
    set.given(
        ConnectMalformedStringIsRefused,
        "transports that are almost that of a server",
        Script::server,
        |script, _| {
            for transport in ["tcpx", "tcp4", "tc", "t", "cp", "xtcp", "udp", ""] {
                script.connect(&format!("{transport}:server=@1,port=7001")).fails();
            }
            for text in ["tcp,server=@1,port=7001", "tcp;server=@1,port=7001", "server=@1,port=7001"] {
                script.connect(text).fails();
            }
            script.connect("tcp:server=@1,port=7001").ok()
        },
    );
    set.case(ConnectMalformedStringIsRefused, "transports that are almost that of a pipe", |script| {
        script.host("npipe:pipe=alpha");
        script.a_moment();
        for transport in ["npipex", "npip", "n", "pipe", "xnpipe", "udp", ""] {
            script.connect(&format!("{transport}:server=.,pipe=alpha")).fails();
        }
        script.connect("npipe:server=.,pipe=alpha").ok();
    });
    for (name, text) in WRONG_PASSWORDS {
        set.given(ConnectWrongPasswordIsRefused, name, protected, |script, _| script.connect(text).fails());
    }
    set.case(ConnectWrongPasswordIsRefused, "every shape of a wrong password, then the right one", |script| {
        let server = protected(script);
        for wrong in
            ["Secret12", "S", "ecret1", "Decret1", "Sceret1", "1terceS", "xSecret1", "xSecret1x", "Secret1Secret", ""]
        {
            script.connect(&format!("tcp:server=@1,port=7001,password={wrong}")).fails();
        }
        script.open(server);
    });
    wrong_passwords(set);
    reverse(set);
    untouched(set);
    refusal_codes(set);
}

/// Strings for a server with the password `Secret1`.
const WRONG_PASSWORDS: [(&str, &str); 3] = [
    ("another password", "tcp:server=@1,port=7001,password=Secret2"),
    ("the beginning of the password", "tcp:server=@1,port=7001,password=Secret"),
    ("no password", "tcp:server=@1,port=7001"),
];

fn wrong_passwords(set: &mut CaseSet) {
    set.case(ConnectWrongPasswordIsRefused, "a long one, wrong after its first eight characters", |script| {
        let server = script.host("tcp:port=7002,password=123456789012");
        script.connect("tcp:server=@1,port=7002,password=12345678xxxx").fails();
        script.connect("tcp:server=@1,port=7002,password=123456789013").fails();
        script.open(server);
    });
    set.case(ConnectWrongPasswordIsRefused, "over a pipe", |script| {
        script.host("npipe:pipe=alpha,password=Secret1");
        script.a_moment();
        script.connect("npipe:server=.,pipe=alpha,password=Secret2").fails();
        script.connect("npipe:server=.,pipe=alpha").fails();
        script.connect("npipe:server=.,pipe=alpha,password=Secret1").ok();
    });
    set.case(ConnectWrongPasswordIsRefused, "that of another server", |script| {
        let one = script.host("tcp:port=7002,password=first");
        let two = script.host("tcp:port=7003,password=second");
        let handles = [script.open(one), script.open(two)];
        script.connect("tcp:server=@1,port=7002,password=second").fails();
        script.connect("tcp:server=@2,port=7003,password=first").fails();
        for handle in handles {
            script.ids(handle).succeeds();
        }
    });
}

/// Adds a host whose server has a password.
fn protected(script: &mut Script) -> u32 {
    script.host(PROTECTED)
}

/// The name of a case, and a connection to a live server.
type LiveServer = (&'static str, fn(&mut Script) -> HandleName);

const USED: [LiveServer; 5] = [
    ("over tcp, and used", Script::connected),
    ("over a pipe", |script| {
        script.host("npipe:pipe=alpha");
        script.a_moment();
        script.reach("npipe:server=.,pipe=alpha")
    }),
    ("with the password of the server", |script| {
        let server = protected(script);
        script.open(server)
    }),
    ("a server of the process itself", |script| {
        script.start("tcp:port=7011").ok();
        script.reach("tcp:server=@0,port=7011")
    }),
    ("a server on another computer", |script| {
        let server = script.host_elsewhere("tcp:port=7011");
        script.open(server)
    }),
];

fn live(set: &mut CaseSet) {
    set.case(ConnectLiveServerSucceeds, "over tcp", |script| {
        script.connected();
    });
    for (name, connect) in USED {
        set.given(ConnectLiveServerSucceeds, name, connect, |script, handle| script.ids(handle).succeeds());
    }
    set.case(ConnectLiveServerSucceeds, "after many that were refused", after_refused);
    // The real engine crashes on a stale handle (OBS-7).
    if !set.profile.is_dbgeng() {
        set.case(ConnectLiveServerSucceeds, "after many refused disconnects", |script| {
            let server = script.server();
            let stale = script.stale_at(server);
            for _ in 0..MANY {
                script.disconnect(stale).fails();
            }
            let handle = script.open(server);
            script.ids(handle).succeeds();
        });
    }
    set.step(ConnectSeveralServersAtOnce, "two servers", |script| {
        let hosts = [script.host("tcp:port=7011"), script.host("tcp:port=7012")];
        both_serve(script, hosts)
    });
    set.step(ConnectSeveralServersAtOnce, "two servers of one process", |script| {
        let one = script.host("tcp:port=7011");
        script.start("tcp:port=7012").in_process(one).ok();
        let (first, second) = (script.open(one), script.reach("tcp:server=@1,port=7012"));
        script.ids(first).succeeds();
        script.ids(second).succeeds()
    });
    set.case(ConnectSeveralServersAtOnce, "eighteen servers of one process", |script| {
        let host = script.host("tcp:port=7050");
        let ports = 7051..7068;
        let mut handles = vec![script.open(host)];
        for port in ports {
            script.start(&format!("tcp:port={port}")).in_process(host).ok();
            handles.push(script.reach(&format!("tcp:server=@1,port={port}")));
        }
        for handle in handles {
            script.ids(handle).succeeds();
        }
    });
    set.step(ConnectSeveralServersAtOnce, "two servers on two computers", |script| {
        let hosts = [script.host("tcp:port=7011"), script.host_elsewhere("tcp:port=7011")];
        both_serve(script, hosts)
    });
}

/// Each refused connect could leave something open.
fn after_refused(script: &mut Script) {
    let server = protected(script);
    for text in [NOTHING, WRONG_PASSWORDS[0].1, MALFORMED[2].1] {
        for _ in 0..MANY {
            script.connect(text).fails();
        }
    }
    let handle = script.open(server);
    script.ids(handle).succeeds();
}

fn both_serve(script: &mut Script, hosts: [u32; 2]) -> LastStep<'_> {
    let [first, second] = hosts.map(|host| script.open(host));
    script.ids(first).succeeds();
    script.ids(second).succeeds()
}

/// The name of a case, a server's string, and a client's string that does not reach it.
const UNREACHED: [(&str, &str, &str); 4] = [
    ("another port than the server has", "tcp:port=7001", "tcp:server=@1,port=7099"),
    ("another pipe than the server has", "npipe:pipe=alpha", "npipe:server=.,pipe=beta"),
    ("another transport than the server has", "npipe:pipe=alpha", "tcp:server=@1,port=7099"),
    ("a host name that nobody has", "tcp:port=7001", "tcp:server=nobody.invalid,port=7001"),
];

/// The name of a case, a server's string, and strings that are almost those of its clients.
const OTHER_TRANSPORTS: [(&str, &str, &[&str]); 4] = [
    ("another line than the server has", "com:port=com1,baud=9600,channel=3", &["com:port=com2,baud=9600,channel=3"]),
    (
        "another channel than the server has",
        "com:port=com1,baud=9600,channel=3",
        &["com:port=com1,baud=9600,channel=4"],
    ),
    ("tcp where the server has ssl", "ssl:proto=tls1,certuser=user,port=7005", &["tcp:server=@1,port=7005"]),
    ("npipe where the server has spipe", "spipe:proto=tls1,certuser=user,pipe=alpha", &["npipe:server=.,pipe=alpha"]),
];

fn needs_a_server(set: &mut CaseSet) {
    set.step(ConnectNeedsAServer, "nothing listens", |script| script.connect(NOTHING).fails());
    for (name, server, text) in UNREACHED {
        set.given(ConnectNeedsAServer, name, |script| script.host(server), |script, _| script.connect(text).fails());
    }
    set.case(ConnectNeedsAServer, "almost the name of the server's computer", |script| {
        script.server();
        for server in ["@1x", "x@1", "@1@1", "@1.invalid", "@begins-1", "@ends-1", "@other-1"] {
            script.connect(&format!("tcp:server={server},port=7001")).fails();
        }
    });
    set.case(ConnectNeedsAServer, "almost the name of the server's pipe", |script| {
        script.host("npipe:pipe=alpha");
        script.a_moment();
        for pipe in ["alph", "alphax", "alphb", "llpha", "lpha", "before-alpha"] {
            script.connect(&format!("npipe:server=.,pipe={pipe}")).fails();
        }
        script.connect("npipe:server=.,pipe=alpha").ok();
    });
    set.case(ConnectNeedsAServer, "almost the port of the server", |script| {
        let server = script.server();
        for port in ALMOST_PORTS.into_iter().chain([7000, 7002]) {
            script.connect(&format!("tcp:server=@1,port={port}")).fails();
        }
        script.open(server);
    });
    set.case(ConnectNeedsAServer, "the port of the server, and one more digit", |script| {
        // The kit binds a port that is almost another one once it has seen whether the engine listens on real ports.
        script.host("tcp:port=7002");
        let server = script.host(&format!("tcp:port={LAST_DIGIT_CUT}"));
        script.connect("tcp:server=@2,port=7001").fails();
        script.open(server);
    });
    for (name, server, almost) in OTHER_TRANSPORTS {
        set.case(ConnectNeedsAServer, name, |script| {
            script.host(server);
            // OBS-204: the real engine waits for the other end of a serial line.
            let refused = script.by_profile(Statuses::ERROR, Statuses::ERROR.or_hang());
            for text in almost {
                script.connect(text).allows(refused);
            }
        });
    }
    set.case(ConnectNeedsAServer, "a pipe with the name of the port that the server has", |script| {
        script.host("tcp:port=7041");
        script.connect("npipe:server=.,pipe=7041").fails();
    });
    set.case(ConnectNeedsAServer, "a port with the name of the pipe that the server has", |script| {
        script.host("npipe:pipe=7041");
        script.a_moment();
        script.connect("tcp:server=@1,port=7041").fails();
        script.connect("npipe:server=.,pipe=7041").ok();
    });
    set.step(ConnectNeedsAServer, "the host is gone", |script| {
        let server = script.host("tcp:port=7011");
        script.kill(server);
        script.connect("tcp:server=@1,port=7011").fails()
    });
    set.step(ConnectNeedsAServer, "the host is gone, and a connection to it is left", |script| {
        let server = script.host("tcp:port=7011");
        script.open(server);
        script.kill(server);
        script.connect("tcp:server=@1,port=7011").fails()
    });
}

/// Starts a debugging server in the first process.
fn debugging_server(script: &mut Script) {
    let process = script.engine();
    script.call(Call::StartServer { options: Some("tcp:port=7021".to_owned()) }).in_process(process).succeeds();
}

/// A server that connects to its client, and the string of that client.
const CALLING: &str = "tcp:port=7031,clicon=localhost,password=Secret1";
const CALLED: &str = "tcp:clicon=localhost,port=7031,password=Secret1";

/// The server is always the first. Nothing says how long a client waits that comes before it: an engine that gives up
/// at once is as right as one that waits for ever, and only a clock could tell them apart.
fn reverse(set: &mut CaseSet) {
    set.case(ConnectReverseConnects, "a server that connects to its client", |script| {
        script.host(CALLING);
        script.connect(CALLED).ok().wrote(Handle);
    });
    set.case(ConnectReverseConnectsAgain, "beside the first", |script| {
        script.host(CALLING);
        script.connect(CALLED).ok().wrote(Handle);
        script.connect(CALLED).ok().wrote(Handle);
    });
    set.case(ConnectReverseConnectsAgain, "after a disconnect", |script| {
        script.host(CALLING);
        script.connect(CALLED).ok().wrote(Handle);
        let handle = script.latest();
        script.disconnect(handle);
        script.connect(CALLED).ok().wrote(Handle);
    });
    set.case(ConnectReverseConnectsAgain, "after a wrong password", |script| {
        script.host(CALLING);
        script.connect("tcp:clicon=localhost,port=7031,password=Secret2").fails();
        script.connect(CALLED).ok().wrote(Handle);
    });
    set.case(ConnectWrongPasswordIsRefused, "the server connects to its client", |script| {
        script.host(CALLING);
        script.connect("tcp:clicon=localhost,port=7031,password=Secret2").fails();
    });
    set.case(ConnectNeedsAServer, "the server connects to its client", |script| {
        script.host(CALLING);
        script.connect("tcp:server=@1,port=7031,password=Secret1").fails();
    });
}

fn untouched(set: &mut CaseSet) {
    let untouched = ConnectFailureLeavesHandleUntouched;
    set.step(untouched, "a malformed string", |script| script.connect("tcp").fails().wrote(Nothing));
    set.step(untouched, "nothing listens", |script| script.connect(NOTHING).fails().wrote(Nothing));
    set.given(untouched, "a wrong password", protected, |script, _| {
        script.connect("tcp:server=@1,port=7001,password=Secret2").fails().wrote(Nothing)
    });
}

fn refusal_codes(set: &mut CaseSet) {
    for (name, text) in MALFORMED {
        set.step(ConnectRefusalCodes, name, |script| script.connect(text).returns(E_INVALIDARG));
    }
    for (name, text) in WRONG_PASSWORDS {
        set.given(ConnectRefusalCodes, name, protected, |script, _| script.connect(text).returns(RPC_E_SERVER_DIED));
    }
    set.case(ConnectRefusalCodes, "a password that the server does not have", |script| {
        script.host("tcp:port=7011");
        script.connect("tcp:server=@1,port=7011,password=Secret1").returns(RPC_E_SERVER_DIED);
    });
    set.case(ConnectRefusalCodes, "an empty password where the server has none", |script| {
        script.host("tcp:port=7011");
        script.connect("tcp:server=@1,port=7011,password=").returns(RPC_E_SERVER_DIED);
    });
    set.case(ConnectRefusalCodes, "no password where the server has an empty one", |script| {
        script.host("tcp:port=7011,password=");
        script.connect("tcp:server=@1,port=7011").returns(RPC_E_SERVER_DIED);
    });
    set.case(ConnectRefusalCodes, "a debugging server", |script| {
        debugging_server(script);
        script.connect("tcp:server=@1,port=7021").returns(RPC_E_SERVER_DIED);
    });
}
