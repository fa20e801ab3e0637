//! Minimal reproducers: programs that break a requirement, with a trace and a Rust test.

use std::io::{self, Write};

use super::Suite;
use crate::conformance::judge::failure::{BrokenSoFar, reported};
use crate::conformance::judge::lanes::Lanes;
use crate::conformance::judge::run::Execution;
use crate::conformance::program::parallel::ParallelProgram;
use crate::conformance::report::rust_test::{parallel_rust_test, rust_test};
use crate::conformance::report::{Counterexample, ReportedFailure, Verdict};
use crate::model::Violation;
use crate::spec::Requirement;
use crate::trace::{EngineName, Event, Header, Writer};
use crate::transcript::{Transcript, TranscriptLine, process_name};

/// Builds the counterexample of a requirement from a run that breaks it. The run has captured its events.
pub(crate) fn counterexample(suite: &Suite, execution: &Execution, requirement: Requirement) -> Counterexample {
    build(suite, execution, requirement, |seq, violation| rust_test(seq, violation, &execution.events))
}

/// Builds the counterexample of a run that is not minimal: it has no Rust test.
pub(crate) fn unshrunk_counterexample(
    suite: &Suite,
    execution: &Execution,
    requirement: Requirement,
) -> Counterexample {
    build(suite, execution, requirement, |_, _| String::new())
}

/// Builds the counterexample of a program of several threads.
pub(crate) fn parallel_counterexample(
    suite: &Suite,
    program: &ParallelProgram,
    execution: &Execution,
    requirement: Requirement,
) -> Counterexample {
    build(suite, execution, requirement, |_, violation| parallel_rust_test(violation, program, suite.profile))
}

fn build(
    suite: &Suite,
    execution: &Execution,
    requirement: Requirement,
    test: impl FnOnce(u64, &Violation) -> String,
) -> Counterexample {
    let first = execution.broken.iter().find(|broken| broken.violation.requirement == requirement);
    let (mut transcript, mut calls, mut failure): (_, Vec<TranscriptLine>, _) =
        (Transcript::default(), Vec::new(), None);
    for event in &execution.events {
        let wrong = first.filter(|broken| broken.seq == event.seq);
        let notes = wrong.and(event.call()).map(|recorded| transcript.notes(recorded)).unwrap_or_default();
        calls.extend(transcript.line(event));
        if let Some(broken) = wrong {
            let at = calls.len().checked_sub(1);
            failure = Some(reported(&broken.violation, at, &notes, &broken_until(suite, execution, broken.seq)));
        }
    }
    let failure = failure.unwrap_or_else(|| ReportedFailure {
        requirement: Some(requirement),
        call: None,
        expected: "the same outcomes in every run".to_owned(),
        actual: "a run without the violation".to_owned(),
        note: None,
        also: Vec::new(),
        later: Vec::new(),
    });
    Counterexample {
        verdict: Verdict::Fail,
        failure,
        lanes: first.map_or_else(String::new, |broken| lanes(execution, broken.seq)),
        trace: trace(suite, requirement, &execution.events),
        test: first.map(|broken| test(broken.seq, &broken.violation)).unwrap_or_default(),
        calls,
    }
}

/// Returns the requirements that a run broke by this call or an earlier one.
fn broken_until(suite: &Suite, execution: &Execution, seq: u64) -> BrokenSoFar {
    let mut broken = BrokenSoFar::default();
    for earlier in execution.broken.iter().filter(|earlier| earlier.seq <= seq) {
        broken.add(suite.profile, earlier.violation.requirement);
    }
    broken
}

/// Draws the calls for which no order is allowed, if the wrong call is one of them.
fn lanes(execution: &Execution, seq: u64) -> String {
    let Execution { events, unordered, .. } = execution;
    let is_one = unordered.iter().any(|event| event.seq == seq);
    if is_one { Lanes::among(events, unordered, &processes(events)).to_string() } else { String::new() }
}

/// Returns the names of the processes by their numbers.
fn processes(events: &[Event]) -> Vec<String> {
    (0..=events.iter().map(Event::process).max().unwrap_or(0)).map(process_name).collect()
}

fn trace(suite: &Suite, requirement: Requirement, events: &[Event]) -> String {
    // The trace is judged again by the rules of the suite.
    let engine = EngineName { name: suite.name.clone(), ..EngineName::of_mock(suite.profile) };
    let header = Header::new(engine, requirement.id(), "a minimal reproducer of a violation");
    let written = write_trace(Vec::new(), &header, events).expect("memory takes every line");
    String::from_utf8(written).expect("a line is UTF-8")
}

/// Writes the events of a run as a trace.
pub(crate) fn write_trace<W: Write>(output: W, header: &Header, events: &[Event]) -> io::Result<W> {
    let processes = processes(events);
    let mut writer = Writer::new(output, header)?;
    events.iter().try_for_each(|event| writer.event(event, &processes))?;
    Ok(writer.into_inner())
}
