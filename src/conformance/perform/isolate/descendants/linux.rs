//! Descendants on Linux.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, kill_process, set_child_subreaper, waitid};

/// A process that has started more than so many others, which still run, leaks them.
const MOST_LEFT: usize = 100;

/// How many programs are performed between two looks at what is left.
const PROGRAMS_PER_LOOK: usize = 20;

/// How long programs that are being started are awaited. One on a dead network drive is started for ever.
const START: Duration = Duration::from_secs(2);

/// Ends every other process that inherited the folder of a child in some environment variable: those that left its group, such
/// as a daemon, and what its hosts started. It reads the environment of every process of the computer.
pub(crate) fn end_strays(folder: &Path) {
    let inherited = [b"=", folder.as_os_str().as_bytes()].concat();
    let begun = Instant::now();
    // A process that starts another and ends while it is looked for hides both, so one look is not enough.
    let mut looks = 2;
    while looks > 0 {
        looks -= 1;
        for process in processes().filter(|process| *process != getpid()) {
            // Other users' processes cannot be read.
            let Ok(environment) = fs::read(folder_of(process).join("environ")) else { continue };
            if environment.split(|byte| *byte == 0).any(|variable| variable.ends_with(&inherited)) {
                // It may be gone.
                let _: rustix::io::Result<()> = kill_process(process, Signal::KILL);
                looks = 2;
            } else if environment.is_empty() && is_being_started(process) && begun.elapsed() < START {
                thread::sleep(Duration::from_millis(1));
                looks = 2;
            }
        }
    }
}

/// Whether the program of a process is being started: its memory is there, and its environment is not yet.
fn is_being_started(process: Pid) -> bool {
    let stat = Stat::of(process);
    stat.number(VIRTUAL_SIZE) > Some(0) && stat.number(ENVIRONMENT_END) == Some(0)
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
    let stat = Stat::of(*process);
    let is_running = stat.field(STATE).is_some_and(|state| state != "Z");
    is_running && stat.number(PARENT) == u64::try_from(getpid().as_raw_nonzero().get()).ok()
}

/// The status of a process, `/proc/PID/stat`; proc_pid_stat(5) numbers its fields.
struct Stat(String);

const STATE: usize = 3;
const PARENT: usize = 4;
const VIRTUAL_SIZE: usize = 23;
const ENVIRONMENT_END: usize = 51;

impl Stat {
    /// It is empty if the process is gone.
    fn of(process: Pid) -> Stat {
        let stat = fs::read(folder_of(process).join("stat")).unwrap_or_default();
        Stat(String::from_utf8_lossy(&stat).into_owned())
    }

    fn field(&self, number: usize) -> Option<&str> {
        // The second field, the name of the program, stands in parentheses and may contain any character.
        self.0.rsplit(')').next()?.split_whitespace().nth(number.checked_sub(STATE)?)
    }

    fn number(&self, number: usize) -> Option<u64> {
        self.field(number)?.parse().ok()
    }
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
