//! A run as text: a line for each call, with handles renumbered in the order in which they were issued, and without times.
//! Two runs that differ only in addresses have the same transcript.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::call::{Call, Caller, Ending, Outcome};
use crate::hresult;
#[cfg(feature = "kit")]
use crate::trace::null_arguments;
use crate::trace::{Event, EventKind, list_arguments, list_outputs};

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptLine {
    /// The name of the process, with the thread and client object unless they are the first.
    pub by: String,
    /// The number of the process.
    pub process: u32,
    /// The call with its arguments, or the text of another event.
    pub call: String,
    /// The ending of the call and its outputs; empty for another event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub outcome: String,
}

impl fmt::Display for TranscriptLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.by, self.call)?;
        if self.outcome.is_empty() { Ok(()) } else { write!(f, " -> {}", self.outcome) }
    }
}

#[cfg(feature = "kit")]
impl TranscriptLine {
    /// Returns the name of the method that is called.
    pub(crate) fn method(&self) -> &str {
        self.call.split_once('(').map_or(&self.call, |(method, _)| method)
    }
}

/// Writes transcripts, event by event.
#[derive(Debug, Default)]
pub struct Transcript {
    /// The newest name of each handle, by process.
    names: HashMap<(u32, u64), Name>,
    issued: usize,
}

/// The facts about the arguments of a call that its line does not tell.
#[cfg(feature = "kit")]
#[derive(Debug, Default)]
pub(crate) struct ArgumentNotes {
    /// The state of the handle that the call names, unless it is connected.
    pub(crate) handle: Option<String>,
    /// The earlier handle with the value that the call issues.
    pub(crate) reissued: Option<String>,
    /// The arguments that are null.
    pub(crate) nulls: Option<String>,
}

#[derive(Debug)]
struct Name {
    number: usize,
    /// Whether it is not disconnected yet: the same value issued again is the same handle then.
    is_open: bool,
}

/// Returns the name of a process in a run of the kit.
pub fn process_name(process: u32) -> String {
    if process == 0 { "client".to_owned() } else { format!("server{process}") }
}

impl Transcript {
    /// Returns the line of an event; `None` for an event that only tells facts.
    pub fn line(&mut self, event: &Event) -> Option<TranscriptLine> {
        match &event.kind {
            EventKind::Computer { .. } => None,
            EventKind::ProcessKilled { process } => Some(plain(*process, "is killed".to_owned())),
            EventKind::Elapsed { process, ms } => Some(plain(*process, format!("{ms} ms pass"))),
            EventKind::Call(recorded) => Some(self.call(recorded.by, &recorded.call, &recorded.outcome)),
        }
    }

    fn call(&mut self, by: Caller, call: &Call, outcome: &Outcome) -> TranscriptLine {
        let (server, is_disconnect) = (call.server(), matches!(call, Call::DisconnectProcessServer { .. }));
        let given = list_arguments(call, &|handle| self.name(by.process, handle));
        let call = format!("{}({given})", call.method());
        if let Some(handle) = outcome.out.server {
            self.issue(by.process, handle);
        }
        let out = list_outputs(outcome, &|handle| self.name(by.process, handle));
        let closed = server.filter(|_| is_disconnect && outcome.succeeded());
        if let Some(name) = closed.and_then(|handle| self.names.get_mut(&(by.process, handle))) {
            name.is_open = false;
        }
        let ending = ending(outcome.ending);
        let outcome = if out.is_empty() { ending } else { format!("{ending}, {out}") };
        TranscriptLine { by: caller(by), process: by.process, call, outcome }
    }

    fn issue(&mut self, process: u32, handle: u64) {
        if !self.names.get(&(process, handle)).is_some_and(|name| name.is_open) {
            self.issued += 1;
            self.names.insert((process, handle), Name { number: self.issued, is_open: true });
        }
    }

    /// Returns the name of a handle. One that was made of another handle is named after the newest from which it can be made.
    fn name(&self, process: u32, handle: u64) -> String {
        if handle == 0 {
            return "0".to_owned();
        }
        if let Some(name) = self.names.get(&(process, handle)) {
            return format!("#{}", name.number);
        }
        let foreign = self.names.iter().filter(|((_, known), _)| *known == handle);
        if let Some(number) = foreign.map(|(_, name)| name.number).min() {
            return format!("#{number}");
        }
        match self.near(process, handle) {
            Some((number, bits)) => format!("#{number}^{bits:#x}"),
            None => format!("{handle:#x}"),
        }
    }

    /// Returns the number of the newest handle of which a value can be made, and the bits in which they differ.
    fn near(&self, process: u32, handle: u64) -> Option<(usize, u64)> {
        let near = self.names.iter().filter(|((of, known), _)| *of == process && is_near(*known, handle));
        near.map(|((_, known), name)| (name.number, known ^ handle)).max()
    }
}

#[cfg(feature = "kit")]
impl Transcript {
    /// Describes the arguments of a call. Its line is not written yet.
    pub(crate) fn notes(&self, recorded: &crate::trace::Recorded) -> ArgumentNotes {
        let process = recorded.by.process;
        let reissued = recorded.outcome.out.server.and_then(|handle| {
            let name = self.names.get(&(process, handle))?;
            let state = if name.is_open { "still connected" } else { "disconnected" };
            Some(format!("it has the value of #{}, which is {state}", name.number))
        });
        let nulls = null_arguments(&recorded.call);
        ArgumentNotes {
            handle: recorded.call.server().and_then(|handle| self.describe(process, handle)),
            reissued,
            nulls: (!nulls.is_empty()).then(|| format!("null: {}", nulls.join(", "))),
        }
    }

    /// Says what an invalid handle is to a process.
    fn describe(&self, process: u32, handle: u64) -> Option<String> {
        if handle == 0 {
            return None;
        }
        let name = self.name(process, handle);
        if let Some(own) = self.names.get(&(process, handle)) {
            return (!own.is_open).then(|| format!("{name} is disconnected"));
        }
        let mut issuers = self.names.keys().filter(|(_, known)| *known == handle).map(|(issuer, _)| *issuer);
        Some(match issuers.next() {
            Some(issuer) => {
                format!("{name} is a handle of {}, not of {}", process_name(issuer), process_name(process))
            }
            None => match self.near(process, handle) {
                Some((number, bits)) => {
                    format!("{name} was never issued; it differs from #{number} in {}", bit_words(bits))
                }
                None => format!("{name} was never issued"),
            },
        })
    }
}

/// Returns bits in words, such as "bit 17".
#[cfg(feature = "kit")]
fn bit_words(bits: u64) -> String {
    let (first, last) = (bits.trailing_zeros(), bits.checked_ilog2().unwrap_or(0));
    match bits.count_ones() {
        1 => format!("bit {first}"),
        2 => format!("the bits {first} and {last}"),
        _ => format!("the bits {first}–{last}"),
    }
}

/// Returns whether two handles differ as one does that was made of the other: in one bit, in a pair of bits 32 apart, or
/// in all of the first or last bits.
pub(crate) fn is_near(one: u64, other: u64) -> bool {
    let bits = one ^ other;
    let lower = bits & u64::from(u32::MAX);
    let is_pair = lower.is_power_of_two() && bits == lower | lower << 32;
    let ones = bits.count_ones();
    bits.is_power_of_two() || is_pair || (ones >= 16 && ones == bits.leading_ones().max(bits.trailing_ones()))
}

/// Escapes text for a Mermaid diagram, in which these marks have a meaning of their own.
pub(crate) fn for_mermaid(text: &str, marks: &[char]) -> String {
    let plain = |letter: char| match letter {
        '\n' => " ".to_owned(),
        mark if marks.contains(&mark) => format!("#{};", u32::from(mark)),
        letter => letter.to_string(),
    };
    text.chars().map(plain).collect()
}

fn plain(process: u32, call: String) -> TranscriptLine {
    TranscriptLine { by: process_name(process), process, call, outcome: String::new() }
}

fn caller(by: Caller) -> String {
    let mut text = process_name(by.process);
    if by.thread != 0 {
        text.push_str(&format!(", thread {}", by.thread));
    }
    if by.client != 0 {
        text.push_str(&format!(", client object {}", by.client));
    }
    text
}

/// Returns an ending in as few words as possible: an HRESULT by its name alone.
pub(crate) fn ending(ending: Ending) -> String {
    match ending {
        Ending::Returned(code) => {
            hresult::name(code).map_or_else(|| hresult::NamedCode(code).to_string(), str::to_owned)
        }
        other => other.to_string(),
    }
}
