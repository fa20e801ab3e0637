//! A trace whose calls do not overlap.

use std::io::BufRead;

use crate::sentence::debug_as_display;

use super::event::{Event, EventKind};
use super::reader::{MalformedTrace, Reader};

/// The error of a trace that cannot be judged.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// A line violates the format.
    #[error(transparent)]
    Malformed(#[from] MalformedTrace),
    /// Two calls ran at the same time, so their order is not known.
    #[error("{file}: calls {earlier} and {later} overlap in time, so their order is not known")]
    Overlapping {
        /// The name that the reader was given.
        file: String,
        /// The seq of the call that started first.
        earlier: u64,
        /// The seq of the other call.
        later: u64,
    },
    /// So many calls overlap that the search for an order was given up.
    #[error("{file}: there are too many ways to order {}", these(calls))]
    TooManyOrders {
        /// The name that the reader was given.
        file: String,
        /// The seqs of these calls: they overlap, and each may change what another one may return.
        calls: Vec<u64>,
    },
    /// The calls are not in the order of their starts.
    #[error("{file}: call {seq} starts before calls above it have ended, and follows calls that start later")]
    TooLate {
        /// The name that the reader was given.
        file: String,
        /// The seq of the call.
        seq: u64,
    },
    /// The state before the first event is not known, so the calls cannot be replayed.
    #[error("{file}: begins at seq {seq}, in the middle of things, and cannot be replayed")]
    StartsMidway {
        /// The name that the reader was given.
        file: String,
        /// The seq of the first event.
        seq: u64,
    },
    /// The trace has no call.
    #[error("{0}: there is no call to judge")]
    Empty(String),
}

debug_as_display!(CheckError);

/// Names overlapping calls, and says why their order matters.
fn these(calls: &[u64]) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = calls.iter().take(SHOWN).map(u64::to_string).collect();
    let more = if calls.len() > SHOWN { ", …" } else { "" };
    format!("{} calls that overlap and may change what the others return: seq {}{more}", calls.len(), shown.join(", "))
}

/// The events of a trace, up to the first two calls that overlap. A trace without a call is an error at its end.
#[derive(Debug)]
pub struct Sequence<R> {
    file: String,
    reader: Reader<R>,
    calls: u64,
    /// The latest end of a call so far, with the seq of that call.
    last_end: Option<(i64, u64)>,
    may_overlap: bool,
    over: bool,
}

impl<R: BufRead> Sequence<R> {
    /// Reads the first line. Errors name the trace `file`.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Reader::new`].
    pub fn new(file: &str, input: R) -> Result<Sequence<R>, CheckError> {
        let reader = Reader::new(file, input)?;
        Ok(Sequence { file: file.to_owned(), reader, calls: 0, last_end: None, may_overlap: false, over: false })
    }

    /// Reads the first line of a trace whose calls may overlap.
    #[cfg(feature = "kit")]
    pub(crate) fn overlapping(file: &str, input: R) -> Result<Sequence<R>, CheckError> {
        Ok(Sequence { may_overlap: true, ..Sequence::new(file, input)? })
    }

    /// Returns the first line.
    #[cfg(feature = "kit")]
    pub(crate) fn header(&self) -> &super::event::Header {
        self.reader.header()
    }

    /// Returns the names of the processes so far, by their numbers.
    pub fn processes(&self) -> &[String] {
        self.reader.processes()
    }

    fn in_order(&mut self, event: Event) -> Result<Event, CheckError> {
        let EventKind::Call(recorded) = &event.kind else { return Ok(event) };
        self.calls += u64::from(recorded.is_of_the_surface());
        let Some((start, end)) = recorded.interval else { return Ok(event) };
        if let Some((_, earlier)) = self.last_end.filter(|(last, _)| start < *last && !self.may_overlap) {
            return Err(CheckError::Overlapping { file: self.file.clone(), earlier, later: event.seq });
        }
        self.last_end = self.last_end.max(Some((end, event.seq)));
        Ok(event)
    }
}

impl<R: BufRead> Iterator for Sequence<R> {
    type Item = Result<Event, CheckError>;

    fn next(&mut self) -> Option<Result<Event, CheckError>> {
        if self.over {
            return None;
        }
        let event = match self.reader.next() {
            Some(Ok(event)) => self.in_order(event),
            Some(Err(malformed)) => Err(malformed.into()),
            None if self.calls == 0 => Err(CheckError::Empty(self.file.clone())),
            None => return None,
        };
        self.over = event.is_err();
        Some(event)
    }
}
