//! Shortens long runs of calls that repeat themselves.

use std::fmt;

use super::probes::Probes;
use crate::transcript::TranscriptLine;

/// A row of a run, as reports show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CallRow<'a> {
    /// A call, and whether it is the wrong one.
    Call { line: &'a TranscriptLine, is_wrong: bool },
    /// Several calls with the same outcome that differ in one argument.
    Probes(Probes<'a>),
    /// The last `rows` rows are repeated `times` more times. If `is_counting`, their numbers go on counting.
    Repeated { times: usize, rows: usize, is_counting: bool },
}

/// The largest number of rows that repeat together.
const MAX_PERIOD: usize = 12;

/// The smallest number of repetitions that is shortened.
const MIN_TIMES: usize = 4;

/// Returns the rows of a run. If numbers go on counting, the first two repetitions are shown, so that the step is visible.
/// The wrong call is always shown. Probes are folded.
pub(super) fn collapse(calls: &[TranscriptLine], wrong: Option<usize>) -> Vec<CallRow<'_>> {
    rows(calls, wrong, true)
}

fn rows(calls: &[TranscriptLine], wrong: Option<usize>, folds_probes: bool) -> Vec<CallRow<'_>> {
    let repeats = |calls| repeats(calls, folds_probes);
    let Some((at, line)) = wrong.and_then(|at| calls.get(at).map(|line| (at, line))) else { return repeats(calls) };
    let mut rows = repeats(&calls[..at]);
    rows.push(CallRow::Call { line, is_wrong: true });
    rows.extend(repeats(&calls[at + 1..]));
    rows
}

fn repeats(calls: &[TranscriptLine], folds_probes: bool) -> Vec<CallRow<'_>> {
    let shapes: Vec<LineShape> = calls.iter().map(LineShape::of).collect();
    let (mut rows, mut at) = (Vec::new(), 0);
    while at < calls.len() {
        let found = (1..=MAX_PERIOD).map(|period| (period, times(&shapes[at..], period)));
        // The shortest of the periods that save most rows.
        let best = found
            .filter(|(_, times)| *times >= MIN_TIMES)
            .max_by_key(|(period, times)| (period * times, MAX_PERIOD - period));
        let saved = best.map_or(0, |(period, times)| period * times);
        let probes = if folds_probes { Probes::at(&calls[at..]) } else { None };
        if let Some(probes) = probes.filter(|probes| probes.count() >= MIN_TIMES.max(saved + 1)) {
            at += probes.count();
            rows.push(CallRow::Probes(probes));
            continue;
        }
        let Some((period, times)) = best else {
            rows.push(CallRow::Call { line: &calls[at], is_wrong: false });
            at += 1;
            continue;
        };
        let is_counting = (at..at + period).any(|row| shapes[row].numbers != shapes[row + period].numbers);
        let shown = if is_counting { 2 } else { 1 };
        rows.extend(calls[at..at + shown * period].iter().map(|line| CallRow::Call { line, is_wrong: false }));
        rows.push(CallRow::Repeated { times: times - shown, rows: period, is_counting });
        at += times * period;
    }
    rows
}

/// Returns how often the first `period` rows come in a row, with the same step of each number every time.
fn times(shapes: &[LineShape], period: usize) -> usize {
    let steps = |row: usize| shapes.get(row + period).and_then(|next| shapes[row].steps_to(next));
    let firsts: Option<Vec<Vec<i128>>> = (0..period).map(steps).collect();
    let Some(firsts) = firsts else { return 1 };
    let same = (period..shapes.len()).take_while(|row| steps(*row).as_ref() == Some(&firsts[row % period])).count();
    2 + same / period
}

/// A line with its numbers taken out.
struct LineShape {
    words: String,
    numbers: Vec<i128>,
}

impl LineShape {
    fn of(line: &TranscriptLine) -> LineShape {
        let (mut words, mut digits, mut numbers) = (String::new(), String::new(), Vec::new());
        for letter in line.to_string().chars().chain(['\n']) {
            if letter.is_ascii_digit() && digits.len() < 18 {
                digits.push(letter);
                continue;
            }
            if let Ok(number) = digits.parse() {
                numbers.push(number);
                words.push('#');
            }
            digits.clear();
            words.push(letter);
        }
        LineShape { words, numbers }
    }

    /// Returns the step of each number from this line to the other one. `None` if more than numbers differs.
    fn steps_to(&self, other: &LineShape) -> Option<Vec<i128>> {
        let steps = || self.numbers.iter().zip(&other.numbers).map(|(one, other)| other - one).collect();
        (self.words == other.words && self.numbers.len() == other.numbers.len()).then(steps)
    }
}

impl fmt::Display for CallRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallRow::Call { line, .. } => line.fmt(f),
            CallRow::Probes(probes) => probes.fmt(f),
            CallRow::Repeated { times, rows: 1, is_counting: false } => write!(f, "… {times} more times"),
            CallRow::Repeated { times, rows, is_counting: false } => {
                write!(f, "… these {rows} lines {times} more times")
            }
            CallRow::Repeated { times, is_counting: true, .. } => write!(f, "… {times} more times, counting on"),
        }
    }
}

/// Returns a run as text: a line for each row, with a mark before the wrong call. Probes are folded only if they shall be.
pub(super) fn marked_calls(calls: &[TranscriptLine], wrong: Option<usize>, folds_probes: bool) -> String {
    let mark = |row: &CallRow<'_>| if matches!(row, CallRow::Call { is_wrong: true, .. }) { '>' } else { ' ' };
    rows(calls, wrong, folds_probes).iter().map(|row| format!("{} {row}\n", mark(row))).collect()
}
