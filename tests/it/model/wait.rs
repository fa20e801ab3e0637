//! WaitForProcessServerEnd.

use dbgeng_testkit::EngineVersion;
use dbgeng_testkit::hresult::E_NOTIMPL;

use super::*;

const OTHER: Caller = Caller { process: 2, thread: 0, client: 0 };

const OLDER: Profile = Profile::DbgengAt(EngineVersion::V10_0_15063);

/// The profiles in which S_OK tells an end from a time-out. OBS-93: the newest version of the real engine does not tell.
const TELLING: [Profile; 2] = [Profile::Contract, OLDER];

/// The requirements that a wait breaks which sees an end before any.
const TOO_SOON: [&str; 2] = ["wait/needs-an-end", "wait/time-out-is-s-false"];

fn wait(timeout: u32) -> Call {
    Call::WaitForProcessServerEnd { timeout }
}

fn waited(run: &mut Run, by: Caller, timeout: u32, hresult: HRESULT) -> Vec<&'static str> {
    run.judge(by, &wait(timeout), &Outcome::returned(hresult))
}

fn stayed(run: &mut Run, by: Caller, timeout: u32) -> Vec<&'static str> {
    run.judge(by, &wait(timeout), &Outcome { ending: Ending::TimedOut, out: Default::default() })
}

/// A run in which HOST's server was asked to end.
fn ended(profile: Profile) -> Run {
    let mut run = Run::new(profile);
    run.connect(CLIENT, 7001, 0x10);
    run.right(CLIENT, &Call::EndProcessServer { server: 0x10 }, S_OK);
    run
}

/// WPSE-2, WPSE-3, Q-51: an infinite wait has no time-out to report.
#[test]
fn a_wait_without_an_end_runs_into_its_time_out() {
    for profile in TELLING {
        for timeout in [0, 100] {
            let mut run = Run::new(profile);
            assert_eq!(waited(&mut run, HOST, timeout, S_FALSE), NONE);
            assert_eq!(waited(&mut run, HOST, timeout, E_FAIL), ["wait/time-out-is-s-false"]);
            assert_eq!(waited(&mut run, HOST, timeout, S_OK), TOO_SOON);
        }
        let mut run = Run::new(profile);
        assert_eq!(waited(&mut run, HOST, u32::MAX, S_FALSE), ["wait/time-out-is-s-false"]);
        assert_eq!(waited(&mut run, HOST, u32::MAX, E_FAIL), NONE);
    }
}

/// OBS-93: after such a wait nothing is known about an end, so an infinite one may stay.
#[test]
fn a_wait_of_the_newest_version_does_not_tell_an_end_from_a_time_out() {
    let wrong = ["wait/time-out-is-s-ok"];
    for by in [HOST, CLIENT] {
        let mut run = Run::new(Profile::Dbgeng);
        for timeout in [0, 100] {
            assert_eq!(waited(&mut run, by, timeout, S_OK), NONE);
            assert_eq!(waited(&mut run, by, timeout, S_FALSE), wrong);
            assert_eq!(waited(&mut run, by, timeout, E_FAIL), wrong);
            assert_eq!(stayed(&mut run, by, timeout), ["wait/time-out-is-s-ok", "call/returns"]);
        }
        assert_eq!(stayed(&mut run, by, u32::MAX), NONE);
        assert_eq!(waited(&mut run, by, u32::MAX, S_OK), wrong);
        // That is wrong, so it tells nothing about the next one.
        assert_eq!(waited(&mut run, by, 0, S_OK), NONE);
        assert_eq!(stayed(&mut run, by, u32::MAX), NONE);
        assert_eq!(waited(&mut run, by, u32::MAX, S_OK), NONE);
        assert_eq!(stayed(&mut run, by, u32::MAX), ["wait/ended-stays-ended", "wait/ended-returns-at-once"]);
    }
}

/// A harness gives up after 15 seconds.
#[test]
fn a_long_wait_may_not_return() {
    for profile in Profile::ALL {
        for patient in [15_000, 60_000, u32::MAX] {
            assert_eq!(stayed(&mut Run::new(profile), HOST, patient), NONE);
        }
    }
    for profile in TELLING {
        assert_eq!(stayed(&mut Run::new(profile), HOST, 14_999), TOO_SOON);
    }
}

/// Q-49 leaves open what the real engine does (OBS-21).
#[test]
fn a_wait_without_a_server_may_fail() {
    let both = ["wait/time-out-is-s-false", "wait/without-a-server-times-out"];
    let mut run = Run::new(Profile::Contract);
    assert_eq!(waited(&mut run, CLIENT, 0, E_FAIL), NONE);
    assert_eq!(waited(&mut run, CLIENT, 0, S_FALSE), NONE);
    let mut run = Run::new(OLDER);
    assert_eq!(waited(&mut run, CLIENT, 0, E_FAIL), both);
    assert_eq!(waited(&mut run, CLIENT, 0, S_FALSE), NONE);
    assert_eq!(waited(&mut run, CLIENT, 15_000, E_FAIL), both[..1]);
}

/// EPS-3: S_OK of an end is for the request, so that a wait with a time-out may still run into it.
#[test]
fn a_wait_after_an_end_was_asked_for_sees_it() {
    let mut run = ended(Profile::Contract);
    assert_eq!(waited(&mut run, HOST, 100, S_FALSE), NONE);
    assert_eq!(waited(&mut run, HOST, u32::MAX, S_FALSE), ["wait/ended-is-s-ok"]);
    assert_eq!(waited(&mut run, HOST, 100, E_FAIL), ["wait/ended-is-s-ok"]);
    assert_eq!(waited(&mut ended(Profile::Dbgeng), HOST, 100, S_FALSE), ["wait/ended-is-s-ok"]);
    for profile in Profile::ALL {
        assert_eq!(stayed(&mut ended(profile), HOST, u32::MAX), ["wait/ended-is-s-ok"]);
        assert_eq!(waited(&mut ended(profile), HOST, u32::MAX, S_OK), NONE);
    }
    // Nobody has ended a server of this process.
    for profile in TELLING {
        assert_eq!(waited(&mut ended(profile), CLIENT, u32::MAX, S_OK), TOO_SOON);
    }
}

/// WPSE-4.
#[test]
fn an_end_that_was_seen_stays() {
    for profile in Profile::ALL {
        let mut run = ended(profile);
        assert_eq!(waited(&mut run, HOST, 0, S_OK), NONE);
        serve(&mut run, HOST, "tcp:port=7002");
        run.connect(CLIENT, 7002, 0x20);
        run.right(CLIENT, &Call::EndProcessServer { server: 0x20 }, S_OK);
        assert_eq!(waited(&mut run, HOST, 100, S_FALSE), ["wait/ended-stays-ended"]);
        assert_eq!(stayed(&mut run, HOST, u32::MAX), ["wait/ended-stays-ended", "wait/ended-returns-at-once"]);
    }
}

/// Whether an answer that was wrong will be given again, nobody can say.
#[test]
fn a_wait_that_was_wrong_tells_nothing_about_the_next() {
    for profile in TELLING {
        let mut run = Run::new(profile);
        assert_eq!(waited(&mut run, HOST, 0, S_OK), TOO_SOON);
        assert_eq!(stayed(&mut run, HOST, 0), ["call/returns"]);
        assert_eq!(stayed(&mut run, HOST, u32::MAX), NONE);
        assert_eq!(waited(&mut run, HOST, 0, S_FALSE), NONE);
        assert_eq!(waited(&mut run, HOST, 0, S_OK), NONE);
        assert_eq!(waited(&mut run, HOST, 0, S_FALSE), ["wait/ended-stays-ended"]);
    }
}

/// An end through a connection of which nobody knows where it leads may have been that of any server.
#[test]
fn an_end_that_went_somewhere_may_have_gone_anywhere() {
    let mut run = Run::new(Profile::Contract);
    run.make(OTHER);
    assert_eq!(connects(&mut run, "tcp:server=box17,port=5005", 0x20), NONE);
    let refused = |run: &mut Run| run.judge(CLIENT, &connect(7001), &Outcome::returned(E_FAIL));
    assert_eq!(refused(&mut run)[0], "connect/live-server-succeeds");
    run.right(CLIENT, &Call::EndProcessServer { server: 0x20 }, S_OK);
    assert_eq!(refused(&mut run), NONE);
    assert_eq!(waited(&mut run, HOST, 0, S_FALSE), NONE);
    assert_eq!(waited(&mut run, HOST, 0, S_OK), NONE);
    // It had no server that could have ended.
    assert_eq!(waited(&mut run, OTHER, 0, S_OK), TOO_SOON);
    let mut run = ended(Profile::Contract);
    assert_eq!(connects(&mut run, "tcp:server=box17,port=5005", 0x20), NONE);
    run.right(CLIENT, &Call::EndProcessServer { server: 0x20 }, S_OK);
    assert_eq!(waited(&mut run, HOST, u32::MAX, S_FALSE), ["wait/ended-is-s-ok"]);
}

/// VER-7: the real engine's table has the wait all the same, or it has not.
#[test]
fn an_old_client_object_may_not_have_the_wait() {
    let first = Caller { client: 1, ..HOST };
    let made = |profile, version| {
        let mut run = ended(profile);
        run.right(first, &Call::DebugCreate { interface: Interface::DebugClient(version) }, S_OK);
        run
    };
    let mut run = made(Profile::Dbgeng, 1);
    assert_eq!(waited(&mut run, first, 0, E_NOTIMPL), NONE);
    assert_eq!(waited(&mut run, first, 0, S_OK), NONE);
    assert_eq!(waited(&mut run, first, 0, E_NOTIMPL), NONE);
    run.right(Caller { client: 1, ..CLIENT }, &Call::DebugCreate { interface: Interface::DebugClient(1) }, S_OK);
    assert_eq!(waited(&mut run, Caller { client: 1, ..CLIENT }, 0, E_NOTIMPL), NONE);
    assert_eq!(waited(&mut made(Profile::Dbgeng, 2), first, 0, E_NOTIMPL), ["wait/ended-is-s-ok"]);
    assert_eq!(waited(&mut made(Profile::Contract, 1), first, 0, S_OK), ["client/version-1-has-no-end"]);
    assert_eq!(waited(&mut made(Profile::Contract, 2), first, 0, S_OK), NONE);
}
