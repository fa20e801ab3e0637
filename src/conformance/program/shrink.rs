//! Makes a failing program small. Every part of a program is a program, so shrinking is deletion.

use super::{Program, Step};

/// The smallest program to be had from this one by leaving things out that still fails. `fails` runs a program.
pub fn shrink(program: &Program, mut fails: impl FnMut(&Program) -> bool) -> Program {
    let mut smallest = program.clone();
    loop {
        let before = smallest.clone();
        leave_out_steps(&mut smallest, &mut fails);
        leave_out_hosts(&mut smallest, &mut fails);
        plain_callers(&mut smallest, &mut fails);
        if smallest == before {
            return smallest;
        }
    }
}

/// Large pieces first, then smaller ones.
fn leave_out_steps(program: &mut Program, fails: &mut impl FnMut(&Program) -> bool) {
    let mut piece = program.steps.len();
    while piece > 0 {
        let mut at = 0;
        while at < program.steps.len() {
            let end = (at + piece).min(program.steps.len());
            let mut shorter = program.clone();
            shorter.steps.drain(at..end);
            if fails(&shorter) { *program = shorter } else { at = end }
        }
        piece /= 2;
    }
}

fn leave_out_hosts(program: &mut Program, fails: &mut impl FnMut(&Program) -> bool) {
    for at in (0..program.hosts.len()).rev() {
        let mut smaller = program.clone();
        smaller.hosts.remove(at);
        if fails(&smaller) {
            *program = smaller;
        }
    }
}

/// The main thread, client object and process where any will do.
fn plain_callers(program: &mut Program, fails: &mut impl FnMut(&Program) -> bool) {
    for at in 0..program.steps.len() {
        for part in 0..3 {
            let mut plainer = program.clone();
            let Step::Call { by, .. } = &mut plainer.steps[at] else { continue };
            *[&mut by.thread, &mut by.client, &mut by.process][part] = 0;
            if plainer != *program && fails(&plainer) {
                *program = plainer;
            }
        }
    }
}
