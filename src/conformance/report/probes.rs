//! Folds calls in a row that differ in one argument, such as a handle with each of its bits wrong.

use std::fmt;

use crate::transcript::TranscriptLine;

/// The largest number of values that are listed, beside flipped bits.
const MOST_VALUES: usize = 3;

/// The largest number of missing bits that are named instead of those that are there.
const MOST_MISSING: usize = 2;

/// Calls in a row with the same outcome, which differ in one argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Probes<'a> {
    first: &'a TranscriptLine,
    /// The index of the argument that differs.
    argument: usize,
    /// Its values.
    values: Vec<&'a str>,
}

impl<'a> Probes<'a> {
    /// Returns the probes with which the lines begin. `None` if the first two lines are not alike.
    pub(super) fn at(lines: &'a [TranscriptLine]) -> Option<Probes<'a>> {
        let [first, second, ..] = lines else { return None };
        let argument = difference(first, second)?;
        let alike = |line: &&TranscriptLine| {
            line.outcome == first.outcome && (*line == first || difference(first, line) == Some(argument))
        };
        let values = lines.iter().take_while(alike).map(|line| value(arguments(&line.call).1[argument]));
        Some(Probes { first, argument, values: values.collect() })
    }

    /// Returns the number of calls.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }
}

/// Returns how many of these lines probe like the call before them, whatever they return.
pub(super) fn probes_after(call: &TranscriptLine, lines: &[TranscriptLine]) -> usize {
    let Some(argument) = lines.first().and_then(|line| difference(call, line)) else { return 0 };
    lines.iter().take_while(|line| difference(call, line) == Some(argument)).count()
}

impl fmt::Display for Probes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TranscriptLine { by, call, outcome, .. } = self.first;
        let (method, arguments) = arguments(call);
        let name = name(arguments[self.argument]);
        let shown = arguments
            .iter()
            .zip(0..)
            .map(|(argument, at)| if at == self.argument { format!("{name}=…") } else { (*argument).to_owned() });
        let shown: Vec<String> = shown.collect();
        write!(f, "{by}: {method}({}) -> {outcome}, for {} values of {name}: ", shown.join(", "), self.count())?;
        f.write_str(&listed(&self.values))
    }
}

/// Returns the index of the argument in which two calls of one method differ. `None` if they differ in more, or in nothing.
fn difference(one: &TranscriptLine, other: &TranscriptLine) -> Option<usize> {
    let ((method, first), (other_method, second)) = (arguments(&one.call), arguments(&other.call));
    let names = |arguments: &[&'_ str]| arguments.iter().map(|argument| name(argument).to_owned()).collect::<Vec<_>>();
    if one.by != other.by || method != other_method || names(&first) != names(&second) {
        return None;
    }
    let mut differing = (0..first.len()).filter(|at| first[*at] != second[*at]);
    differing.next().filter(|_| differing.next().is_none())
}

/// Returns the method of a call as a transcript has it, and its arguments, each with its name.
fn arguments(call: &str) -> (&str, Vec<&str>) {
    let Some((method, rest)) = call.split_once('(') else { return (call, Vec::new()) };
    let rest = rest.strip_suffix(')').unwrap_or(rest);
    let (mut arguments, mut from, mut depth, mut is_string, mut is_escaped) = (Vec::new(), 0, 0_u32, false, false);
    for (at, letter) in rest.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if is_string => is_escaped = true,
            '"' => is_string = !is_string,
            _ if is_string => {}
            '[' | '{' => depth += 1,
            ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                arguments.push(rest[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(rest[from..].trim());
    (method, arguments)
}

fn name(argument: &str) -> &str {
    argument.split_once('=').map_or("", |(name, _)| name)
}

fn value(argument: &str) -> &str {
    argument.split_once('=').map_or(argument, |(_, value)| value)
}

/// Lists values: a handle with single bits flipped by those bits, and a few of the others.
fn listed(values: &[&str]) -> String {
    let base = values.iter().find_map(|value| Some(flipped_bit(value)?.0));
    let bit = |value: &str| flipped_bit(value).filter(|(of, _)| Some(*of) == base).map(|(_, bit)| bit);
    let bits: Vec<u32> = values.iter().filter_map(|value| bit(value)).collect();
    let others: Vec<&str> = values.iter().copied().filter(|value| bit(value).is_none()).collect();
    match base.filter(|_| bits.len() > 1) {
        None => shortened(values),
        Some(base) if others.is_empty() => format!("{base} with one of the bits {} flipped", ranges(bits)),
        Some(base) => {
            format!("{base} with one of the bits {} flipped, and {} other values", ranges(bits), others.len())
        }
    }
}

fn shortened(values: &[&str]) -> String {
    let shown = if values.len() > MOST_VALUES + 1 { MOST_VALUES } else { values.len() };
    let more = values.len() - shown;
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", values[..shown].join(", "))
}

/// Returns the handle of which a value was made by flipping one bit, and that bit.
fn flipped_bit(value: &str) -> Option<(&str, u32)> {
    let (base, bits) = value.split_once("^0x")?;
    let bits = u64::from_str_radix(bits, 16).ok().filter(|bits| bits.is_power_of_two())?;
    Some((base, bits.trailing_zeros()))
}

/// Returns numbers as ranges, such as "0–16, 18–63", or as a range without a few: "0–63 but 17".
fn ranges(mut numbers: Vec<u32>) -> String {
    numbers.sort_unstable();
    numbers.dedup();
    let (Some(first), Some(last)) = (numbers.first().copied(), numbers.last().copied()) else { return String::new() };
    let missing: Vec<String> =
        (first..=last).filter(|number| !numbers.contains(number)).map(|number| number.to_string()).collect();
    if !missing.is_empty() && missing.len() <= MOST_MISSING && missing.len() < numbers.len() {
        return format!("{first}–{last} but {}", missing.join(" and "));
    }
    let range = |numbers: &[u32]| match numbers {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}–{last}"),
        [] => String::new(),
    };
    let ranges: Vec<String> = numbers.chunk_by(|one, next| one + 1 == *next).map(range).collect();
    ranges.join(", ")
}
