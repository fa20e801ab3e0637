//! The facts that a process of the kit knows of itself.

#[cfg(windows)]
use crate::conformance::OwnFacts;

/// Returns the facts as an engine on Windows shows them.
#[cfg(windows)]
pub(super) fn own_facts() -> OwnFacts {
    OwnFacts { session: windows::session(), user: windows::user(), command_line: Some(windows::command_line()) }
}

#[cfg(not(windows))]
pub(super) use crate::conformance::facts_without_the_system as own_facts;

#[cfg(windows)]
mod windows {
    use std::ptr::{null, null_mut};

    use windows_sys::Win32::Foundation::{CloseHandle, HANDLE};
    use windows_sys::Win32::Security::{
        GetTokenInformation, LookupAccountSidW, SID_NAME_USE, TOKEN_QUERY, TOKEN_USER, TokenUser,
    };
    use windows_sys::Win32::System::Environment::GetCommandLineW;
    use windows_sys::Win32::System::RemoteDesktop::ProcessIdToSessionId;
    use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

    /// More characters than a name has, and more words than a security identifier.
    const ROOM: usize = 512;

    pub(super) fn session() -> Option<u32> {
        let mut session = 0;
        // SAFETY: the pointer is that of a variable.
        let found = unsafe { ProcessIdToSessionId(std::process::id(), &raw mut session) };
        (found != 0).then_some(session)
    }

    pub(super) fn command_line() -> String {
        // SAFETY: the text belongs to the system, ends with a NUL and stays as it is.
        unsafe {
            let line = GetCommandLineW();
            let length = (0..).take_while(|at| *line.add(*at) != 0).count();
            String::from_utf16_lossy(std::slice::from_raw_parts(line, length))
        }
    }

    /// Returns the account of this process, as `HOST\name`.
    pub(super) fn user() -> Option<String> {
        let mut token: HANDLE = null_mut();
        let mut buffer = [0_u64; ROOM];
        let size = u32::try_from(size_of_val(&buffer)).ok()?;
        // SAFETY: the buffer has the size that is given, and is aligned for a TOKEN_USER. The token is closed.
        let found = unsafe {
            if OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) == 0 {
                return None;
            }
            let found = GetTokenInformation(token, TokenUser, buffer.as_mut_ptr().cast(), size, &mut 0);
            CloseHandle(token);
            found
        };
        if found == 0 {
            return None;
        }
        let (mut name, mut host) = ([0_u16; ROOM], [0_u16; ROOM]);
        let (mut name_length, mut host_length) = (u32::try_from(ROOM).ok()?, u32::try_from(ROOM).ok()?);
        let mut kind: SID_NAME_USE = 0;
        // SAFETY: the system wrote a TOKEN_USER, whose identifier is in the same buffer. Lengths are those of the arrays.
        let found = unsafe {
            let user: *const TOKEN_USER = buffer.as_ptr().cast();
            LookupAccountSidW(
                null(),
                (*user).User.Sid,
                name.as_mut_ptr(),
                &raw mut name_length,
                host.as_mut_ptr(),
                &raw mut host_length,
                &raw mut kind,
            )
        };
        let text = |units: &[u16], length: u32| units.get(..length as usize).map(String::from_utf16_lossy);
        let [host, name] = [text(&host, host_length)?, text(&name, name_length)?];
        (found != 0).then(|| format!("{host}\\{name}"))
    }
}
