//! Faults and happenings that never came about, in the words of those who have set them up.

use super::world::{
    ActiveFault, CallSelector, ComputerId, Condition, Decision, DueAt, Effect, EngineId, World, WorldEvent,
};
use crate::hresult::NamedCode;

/// Returns the faults that have not applied to any call and the happenings that have not happened.
pub(super) fn of(world: &World) -> Vec<String> {
    if world.excuses_unused {
        return Vec::new();
    }
    let words = Words { world, processes: world.process_names() };
    let faults = world.faults.unused().map(|fault| words.fault(fault));
    let events = world.schedule.unused().map(|(due, event, place)| {
        format!("{} has not happened: {}\n    set up at {place}", words.event(event), words.due(due))
    });
    faults.chain(events).collect()
}

/// Returns the same, and how to let a test pass without them.
pub(super) fn explained(world: &World) -> Vec<String> {
    let mut unused = of(world);
    if !unused.is_empty() {
        unused.push("(a fault or a happening that may stay away is `optional`)".to_owned());
    }
    unused
}

/// The names of the parts of a lab.
struct Words<'a> {
    world: &'a World,
    processes: Vec<String>,
}

impl Words<'_> {
    fn fault(&self, fault: &ActiveFault) -> String {
        let ActiveFault { rule, matched, declined, saw_no_call, set_up, .. } = fault;
        let mut text = format!("Fault::{}", effect(rule.effect));
        for condition in &rule.conditions {
            text.push_str(&match condition {
                Condition::Method(method) => format!(".of({method})"),
                Condition::Caller(engine) => format!(".by({})", self.process(*engine)),
                Condition::Host(engine) => format!(".at({})", self.process(*engine)),
                Condition::Process(computer, id) => format!(".about_process({}, {id})", self.computer(*computer)),
                Condition::Program(program) => format!(".about_program({program:?})"),
                Condition::Predicate(predicate) => format!(".when({predicate:?})"),
            });
        }
        text.push_str(&match rule.which {
            CallSelector::Every | CallSelector::Call(_) => String::new(),
            CallSelector::Nth(n) => format!(".on_nth({n})"),
            CallSelector::First(n) => format!(".on_first({n})"),
            CallSelector::PerMillion(rate, seed) => format!(".with_probability({}, {seed})", f64::from(rate) / 1e6),
        });
        let calls = match (*matched, *declined) {
            _ if *saw_no_call => {
                "its guard was dropped before the next call, and the fault ends with it: bind it to a name".to_owned()
            }
            (0, 0) => "no call is of its kind".to_owned(),
            (0, 1) => "its condition on the arguments does not hold for the 1 call of its kind".to_owned(),
            (0, many) => format!("its condition on the arguments holds for none of the {many} calls of its kind"),
            (1, _) => "1 call is of its kind".to_owned(),
            (many, _) => format!("{many} calls are of its kind"),
        };
        let place = set_up.as_ref().map_or(String::new(), |place| format!("\n    set up at {place}"));
        format!("{text} has not applied: {calls}{place}")
    }

    fn event(&self, event: &WorldEvent) -> String {
        match event {
            WorldEvent::ProcessStarts { computer, exe } => {
                format!("Happening::process_starts({}, {exe:?})", self.computer(*computer))
            }
            WorldEvent::ProcessEnds { computer, id } => {
                format!("Happening::process_ends({}, {id})", self.computer(*computer))
            }
            WorldEvent::HostDies(host) => format!("Happening::host_dies({})", self.process(*host)),
            WorldEvent::HostRestarts(host) => format!("Happening::host_restarts({})", self.process(*host)),
            WorldEvent::AllHostsDie => "Happening::hosts_die()".to_owned(),
            WorldEvent::PipeAppears(server) => format!("the pipe of {}", self.world.server_name(*server)),
            WorldEvent::CallIsWatched => "the watch of a sweep".to_owned(),
        }
    }

    fn due(&self, due: DueAt) -> String {
        match due {
            DueAt::Call(call) => format!("it is due before call {call}, and there were {}", self.world.calls),
            DueAt::Time(ms) => format!("it is due at {ms} ms, and the lab's clock is at {} ms", self.world.clock.now),
        }
    }

    fn process(&self, engine: EngineId) -> &str {
        &self.processes[engine.0 as usize]
    }

    fn computer(&self, computer: ComputerId) -> &str {
        self.world.computers[computer].names.first().map_or("", String::as_str)
    }
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::Delay(ms) => format!("delay({ms})"),
        Effect::Decide(Decision::Fail(code)) => format!("fail({})", NamedCode(code)),
        Effect::Decide(Decision::LoseBefore) => "lose_connection_before()".to_owned(),
        Effect::Decide(Decision::LoseAfter) => "lose_connection_after()".to_owned(),
        Effect::Decide(Decision::EndProcess) => "process_ends()".to_owned(),
    }
}
