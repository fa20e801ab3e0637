//! New files and folders in the system's folder for temporary files, which on Unix only their owner can use, and files that
//! are replaced as a whole.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How many names are tried. They are random, so the first one is free unless someone fills the folder on purpose.
const ATTEMPTS: usize = 100;

/// A folder that is removed, with its content, when it is dropped.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> io::Result<TemporaryFolder> {
        create(&std::env::temp_dir(), "dbgeng-testkit", "", create_folder).map(TemporaryFolder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        // A folder that cannot be removed must not cost a verdict.
        let _: io::Result<()> = fs::remove_dir_all(&self.0);
    }
}

/// Writes a new file, which stays, and returns its path.
pub(super) fn write_file(prefix: &str, suffix: &str, content: &str) -> io::Result<PathBuf> {
    create(&std::env::temp_dir(), prefix, suffix, |path| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        write_new(&options, path, content.as_bytes())
    })
}

/// Writes a file as a whole: a reader, and a run that is killed meanwhile, finds the old content or the new one. The new
/// content is written to a temporary file beside it, which then gets its name.
///
/// A link stays and leads to the new content. What is no regular file, such as a pipe, is written to directly.
///
/// # Errors
///
/// Returns an error that names the file if it cannot be written. Then it is as before.
pub fn replace_file(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    replace(path, content.as_ref()).map_err(named)
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let (path, before) = match fs::canonicalize(path) {
        Ok(path) => (path.clone(), Some(fs::metadata(path)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => (std::path::absolute(path)?, None),
        Err(error) => return Err(error),
    };
    if before.as_ref().is_some_and(|before| !before.is_file()) {
        return fs::write(path, content);
    }
    // A caller who may not write to the file may not replace it either.
    if before.is_some() {
        OpenOptions::new().append(true).open(&path)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let new = create(folder, &format!(".{name}"), ".new", |new| {
        write_new(OpenOptions::new().write(true).create_new(true), new, content)
    })?;
    let permissions = before.map_or(Ok(()), |before| fs::set_permissions(&new, before.permissions()));
    let renamed = permissions.and_then(|()| fs::rename(&new, &path));
    renamed.inspect_err(|_| drop(fs::remove_file(&new)))
}

/// Writes a file that did not exist, and removes it if that fails.
fn write_new(options: &OpenOptions, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = options.open(path)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    drop(file);
    written.inspect_err(|_| drop(fs::remove_file(path)))
}

#[cfg(unix)]
fn create_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;

    fs::DirBuilder::new().mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)
}

/// Creates something in a folder under a name that nothing has, and returns its path.
fn create(folder: &Path, prefix: &str, suffix: &str, create: impl Fn(&Path) -> io::Result<()>) -> io::Result<PathBuf> {
    // A relative path would mean another file once the process changes its folder.
    let folder = std::path::absolute(folder)?;
    let mut attempts = 1..ATTEMPTS;
    loop {
        let path = folder.join(format!("{prefix}-{}-{:016x}{suffix}", std::process::id(), fastrand::u64(..)));
        match create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempts.next().is_some() => {}
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
        }
    }
}
