//! Cases for EndProcessServer on a connected handle.

use super::methods::QUERIES;
use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::script::Script;
use crate::conformance::program::HandleName;
use crate::hresult::E_UNEXPECTED;
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// Not the plain host: a running server that replaces it would be gone afterwards.
const SERVER: &str = "tcp:port=7011";

pub(super) fn cases(set: &mut CaseSet) {
    set.given(EndConnectedHandleSucceeds, "a new connection", connected, |script, handle| script.end(handle).ok());
    set.given(EndConnectedHandleSucceeds, "a connection that was used", connected, |script, handle| {
        script.ids(handle).succeeds();
        script.end(handle).ok()
    });
    set.case(EndConnectedHandleSucceeds, "one of two connections", |script| {
        let server = script.host(SERVER);
        script.open(server);
        let handle = script.open(server);
        script.end(handle).ok();
    });
    set.given(EndConnectedHandleSucceeds, "a client object that did not connect", connected, |script, handle| {
        script.call(Call::CreateClient).ok();
        script.end(handle).on_client(1).ok()
    });
    set.case(EndConnectedHandleSucceeds, "a smart client of another process", |script| {
        let server = script.host(SERVER);
        let other = script.engine();
        script.open(server);
        script.connect("tcp:server=@1,port=7011").in_process(other).ok();
        let handle = script.latest();
        script.end(handle).in_process(other).ok();
    });
    set.case(EndConnectedHandleSucceeds, "two servers, one after the other", |script| {
        let (one, two) = (script.host(SERVER), script.host("tcp:port=7012"));
        let (first, second) = (script.open(one), script.open(two));
        script.end(first).ok();
        script.end(second).ok();
    });
    set.case(EndConnectedHandleSucceeds, "the second of two servers of a process", |script| {
        let host = script.host(SERVER);
        script.start("tcp:port=7012").in_process(host).ok();
        script.open(host);
        let second = script.reach("tcp:server=@1,port=7012");
        script.end(second).ok();
    });
    set.case(EndConnectedHandleSucceeds, "after other connections came and went", |script| {
        let server = script.host(SERVER);
        let first = script.open(server);
        let handle = script.open(server);
        script.disconnect(first).ok();
        script.stale_at(server);
        script.end(handle).ok();
    });
    set.given(EndConnectedHandleSucceeds, "twice", connected, |script, handle| {
        script.end(handle).ok();
        // it is open what a second end returns.
        let again = script.by_profile(Statuses::OK.or_error(), Statuses::OK);
        script.end(handle).allows(again)
    });
    for (name, query) in QUERIES {
        set.given(EndEndedConnectionRefusesQueries, name, connected, |script, handle| {
            script.end(handle).ok();
            query(script, handle).returns(E_UNEXPECTED)
        });
    }
}

fn connected(script: &mut Script) -> HandleName {
    let server = script.host(SERVER);
    script.open(server)
}
