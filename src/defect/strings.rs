//! The parts of connection strings that defects read and change.

use crate::call::Call;

/// Returns the connection string of a call, if it has one.
pub(super) fn text(call: &Call) -> Option<&str> {
    match call {
        Call::StartProcessServer { options: Some(text), .. }
        | Call::ConnectProcessServer { remote_options: Some(text), .. } => Some(text),
        _ => None,
    }
}

/// Changes the connection string of a call, if it has one.
pub(super) fn edit_text(call: &mut Call, edit: impl FnOnce(&str) -> String) {
    if let Call::StartProcessServer { options: Some(text), .. }
    | Call::ConnectProcessServer { remote_options: Some(text), .. } = call
    {
        *text = edit(text);
    }
}

/// Splits a string into the transport and the rest.
pub(super) fn split(text: &str) -> (&str, &str) {
    text.split_once(':').unwrap_or((text, ""))
}

/// Replaces each item by what `keep` returns for it, or removes it for `None`.
pub(super) fn edit_items(text: &str, mut keep: impl FnMut(&str) -> Option<String>) -> String {
    let Some((transport, items)) = text.split_once(':') else { return text.to_owned() };
    let items: Vec<String> = items.split(',').filter_map(&mut keep).collect();
    format!("{transport}:{}", items.join(","))
}

/// Splits an item into its key, lowercased, and its value.
pub(super) fn pair(item: &str) -> (String, Option<&str>) {
    let (key, value) = item.split_once('=').map_or((item, None), |(key, value)| (key, Some(value)));
    (key.trim_start().to_lowercase(), value)
}

/// Returns the value of a key in a string.
pub(super) fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    split(text).1.split(',').rev().map(pair).find(|(own, _)| own == key).and_then(|(_, value)| value)
}

/// Replaces the value of a key.
pub(super) fn edit_value(text: &str, key: &str, edit: impl Fn(&str) -> String) -> String {
    edit_items(text, |item| match item.split_once('=') {
        Some((own, value)) if own.trim_start().eq_ignore_ascii_case(key) => Some(format!("{own}={}", edit(value))),
        _ => Some(item.to_owned()),
    })
}

/// Returns whether two strings name the same port or pipe.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    let first = |text| value(text, "port").map(|port: &str| port.split(':').next().unwrap_or(port).to_owned());
    first(one) == first(other) && value(one, "pipe") == value(other, "pipe")
}
