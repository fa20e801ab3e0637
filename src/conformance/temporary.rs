//! New files and folders in the system's folder for temporary files. On Unix, only their owner can use them.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// How many names are tried. They are random, so the first one is free unless someone fills the folder on purpose.
const ATTEMPTS: usize = 100;

/// A folder that is removed, with its content, when it is dropped.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> io::Result<TemporaryFolder> {
        create("dbgeng-testkit", "", create_folder).map(TemporaryFolder)
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
    create(prefix, suffix, |path| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(content.as_bytes())
    })
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

/// Creates something under a name that nothing has, and returns its path.
fn create(prefix: &str, suffix: &str, create: impl Fn(&Path) -> io::Result<()>) -> io::Result<PathBuf> {
    // A relative path would mean another file once the process changes its folder.
    let folder = std::path::absolute(std::env::temp_dir())?;
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
