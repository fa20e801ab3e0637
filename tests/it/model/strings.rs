//! The rules of connection strings that a call puts to the test.

use dbgeng_testkit::hresult::{
    ERROR_FILE_NOT_FOUND, RPC_E_SERVER_DIED, WSAEAFNOSUPPORT, WSAECONNREFUSED, WSAHOST_NOT_FOUND,
};

use super::*;

fn started(profile: Profile, text: &str, hresult: HRESULT) -> Vec<&'static str> {
    let options = Some(text.to_owned());
    let call = Call::StartProcessServer { flags: Class::USER_WINDOWS.bits(), options, reserved: 0 };
    Run::new(profile).judge(CLIENT, &call, &Outcome::returned(hresult))
}

/// Judges a connect of CLIENT. HOST has servers at port 7001, at 7002 with a password, and at a pipe.
fn connected(profile: Profile, text: &str, hresult: HRESULT) -> Vec<&'static str> {
    let mut run = Run::new(profile);
    serve(&mut run, HOST, "tcp:port=7002,password=secret");
    serve(&mut run, HOST, "npipe:pipe=alpha");
    let mut outcome = Outcome::returned(hresult);
    outcome.out.server = hresult.is_ok().then_some(0x10);
    let remote_options = Some(text.to_owned());
    run.judge(CLIENT, &Call::ConnectProcessServer { remote_options, server: Pointer::Given }, &outcome)
}

/// OBS-31 to OBS-40: a refused start breaks the rules that its string makes use of.
#[test]
fn a_start_uses_the_rules_of_its_string() {
    for (text, rules) in [
        ("tcp:port=7003", &[][..]),
        ("tcp:PORT=7003", &["options/case-is-ignored"]),
        ("tcp:hidden,port=7003", &["options/order-is-free", "options/hidden-and-icfenable-change-nothing"]),
        ("npipe:hidden,pipe=Beta", &["options/order-is-free", "options/hidden-and-icfenable-change-nothing"]),
        ("TCP:port=7003", &["options/transport-case-is-ignored"]),
        ("tcp: port=7003", &["options/blanks-before-keys-are-skipped"]),
        ("tcp:\tport=7003", &["options/blanks-before-keys-are-skipped"]),
        ("tcp:port=7003,", &["options/one-trailing-comma"]),
        ("tcp:port=7004,port=7003", &["options/last-key-holds"]),
        ("tcp:port=7003,hidden", &["options/hidden-and-icfenable-change-nothing"]),
        ("tcp:port=7003,icfenable", &["options/hidden-and-icfenable-change-nothing"]),
        ("tcp:port=7003,password=secret", &["options/password-length"]),
        ("tcp:port=0x1b5b", &["options/hexadecimal-ports"]),
        ("tcp:port=7003x", &["options/port-ends-with-its-digits"]),
        ("tcp:port=0", &["options/port-zero-is-any-free-port"]),
        ("tcp:port=7003:7004", &["options/port-range-takes-first-free"]),
        ("npipe:pipe=beta", &[]),
    ] {
        let refused = started(Profile::Dbgeng, text, E_FAIL);
        assert_eq!(refused, [&["start/valid-options-succeed"], rules].concat(), "{text}");
    }
    let contract = started(Profile::Contract, "tcp:hidden,PORT=7003,password=secret", E_FAIL);
    assert_eq!(contract, ["start/valid-options-succeed", "options/case-is-ignored", "options/order-is-free"]);
}

/// OBS-31 to OBS-38: and so does a refused connect.
#[test]
fn a_connect_uses_the_rules_of_its_string() {
    for (text, rules) in [
        ("tcp:server=localhost,port=7001", &[][..]),
        ("tcp:server=LOCALHOST,port=7001", &[]),
        ("tcp:Server=localhost,port=7001", &["options/case-is-ignored"]),
        ("tcp:port=7001,server=localhost", &["options/order-is-free"]),
        ("npipe:pipe=alpha,server=.", &["options/order-is-free"]),
        (r"tcp:server=\\localhost,port=7001", &["options/server-backslashes"]),
        ("tcp:server=localhost,port=7001:7002", &["options/client-range-tries-first-port"]),
        ("tcp:port=7001", &["options/server-defaults-to-this-machine"]),
        ("npipe:server=.,pipe=alpha", &[]),
        ("npipe:pipe=alpha", &[]),
        (
            "tcp:server=localhost,port=7002,password=secret",
            &["options/password-length", "options/password-case-matters"],
        ),
    ] {
        let refused = connected(Profile::Dbgeng, text, E_FAIL);
        assert_eq!(refused, [&["connect/live-server-succeeds"], rules].concat(), "{text}");
    }
    let contract = connected(Profile::Contract, "tcp:port=7002,server=localhost,password=secret", E_FAIL);
    let rules = ["connect/live-server-succeeds", "options/order-is-free", "options/password-case-matters"];
    assert_eq!(contract, rules);
}

/// OBS-31, OBS-32, OBS-34, OBS-37, OBS-40: what is taken against a rule breaks that rule.
#[test]
fn a_string_that_breaks_a_rule_is_refused() {
    for (text, rule) in [
        (" tcp:port=7003", Some("options/blank-before-transport-is-refused")),
        ("udp:port=7003", None),
        ("tcp:port=7003,ipversion=5", Some("options/ip-version-is-decimal")),
        ("tcp:port=7003,ipversion=0x4", Some("options/ip-version-is-decimal")),
        ("com:port=1,baud=9600,channel=255", Some("options/channel-limit")),
        ("tcp:port=7003,colour=red", Some("options/unknown-keys-are-refused")),
        ("tcp:port=7003,pipe=alpha", Some("options/other-transports-keys-are-refused")),
        ("npipe:pipe=beta,port=7003", Some("options/other-transports-keys-are-refused")),
        ("tcp:port", Some("options/keys-need-their-values")),
        ("tcp:port=7003,,hidden", Some("options/empty-items-are-refused")),
        ("tcp:port=7003,password=abcdefghijklm", Some("options/password-length")),
        ("tcp:port=7003, Password=abcdefghijklm", Some("options/password-length")),
        ("tcp:port=65536", Some("options/ports-out-of-range-are-refused")),
        ("tcp: PORT=-1", Some("options/ports-out-of-range-are-refused")),
    ] {
        let rule = rule.as_slice();
        let start = ["start/malformed-string-is-refused", "start/refusal-is-e-invalidarg"];
        assert_eq!(started(Profile::Dbgeng, text, S_OK), [&start, rule].concat(), "{text}");
        let connect = ["connect/malformed-string-is-refused", "connect/refusal-codes"];
        assert_eq!(connected(Profile::Dbgeng, text, S_OK), [&connect, rule].concat(), "{text}");
    }
}

/// OBS-38: no computer has a blank at the end of its name.
#[test]
fn a_blank_after_the_name_of_a_computer_counts() {
    let taken = connected(Profile::Dbgeng, "tcp:server=localhost ,port=7001", S_OK);
    assert_eq!(taken, ["connect/needs-a-server", "platform/connect-codes", "options/blank-after-server-counts"]);
    let nothing = connected(Profile::Dbgeng, "tcp:server=localhost,port=7009", S_OK);
    assert_eq!(nothing, ["connect/needs-a-server", "platform/connect-codes"]);
}

/// OBS-32, OBS-37, OBS-41, OBS-42; on some platforms another code says that there is no such pipe.
#[test]
fn the_codes_of_a_refused_connect_are_known() {
    for (nothing, codes) in [
        (
            "tcp:server=localhost,port=7009",
            [WSAECONNREFUSED, WSAHOST_NOT_FOUND, WSAEAFNOSUPPORT, RPC_E_SERVER_DIED].as_slice(),
        ),
        ("npipe:server=.,pipe=beta", &[ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, RPC_E_SERVER_DIED]),
    ] {
        for code in codes {
            assert_eq!(connected(Profile::Dbgeng, nothing, *code), NONE);
        }
        assert_eq!(connected(Profile::Dbgeng, nothing, E_FAIL), ["platform/connect-codes"]);
    }
    let wrong = "tcp:server=localhost,port=7002,password=Secret";
    for (text, code) in [(wrong, RPC_E_SERVER_DIED), ("tcp:server", E_INVALIDARG)] {
        assert_eq!(connected(Profile::Dbgeng, text, code), NONE);
        assert_eq!(connected(Profile::Dbgeng, text, E_FAIL), ["connect/refusal-codes"]);
        assert_eq!(connected(Profile::Contract, text, E_FAIL), NONE);
    }
    assert_eq!(connected(Profile::Dbgeng, wrong, E_INVALIDARG), ["connect/refusal-codes"]);
}
