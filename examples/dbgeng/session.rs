//! The world of this process, and what is known against its caller.

use std::fs::File;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use dbgeng_testkit::com::{Refusal, on_refusal};
use dbgeng_testkit::mock::{Lab, LabEngine, Scenario};
use dbgeng_testkit::trace::read_text;

use crate::end;
use crate::settings::{SCENARIO, STRICT, Settings, print};

/// The exit status of a process that is not clean, if [`STRICT`] is 1.
const NOT_CLEAN: i32 = 86;

/// How many wrong calls on client objects are kept: the first ones, as a loop makes the same again and again.
const MOST: usize = 1_000;

/// A world, or why there is none.
type Made = Result<World, String>;

struct World {
    lab: Lab,
    /// The engine of this process.
    engine: LabEngine,
}

/// The findings and leftovers of a time, in words.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Complaint {
    pub(crate) count: usize,
    pub(crate) text: String,
}

impl Complaint {
    fn add(&mut self, count: usize, text: &str) {
        self.count += count;
        self.text.push_str(text);
        self.text.push('\n');
    }
}

/// Everything that the library keeps for this process.
pub(crate) struct Session {
    settings: Settings,
    /// The process that this is. One that is forked from it reports nothing.
    process: u32,
    world: Made,
    /// DebugCreate has said why there is no world.
    is_told: bool,
    /// Calls on client objects without a reference, and callbacks that crash the real engine.
    wrong_objects: Complaint,
    /// The complaint that the caller has read last.
    read: Complaint,
    /// The complaints of earlier worlds that the caller has not read.
    earlier: Complaint,
}

static SESSION: Mutex<Option<Session>> = Mutex::new(None);

/// Works with the session, which begins with the first use.
pub(crate) fn with<T>(work: impl FnOnce(&mut Session) -> T) -> T {
    let mut session = SESSION.lock().unwrap_or_else(PoisonError::into_inner);
    work(session.get_or_insert_with(Session::begin))
}

impl Session {
    fn begin() -> Session {
        end::stay_loaded();
        on_refusal(note);
        let settings = Settings::read();
        let world = match &settings.scenario {
            None => Ok(World::new(Lab::new(Default::default()))),
            Some(path) => World::read(path).map_err(|error| format!("{SCENARIO}: {error}")),
        };
        Session {
            settings,
            process: std::process::id(),
            world,
            is_told: false,
            wrong_objects: Complaint::default(),
            read: Complaint::default(),
            earlier: Complaint::default(),
        }
    }

    /// Returns the engine. If there is none, says why on standard error, once.
    pub(crate) fn engine(&mut self) -> Option<LabEngine> {
        match &self.world {
            Ok(world) => Some(world.engine.clone()),
            Err(error) => {
                if !std::mem::replace(&mut self.is_told, true) {
                    print(format_args!("DebugCreate: {error}"));
                }
                None
            }
        }
    }

    /// Makes another world, by the scenario in a file or as at the beginning.
    pub(crate) fn reset(&mut self, scenario: Option<&Path>) -> Result<(), String> {
        let world = match scenario.or(self.settings.scenario.as_deref()) {
            None => World::new(Lab::new(Default::default())),
            Some(path) => World::read(path)?,
        };
        let ended = self.complaint();
        if ended != self.read && ended.count > 0 {
            self.earlier.add(ended.count, ended.text.trim_end());
        }
        (self.wrong_objects, self.read) = Default::default();
        (self.world, self.is_told) = (Ok(world), false);
        Ok(())
    }

    /// Returns the findings and leftovers of the world.
    pub(crate) fn complaint(&self) -> Complaint {
        let mut complaint = Complaint::default();
        match &self.world {
            Ok(World { lab, .. }) => {
                if let Some(text) = lab.complaint() {
                    complaint.add(lab.finding_count() + lab.leftovers().len() + lab.unused().len(), &text);
                }
            }
            Err(error) => complaint.add(1, &format!("there was no world: {error}")),
        }
        complaint.count += self.wrong_objects.count;
        complaint.text.push_str(&self.wrong_objects.text);
        complaint
    }

    /// The same, for the caller, who knows it from now on.
    pub(crate) fn read(&mut self) -> Complaint {
        self.read = self.complaint();
        self.read.clone()
    }

    fn note(&mut self, refusal: &Refusal) {
        let sentence = refusal.to_string();
        if let Some(log) = &self.settings.log {
            log.add(&sentence);
        }
        if matches!(refusal, Refusal::Released { .. } | Refusal::CallbacksGrantEverything) {
            match self.wrong_objects.count {
                MOST.. => self.wrong_objects.count += 1,
                _ => self.wrong_objects.add(1, &sentence),
            }
        }
    }

    /// Writes what the settings ask for. Returns the exit status of this process, if it is not the caller's.
    fn report(&self) -> Option<i32> {
        if self.process != std::process::id() {
            return None;
        }
        let Settings { trace, journal, findings, is_strict, .. } = &self.settings;
        if let (Ok(World { lab, .. }), true) = (&self.world, trace.is_some() || journal.is_some()) {
            let calls = lab.journal();
            trace.iter().for_each(|sink| sink.write(&calls.trace()));
            journal.iter().for_each(|sink| sink.write(&calls.to_string()));
        }
        let mut complaint = self.earlier.clone();
        let last = self.complaint();
        complaint.count += last.count;
        complaint.text.push_str(&last.text);
        // Standard error has the reason already.
        let said = match &self.world {
            Err(error) if self.is_told => complaint.text.replacen(error, "the reason is above", 1),
            _ => complaint.text.clone(),
        };
        if let Some(sink) = findings {
            sink.write(if sink.is_standard_error() { &said } else { &complaint.text });
        }
        if !is_strict || complaint.count == 0 {
            return None;
        }
        print(format_args!("{STRICT}: the exit status is {NOT_CLEAN}. Findings and leftovers: {}", complaint.count));
        if !findings.as_ref().is_some_and(|sink| sink.is_standard_error()) {
            print(format_args!("{}", said.trim_end()));
        }
        Some(NOT_CLEAN)
    }
}

impl World {
    fn new(lab: Lab) -> World {
        World { engine: lab.engine(), lab }
    }

    fn read(path: &Path) -> Result<World, String> {
        let name = path.display().to_string();
        if name.is_empty() {
            return Err("the path is empty: name a scenario, or unset the variable".to_owned());
        }
        let file = File::open(path).map_err(|error| {
            let place = std::env::current_dir().ok().filter(|_| path.is_relative());
            let place = place.map_or_else(String::new, |place| format!(", in {}", place.display()));
            format!("{name}: {error}{place}")
        })?;
        let text = read_text(&name, file).map_err(|error| error.to_string())?;
        let scenario = Scenario::parse(&name, &text).map_err(|error| error.to_string())?;
        Ok(World::new(scenario.lab().map_err(|error| error.to_string())?))
    }
}

/// Notes a call that a client object cannot serve.
fn note(refusal: &Refusal) {
    with(|session| session.note(refusal));
}

/// Reports at the end of the process. Returns its exit status, if that is not the caller's.
pub(crate) fn report() -> Option<i32> {
    let session = SESSION.lock().unwrap_or_else(PoisonError::into_inner);
    session.as_ref().and_then(Session::report)
}
