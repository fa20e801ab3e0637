//! Descendants on Linux.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid};

/// A process that has started more than so many others, which still run, leaks them.
const MOST_LEFT: usize = 100;

/// How many programs are performed between two looks at what is left.
const PROGRAMS_PER_LOOK: usize = 20;

/// Ends every other process that inherited the folder of a child in some environment variable: those that left its group, such
/// as a daemon, and what its hosts started. It reads the environment of every process of the computer.
pub(crate) fn end_strays(folder: &Path) {
    let inherited = [b"=", folder.as_os_str().as_bytes()].concat();
    let is_stray = |process: &Pid| {
        // Other users' processes cannot be read.
        let environment = fs::read(folder_of(*process).join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable.ends_with(&inherited))
    };
    // A process that starts another and ends while it is looked for hides both, so one look is not enough.
    let mut looks = 2;
    while looks > 0 {
        let others = processes().filter(|process| *process != getpid());
        let strays: Vec<Pid> = others.filter(is_stray).collect();
        looks = if strays.is_empty() { looks - 1 } else { 2 };
        for stray in strays {
            // It may be gone.
            let _: rustix::io::Result<()> = kill_process(stray, Signal::KILL);
        }
    }
}

/// Makes this process the parent of what its descendants leave behind, so that none of them is lost. Returns whether the system
/// can do that.
pub(crate) fn adopt_orphans() -> bool {
    set_child_subreaper(Some(getpid())).is_ok()
}

/// Whether nothing runs that this process started, if it [adopts orphans](adopt_orphans).
pub(crate) fn is_childless() -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::All, options).is_err_and(|error| error == Errno::CHILD)
}

/// Whether this process leaks processes, now that it has performed so many more programs. It looks only now and then.
pub(crate) fn leaks_processes(programs: usize) -> bool {
    static PERFORMED: AtomicUsize = AtomicUsize::new(0);

    let before = PERFORMED.fetch_add(programs, Ordering::Relaxed);
    let is_due = before / PROGRAMS_PER_LOOK < (before + programs) / PROGRAMS_PER_LOOK;
    is_due && !is_childless() && processes().filter(is_running_child).count() > MOST_LEFT
}

/// Whether a process is a child of this one and has not ended.
fn is_running_child(process: &Pid) -> bool {
    let stat = fs::read_to_string(folder_of(*process).join("stat")).unwrap_or_default();
    // The name of its program stands in parentheses, and may contain any character.
    let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let is_running = fields.next().is_some_and(|state| state != "Z");
    is_running && fields.next().and_then(|parent| parent.parse().ok()).and_then(Pid::from_raw) == Some(getpid())
}

/// Returns the processes of the computer.
fn processes() -> impl Iterator<Item = Pid> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten().map(|process| process.file_name());
    names.filter_map(|name| Pid::from_raw(name.to_str()?.parse().ok()?))
}

/// Returns the folder with what the system tells about a process.
fn folder_of(process: Pid) -> PathBuf {
    Path::new("/proc").join(process.as_raw_nonzero().to_string())
}
