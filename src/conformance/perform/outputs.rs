//! The standard output and error of this process, which an engine may close.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::stdio::{dup2_stderr, dup2_stdout, stderr, stdout};

/// Copies of the standard output and error. When this is dropped, those that an engine has closed are open again: the report
/// is printed there.
pub(super) struct KeptOutputs {
    output: io::Result<OwnedFd>,
    error: io::Result<OwnedFd>,
}

impl KeptOutputs {
    pub(super) fn new() -> KeptOutputs {
        KeptOutputs { output: stdout().try_clone_to_owned(), error: stderr().try_clone_to_owned() }
    }
}

impl Drop for KeptOutputs {
    fn drop(&mut self) {
        reopen(stdout(), &self.output, dup2_stdout);
        reopen(stderr(), &self.error, dup2_stderr);
    }
}

fn reopen<'k>(
    descriptor: BorrowedFd<'_>,
    kept: &'k io::Result<OwnedFd>,
    open: impl FnOnce(BorrowedFd<'k>) -> rustix::io::Result<()>,
) {
    if let Ok(kept) = kept
        && descriptor.try_clone_to_owned().is_err()
    {
        // Without an output, the exit status still tells the verdict.
        let _: rustix::io::Result<()> = open(kept.as_fd());
    }
}
