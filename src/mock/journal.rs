//! The journal of a lab: its calls in order, to be read, kept as a snapshot, or judged.

mod log;
mod packed;

use std::collections::BTreeSet;
use std::fmt;

use crate::process::Computer;
use crate::profile::Profile;
use crate::trace::{EngineName, Event, EventKind, Header, Writer};
use crate::transcript::{Transcript, TranscriptLine, for_mermaid};

pub(super) use log::Log;

/// How many events a lab remembers by default.
const USUAL: usize = 10_000;

/// The calls that were made in a lab, in the order in which they returned, and which processes of engines were killed.
///
/// Two runs that make the same calls have the same text: handles are renamed in the order in which they were issued, and
/// there are no times. So it can be a snapshot for [insta](https://insta.rs).
///
/// ```
/// use dbgeng_testkit::DebugClient;
/// use dbgeng_testkit::mock::Lab;
///
/// let lab = Lab::new(Default::default());
/// lab.computer("box17").dbgsrv("tcp:port=5005")?;
/// let client = lab.engine().client();
/// let mut server = None;
/// let _ = client.connect_process_server(Some("tcp:server=box17,port=5005"), Some(&mut server));
/// let _ = client.disconnect_process_server(server.unwrap());
///
/// assert_eq!(lab.journal().to_string(), "\
/// server: DebugCreate(Interface=\"IDebugClient5\") -> S_OK
/// server: StartProcessServer(Flags=2, Options=\"tcp:port=5005\") -> S_OK
/// client: DebugCreate(Interface=\"IDebugClient5\") -> S_OK
/// client: ConnectProcessServer(RemoteOptions=\"tcp:server=box17,port=5005\") -> S_OK, Server=#1
/// client: DisconnectProcessServer(Server=#1) -> S_OK
/// ");
/// # Ok::<(), dbgeng_testkit::mock::NotStarted>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    profile: Profile,
    events: Vec<Event>,
    /// In the order in which they were stated.
    computers: Vec<StatedComputer>,
    /// The names of the processes, by the numbers of their engines.
    processes: Vec<String>,
    left_out: u64,
}

/// The facts about the computer of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StatedComputer {
    /// The number of the event before which they are stated.
    before: u64,
    process: u32,
    computer: Computer,
}

impl Journal {
    /// Returns the events, with the original handles and numbers.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns how many events are left out because the lab remembers only the last ones.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Returns the journal as a trace: JSON lines that `check` and `replay` can read. It states the names and processes of each
    /// computer, and states them again where someone has changed them.
    pub fn trace(&self) -> String {
        let engine = EngineName::of_mock(self.profile);
        let written = Writer::new(Vec::new(), &Header::new(engine, "journal", "")).and_then(|mut writer| {
            let mut computers = self.computers.iter().peekable();
            let mut stated = 0;
            for event in &self.events {
                while let Some(StatedComputer { process, computer, .. }) =
                    computers.next_if(|stated| stated.before <= event.seq)
                {
                    let (process, computer) = (*process, computer.clone());
                    let kind = EventKind::Computer { process, computer, others: false };
                    writer.event(&Event { seq: event.seq + stated, kind }, &self.processes)?;
                    stated += 1;
                }
                writer.event(&Event { seq: event.seq + stated, kind: event.kind.clone() }, &self.processes)?;
            }
            Ok(writer.into_inner())
        });
        // A write to memory does not fail.
        String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
    }

    /// Returns the journal as a Mermaid sequence diagram. Each call has an arrow from the caller's process to its engine, and
    /// one back for the outcome.
    pub fn mermaid(&self) -> String {
        let lines = self.lines();
        let used: BTreeSet<u32> = self.events.iter().map(Event::process).collect();
        let mut text = "sequenceDiagram\n".to_owned();
        for process in &used {
            text.push_str(&format!(
                "    participant p{process} as {}\n    participant e{process} as engine of {0}\n",
                self.name(*process)
            ));
        }
        if let Some(first) = used.first().filter(|_| self.left_out > 0) {
            text.push_str(&format!("    Note over p{first}: {} before that\n", self.left_out));
        }
        for (process, line) in lines {
            if line.outcome.is_empty() {
                text.push_str(&format!("    Note over p{process}: {}\n", plain(&line.call)));
                continue;
            }
            text.push_str(&format!("    p{process}->>e{process}: {}\n", plain(&line.call)));
            text.push_str(&format!("    e{process}-->>p{process}: {}\n", plain(&line.outcome)));
        }
        text
    }

    fn lines(&self) -> Vec<(u32, TranscriptLine)> {
        let mut transcript = Transcript::default();
        let line = |event: &Event| Some((event.process(), transcript.line(event)?));
        self.events.iter().filter_map(line).collect()
    }

    fn name(&self, process: u32) -> &str {
        self.processes.get(process as usize).map_or("", String::as_str)
    }
}

/// Replaces the characters that end a message in Mermaid.
fn plain(text: &str) -> String {
    for_mermaid(text, &[';'])
}

impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.left_out > 0 {
            writeln!(f, "({} before that are left out)", self.left_out)?;
        }
        for (process, line) in self.lines() {
            let (_, who) = line.by.split_once(',').map_or(("", String::new()), |(name, who)| (name, format!(",{who}")));
            write!(f, "{}{who}: {}", self.name(process), line.call)?;
            if line.outcome.is_empty() { writeln!(f)? } else { writeln!(f, " -> {}", line.outcome)? }
        }
        Ok(())
    }
}
