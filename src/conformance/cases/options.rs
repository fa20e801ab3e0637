//! Cases for connection strings, on both sides.
//!
//! The servers have another port than the plain host: a running server that replaces that one has a single connection
//! string.

use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::spec::Requirement::{self, *};
use crate::status::Statuses;

const SERVER: &str = "tcp:port=7002";
const CLIENT: &str = "tcp:server=@1,port=7002";
const SECRET: &str = "tcp:port=7002,password=Secret1";
const SECRETLY: &str = "tcp:server=@1,port=7002,password=Secret1";
const TWELVE: &str = "tcp:port=7002,password=123456789012";
const TWELVE_GIVEN: &str = "tcp:server=@1,port=7002,password=123456789012";
const THIRTEEN: &str = "tcp:server=@1,port=7002,password=1234567890123";

/// A rule, the name of the case, a server's string, and a client's string that reaches it.
type ServedCase = (Requirement, &'static str, &'static str, &'static str);

const SERVED: [ServedCase; 31] = [
    (OptionsCaseIsIgnored, "a server", "tcp:PORT=7002,Password=Secret1", SECRETLY),
    (OptionsCaseIsIgnored, "a client", SECRET, "tcp:Server=@1,PORT=7002,passWord=Secret1"),
    (OptionsTransportCaseIsIgnored, "a server", "TCP:port=7002", CLIENT),
    (OptionsTransportCaseIsIgnored, "a client", SERVER, "Tcp:server=@1,port=7002"),
    (OptionsOrderIsFree, "a server's password first", "tcp:password=Secret1,port=7002", SECRETLY),
    (OptionsOrderIsFree, "a server's hidden first", "tcp:hidden,port=7002", CLIENT),
    (OptionsOrderIsFree, "a client's port first", SERVER, "tcp:port=7002,server=@1"),
    (OptionsOrderIsFree, "a client's server last", SECRET, "tcp:password=Secret1,port=7002,server=@1"),
    (OptionsBlanksBeforeKeysAreSkipped, "a server", "tcp: port=7002,  password=Secret1", SECRETLY),
    (OptionsBlanksBeforeKeysAreSkipped, "a client", SERVER, "tcp: server=@1,  port=7002"),
    (OptionsLastKeyHolds, "a server's port", "tcp:port=7003,port=7002", CLIENT),
    (OptionsLastKeyHolds, "a server's password", "tcp:port=7002,password=other,password=Secret1", SECRETLY),
    (OptionsLastKeyHolds, "a client's port", SERVER, "tcp:server=@1,port=7003,port=7002"),
    (OptionsLastKeyHolds, "a client's server", SERVER, "tcp:server=nosuchhost.invalid,server=@1,port=7002"),
    (OptionsLastKeyHolds, "a client's password", SECRET, "tcp:server=@1,port=7002,password=x,password=Secret1"),
    (OptionsOneTrailingComma, "a server", "tcp:port=7002,", CLIENT),
    (OptionsOneTrailingComma, "a client", SERVER, "tcp:server=@1,port=7002,"),
    (OptionsHexadecimalPorts, "a server", "tcp:port=0x1b5a", CLIENT),
    (OptionsHexadecimalPorts, "a client", SERVER, "tcp:server=@1,port=0x1b5a"),
    (OptionsPortEndsWithItsDigits, "a server", "tcp:port=7002x", CLIENT),
    (OptionsPortEndsWithItsDigits, "a client", SERVER, "tcp:server=@1,port=7002 or so"),
    (OptionsIpVersionIsDecimal, "a server", "tcp:port=7002,ipversion=04", CLIENT),
    (OptionsIpVersionIsDecimal, "a client", SERVER, "tcp:server=@1,port=7002,ipversion=+4x"),
    (OptionsPasswordLength, "twelve characters", TWELVE, TWELVE_GIVEN),
    (OptionsServerBackslashes, "two backslashes", SERVER, r"tcp:server=\\@1,port=7002"),
    (OptionsServerDefaultsToThisMachine, "no server", SERVER, "tcp:port=7002"),
    (OptionsServerDefaultsToThisMachine, "an empty server", SERVER, "tcp:server=,port=7002"),
    (OptionsHiddenAndIcfenableChangeNothing, "a hidden server", "tcp:port=7002,hidden", CLIENT),
    (OptionsHiddenAndIcfenableChangeNothing, "a server with icfenable", "tcp:port=7002,icfenable", CLIENT),
    (OptionsHiddenAndIcfenableChangeNothing, "a client, hidden", SERVER, "tcp:server=@1,port=7002,hidden"),
    (OptionsHiddenAndIcfenableChangeNothing, "a client, icfenable", SERVER, "tcp:server=@1,port=7002,icfenable"),
];

/// A rule, the name of the case, and a server's string that breaks the rule.
type RefusedStart = (Requirement, &'static str, &'static str);

const UNSTARTED: [RefusedStart; 16] = [
    (OptionsBlankBeforeTransportIsRefused, "a server", " tcp:port=7002"),
    (OptionsUnknownKeysAreRefused, "a server", "tcp:port=7002,nonsense=1"),
    (OptionsUnknownKeysAreRefused, "a server, without a value", "tcp:port=7002,nonsense"),
    (OptionsOtherTransportsKeysAreRefused, "a server's pipe over tcp", "tcp:port=7002,pipe=alpha"),
    (OptionsOtherTransportsKeysAreRefused, "a server's port over npipe", "npipe:pipe=alpha,port=7002"),
    (OptionsKeysNeedTheirValues, "a server's port", "tcp:port"),
    (OptionsBlankPortIsRefused, "a server, nothing", "tcp:port="),
    (OptionsBlankPortIsRefused, "a server, a blank", "tcp:port= "),
    (OptionsIpVersionIsDecimal, "a server, hexadecimal", "tcp:port=7002,ipversion=0x4"),
    (OptionsIpVersionIsDecimal, "a server, a version that does not exist", "tcp:port=7002,ipversion=5"),
    (OptionsChannelLimit, "too high", "com:port=1,baud=9600,channel=255"),
    (OptionsChannelLimit, "negative", "com:port=1,baud=9600,channel=-1"),
    (OptionsEmptyItemsAreRefused, "a server", "tcp:port=7002,,hidden"),
    (OptionsPortsOutOfRangeAreRefused, "a server, too high", "tcp:port=65536"),
    (OptionsPortsOutOfRangeAreRefused, "a server, negative", "tcp:port=-1"),
    (OptionsPasswordLength, "a server, thirteen characters", "tcp:port=7002,password=1234567890123"),
];

/// A rule, the name of the case, a server's string, a client's string that reaches it, and one that breaks the rule.
type RefusedConnect = (Requirement, &'static str, &'static str, &'static str, &'static str);

const UNCONNECTED: [RefusedConnect; 16] = [
    (OptionsBlankBeforeTransportIsRefused, "a client", SERVER, CLIENT, " tcp:server=@1,port=7002"),
    (OptionsUnknownKeysAreRefused, "a client", SERVER, CLIENT, "tcp:server=@1,port=7002,nonsense=1"),
    (OptionsUnknownKeysAreRefused, "a client, without a value", SERVER, CLIENT, "tcp:server=@1,port=7002,nonsense"),
    (OptionsOtherTransportsKeysAreRefused, "a client's pipe over tcp", SERVER, CLIENT, "tcp:pipe=x,port=7002"),
    (OptionsKeysNeedTheirValues, "a client's server", SERVER, CLIENT, "tcp:server,port=7002"),
    (OptionsKeysNeedTheirValues, "a client's port", SERVER, CLIENT, "tcp:server=@1,port=7002,port"),
    (OptionsEmptyItemsAreRefused, "a client", SERVER, CLIENT, "tcp:server=@1,,port=7002"),
    // The lowest 16 bits are the server's port.
    (OptionsPortsOutOfRangeAreRefused, "a client, too high", SERVER, CLIENT, "tcp:server=@1,port=72538"),
    (OptionsPortsOutOfRangeAreRefused, "a client, negative", SERVER, CLIENT, "tcp:server=@1,port=-58534"),
    (OptionsBlankPortIsRefused, "a client", SERVER, CLIENT, "tcp:server=@1,port=7002,port="),
    (OptionsPasswordCaseMatters, "in small letters", SECRET, SECRETLY, "tcp:server=@1,port=7002,password=secret1"),
    (OptionsPasswordCaseMatters, "one capital", SECRET, SECRETLY, "tcp:server=@1,port=7002,password=SecreT1"),
    (OptionsPasswordCaseMatters, "in capitals", SECRET, SECRETLY, "tcp:server=@1,port=7002,password=SECRET1"),
    (OptionsPasswordLength, "a client, thirteen characters", TWELVE, TWELVE_GIVEN, THIRTEEN),
    (OptionsBlankAfterServerCounts, "a blank", SERVER, CLIENT, "tcp:server=@1 ,port=7002"),
    (
        OptionsClientRangeTriesFirstPort,
        "a range",
        SERVER,
        "tcp:server=@1,port=7002:7004",
        "tcp:server=@1,port=7001:7002",
    ),
];

pub(super) fn cases(set: &mut CaseSet) {
    for (requirement, name, server, client) in SERVED {
        set.case(requirement, name, |script| {
            script.host(server);
            script.connect(client).ok().wrote(Handle);
        });
    }
    set.case(OptionsPasswordCaseMatters, "each letter in the other case", |script| {
        const LETTERS: &str = "aBcDeFgHiJkL";
        let server = script.host(&format!("tcp:port=7002,password={LETTERS}"));
        for at in 0..LETTERS.len() {
            let (before, rest) = LETTERS.split_at(at);
            let (letter, after) = rest.split_at(1);
            let other = if at % 2 == 0 { letter.to_uppercase() } else { letter.to_lowercase() };
            script.connect(&format!("tcp:server=@1,port=7002,password={before}{other}{after}")).fails();
        }
        script.open(server);
    });
    for (requirement, name, server) in UNSTARTED {
        set.step(requirement, name, |script| script.start(server).fails());
    }
    for (requirement, name, server, client, refused) in UNCONNECTED {
        set.case(requirement, name, |script| {
            script.host(server);
            script.connect(client).ok().wrote(Handle);
            script.connect(refused).fails();
        });
    }
    ports(set);
    for (name, options) in [("the process", "npipe:pipe=x%s"), ("the thread", "npipe:pipe=x%5d%%%S")] {
        let refused = Statuses::ERROR.or_crash();
        set.step(OptionsPipeFormatTakesNumbers, name, |script| script.start(options).allows(refused));
    }
    set.case(OptionsKeysNeedTheirValues, "an empty password is one", |script| {
        script.host("tcp:port=7002,password=");
        script.connect("tcp:server=@1,port=7002,password=").ok().wrote(Handle);
        script.connect("tcp:server=@1,port,password=").fails();
    });
    set.case(OptionsLastKeyHolds, "a server's port, not the first", |script| {
        script.host("tcp:port=7003,port=7002");
        script.connect("tcp:server=@1,port=7003").fails();
    });
    set.case(OptionsOtherTransportsKeysAreRefused, "a client's port over npipe", |script| {
        script.host("npipe:pipe=alpha");
        script.a_moment();
        script.connect("npipe:server=.,pipe=alpha").ok().wrote(Handle);
        script.connect("npipe:server=.,pipe=alpha,port=7002").fails();
    });
}

fn ports(set: &mut CaseSet) {
    for (name, options) in
        [("nothing", "tcp:port="), ("a blank", "tcp:port= "), ("the last of two", "tcp:port=7002,port=")]
    {
        set.case(OptionsBlankPortIsNoPort, name, |script| {
            script.start(options).ok();
            script.start(options).ok();
        });
    }
    for (name, options) in [("port 0", "tcp:port=0"), ("no port", "tcp:hidden")] {
        set.case(OptionsPortZeroIsAnyFreePort, name, |script| {
            script.start(options).ok();
            script.start(options).ok();
        });
    }
    set.case(OptionsPortEndsWithItsDigits, "a server without digits", |script| {
        script.start("tcp:port=any").ok();
        script.start("tcp:port=any").ok();
    });
    set.case(OptionsPortRangeTakesFirstFree, "the first port", |script| {
        script.host("tcp:port=7011:7013");
        script.connect("tcp:server=@1,port=7011").ok().wrote(Handle);
    });
    set.case(OptionsPortRangeTakesFirstFree, "the first port is taken", |script| {
        script.host("tcp:port=7011");
        script.host("tcp:port=7011:7013");
        script.connect("tcp:server=@2,port=7012").ok().wrote(Handle);
        script.connect("tcp:server=@2,port=7013").fails();
    });
    set.case(OptionsPortRangeTakesFirstFree, "the last port is free", |script| {
        for _ in 0..3 {
            script.host("tcp:port=7011:7013");
        }
        script.connect("tcp:server=@3,port=7013").ok().wrote(Handle);
    });
}
