//! Reads a long trace on several threads.
//!
//! Each thread takes a block of lines and parses it. A turn goes from block to block; it carries what depends on the lines
//! before: the order of the events, and the function that looks at them. So most events are dropped on the thread that
//! made them.

use std::io::BufRead;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, SendError, SyncSender};
use std::thread;

use memchr::memrchr;
use parking_lot::Mutex;

use super::event::Event;
use super::reader::{MalformedTrace, Reader, SequenceCheck};
use super::successive::{ParsedLine, SuccessiveLines};
use super::text::read_lines;

/// The size of a block in bytes: large enough that passing the turn costs little in comparison.
const BLOCK: usize = 1 << 18;

/// The number of lines that a thread parses before it shows their events, where no other thread parses. Parsing and judging
/// each evict the code of the other from the cache of the processor. After more lines, glibc would have to search for memory:
/// it keeps seven freed pieces of a size at hand.
const PART: usize = 7;

/// The number of threads. To look at an event takes about a third of the time of parsing it, so more threads would wait
/// for their turn. With fewer, a machine of two processors idles while a thread waits.
const THREADS: usize = 4;

impl<R: BufRead> Reader<R> {
    /// Shows `look` every remaining event in order, until it breaks or a line cannot be read. Returns the names of the
    /// processes so far, by their numbers.
    pub(crate) fn show(
        self,
        mut look: impl FnMut(Event) -> ControlFlow<()> + Send,
    ) -> (Vec<String>, Result<(), MalformedTrace>) {
        let Reader { input, mut order, .. } = self;
        let mut blocks = Blocks { input, is_over: false }.peekable();
        let mut turn = Turn { order: &mut order, look: &mut look };
        // Another thread is of no use to a short trace, and without another processor.
        let alone = match thread::available_parallelism().map_or(1, NonZero::get) {
            1 => usize::MAX,
            _ => 1,
        };
        let read = match turn.take_all(blocks.by_ref().take(alone)) {
            Ok(ControlFlow::Continue(())) if blocks.peek().is_some() => relay(blocks, turn),
            read => read.map(drop),
        };
        (order.processes.names().to_vec(), read)
    }
}

/// The right to show the events of the next block.
struct Turn<'a> {
    order: &'a mut SequenceCheck,
    look: &'a mut (dyn FnMut(Event) -> ControlFlow<()> + Send),
}

impl Turn<'_> {
    fn take_all(&mut self, blocks: impl Iterator<Item = Block>) -> Result<ControlFlow<()>, MalformedTrace> {
        for block in blocks {
            let (mut lines, mut part) = (SuccessiveLines::new(&block.text), Vec::with_capacity(PART));
            loop {
                part.extend(lines.by_ref().take(PART));
                if part.is_empty() {
                    break;
                }
                if self.take(part.drain(..))?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            self.end(lines.blank, block.failure)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn take<'b>(&mut self, lines: impl IntoIterator<Item = ParsedLine<'b>>) -> Result<ControlFlow<()>, MalformedTrace> {
        for ParsedLine { blank, text, parsed } in lines {
            self.order.line += blank + 1;
            if (self.look)(self.order.event(text, parsed)?).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Ends a block with so many blank lines. Fails if no line follows it because of an error.
    fn end(&mut self, blank: u64, failure: Option<String>) -> Result<(), MalformedTrace> {
        self.order.line += blank;
        let Some(why) = failure else { return Ok(()) };
        self.order.line += 1;
        Err(self.order.malformed(1, why))
    }
}

/// Lets several threads parse the blocks.
fn relay(blocks: impl Iterator<Item = Block>, mut turn: Turn<'_>) -> Result<(), MalformedTrace> {
    thread::scope(|scope| {
        let (hand_out, parts) = mpsc::sync_channel(THREADS);
        let parts = Arc::new(Mutex::new(parts));
        let workers: Vec<_> = (0..THREADS)
            .map_while(|_| {
                let parts = Arc::clone(&parts);
                thread::Builder::new().spawn_scoped(scope, move || work(&parts)).ok()
            })
            .collect();
        if workers.is_empty() {
            return turn.take_all(blocks).map(drop);
        }
        // When the last worker is gone, `hand_out` has to fail.
        drop(parts);
        let (first, mut before) = mpsc::sync_channel(1);
        let _: Result<(), SendError<_>> = first.send(turn);
        for block in blocks {
            let (after, next) = mpsc::sync_channel(1);
            let part = Part { block, before, after };
            before = next;
            if hand_out.send(part).is_err() {
                break;
            }
        }
        drop(hand_out);
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// A block, with the channels from the block before and to the next one.
struct Part<'a> {
    block: Block,
    before: Receiver<Turn<'a>>,
    after: SyncSender<Turn<'a>>,
}

fn work(parts: &Mutex<Receiver<Part<'_>>>) -> Result<(), MalformedTrace> {
    loop {
        let part = parts.lock().recv();
        let Ok(Part { block, before, after }) = part else { return Ok(()) };
        let mut lines = SuccessiveLines::new(&block.text);
        let parsed: Vec<_> = lines.by_ref().collect();
        // Once `look` has seen enough, the turn ends.
        let Ok(mut turn) = before.recv() else { return Ok(()) };
        if turn.take(parsed)?.is_break() {
            return Ok(());
        }
        turn.end(lines.blank, block.failure)?;
        if after.send(turn).is_err() {
            return Ok(());
        }
    }
}

/// Some lines of a trace.
struct Block {
    text: Vec<u8>,
    /// The reason why no line follows.
    failure: Option<String>,
}

struct Blocks<R> {
    input: R,
    is_over: bool,
}

impl<R: BufRead> Iterator for Blocks<R> {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.is_over {
            return None;
        }
        // The last line may go beyond the size.
        let mut text = Vec::with_capacity(BLOCK + BLOCK / 8);
        let read = read_lines(&mut self.input, &mut text, BLOCK);
        if read.is_err() {
            // A line that could not be read whole is left out.
            text.truncate(memrchr(b'\n', &text).map_or(0, |end| end + 1));
        }
        let failure = read.err().map(|error| error.to_string());
        self.is_over = text.is_empty() || failure.is_some();
        (!text.is_empty() || failure.is_some()).then_some(Block { text, failure })
    }
}
