//! Cases for codes that come from the platform.

use crate::conformance::case::CaseSet;
use crate::conformance::program::HandleName;
use crate::hresult::{ERROR_FILE_NOT_FOUND, STATUS_ACCESS_DENIED, WSAEADDRINUSE, WSAECONNREFUSED, WSAHOST_NOT_FOUND};
use crate::spec::Requirement::*;

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
    set.case(PlatformPipeNameCanBeShared, "a pipe", |script| {
        script.start("npipe:pipe=alpha").ok();
        script.start("npipe:pipe=alpha").ok();
    });
    set.case(PlatformSecondDebuggerCode, "the same engine", |script| {
        script.attach(HandleName::Zero, 0).ok();
        script.attach(HandleName::Zero, 0).returns(STATUS_ACCESS_DENIED);
    });
}
