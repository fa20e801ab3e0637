//! Long runs of calls, shortened where they repeat themselves.

use std::fmt;

use crate::transcript::TranscriptLine;

/// A row of a run as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallRow<'a> {
    /// A call, and whether it is the one that was answered wrongly.
    Call { line: &'a TranscriptLine, is_wrong: bool },
    /// The rows before this one come as many times more; where they count on, each time a step further.
    Repeated { times: usize, rows: usize, is_counting: bool },
}

/// How many rows may repeat themselves together.
const MAX_PERIOD: usize = 12;

/// What repeats itself less often is shown as it is.
const MIN_TIMES: usize = 4;

/// The rows of a run. Numbers may count on from one time to the next; then the first two times are shown, which say how.
/// The wrong call is never folded away.
pub(super) fn collapse(calls: &[TranscriptLine], wrong: Option<usize>) -> Vec<CallRow<'_>> {
    let Some((at, line)) = wrong.and_then(|at| calls.get(at).map(|line| (at, line))) else { return repeats(calls) };
    let mut rows = repeats(&calls[..at]);
    rows.push(CallRow::Call { line, is_wrong: true });
    rows.extend(repeats(&calls[at + 1..]));
    rows
}

fn repeats(calls: &[TranscriptLine]) -> Vec<CallRow<'_>> {
    let shapes: Vec<LineShape> = calls.iter().map(LineShape::of).collect();
    let (mut rows, mut at) = (Vec::new(), 0);
    while at < calls.len() {
        let found = (1..=MAX_PERIOD).map(|period| (period, times(&shapes[at..], period)));
        // The shortest period among those that fold most.
        let best = found
            .filter(|(_, times)| *times >= MIN_TIMES)
            .max_by_key(|(period, times)| (period * times, MAX_PERIOD - period));
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

/// How often the first `period` rows come, one time after the other, with steps that stay the same.
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

    /// How far each number is from here to there; `None` where more than numbers differs.
    fn steps_to(&self, other: &LineShape) -> Option<Vec<i128>> {
        let steps = || self.numbers.iter().zip(&other.numbers).map(|(one, other)| other - one).collect();
        (self.words == other.words && self.numbers.len() == other.numbers.len()).then(steps)
    }
}

impl fmt::Display for CallRow<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallRow::Call { line, .. } => line.fmt(f),
            CallRow::Repeated { times, rows: 1, is_counting: false } => write!(f, "… {times} more times"),
            CallRow::Repeated { times, rows, is_counting: false } => {
                write!(f, "… these {rows} lines {times} more times")
            }
            CallRow::Repeated { times, is_counting: true, .. } => write!(f, "… {times} more times, counting on"),
        }
    }
}

/// A run as text, a line for each row, the wrong one marked_calls.
pub(super) fn marked_calls(calls: &[TranscriptLine], wrong: Option<usize>) -> String {
    let mark = |row: &CallRow<'_>| if matches!(row, CallRow::Call { is_wrong: true, .. }) { '>' } else { ' ' };
    collapse(calls, wrong).iter().map(|row| format!("{} {row}\n", mark(row))).collect()
}
