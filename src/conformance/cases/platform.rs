//! Cases for codes that come from the platform.

use crate::conformance::case::CaseSet;
use crate::conformance::case::expectation::OutputCheck::*;
use crate::conformance::program::HandleName;
use crate::hresult::{
    ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, STATUS_ACCESS_DENIED, WSAEADDRINUSE, WSAEAFNOSUPPORT, WSAECONNREFUSED,
    WSAHOST_NOT_FOUND,
};
use crate::spec::Requirement::*;
use crate::status::Statuses;

pub(super) fn cases(set: &mut CaseSet) {
    let nowhere = [
        ("nothing listens", "tcp:server=@0,port=7999", WSAECONNREFUSED),
        ("an unknown host", "tcp:server=nosuchhost.invalid,port=7999", WSAHOST_NOT_FOUND),
        ("a missing pipe", "npipe:server=.,pipe=nosuchpipe", ERROR_FILE_NOT_FOUND),
    ];
    for (name, options, code) in nowhere {
        set.step(PlatformConnectCodes, name, |script| script.connect(options).returns(code));
    }
    set.case(PlatformAddressInUseCode, "a port", |script| {
        script.start("tcp:port=7002").ok();
        script.start("tcp:port=7002").returns(WSAEADDRINUSE);
    });
    set.case(PlatformConnectCodes, "an address of the other IP version", |script| {
        script.connect("tcp:server=::1,port=7999").allows(Statuses::code(WSAECONNREFUSED).or(WSAEAFNOSUPPORT));
    });
    set.case(PlatformPipeNameEnds, "a dot", |script| {
        script.start("npipe:pipe=alpha").ok();
        script.a_moment();
        script.connect("npipe:server=.,pipe=alpha.").ok().wrote(Handle);
    });
    set.case(PlatformFirewireCode, "a channel", |script| {
        script.start("1394:channel=1").returns(ERROR_FILE_NOT_FOUND);
    });
    set.case(PlatformPipeNameCanBeShared, "a pipe that is there", |script| {
        script.start("npipe:pipe=alpha").ok();
        script.a_moment();
        script.start("npipe:pipe=alpha").returns(ERROR_ALREADY_EXISTS);
    });
    set.case(PlatformPipeNameCanBeShared, "a pipe", |script| {
        script.start("npipe:pipe=alpha").ok();
        script.start("npipe:pipe=alpha").allows(Statuses::OK.or(ERROR_ALREADY_EXISTS));
    });
    set.case(PlatformSecondDebuggerCode, "the same engine", |script| {
        script.attach(HandleName::Zero, 0).ok();
        script.attach(HandleName::Zero, 0).returns(STATUS_ACCESS_DENIED);
    });
}
