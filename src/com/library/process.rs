//! The end of this process, and of the processes that it starts.

/// Ends this process at once. An orderly exit would run code of the engine, which may wait for threads that no longer exist,
/// and a host that stays occupies its address.
pub(super) fn leave(status: i32) -> ! {
    #[cfg(windows)]
    // SAFETY: this only ends the process.
    unsafe {
        use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};
        TerminateProcess(GetCurrentProcess(), status.cast_unsigned());
    }
    #[cfg(unix)]
    // SAFETY: the same.
    unsafe {
        libc::_exit(status)
    }
    #[cfg(not(unix))]
    std::process::exit(status)
}

/// Makes every process that this one starts from now on, and their descendants, end with this one. Otherwise a process that an
/// engine creates would run on with its inherited handles, such as the port of a process server.
#[cfg(windows)]
pub(super) fn end_children_with_this_process() {
    use std::ptr::{from_ref, null};
    use windows_sys::Win32::System::JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    };
    use windows_sys::Win32::System::Threading::GetCurrentProcess;

    let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    let size = u32::try_from(size_of_val(&limits)).unwrap_or(0);
    // SAFETY: the job has no name and no attributes of its own, and the size of the limits is right. The handle of the job is
    // not closed: it closes with this process, which ends the others.
    unsafe {
        let job = CreateJobObjectW(null(), null());
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, from_ref(&limits).cast(), size);
        AssignProcessToJobObject(job, GetCurrentProcess());
    }
}

/// Does nothing: only engines on Windows create processes.
#[cfg(not(windows))]
pub(super) fn end_children_with_this_process() {}

/// Holds up each exit of this process during a run of the kit. An engine may exit on a thread of its own.
#[cfg(unix)]
pub(super) fn hold_exits() {
    extern "C" fn hold() {
        crate::conformance::hold_exit();
    }
    static HELD: std::sync::Once = std::sync::Once::new();
    HELD.call_once(|| {
        // SAFETY: the function needs nothing that an exit destroys before. If it cannot be registered, no exit is held up.
        let _ = unsafe { libc::atexit(hold) };
    });
}

/// Does nothing: on Windows, an exit may have ended the other threads before.
#[cfg(not(unix))]
pub(super) fn hold_exits() {}
