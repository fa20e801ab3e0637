//! Programs as JSON, for child processes and for harnesses in other languages.
//!
//! A step has the parameters of its call under their documented names. A handle is written by its position: `"#1"` is
//! what the first ConnectProcessServer issued, `"#1^0x8"` the same with bits flipped, `"open 0"` and `"stale 0"` the
//! first open and the first stale handle, and `"0x12345678"` a value that was never issued. A process id is `"only"`,
//! `"nobody"`, `"nth 0"`, `"nth 0^0x8"`, `"highest"` or 0.

pub(crate) mod parallel;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Alteration, HandleName, ProcessRef, Program, ProgramHost, Step};
use crate::call::Caller;
use crate::client::HostLocation;
use crate::sentence::debug_as_display;
use crate::trace::{JsonProblem, arguments, call, parse_document};

/// The text is not a valid program.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MalformedProgram(String);

impl From<JsonProblem> for MalformedProgram {
    fn from(problem: JsonProblem) -> MalformedProgram {
        MalformedProgram(problem.not_a("program"))
    }
}

debug_as_display!(MalformedProgram);

impl Program {
    /// Returns the program as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&ProgramJson::of(self)).expect("a program holds nothing that JSON cannot express")
    }

    /// Reads a program from JSON.
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON, or not a program; the error names the line and column, or the step.
    pub fn from_json(text: &str) -> Result<Program, MalformedProgram> {
        let ProgramFile { hosts, steps, .. } = parse_document(text)?;
        ProgramJson { hosts, steps }.program().map_err(MalformedProgram)
    }
}

/// A program as people write it. `fixtures/program.schema.json` describes it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramFile {
    /// Tells an editor where the schema is.
    #[serde(default, rename = "$schema")]
    _schema: String,
    hosts: Vec<HostJson>,
    steps: Vec<StepJson>,
}

/// A program as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProgramJson {
    pub(crate) hosts: Vec<HostJson>,
    pub(crate) steps: Vec<StepJson>,
}

/// A host as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HostJson {
    #[serde(default, skip_serializing_if = "is_default")]
    elsewhere: bool,
    options: Option<String>,
}

/// A step as JSON: a call, or the end of a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StepJson {
    #[serde(default, skip_serializing_if = "is_default")]
    process: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    thread: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    client: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    kill: bool,
    /// The length of a pause in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<u32>,
    #[serde(default, rename = "in", skip_serializing_if = "Map::is_empty")]
    input: Map<String, Value>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The end of the error on a handle's name.
const HANDLE_NAMES: &str = r##"write "#1", "#1^0x8", "open 0", "stale 0" or a number such as "0x1234""##;

/// The parameters that hold a process id.
const PROCESS_IDS: [&str; 3] = ["ProcessId", "SystemId", "SysId"];

impl ProgramJson {
    pub(crate) fn of(program: &Program) -> ProgramJson {
        let host = |host: &ProgramHost| HostJson {
            elsewhere: host.place == HostLocation::Elsewhere,
            options: host.options.clone(),
        };
        ProgramJson {
            hosts: program.hosts.iter().map(host).collect(),
            steps: program.steps.iter().map(StepJson::of).collect(),
        }
    }

    pub(crate) fn program(self) -> Result<Program, String> {
        let place = |elsewhere| if elsewhere { HostLocation::Elsewhere } else { HostLocation::Here };
        let hosts =
            self.hosts.into_iter().map(|host| ProgramHost { place: place(host.elsewhere), options: host.options });
        Ok(Program { hosts: hosts.collect(), steps: steps(self.steps)? })
    }
}

fn steps(json: Vec<StepJson>) -> Result<Vec<Step>, String> {
    let steps = json.into_iter().enumerate();
    steps.map(|(at, step)| step.step().map_err(|error| format!("step {}: {error}", at + 1))).collect()
}

impl StepJson {
    pub(crate) fn of(step: &Step) -> StepJson {
        match step {
            Step::Kill { process } => StepJson { process: *process, kill: true, ..StepJson::default() },
            Step::Pause { ms } => StepJson { pause: Some(*ms), ..StepJson::default() },
            Step::Call { by, call, handle, target } => {
                let mut input = arguments(call);
                if call.server().is_some() {
                    input.insert("Server".to_owned(), handle_name(*handle).into());
                }
                if call.process_id().is_some_and(|id| id != 0) {
                    for name in PROCESS_IDS {
                        if let Some(id) = input.get_mut(name) {
                            *id = target_name(*target).into();
                        }
                    }
                }
                let Caller { process, thread, client } = *by;
                let call = Some(call.method().name().to_owned());
                StepJson { process, thread, client, call, input, ..StepJson::default() }
            }
        }
    }

    pub(crate) fn is_call(&self) -> bool {
        self.call.is_some()
    }

    /// Returns the step, unless there is more than it has.
    fn alone(&self, step: Step, error: &str) -> Result<Step, String> {
        if *self == StepJson::of(&step) { Ok(step) } else { Err(error.to_owned()) }
    }

    fn step(mut self) -> Result<Step, String> {
        let method = match (self.call.take(), self.kill, self.pause) {
            (Some(method), false, None) => method,
            (None, true, None) => {
                let kill = Step::Kill { process: self.process };
                return self.alone(kill, "a kill has a process and nothing else; leave out its other members");
            }
            (None, false, Some(ms)) => {
                return self
                    .alone(Step::Pause { ms }, "a pause has a length and nothing else; leave out its other members");
            }
            _ => return Err("a step has a call, a kill or a pause; give one of them".to_owned()),
        };
        let by = Caller { process: self.process, thread: self.thread, client: self.client };
        let mut handle = HandleName::Zero;
        if let Some(Value::String(name)) = self.input.get_mut("Server") {
            handle = read_handle(name).ok_or_else(|| format!("no handle is called {name:?}; {HANDLE_NAMES}"))?;
            "0x0".clone_into(name);
        }
        let mut target = ProcessRef::Unknown;
        for parameter in PROCESS_IDS {
            match self.input.get_mut(parameter) {
                Some(value) if *value != 0 => {
                    let name = value.as_str().and_then(read_target);
                    target = name.ok_or_else(|| {
                        format!("no process is called {value}; write \"only\", \"system\", \"nobody\", \"highest\", \"nth 0\" or 0")
                    })?;
                    *value = 1.into();
                }
                _ => {}
            }
        }
        Ok(Step::Call { by, call: call(&method, self.input)?, handle, target })
    }
}

fn handle_name(handle: HandleName) -> String {
    match handle {
        HandleName::Open(n) => format!("open {n}"),
        HandleName::Stale(n) => format!("stale {n}"),
        HandleName::Issued(n) => format!("#{}", n + 1),
        HandleName::Altered(n, Alteration::Flipped(bits)) => format!("#{}^{bits:#x}", n + 1),
        HandleName::Altered(n, Alteration::LowHalf) => format!("#{} low half", n + 1),
        HandleName::Altered(n, Alteration::SignExtended) => format!("#{} sign extended", n + 1),
        HandleName::Altered(n, Alteration::HalvesSwapped) => format!("#{} halves swapped", n + 1),
        HandleName::Altered(n, Alteration::Plus(difference)) => format!("#{}+{difference:#x}", n + 1),
        HandleName::Raw(value) => format!("{value:#x}"),
        HandleName::Zero => "0x0".to_owned(),
    }
}

fn read_handle(name: &str) -> Option<HandleName> {
    let hexadecimal = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    let issued = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
    if let Some(number) = name.strip_prefix('#') {
        let end = number.find(['^', ' ', '+']).unwrap_or(number.len());
        let (number, altered) = number.split_at(end);
        let alteration = match altered {
            "" => return issued(number).map(HandleName::Issued),
            " low half" => Alteration::LowHalf,
            " sign extended" => Alteration::SignExtended,
            " halves swapped" => Alteration::HalvesSwapped,
            _ => match altered.split_at(1) {
                ("^", bits) => Alteration::Flipped(hexadecimal(bits)?),
                ("+", difference) => Alteration::Plus(hexadecimal(difference)?),
                _ => return None,
            },
        };
        return Some(HandleName::Altered(issued(number)?, alteration));
    }
    match name.split_once(' ') {
        Some(("open", number)) => number.parse().ok().map(HandleName::Open),
        Some(("stale", number)) => number.parse().ok().map(HandleName::Stale),
        _ => hexadecimal(name).map(|value| if value == 0 { HandleName::Zero } else { HandleName::Raw(value) }),
    }
}

fn target_name(target: ProcessRef) -> String {
    match target {
        ProcessRef::Nth(n) => format!("nth {n}"),
        ProcessRef::Altered(n, bits) => format!("nth {n}^{bits:#x}"),
        ProcessRef::Highest => "highest".to_owned(),
        ProcessRef::Only => "only".to_owned(),
        ProcessRef::System => "system".to_owned(),
        ProcessRef::Unknown => "nobody".to_owned(),
    }
}

fn read_target(name: &str) -> Option<ProcessRef> {
    match name {
        "only" => Some(ProcessRef::Only),
        "system" => Some(ProcessRef::System),
        "nobody" => Some(ProcessRef::Unknown),
        "highest" => Some(ProcessRef::Highest),
        _ => {
            let number = name.strip_prefix("nth ")?;
            let Some((number, bits)) = number.split_once("^0x") else {
                return number.parse().ok().map(ProcessRef::Nth);
            };
            Some(ProcessRef::Altered(number.parse().ok()?, u32::from_str_radix(bits, 16).ok()?))
        }
    }
}
