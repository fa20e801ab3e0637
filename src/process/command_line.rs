//! How a command line names its program: the rules of the system's CreateProcess (OBS-82).

use super::file_name;
use crate::hresult::{E_INVALIDARG, ERROR_FILE_NOT_FOUND, HRESULT};

/// The directories in which a program without a path is looked for, in order.
const SEARCHED: [&str; 2] = [r"C:\windows\system32", r"C:\windows"];

/// A file that every Windows has, and that is no program.
pub(crate) const NO_PROGRAM: &str = r"C:\windows\win.ini";

/// Returns whether a command line names nothing: it is empty, or has only blanks and quotation marks.
#[cfg(feature = "kit")]
pub(crate) fn is_nameless(line: &str) -> bool {
    line.chars().all(|character| is_blank(character) || character == '"')
}

/// Returns the names of its program that a command line can mean, in the order in which the system tries them: the text
/// between quotation marks alone; else the beginnings that end at a blank.
///
/// # Errors
///
/// Returns the code of the system for a line that names no program, whichever files there are.
pub(crate) fn names(line: &str) -> Result<impl Iterator<Item = &str>, HRESULT> {
    let (quoted, unquoted) = match line.strip_prefix('"') {
        Some(rest) => match rest.split_once('"') {
            Some(("", _)) => return Err(E_INVALIDARG),
            Some((name, _)) => (Some(name), ""),
            None => return Err(ERROR_FILE_NOT_FOUND),
        },
        None if line.is_empty() || line.starts_with(is_blank) => return Err(ERROR_FILE_NOT_FOUND),
        None => (None, line.trim_end_matches(is_blank)),
    };
    let ends = unquoted.match_indices(is_blank).map(|(end, _)| end).filter(|end| !unquoted[..*end].ends_with(is_blank));
    let whole = (!unquoted.is_empty()).then_some(unquoted.len());
    Ok(quoted.into_iter().chain(ends.chain(whole).map(|end| &unquoted[..end])))
}

/// Returns what `find` returns for the first path at which the system would find the program of a command line.
///
/// # Errors
///
/// Returns the code of the system if the line names no program, or if `find` finds nothing.
pub(crate) fn locate<T>(line: &str, mut find: impl FnMut(&str) -> Option<T>) -> Result<T, HRESULT> {
    let found = names(line)?.find_map(|name| paths(name).find_map(|path| find(&path)));
    found.ok_or(ERROR_FILE_NOT_FOUND)
}

/// Returns the path of the program that a command line most likely starts, where the files are not known: the first name
/// with the extension `.exe`, or the only name. `None` if several names are as likely.
#[cfg(feature = "kit")]
pub(crate) fn likely_path(line: &str) -> Option<String> {
    let has_extension = |name: &&str| name.len() > 4 && name.to_ascii_lowercase().ends_with(".exe");
    let mut all = names(line).ok()?;
    let first = all.next()?;
    let name = match all.next() {
        Some(_) => names(line).ok()?.find(has_extension)?,
        None => first,
    };
    paths(name).next()
}

/// Returns the path of an installed file: one without a path is in the first directory that is searched.
pub(crate) fn installed_path(file: &str) -> String {
    if has_path(file) { file.to_owned() } else { [SEARCHED[0], r"\", file].concat() }
}

/// Returns the paths at which the system looks for a program of this name. It appends `.exe` where there is no extension.
fn paths(name: &str) -> impl Iterator<Item = String> {
    let extension = if file_name(name).contains('.') { "" } else { ".exe" };
    let (with_path, bare) = if has_path(name) { (Some(name), None) } else { (None, Some(name)) };
    let with_path = with_path.map(|path| [&path.replace('/', r"\"), extension].concat());
    let searched =
        bare.into_iter().flat_map(move |name| SEARCHED.map(|folder| [folder, r"\", name, extension].concat()));
    with_path.into_iter().chain(searched)
}

fn has_path(name: &str) -> bool {
    name.contains(['\\', '/', ':'])
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}
