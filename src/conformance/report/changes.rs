//! Compares two behaviours: how many answers changed in how many cases, and which.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::data::Report;
use super::verdict::Verdict;

impl Report {
    /// Returns how the behaviour has changed since an earlier [`behaviour`](Report::behaviour), or `None` if it is the same.
    ///
    /// The first line says how many answers changed in how many cases. The old and new lines of each case follow.
    ///
    /// ```
    /// use dbgeng_testkit::{Profile, conformance::Suite, mock::Lab};
    ///
    /// let judge = |profile| {
    ///     let suite = Suite::new("my engine", move || Box::new(Lab::new(profile).engine()));
    ///     suite.programs(0).depth(0).run()
    /// };
    /// let before = judge(Profile::Contract).behaviour();
    /// assert_eq!(judge(Profile::Contract).behaviour_changes(&before), None);
    /// let changes = judge(Profile::Dbgeng).behaviour_changes(&before).expect("the profiles differ");
    /// assert!(changes.lines().next().is_some_and(|first| first.contains(" answers changed in ")), "{changes}");
    /// ```
    pub fn behaviour_changes(&self, before: &str) -> Option<String> {
        behaviour_changes(before, &self.behaviour())
    }
}

/// Returns how one behaviour differs from an earlier one, or `None` if they are the same. See [`Report::behaviour_changes`].
pub fn behaviour_changes(before: &str, after: &str) -> Option<String> {
    let (before, after) = (cases(before), cases(after));
    let (mut answers, mut changed, mut text) = (0, 0, String::new());
    for (name, new) in &after {
        let Some(old) = before.get(name).filter(|old| *old != new) else { continue };
        changed += 1;
        let (old, new) = differing(old, new);
        answers += calls(&old).max(calls(&new));
        let _ = writeln!(text, "\n{name}");
        old.iter().for_each(|line| text.push_str(&format!("  - {}\n", line.trim())));
        new.iter().for_each(|line| text.push_str(&format!("  + {}\n", line.trim())));
    }
    let added: Vec<&String> = after.keys().filter(|name| !before.contains_key(*name)).collect();
    let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    if changed + added.len() + gone.len() == 0 {
        return None;
    }
    let listed = |title: &str, names: &[&String]| match names {
        [] => String::new(),
        names => format!("\n{title}\n{}", names.iter().map(|name| format!("  {name}\n")).collect::<String>()),
    };
    let (new, old) = (listed("New cases", &added), listed("Cases that are gone", &gone));
    let count = |number: usize, one: &str| if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") };
    let (answers, changed) = (count(answers, "answer"), count(changed, "case"));
    let (added, gone) = (count(added.len(), "case"), count(gone.len(), "case"));
    Some(format!("{answers} changed in {changed}; {added} new, {gone} gone\n{text}{new}{old}"))
}

/// Returns the lines of each case by the names of its requirement and of the case. The first line is the verdict.
fn cases(behaviour: &str) -> BTreeMap<String, Vec<&str>> {
    let (mut cases, mut requirement) = (BTreeMap::<String, Vec<&str>>::new(), "");
    let mut case = None;
    for line in behaviour.lines() {
        if let Some(id) = line.strip_prefix("## ") {
            (requirement, case) = (id, None);
        } else if line.starts_with("  ") {
            if let Some(lines) = case.as_ref().and_then(|case| cases.get_mut(case)) {
                lines.push(line);
            }
        } else if let Some((name, verdict)) = verdict_of(line).filter(|_| !requirement.is_empty()) {
            let name = format!("{requirement}, {name}");
            cases.insert(name.clone(), vec![verdict]);
            case = Some(name);
        }
    }
    cases
}

/// Splits the first line of a case into its name and the verdict.
fn verdict_of(line: &str) -> Option<(&str, &str)> {
    let split = |verdict: Verdict| {
        let at = line.find(&format!(": {}", verdict.name()))?;
        Some((&line[..at], &line[at + 2..]))
    };
    Verdict::WORST_FIRST.into_iter().filter_map(split).min_by_key(|(name, _)| name.len())
}

/// The largest number of pairs of lines among which common ones are looked for: the time and the memory grow with it.
const MOST_PAIRS: usize = 1 << 22;

/// Returns the lines of each side that the other one lacks: those outside of their longest common subsequence. In cases
/// that are too long for that, all lines between the common beginning and the common end.
fn differing<'t>(old: &[&'t str], new: &[&'t str]) -> (Vec<&'t str>, Vec<&'t str>) {
    let begin = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[begin..], &new[begin..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return (old.to_vec(), new.to_vec());
    }
    // The length of the subsequence of the lines from `at` and `to` on, for every `at` and `to`.
    let mut lengths = vec![vec![0; new.len() + 1]; old.len() + 1];
    for at in (0..old.len()).rev() {
        for to in (0..new.len()).rev() {
            let longest = lengths[at + 1][to].max(lengths[at][to + 1]);
            lengths[at][to] = if old[at] == new[to] { lengths[at + 1][to + 1] + 1 } else { longest };
        }
    }
    let (mut removed, mut added, mut at, mut to) = (Vec::new(), Vec::new(), 0, 0);
    while at < old.len() || to < new.len() {
        match (old.get(at), new.get(to)) {
            (Some(old), Some(new)) if old == new => (at, to) = (at + 1, to + 1),
            (Some(old), new) if new.is_none() || lengths[at + 1][to] >= lengths[at][to + 1] => {
                removed.push(*old);
                at += 1;
            }
            (_, new) => {
                added.extend(new);
                to += 1;
            }
        }
    }
    (removed, added)
}

/// Counts the lines of a case that are calls with their answers.
fn calls(lines: &[&str]) -> usize {
    lines.iter().filter(|line| line.starts_with("  ") && line.contains(" -> ")).count()
}
