//! This process: how it leaves, and what leaves with it.

/// Ends this process at once. An orderly end would ask the engine first, which may wait there for threads that are gone
/// already; a host that stays keeps its address.
pub(super) fn leave(status: i32) -> ! {
    #[cfg(windows)]
    // SAFETY: this ends the process, whatever else goes on in it.
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

/// From now on, the processes that this one starts, and those that they start, end when this one does. A program that an
/// engine was told to create would run on, and with it what it inherited: the port of a process server, too.
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
    // SAFETY: the job has no name and no attributes of its own, and the limits are as large as is said. The handle of the
    // job stays open as long as this process is there: its end is what ends the others.
    unsafe {
        let job = CreateJobObjectW(null(), null());
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, from_ref(&limits).cast(), size);
        AssignProcessToJobObject(job, GetCurrentProcess());
    }
}

/// Elsewhere there are no engines that create processes.
#[cfg(not(windows))]
pub(super) fn end_children_with_this_process() {}
