//! Cases for StartProcessServer.

use super::connect::MALFORMED;
use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::case::script::{LastStep, MANY, Script};
use crate::flags::Class;
use crate::hresult::{E_INVALIDARG, E_NOTIMPL};
use crate::spec::Requirement::*;

pub(super) fn cases(set: &mut CaseSet) {
    valid(set);
    for (name, class) in CLASSES {
        set.case(StartClassMustBeUserWindows, name, |script| {
            start_with(script, class, 0).fails();
            nothing_started(script);
        });
    }
    for (name, text) in MALFORMED {
        set.step(StartMalformedStringIsRefused, name, |script| script.start(text).fails());
    }
    set.step(StartMalformedStringIsRefused, "almost a valid string", |script| {
        for text in ["tcp,port=7011", "tcp;port=7011", "port=7011", ":port=7011", "udp:port=7011", "tcpx:port=7011"] {
            script.start(text).fails();
        }
        for text in ["npipe,pipe=beta", "udp:pipe=beta", "npipex:pipe=beta", "npip:pipe=beta", "pipe:pipe=beta"] {
            script.start(text).fails();
        }
        nothing_started(script);
        serves(script)
    });
    address_in_use(set);
    several(set);
    transports_apart(set);
    set.case(StartReservedIsRefused, "a pointer that is not null", |script| {
        start_with(script, Class::USER_WINDOWS.bits(), 0x1000).returns(E_NOTIMPL);
        nothing_started(script);
    });
    refusal_codes(set);
}

/// Values other than DEBUG_CLASS_USER_WINDOWS.
const CLASSES: [(&str, u32); 7] = [
    ("no class", Class::UNINITIALIZED.bits()),
    ("kernel targets", Class::KERNEL.bits()),
    ("an image file", Class::IMAGE_FILE.bits()),
    ("a bit beside the class", 0x102),
    ("a bit of the high half beside the class", 0x0001_0002),
    ("the highest bit beside the class", 0x8000_0002),
    ("all bits", u32::MAX),
];

fn start_with(script: &mut Script, flags: u32, reserved: u64) -> LastStep<'_> {
    let options = Some("tcp:port=7011".to_owned());
    script.call(Call::StartProcessServer { flags, options, reserved })
}

fn nothing_started(script: &mut Script) {
    script.connect("tcp:server=@0,port=7011").fails();
}

/// Starts a server and connects to it.
fn serves(script: &mut Script) -> LastStep<'_> {
    script.start("tcp:port=7011").ok();
    script.connect("tcp:server=@0,port=7011").ok().wrote(Handle)
}

fn valid(set: &mut CaseSet) {
    set.step(StartValidOptionsSucceed, "over tcp", serves);
    set.step(StartValidOptionsSucceed, "over a pipe", |script| {
        script.start("npipe:pipe=alpha").ok();
        script.a_moment();
        script.connect("npipe:server=.,pipe=alpha").ok().wrote(Handle)
    });
    for (name, password) in [
        ("with a password", "Secret1"),
        ("with the shortest password", "a"),
        ("with the longest password", "123456789012"),
    ] {
        set.step(StartValidOptionsSucceed, name, |script| {
            script.start(&format!("tcp:port=7011,password={password}")).ok();
            script.connect(&format!("tcp:server=@0,port=7011,password={password}")).ok().wrote(Handle)
        });
    }
    set.given(StartValidOptionsSucceed, "reached from another process", Script::engine, |script, client| {
        serves(script).in_process(client)
    });
    for (name, text) in [("hidden", "tcp:port=7011,hidden"), ("with icfenable", "tcp:port=7011,icfenable")] {
        set.step(StartValidOptionsSucceed, name, |script| {
            script.start(text).ok();
            script.connect("tcp:server=@0,port=7011").ok().wrote(Handle)
        });
    }
    set.step(StartValidOptionsSucceed, "after one that was refused", |script| {
        script.start("tcp").fails();
        serves(script)
    });
    set.step(StartValidOptionsSucceed, "after many that were refused", |script| {
        for (_, text) in MALFORMED.into_iter().cycle().take(MANY) {
            script.start(text).fails();
        }
        serves(script)
    });
    set.step(StartValidOptionsSucceed, "where a server was until its host was killed", |script| {
        let server = script.host("tcp:port=7011");
        script.kill(server);
        serves(script)
    });
}

fn address_in_use(set: &mut CaseSet) {
    set.step(StartAddressInUseIsRefused, "a port of another process", |script| {
        script.host("tcp:port=7011");
        script.start("tcp:port=7011").fails()
    });
    set.step(StartAddressInUseIsRefused, "a port of the process itself", |script| {
        script.start("tcp:port=7011").ok();
        script.start("tcp:port=7011").fails()
    });
    set.step(StartAddressInUseIsRefused, "a range without a free port", |script| {
        script.host("tcp:port=7011");
        script.host("tcp:port=7012");
        script.start("tcp:port=7011:7012").fails()
    });
    const PORTS: [(&str, [&str; 2]); 2] = [
        ("a port of a secured channel", ["ssl:proto=tls1,certuser=user,port=7011", "tcp:port=7011"]),
        ("a port, for a secured channel", ["tcp:port=7011", "ssl:proto=tls1,certuser=user,port=7011"]),
    ];
    for (name, [there, second]) in PORTS {
        set.given(
            StartAddressInUseIsRefused,
            name,
            |script| script.host(there),
            |script, _| script.start(second).fails(),
        );
    }
    // OBS-36: on the real engine two servers can share a pipe.
    if !set.profile.is_dbgeng() {
        set.case(StartAddressInUseIsRefused, "a pipe", |script| {
            script.host("npipe:pipe=alpha");
            script.a_moment();
            script.start("npipe:pipe=alpha").fails();
        });
        set.step(StartAddressInUseIsRefused, "a channel of a COM port", |script| {
            script.host("com:port=com1,baud=9600,channel=3");
            script.start("com:port=com1,baud=9600,channel=3").fails()
        });
    }
}

fn several(set: &mut CaseSet) {
    set.case(StartSeveralInOneProcess, "two ports", |script| {
        script.start("tcp:port=7011").ok();
        script.start("tcp:port=7012").ok();
        script.connect("tcp:server=@0,port=7011").ok().wrote(Handle);
        script.connect("tcp:server=@0,port=7012").ok().wrote(Handle);
    });
    set.case(StartSeveralInOneProcess, "a port and a pipe", |script| {
        script.start("tcp:port=7011").ok();
        script.start("npipe:pipe=alpha").ok();
        script.a_moment();
        script.connect("tcp:server=@0,port=7011").ok().wrote(Handle);
        script.connect("npipe:server=.,pipe=alpha").ok().wrote(Handle);
    });
}

/// Adds cases in which a pipe has the number of a port for its name.
fn transports_apart(set: &mut CaseSet) {
    for (name, strings) in [
        ("a port and a pipe of that name", ["tcp:port=7041", "npipe:pipe=7041"]),
        ("a pipe and a port of that name", ["npipe:pipe=7041", "tcp:port=7041"]),
    ] {
        set.case(StartSeveralInOneProcess, name, |script| {
            for text in strings {
                script.start(text).ok();
                script.a_moment();
            }
            script.connect("tcp:server=@0,port=7041").ok().wrote(Handle);
            script.connect("npipe:server=.,pipe=7041").ok().wrote(Handle);
        });
    }
}

fn refusal_codes(set: &mut CaseSet) {
    for (name, class) in CLASSES {
        set.step(StartRefusalIsEInvalidarg, name, |script| start_with(script, class, 0).returns(E_INVALIDARG));
    }
    for (name, text) in MALFORMED {
        set.step(StartRefusalIsEInvalidarg, name, |script| script.start(text).returns(E_INVALIDARG));
    }
    set.case(StartRefusalIsEInvalidarg, "null options", |script| {
        let flags = Class::USER_WINDOWS.bits();
        script.call(Call::StartProcessServer { flags, options: None, reserved: 0 }).returns(E_INVALIDARG);
    });
}
