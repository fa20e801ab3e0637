//! Overlapping calls as a picture: one lane for each thread, time from left to right.

use std::fmt;

use super::overlap::timed;
use crate::trace::Event;
use crate::transcript::{Transcript, TranscriptLine, for_mermaid};

/// A picture of overlapping calls: lanes of text, or a [Mermaid](https://mermaid.js.org) Gantt chart.
///
/// ```text
/// client, thread 1  |--1--|
/// client, thread 2     |--2--|
/// 1  seq 14  DisconnectProcessServer(Server="0x11c7070") -> S_OK
/// 2  seq 15  DisconnectProcessServer(Server="0x11c7070") -> S_OK
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lanes {
    calls: Vec<LaneCall>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct LaneCall {
    seq: u64,
    lane: String,
    /// In microseconds.
    start: i64,
    end: i64,
    line: TranscriptLine,
}

/// The width of the space between two consecutive times, in characters.
const STEP: usize = 3;

impl Lanes {
    /// The caption of every picture.
    pub const CAPTION: &str = "no order of these overlapping calls is allowed:";

    /// Draws those of the events that are calls with times. `processes` has the names of the processes, by number.
    pub fn new(events: &[Event], processes: &[String]) -> Lanes {
        Lanes::among(events, events, processes)
    }

    /// Draws some events of a run, with the names that handles have in the whole run.
    pub(crate) fn among(run: &[Event], events: &[Event], processes: &[String]) -> Lanes {
        let mut transcript = Transcript::default();
        let drawn = |event: &Event| {
            let line = transcript.line(event);
            if !events.iter().any(|drawn| drawn.seq == event.seq) {
                return None;
            }
            let (recorded, (start, end)) = timed(event)?;
            let process = processes.get(recorded.by.process as usize).map_or("", String::as_str);
            let lane = format!("{process}, thread {}", recorded.by.thread);
            Some(LaneCall { seq: event.seq, lane, start, end, line: line? })
        };
        Lanes { calls: run.iter().filter_map(drawn).collect() }
    }

    /// Whether there is no call.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Returns the seqs of the calls, in the order of their starts.
    pub fn seqs(&self) -> impl Iterator<Item = u64> + '_ {
        self.calls.iter().map(|call| call.seq)
    }

    /// Returns a Gantt chart: a section for each thread, a bar for each call, times in microseconds.
    pub fn mermaid(&self) -> String {
        let mut text =
            "gantt\n    title No order of these calls is allowed\n    dateFormat x\n    axisFormat %Q\n".to_owned();
        for lane in self.lanes() {
            text.push_str(&format!("    section {}\n", plain(lane)));
            for (number, call) in (1..).zip(&self.calls).filter(|(_, call)| call.lane == lane) {
                let LaneCall { seq, start, end, line, .. } = call;
                let what = plain(&format!("{number} · seq {seq} · {} -> {}", line.call, line.outcome));
                text.push_str(&format!("    {what} : {start}, {end}\n"));
            }
        }
        text
    }

    /// Returns each lane once, in the order of the first calls.
    fn lanes(&self) -> Vec<&str> {
        let mut lanes: Vec<&str> = Vec::new();
        for call in &self.calls {
            if !lanes.contains(&&*call.lane) {
                lanes.push(&call.lane);
            }
        }
        lanes
    }
}

/// Escapes the characters that a Gantt chart gives a meaning.
fn plain(text: &str) -> String {
    for_mermaid(text, &['#', ':', ';'])
}

impl fmt::Display for Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut times: Vec<i64> = self.calls.iter().flat_map(|call| [call.start, call.end]).collect();
        times.sort_unstable();
        times.dedup();
        let column = |time: i64| times.partition_point(|known| *known < time) * STEP;
        let width = self.calls.iter().map(|call| call.lane.len()).max().unwrap_or_default();
        for lane in self.lanes() {
            let mut bars: Vec<char> = Vec::new();
            for (number, call) in (1..).zip(&self.calls).filter(|(_, call)| call.lane == lane) {
                draw(&mut bars, column(call.start), column(call.end), &u64::to_string(&number));
            }
            writeln!(f, "{lane:width$}  {}", bars.iter().collect::<String>())?;
        }
        for (number, LaneCall { seq, line, .. }) in (1..).zip(&self.calls) {
            writeln!(f, "{number}  seq {seq}  {} -> {}", line.call, line.outcome)?;
        }
        Ok(())
    }
}

/// Draws `|--1--|` from one column to another.
fn draw(bars: &mut Vec<char>, start: usize, end: usize, number: &str) {
    let room = bars.len().max(end + 1).max(start + number.len());
    bars.resize(room, ' ');
    bars[start..=end].fill('-');
    (bars[start], bars[end]) = ('|', '|');
    let middle = start + (end + 1 - start).saturating_sub(number.len()) / 2;
    for (at, digit) in (middle..).zip(number.chars()) {
        bars[at] = digit;
    }
}
