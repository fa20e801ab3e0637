//! Ids and profiles in the pages of the spec.

use std::fmt::Display;

use crate::profile::Profile;
use crate::spec::{joined_names, sources};

/// Renders the names of profiles as code.
pub(super) fn code(profiles: &[Profile]) -> String {
    format!("`{}`", joined_names(profiles, "` and `"))
}

/// Renders ids as links to [`definitions`].
pub(super) fn links(ids: impl IntoIterator<Item = impl Display>) -> String {
    ids.into_iter().map(|id| format!("[{id}]")).collect::<Vec<_>>().join(", ")
}

/// Renders the targets of [`links`], as paths from `spec/SPEC.md`.
pub(super) fn definitions(text: &str) -> String {
    let used = sources().iter().filter(|source| text.contains(&format!("[{}]", source.id)));
    used.map(|source| format!("[{}]: {}\n", source.id, source.link().replacen("spec/", "", 1))).collect()
}
