//! Shrinks failing programs. Every part of a program is a program, so shrinking is deletion.

use super::parallel::ParallelProgram;
use super::{Program, ProgramHost, Step};

/// Returns the smallest part of a program that still fails. `fails` runs a program.
///
/// ```
/// use dbgeng_testkit::conformance::{Generator, shrink};
///
/// let program = Generator::new(1, 60).program();
/// let smallest = shrink(&program, |program| program.steps.len() > 2);
/// assert_eq!(smallest.steps.len(), 3);
/// ```
pub fn shrink(program: &Program, mut fails: impl FnMut(&Program) -> bool) -> Program {
    until_nothing_goes(program, |smallest| {
        leave_out(smallest, |program| &mut program.steps, &mut fails);
        leave_out_hosts(smallest, |program| &mut program.hosts, &mut fails);
        plain_callers(smallest, |program| &mut program.steps, &mut fails);
    })
}

/// Returns the smallest part of a program of several threads that still fails.
///
/// A race does not show in every run, so `fails` should run a program several times.
pub fn shrink_parallel(program: &ParallelProgram, mut fails: impl FnMut(&ParallelProgram) -> bool) -> ParallelProgram {
    until_nothing_goes(program, |smallest| {
        leave_out(smallest, |program| &mut program.threads, &mut fails);
        leave_out(smallest, |program| &mut program.beginning.steps, &mut fails);
        for thread in 0..smallest.threads.len() {
            leave_out(smallest, |program| &mut program.threads[thread], &mut fails);
            plain_callers(smallest, |program| &mut program.threads[thread], &mut fails);
        }
        leave_out_hosts(smallest, |program| &mut program.beginning.hosts, &mut fails);
        plain_callers(smallest, |program| &mut program.beginning.steps, &mut fails);
    })
}

fn until_nothing_goes<P: Clone + PartialEq>(program: &P, mut make_smaller: impl FnMut(&mut P)) -> P {
    let mut smallest = program.clone();
    loop {
        let before = smallest.clone();
        make_smaller(&mut smallest);
        if smallest == before {
            return smallest;
        }
    }
}

/// Leaves out large pieces first, then smaller ones.
fn leave_out<P: Clone, T>(program: &mut P, part: impl Fn(&mut P) -> &mut Vec<T>, fails: &mut impl FnMut(&P) -> bool) {
    let mut piece = part(program).len();
    while piece > 0 {
        let mut at = 0;
        while at < part(program).len() {
            let mut shorter = program.clone();
            let part = part(&mut shorter);
            let end = (at + piece).min(part.len());
            part.drain(at..end);
            if fails(&shorter) { *program = shorter } else { at = end }
        }
        piece /= 2;
    }
}

fn leave_out_hosts<P: Clone>(
    program: &mut P,
    hosts: impl Fn(&mut P) -> &mut Vec<ProgramHost>,
    fails: &mut impl FnMut(&P) -> bool,
) {
    for at in (0..hosts(program).len()).rev() {
        let mut smaller = program.clone();
        hosts(&mut smaller).remove(at);
        if fails(&smaller) {
            *program = smaller;
        }
    }
}

/// Uses the main thread, client object and process wherever that still fails.
fn plain_callers<P: Clone + PartialEq>(
    program: &mut P,
    steps: impl Fn(&mut P) -> &mut Vec<Step>,
    fails: &mut impl FnMut(&P) -> bool,
) {
    for at in 0..steps(program).len() {
        for part in 0..3 {
            let mut plainer = program.clone();
            let Step::Call { by, .. } = &mut steps(&mut plainer)[at] else { continue };
            *[&mut by.thread, &mut by.client, &mut by.process][part] = 0;
            if plainer != *program && fails(&plainer) {
                *program = plainer;
            }
        }
    }
}
