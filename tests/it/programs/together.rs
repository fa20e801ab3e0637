//! Programs that run together share their beginnings.

use std::cell::Cell;

use dbgeng_testkit::Profile;
use dbgeng_testkit::conformance::{
    BrokenRequirement, Execution, Generator, Program, ShortPrograms, execute, execute_all,
};
use dbgeng_testkit::mock::Lab;

fn results(executions: Vec<Execution>) -> Vec<(Vec<BrokenRequirement>, u64, Vec<u64>)> {
    executions.into_iter().map(|execution| (execution.broken, execution.calls, execution.judged)).collect()
}

#[test]
fn programs_that_run_together_are_judged_as_if_each_ran_alone() {
    let mut programs: Vec<Program> =
        ShortPrograms::new(3).chain((0..50).map(|seed| Generator::new(seed, 20).program())).collect();
    // Some are the beginning of another one, and some stand there twice.
    let beginnings = programs.iter().map(|program| Program { steps: program.steps[..1].to_vec(), ..program.clone() });
    programs.extend(beginnings.collect::<Vec<Program>>());
    for (engine, judge) in [(Profile::Contract, Profile::Contract), (Profile::Contract, Profile::Dbgeng)] {
        let make = || Box::new(Lab::new(engine).engine());
        let alone = programs.iter().map(|program| execute(program, make(), judge, false)).collect();
        let together = execute_all(&programs, || make(), judge);
        assert_eq!(results(together), results(alone), "an engine of {engine}, judged by {judge}");
    }
}

#[test]
fn programs_that_begin_alike_start_their_hosts_once() {
    let programs: Vec<Program> = ShortPrograms::new(2).collect();
    let made = Cell::new(0);
    execute_all(
        &programs,
        || {
            made.set(made.get() + 1);
            Box::new(Lab::new(Profile::Contract).engine())
        },
        Profile::Contract,
    );
    assert_eq!(made.get(), 1);
}
