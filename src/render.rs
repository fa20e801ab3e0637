//! The spec as text: Markdown with the state machines as Mermaid diagrams, what changed between versions of the engine, and
//! explanations of single requirements.

mod explain;
mod links;
mod method;
mod versions;

pub use explain::{UnknownId, explain, explanation, fact};
pub use method::method;
pub use versions::{behaviour, versions};

use std::fmt::{self, Write};

use crate::call::Ending;
use crate::hresult::{NamedCode, S_OK};
use crate::profile::Profile;
use crate::spec::{Requirement, RequirementFacts};
use crate::state::{
    Answer, CallingThread, HandleArgument, HandleContext, HandleState, Holds, ServerEvent, ServerLife, Use, rule,
};
use links::{code, definitions, links};

const INTRODUCTION: &str = "\
# The process-server contract

Rendered from `requirements.json` by `INSTA_UPDATE=always cargo test`; a test fails when it is stale.

A requirement binds by its level (MUST, SHOULD, MAY) and rests on a basis: *documented* (the public documentation or
header says so), *required* (the documentation leaves it open, and anything else is unsafe), *inferred* (it follows from
documented facts), *observed* (the real engine does so). The profile `contract` judges by the first three; the profile
`dbgeng` judges by what the real engine does, its deviations included. Where a requirement names profiles, it holds in those
alone; `dbgeng@` and a version stands for that version of the engine, and [What changed between versions](versions.md) sums
them up. Each source is a fact of the [evidence](sources/README.md): the documentation and the headers, their open questions
([Q-3]), the observations ([OBS-7]), and the design's own demands ([DESIGN-2]).
";

/// Returns the whole spec, as `spec/SPEC.md` holds it.
pub fn markdown() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## State machines\n\nThe life of a handle:\n\n```mermaid\n");
    text.push_str(&handle_diagram());
    text.push_str("```\n\nThe life of a process server:\n\n```mermaid\n");
    text.push_str(&server_diagram());
    text.push_str("```\n\n## Requirements\n");
    let mut area = "";
    for requirement in Requirement::ALL.into_iter().filter(|requirement| requirement.facts().untestable.is_none()) {
        if requirement.area() != area {
            area = requirement.area();
            text.push_str(&format!("\n### {area}\n\n"));
        }
        item(requirement, &mut text);
    }
    text.push_str("\n## Untested\n\nNo outcome of a call can show whether these hold.\n\n");
    for requirement in Requirement::ALL.into_iter().filter(|requirement| requirement.facts().untestable.is_some()) {
        item(requirement, &mut text);
    }
    let definitions = definitions(&text);
    text + "\n" + &definitions
}

fn item(requirement: Requirement, text: &mut String) {
    let facts = requirement.facts();
    let sources = links(&facts.sources);
    let scope = match facts.scope() {
        [] => String::new(),
        profiles => format!("; {} alone", code(profiles)),
    };
    let RequirementFacts { level, basis, statement, .. } = facts;
    text.push_str(&format!(
        "- <a id=\"{requirement}\"></a>**{requirement}** ({level}, {basis}{scope}; {sources}): {statement}\n"
    ));
    for deviation in &facts.deviations {
        let traces = deviation.traces.join("`, `");
        let sources = links(&deviation.sources);
        let engine = match &*deviation.profiles {
            [] => "The real engine".to_owned(),
            profiles => format!("The real engine ({} alone)", code(profiles)),
        };
        text.push_str(&format!("  *{engine}:* {} ({sources}; `{traces}`)\n", deviation.statement));
    }
    if let Some(why) = &facts.untestable {
        text.push_str(&format!("  *Untested:* {why}\n"));
    }
}

/// Returns the state machines alone, as Mermaid.
pub fn mermaid() -> String {
    format!("{}\n{}", handle_diagram(), server_diagram())
}

/// A step of a state machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transition<S> {
    pub(crate) from: S,
    /// The call or the event that takes the step.
    pub(crate) by: &'static str,
    /// Whether the call returns an error.
    pub(crate) is_refused: bool,
    pub(crate) to: S,
}

/// Reads the contract's machine of a handle off the rules.
pub(crate) fn handle_steps() -> Vec<Transition<HandleState>> {
    let connect = Transition {
        from: HandleState::Unconnected,
        by: "ConnectProcessServer",
        is_refused: false,
        to: HandleState::Connected,
    };
    let mut steps = vec![connect];
    for from in HandleState::ALL {
        for usage in Use::ALL {
            let context = HandleContext { server: ServerLife::Running, ..HandleContext::NOTHING };
            let rule = rule(Profile::Contract, usage, HandleArgument::Handle(from, context));
            let is_refused = matches!(rule.answer, Answer::Refuse(_));
            if is_refused && rule.allowed.contains(Ending::Returned(S_OK)) {
                continue;
            }
            steps.push(Transition { from, by: name(usage), is_refused, to: rule.next });
        }
    }
    steps
}

/// Reads the machine of a process server off its life.
pub(crate) fn server_steps() -> Vec<Transition<ServerLife>> {
    let mut steps = Vec::new();
    for from in ServerLife::ALL {
        for event in [ServerEvent::Started, ServerEvent::EndRequested, ServerEvent::HostGone] {
            let to = from.after(event);
            if to != from {
                steps.push(Transition { from, by: event_name(event), is_refused: false, to });
            }
        }
    }
    steps
}

fn handle_diagram() -> String {
    format!("stateDiagram-v2\n    [*] --> Unconnected\n{}", drawn(&handle_steps()))
}

fn server_diagram() -> String {
    format!("stateDiagram-v2\n    [*] --> NotStarted\n{}    Gone --> [*]\n", drawn(&server_steps()))
}

fn drawn<S: fmt::Debug>(steps: &[Transition<S>]) -> String {
    let refused = |step: &Transition<S>| if step.is_refused { ": an error" } else { "" };
    let line = |step: &Transition<S>| format!("    {:?} --> {:?}: {}{}\n", step.from, step.to, step.by, refused(step));
    steps.iter().map(line).collect()
}

fn event_name(event: ServerEvent) -> &'static str {
    match event {
        ServerEvent::Started => "StartProcessServer",
        ServerEvent::EndRequested => "EndProcessServer",
        ServerEvent::HostGone => "the host leaves or is killed",
    }
}

fn name(usage: Use) -> &'static str {
    match usage {
        Use::Disconnect => "DisconnectProcessServer",
        Use::End => "EndProcessServer",
        Use::Query => "query",
        Use::Target => "attach, create",
    }
}

/// Returns every rule of a profile, a line for each case. A context has a line of its own where it makes a difference.
pub fn transitions(profile: Profile) -> String {
    let mut text = String::new();
    for usage in Use::ALL {
        row(&mut text, profile, usage, HandleArgument::Zero, "zero");
        for state in HandleState::ALL.into_iter().filter(|state| !state.is_live()) {
            rows(&mut text, profile, usage, (state, ServerLife::NotStarted), &format!("{state:?}"));
        }
        for state in HandleState::ALL.into_iter().filter(|state| state.is_live()) {
            for server in ServerLife::ALL.into_iter().filter(|server| *server != ServerLife::NotStarted) {
                rows(&mut text, profile, usage, (state, server), &format!("{state:?}, server {server:?}"));
            }
        }
    }
    text
}

fn rows(text: &mut String, profile: Profile, usage: Use, (state, server): (HandleState, ServerLife), at: &str) {
    let usual = HandleContext { server, ..HandleContext::NOTHING };
    let argument = |context| HandleArgument::Handle(state, context);
    row(text, profile, usage, argument(usual), at);
    let others = [
        (HandleContext { thread: CallingThread::Other, ..usual }, "from another thread"),
        (HandleContext { holds: Holds::NEW.joined(CallingThread::Connecting), ..usual }, "which a session holds"),
        (HandleContext { in_use: true, ..usual }, "beside an open connection"),
    ];
    for (context, how) in others {
        if rule(profile, usage, argument(context)) != rule(profile, usage, argument(usual)) {
            row(text, profile, usage, argument(context), &format!("{at}, {how}"));
        }
    }
}

fn row(text: &mut String, profile: Profile, usage: Use, argument: HandleArgument, at: &str) {
    let rule = rule(profile, usage, argument);
    let answer = match rule.answer {
        Answer::Succeed => "S_OK".to_owned(),
        Answer::Serve => "goes on".to_owned(),
        Answer::Refuse(code) => NamedCode(code).to_string(),
    };
    let observed = rule.observed.map_or(String::new(), |(by, code)| format!("; {} [{by}]", NamedCode(code)));
    let _ = writeln!(
        text,
        "{usage:?} on {at}: {} [{}]{observed} | mock: {answer} -> {:?}",
        rule.allowed, rule.requirement, rule.next
    );
}
