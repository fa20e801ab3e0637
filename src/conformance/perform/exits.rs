//! Notices that an engine exits the process in which it runs, which would end a test as if all were well.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use super::run::RunEnd;

thread_local! {
    static EXIT: ExitGuard = const { ExitGuard(RefCell::new(None)) };
}

/// Notices that this thread ends while it performs a program. An exit of the process destroys the values of its thread.
struct ExitGuard(RefCell<Option<Sender<Option<RunEnd>>>>);

impl Drop for ExitGuard {
    fn drop(&mut self) {
        let Some(ended) = self.0.take() else { return };
        if cfg!(windows) {
            // The other threads have already ended.
            let _: io::Result<()> = writeln!(io::stderr(), "{EXITED}");
            std::process::abort();
        }
        // The run prints its report and aborts the process. To return would end it as if all were well.
        let _ = ended.send(Some(RunEnd::Exited));
        sleep_for_ever()
    }
}

fn sleep_for_ever() -> ! {
    loop {
        thread::sleep(Duration::from_secs(60));
    }
}

/// The reason of a run that an exit ended.
pub(crate) const EXITED: &str =
    "the engine ended the process of the test; only `Suite::in_child_processes` survives that";

pub(super) fn arm(ended: &Sender<Option<RunEnd>>) {
    EXIT.with(|guard| guard.0.replace(Some(ended.clone())));
}

pub(super) fn disarm() {
    EXIT.with(|guard| guard.0.take());
}

/// The number of runs under way in this process.
static RUNS: AtomicUsize = AtomicUsize::new(0);

/// Whether the process is exiting during a run. The exit is held up.
static IS_EXITING: AtomicBool = AtomicBool::new(false);

/// A run under way in this process. An exit of the process waits as long as there is one.
pub(crate) struct RunUnderWay(());

impl RunUnderWay {
    pub(crate) fn begin() -> RunUnderWay {
        RUNS.fetch_add(1, Ordering::SeqCst);
        RunUnderWay(())
    }
}

impl Drop for RunUnderWay {
    fn drop(&mut self) {
        RUNS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Whether the engine has exited on a thread of its own during a run.
pub(crate) fn is_exiting() -> bool {
    IS_EXITING.load(Ordering::SeqCst)
}

/// Does not return while a run is under way. The exit of a process calls it, on the thread that exits.
#[cfg(all(feature = "library", unix))]
pub(crate) fn hold_exit() {
    if RUNS.load(Ordering::SeqCst) > 0 {
        IS_EXITING.store(true, Ordering::SeqCst);
        sleep_for_ever()
    }
}
