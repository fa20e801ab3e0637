//! Where the commands print their results.

use std::io::{self, ErrorKind, StdoutLock, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use dbgeng_testkit::conformance::replace_file;

/// Standard output. Once its reader has closed the pipe, what is printed is dropped, and the command goes on to its exit status.
pub(super) struct Printer {
    stream: StdoutLock<'static>,
    is_closed: bool,
    colours: bool,
}

impl Printer {
    pub(super) fn new() -> Printer {
        let stream = io::stdout().lock();
        let colours = AutoStream::choice(&stream) != ColorChoice::Never;
        Printer { stream, is_closed: false, colours }
    }

    /// Whether texts for people have the colours of a terminal. `NO_COLOR` and `TERM=dumb` forbid them, and `CLICOLOR_FORCE`
    /// asks for them, as in the messages about wrong arguments.
    pub(super) fn colours(&self) -> bool {
        self.colours
    }

    /// Does something with the stream unless the pipe is closed.
    fn unless_closed<T>(
        &mut self,
        done: T,
        work: impl FnOnce(&mut StdoutLock<'static>) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_closed {
            return Ok(done);
        }
        match work(&mut self.stream) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_closed = true;
                Ok(done)
            }
            // The writer of a whole text tries again after this one.
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            Err(error) => Err(io::Error::new(error.kind(), format!("standard output cannot be written: {error}"))),
            written => written,
        }
    }
}

impl Write for Printer {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.unless_closed(text.len(), |stream| stream.write(text))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_closed((), StdoutLock::flush)
    }
}

/// Writes a file. An error names it.
pub(super) fn write_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    replace_file(path, content).map_err(|error| {
        let problem = match error.kind() {
            ErrorKind::NotFound => "the file cannot be written: its folder does not exist; make it first".to_owned(),
            ErrorKind::IsADirectory => "this is a folder; name a file in it".to_owned(),
            kind => format!("the file cannot be written: {kind}"),
        };
        format!("{}: {problem}", path.display())
    })
}
