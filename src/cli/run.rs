//! `run`: random programs against the mock engine, judged by the model.

use std::io::{self, Write};

use dbgeng_testkit::conformance::{Execution, Generator, Program, execute, shrink};
use dbgeng_testkit::mock::Lab;
use dbgeng_testkit::spec::Requirement;
use dbgeng_testkit::trace::{EngineName, Header, Writer};
use dbgeng_testkit::{Engine, Profile};

use super::{ProfileName, Status, complain};

/// How many steps a program has at the most.
const MOST_STEPS: usize = 60;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What the mock answers by, and what it is judged by.
    #[arg(long, value_enum, default_value = "contract")]
    profile: ProfileName,
    /// How many programs.
    #[arg(long, default_value_t = 10_000)]
    programs: u64,
    /// The seed of the first program; each later one has the next.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

pub(super) fn main(arguments: &Arguments, output: &mut dyn Write) -> io::Result<Status> {
    if arguments.programs == 0 {
        return Ok(complain(&io::Error::other("no programs to run")));
    }
    let profile: Profile = arguments.profile.into();
    let mut judged = vec![0; Requirement::ALL.len()];
    let mut calls = 0;
    for seed in (0..arguments.programs).map(|number| arguments.seed.wrapping_add(number)) {
        let program = Generator::new(seed, MOST_STEPS).program();
        let execution = execute(&program, engine(profile), profile, false);
        if !execution.broken.is_empty() {
            return failed(profile, seed, &program, &execution, output);
        }
        calls += execution.calls;
        judged.iter_mut().zip(execution.judged).for_each(|(total, times)| *total += times);
    }
    let Arguments { programs, seed, .. } = arguments;
    writeln!(output, "The mock engine, profile {profile}: {programs} programs from seed {seed}, {calls} calls.")?;
    writeln!(output)?;
    for (requirement, times) in Requirement::ALL.iter().zip(&judged).filter(|(_, times)| **times > 0) {
        writeln!(output, "  held {times:>9} times  {:<6} {requirement}", requirement.level())?;
    }
    let held = judged.iter().filter(|times| **times > 0).count();
    writeln!(output)?;
    writeln!(output, "{held} requirements held, none was broken.")?;
    Ok(Status::Holds)
}

fn engine(profile: Profile) -> Box<dyn Engine> {
    Box::new(Lab::new(profile).engine())
}

/// The smallest program that breaks the same requirement, as a trace.
fn failed(
    profile: Profile,
    seed: u64,
    program: &Program,
    execution: &Execution,
    output: &mut dyn Write,
) -> io::Result<Status> {
    let broken: Vec<_> = execution.broken.iter().map(|(_, violation)| violation.requirement).collect();
    let smallest = shrink(program, |program| {
        let found = execute(program, engine(profile), profile, false).broken;
        found.iter().any(|(_, violation)| broken.contains(&violation.requirement))
    });
    let execution = execute(&smallest, engine(profile), profile, true);
    for (seq, violation) in &execution.broken {
        writeln!(output, "seq {seq}: {} {violation}", violation.requirement.level())?;
    }
    let again = format!("dbgeng-testkit run --profile {profile} --seed {seed} --programs 1");
    writeln!(output, "\nTo see it again: {again}\n")?;
    let name = EngineName {
        name: "dbgeng-testkit mock".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: format!("profile {profile}"),
    };
    let mut trace = Writer::new(output, &Header::new(name, format!("seed-{seed}"), "the smallest failing program"))?;
    let processes: Vec<String> = (0..=smallest.hosts.len())
        .map(|number| if number == 0 { "client".into() } else { format!("server{number}") })
        .collect();
    for event in &execution.events {
        trace.event(event, &processes)?;
    }
    Ok(Status::Fails)
}
