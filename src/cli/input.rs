//! The inputs of the commands: files, and standard input, whose name is `-`.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use dbgeng_testkit::trace::read_text;

use super::exit_status::CommandResult;

/// The name of standard input and standard output on the command line.
pub(super) const STANDARD: &str = "-";

/// Whether this is the name of standard input or standard output.
pub(super) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == STANDARD
}

/// Returns the name of an input for people.
pub(super) fn name(path: &Path) -> String {
    if is_standard(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Opens a file, or standard input.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, String> {
    static IS_TAKEN: AtomicBool = AtomicBool::new(false);
    if !is_standard(path) {
        return Ok(Box::new(open_file(path).map_err(|error| problem(path, &error))?));
    }
    if IS_TAKEN.swap(true, Ordering::Relaxed) {
        return Err("standard input is read only once; name a file in place of the second -".to_owned());
    }
    Ok(Box::new(io::stdin()))
}

/// Says why there is no file of this name, if there is none.
pub(super) fn check(path: &Path) -> Result<(), String> {
    open_file(path).map(drop).map_err(|error| problem(path, &error))
}

/// Reads a whole text.
pub(super) fn read(path: &Path) -> CommandResult<String> {
    Ok(read_text(&name(path), open(path)?)?)
}

/// Reads the text of a file, if there is one.
pub(super) fn read_if_there(path: &Path) -> CommandResult<Option<String>> {
    match open_file(path) {
        Ok(file) => Ok(Some(read_text(&name(path), file)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(problem(path, &error).into()),
    }
}

/// Opens a file. Some systems open folders as well, and fail when something is read.
fn open_file(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    if file.metadata()?.is_dir() { Err(ErrorKind::IsADirectory.into()) } else { Ok(file) }
}

/// Says why a file cannot be opened, and what to do.
fn problem(path: &Path, error: &io::Error) -> String {
    let name = path.display();
    match error.kind() {
        ErrorKind::NotFound => match std::env::current_dir() {
            Ok(folder) if path.is_relative() => {
                format!("{name}: there is no such file in {}; correct the path", folder.display())
            }
            _ => format!("{name}: there is no such file; correct the path"),
        },
        ErrorKind::IsADirectory => format!("{name}: this is a folder; name the files in it"),
        _ => format!("{name}: the file cannot be opened: {error}"),
    }
}
