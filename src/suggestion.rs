//! Suggestions for a misspelt name.

/// Returns the known name that is most like the given one, if one is like it. Upper and lower case count as the same.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 100;
    let given = given.to_lowercase();
    if given.is_empty() || given.len() > LONGEST {
        return None;
    }
    let worst = (given.len() / 3).max(1);
    let likeness = |known: &'a str| {
        let name = known.to_lowercase();
        let distance = distance(given.as_bytes(), name.as_bytes());
        let is_part = given.len() >= 4 && name.contains(&given);
        (distance <= worst || is_part).then_some((distance, known))
    };
    known.into_iter().filter_map(likeness).min_by_key(|(distance, _)| *distance).map(|(_, known)| known)
}

/// Returns the question that follows an error about a name, or nothing.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(given, known).map_or_else(String::new, |name| format!("; did you mean {name}?"))
}

/// Returns how many letters have to be added, removed, replaced or swapped with the next to make one word of the other.
fn distance(from: &[u8], to: &[u8]) -> usize {
    let mut rows = vec![Vec::from_iter(0..=to.len())];
    for (row, letter) in from.iter().enumerate() {
        let mut costs = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let above = &rows[row];
            let mut cost =
                (above[column] + usize::from(letter != other)).min(above[column + 1] + 1).min(costs[column] + 1);
            if row > 0 && column > 0 && (*letter, from[row - 1]) == (to[column - 1], *other) {
                cost = cost.min(rows[row - 1][column - 1] + 1);
            }
            costs.push(cost);
        }
        rows.push(costs);
    }
    rows.pop().and_then(|mut last| last.pop()).unwrap_or_default()
}
