//! The strings of the traces start-options-tcp, start-options-npipe, connect-options-tcp and connect-npipe: the engine
//! answered 0x80070057 to those that it could not read, and the contract takes fewer.

use dbgeng_testkit::options::Side;

use super::{contract, of_2017};

/// Which profiles take a string.
#[derive(Debug, PartialEq)]
enum Taken {
    Both,
    EngineAlone,
    Neither,
}

use Taken::{Both, EngineAlone, Neither};

const STARTED: &[(&str, Taken)] = &[
    ("tcp:port=7022", Both),
    ("tcp:port=7023,password=secret", Both),
    ("tcp:port=7024,hidden", Both),
    ("TCP:PORT=7025", Both),
    ("tcp:port=7026,nonsense=1", Neither),
    ("tcp:port=7027,", EngineAlone),
    ("tcp:port=7028,,hidden", Neither),
    ("tcp: port=7029", Both),
    ("tcp:port=7030 ,hidden", EngineAlone),
    (" tcp:port=7031", Neither),
    ("tcp:port=7032,password=", EngineAlone),
    ("tcp:port=7033,password=123456789012", Both),
    ("tcp:port=7034,password=1234567890123", Neither),
    ("tcp:port=7035,password=thispasswordislongerthanthirty-two-characters", Neither),
    ("tcp:server=127.0.0.1,port=7036", EngineAlone),
    ("tcp:clicon=127.0.0.1,port=7037", Both),
    ("tcp:port=7038,icfenable", Both),
    ("tcp:port=7039", Both),
    ("", Neither),
    ("tcp", Neither),
    ("tcp:", EngineAlone),
    ("tcp:port", Neither),
    ("tcp:port=", Neither),
    ("tcp:port=65536", Neither),
    ("tcp:port=99999", Neither),
    ("tcp:port=-1", Neither),
    ("tcp:port=abc", EngineAlone),
    ("tcp:port=0", Both),
    ("bogus:port=1", Neither),
    ("bogus", Neither),
    ("port=7777", Neither),
    ("npipe", Neither),
    ("spipe:proto=ntlm,pipe=q", Neither),
    ("npipe:pipe=alpha", Both),
    ("npipe:pipe=beta,password=x", Both),
    ("NPIPE:Pipe=gamma", Both),
    ("npipe:pipe=delta,hidden", Both),
    ("npipe:server=foo,pipe=eps", EngineAlone),
    ("npipe:port=1", Neither),
    ("npipe:pipe=zeta", Both),
    ("npipe:pipe=eta,password=x", Both),
];

const CONNECTED: &[(&str, Taken)] = &[
    ("tcp:server=127.0.0.1,port=7047", Both),
    ("tcp:server=localhost,port=7047", Both),
    (r"tcp:server=\\localhost,port=7047", Both),
    ("tcp:port=7047,server=localhost", Both),
    ("TCP:Server=localhost,Port=7047", Both),
    ("tcp:port=7047", EngineAlone),
    ("tcp:server=localhost,port=7047,", EngineAlone),
    ("tcp:server=localhost, port=7047", Both),
    ("tcp: server=localhost,port=7047", Both),
    ("tcp:server=localhost ,port=7047", EngineAlone),
    ("tcp:server=localhost,port=7047,hidden", EngineAlone),
    ("tcp:server=localhost,port=7047,nonsense", Neither),
    ("tcp:server=localhost,port=7047,timeout=5", Neither),
    ("-premote tcp:server=localhost,port=7047", Neither),
    (" tcp:server=localhost,port=7047", Neither),
    ("bogus:server=localhost,port=7047", Neither),
    ("tcp:server=localhost,port=7047,password=unneeded", Both),
    ("tcp:server=localhost,server=nosuch.invalid,port=7047", EngineAlone),
    ("tcp:server=localhost;port=7047", EngineAlone),
    ("", Neither),
    ("tcp", Neither),
    ("tcp:", EngineAlone),
    ("tcp:server=localhost", EngineAlone),
    ("tcp:server=localhost,port=65536", Neither),
    ("tcp:server=localhost,port=0", Both),
    ("tcp:server=nosuchhost.invalid,port=7001", Both),
    ("npipe:server=.,pipe=zeta", Both),
    ("npipe:server=.,pipe=nosuch", Both),
    ("npipe:server=.,pipe=eta,password=x", Both),
    ("npipe:server=.,pipe=eta", Both),
];

#[test]
fn the_strings_of_the_traces_are_taken_as_the_engine_took_them() {
    for (side, strings) in [(Side::Server, STARTED), (Side::Client, CONNECTED)] {
        for (text, taken) in strings {
            let by_contract = contract(side, text);
            let by_engine = of_2017(side, text);
            let found = match (&by_contract, &by_engine) {
                (Ok(_), Ok(_)) => Both,
                (Err(_), Ok(_)) => EngineAlone,
                (Err(_), Err(_)) => Neither,
                (Ok(_), Err(error)) => {
                    panic!("{side:?} {text:?}: the contract alone takes it: {error}")
                }
            };
            assert_eq!(&found, taken, "{side:?} {text:?}: {by_contract:?}, {by_engine:?}");
        }
    }
}
