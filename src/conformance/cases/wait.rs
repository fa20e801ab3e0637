//! Cases for WaitForProcessServerEnd: a host waits, and the engine under test ends its server.

use crate::call::Call;
use crate::conformance::case::CaseSet;
use crate::conformance::case::script::Script;
use crate::conformance::program::{Alteration, HandleName};
use crate::flags::INFINITE;
use crate::hresult::{S_FALSE, S_OK};
use crate::interface::Interface;
use crate::spec::Requirement::*;
use crate::status::Statuses;

/// The endings of a wait that saw no end.
const UNENDED: Statuses = Statuses::code(S_FALSE).or_error();

/// Adds a host that is called, so that no running server can replace it.
fn host(script: &mut Script) -> u32 {
    script.host("tcp:port=7011")
}

/// Adds such a host and connects to it.
fn reached(script: &mut Script) -> (u32, HandleName) {
    let host = host(script);
    (host, script.open(host))
}

/// Adds a host whose server was ended, which it has seen.
fn ended(script: &mut Script) -> u32 {
    let (host, handle) = reached(script);
    script.end(handle).ok();
    script.wait(script.limits.call_timeout_ms).in_process(host).ok();
    host
}

/// Returns how long a wait may take to see an end that was requested before.
fn bound(script: &Script) -> u32 {
    script.by_profile(script.limits.call_timeout_ms, 0)
}

pub(super) fn cases(set: &mut CaseSet) {
    needs_an_end(set);
    ended_is_s_ok(set);
    ended_stays_ended(set);
    let at_once = WaitEndedReturnsAtOnce;
    set.given(at_once, "an infinite time out", ended, |script, host| script.wait(INFINITE).in_process(host).ok());
    set.given(at_once, "no time at all", ended, |script, host| script.wait(0).in_process(host).ok());
    set.given(at_once, "an infinite time out beside a server that was started later", ended, |script, host| {
        script.start("tcp:port=7012").in_process(host).ok();
        script.wait(INFINITE).in_process(host).ok()
    });
    time_outs(set);
}

fn needs_an_end(set: &mut CaseSet) {
    set.given(WaitNeedsAnEnd, "a server that nobody connects to", host, |script, host| {
        script.wait(script.limits.quiet_ms).in_process(host).allows(UNENDED)
    });
    set.given(WaitNeedsAnEnd, "a connection", host, |script, host| {
        script.open(host);
        script.wait(0).in_process(host).allows(UNENDED)
    });
    set.given(WaitNeedsAnEnd, "a disconnect", reached, |script, (host, handle)| {
        script.disconnect(handle).ok();
        script.wait(script.limits.quiet_ms).in_process(host).allows(UNENDED)
    });
    set.given(WaitNeedsAnEnd, "again and again", reached, |script, (host, handle)| {
        for _ in 0..20 {
            script.wait(0).in_process(host).allows(UNENDED);
        }
        script.ids(handle).succeeds()
    });
    set.given(WaitNeedsAnEnd, "an end that was refused", host, |script, host| {
        script.open(host);
        script.end(HandleName::Altered(0, Alteration::Flipped(1 << 40))).fails();
        script.wait(script.limits.quiet_ms).in_process(host).allows(UNENDED)
    });
    set.given(WaitNeedsAnEnd, "the end of another process's server", host, |script, ended| {
        let other = script.engine();
        script.start("tcp:port=7012").in_process(other).ok();
        let handle = script.open(ended);
        script.end(handle).ok();
        script.wait(script.limits.quiet_ms).in_process(other).allows(UNENDED)
    });
}

fn ended_is_s_ok(set: &mut CaseSet) {
    set.given(WaitEndedIsSOk, "after the end", reached, |script, (host, handle)| {
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "after a wait that ran out", reached, |script, (host, handle)| {
        script.wait(0).in_process(host).succeeds();
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "after the end by one of two connections", reached, |script, (host, handle)| {
        script.open(host);
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "after the end and the disconnect", reached, |script, (host, handle)| {
        script.end(handle).ok();
        // it is open what a disconnect after the end returns.
        script.disconnect(handle).allows(Statuses::OK.or_error());
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "one of two servers of the process", host, |script, host| {
        script.start("tcp:port=7012").in_process(host).ok();
        let handle = script.open(host);
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "the second of two servers of the process", host, |script, host| {
        script.start("tcp:port=7012").in_process(host).ok();
        let handle = script.reach("tcp:server=@1,port=7012");
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    for (name, options, client) in [
        ("a server with a password", "tcp:port=7011,password=Secret1", "tcp:server=@1,port=7011,password=Secret1"),
        ("a server on a pipe", "npipe:pipe=alpha", "npipe:server=.,pipe=alpha"),
    ] {
        set.case(WaitEndedIsSOk, name, |script| {
            let host = script.host(options);
            script.a_moment();
            let handle = script.reach(client);
            script.end(handle).ok();
            script.wait(bound(script)).in_process(host).ok();
        });
    }
    set.given(
        WaitEndedIsSOk,
        "through every version of the interface that has the method",
        reached,
        |script, (host, handle)| {
            for version in 2..=5 {
                script.call(Call::DebugCreate { interface: Interface::DebugClient(version) }).in_process(host).ok();
            }
            script.end(handle).ok();
            for client in 1..=3 {
                script.wait(bound(script)).on_client(client).in_process(host).ok();
            }
            script.wait(bound(script)).on_client(4).in_process(host).ok()
        },
    );
    set.given(WaitEndedIsSOk, "after many waits that ran out", reached, |script, (host, handle)| {
        for _ in 0..20 {
            script.wait(0).in_process(host).succeeds();
        }
        script.end(handle).ok();
        script.wait(bound(script)).in_process(host).ok()
    });
    set.given(WaitEndedIsSOk, "an infinite time out", reached, |script, (host, handle)| {
        script.end(handle).ok();
        script.wait(INFINITE).in_process(host).ok()
    });
}

fn ended_stays_ended(set: &mut CaseSet) {
    set.given(WaitEndedStaysEnded, "a second wait and a third", ended, |script, host| {
        script.wait(0).in_process(host).ok();
        script.wait(script.limits.quiet_ms).in_process(host).ok()
    });
    set.given(WaitEndedStaysEnded, "again and again", ended, |script, host| {
        for _ in 0..20 {
            script.wait(0).in_process(host).ok();
        }
        script.wait(0).in_process(host).ok()
    });
    set.given(WaitEndedStaysEnded, "after a connection comes and goes", ended, |script, host| {
        // It is open whether a server that has ended accepts connections.
        script.connect("tcp:server=@1,port=7011");
        script.disconnect(script.latest());
        script.wait(0).in_process(host).ok()
    });
    set.given(WaitEndedStaysEnded, "beside a server that was started later", ended, |script, host| {
        script.start("tcp:port=7012").in_process(host).ok();
        script.wait(0).in_process(host).ok()
    });
    set.given(WaitEndedStaysEnded, "beside a server that was there before", host, |script, host| {
        script.start("tcp:port=7012").in_process(host).ok();
        let handle = script.open(host);
        script.end(handle).ok();
        script.wait(script.limits.call_timeout_ms).in_process(host).ok();
        script.wait(0).in_process(host).ok()
    });
}

/// The status of a wait that saw no end is another one on the newest version of the real engine (OBS-93).
fn time_outs(set: &mut CaseSet) {
    for (runs_out, status) in [(WaitTimeOutIsSFalse, S_FALSE), (WaitTimeOutIsSOk, S_OK)] {
        set.given(runs_out, "no time at all", host, |script, host| script.wait(0).in_process(host).returns(status));
        set.given(runs_out, "a short time", host, |script, host| {
            script.wait(script.limits.quiet_ms).in_process(host).returns(status)
        });
        set.case(runs_out, "again and again", |script| {
            let host = host(script);
            for _ in 0..3 {
                script.wait(1).in_process(host).returns(status);
            }
        });
        set.given(runs_out, "beside a connection that comes and goes", reached, |script, (host, handle)| {
            script.wait(0).in_process(host).returns(status);
            script.disconnect(handle).ok();
            script.wait(0).in_process(host).returns(status)
        });
    }
    for (runs_out, status) in [(WaitWithoutAServerTimesOut, S_FALSE), (WaitTimeOutIsSOk, S_OK)] {
        set.step(runs_out, "no server, and no time at all", |script| script.wait(0).returns(status));
        set.step(runs_out, "no server, and a short time", |script| script.wait(script.limits.quiet_ms).returns(status));
    }
}
