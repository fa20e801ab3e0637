//! The processes that a child process has started: some may still run, and all end with it.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

#[cfg(not(target_os = "linux"))]
pub(super) use self::elsewhere::{adopt_orphans, end_strays, is_childless, leaks_processes};
#[cfg(target_os = "linux")]
pub(super) use self::linux::{adopt_orphans, end_strays, is_childless, leaks_processes};

/// Whether this process is being ended with everything that it started, since its parent has ended.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Stops this thread if the process is being ended: one that goes on starting others could never be ended with all of them.
pub(crate) fn stop_if_ending() {
    while IS_ENDING.load(Ordering::Relaxed) {
        thread::park();
    }
}

/// Ends this process and everything that it started.
pub(super) fn end_all(folder: &Path) -> ! {
    IS_ENDING.store(true, Ordering::Relaxed);
    end_strays(folder);
    end_group(std::process::id());
    // A process that has left its group, or a system without groups.
    std::process::abort()
}

/// Ends every process of the group that this process leads.
#[cfg(unix)]
pub(super) fn end_group(leader: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let leader = i32::try_from(leader).ok().and_then(Pid::from_raw);
    // The group may be gone.
    let _: Option<rustix::io::Result<()>> = leader.map(|leader| kill_process_group(leader, Signal::KILL));
}

/// Does nothing: on Windows, a job ends what an engine in a library starts.
#[cfg(not(unix))]
pub(super) fn end_group(_leader: u32) {}
