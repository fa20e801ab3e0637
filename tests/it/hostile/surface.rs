//! Calls of the slots that the mock answers.

use std::ffi::c_void;

use dbgeng_testkit::HRESULT;
use dbgeng_testkit::com::Vtbl;

use super::caller::{Caller, Text, Unit};

/// Makes a call of one slot on an object, with arguments of a caller's.
///
/// # Safety
///
/// The object is a counted pointer of the mock's.
pub(super) type Make = unsafe fn(&Vtbl, *mut c_void, &mut Caller) -> HRESULT;

type Start<U> = unsafe extern "system" fn(*mut c_void, u32, *const U, *mut c_void) -> HRESULT;
type StartDebugging<U> = unsafe extern "system" fn(*mut c_void, *const U) -> HRESULT;
type Connect<U> = unsafe extern "system" fn(*mut c_void, *const U, *mut u64) -> HRESULT;
type Find<U> = unsafe extern "system" fn(*mut c_void, u64, *const U, u32, *mut u32) -> HRESULT;
type Describe<U> =
    unsafe extern "system" fn(*mut c_void, u64, u32, u32, *mut U, u32, *mut u32, *mut U, u32, *mut u32) -> HRESULT;
type Create<U> = unsafe extern "system" fn(*mut c_void, u64, *mut U, u32) -> HRESULT;
type CreateAndAttach<U> = unsafe extern "system" fn(*mut c_void, u64, *mut U, u32, u32, u32) -> HRESULT;
type Create2<U> = unsafe extern "system" fn(*mut c_void, u64, *mut U, *mut c_void, u32, *const U, *const U) -> HRESULT;
type CreateAndAttach2<U> =
    unsafe extern "system" fn(*mut c_void, u64, *mut U, *mut c_void, u32, *const U, *const U, u32, u32) -> HRESULT;
type List<U> = unsafe extern "system" fn(*mut c_void, u32, *const U, u32) -> HRESULT;

/// Makes the call.
///
/// # Safety
///
/// The object is a counted pointer of the mock's, and every pointer is null or one that the caller has made.
macro_rules! call {
    ($slot:ident, $this:ident, $caller:ident, $($argument:expr),*) => {{
        $caller.memory.remember();
        // SAFETY: by the macro's own demand.
        unsafe { $slot($this, $($argument),*) }
    }};
}

macro_rules! surface {
    ($($name:ident => $function:ident $(::<$unit:ty>)?;)*) => {
        /// The slots of the process-server surface, but for CreateClient, which makes an object.
        pub(super) const SURFACE: &[(&str, Make)] = &[$(
            // SAFETY: the caller's promise goes on.
            (stringify!($name), |vtable, this, caller| unsafe { $function $(::<$unit>)? (vtable.$name, this, caller) }),
        )*];
    };
}

surface! {
    StartProcessServer => start::<u8>;
    StartProcessServerWide => start::<u16>;
    StartServer => start_debugging::<u8>;
    StartServerWide => start_debugging::<u16>;
    ConnectProcessServer => connect::<u8>;
    ConnectProcessServerWide => connect::<u16>;
    DisconnectProcessServer => take_handle;
    EndProcessServer => take_handle;
    WaitForProcessServerEnd => wait;
    GetRunningProcessSystemIds => list_processes;
    GetRunningProcessSystemIdByExecutableName => find::<u8>;
    GetRunningProcessSystemIdByExecutableNameWide => find::<u16>;
    GetRunningProcessDescription => describe::<u8>;
    GetRunningProcessDescriptionWide => describe::<u16>;
    AttachProcess => attach;
    CreateProcess => create::<u8>;
    CreateProcessWide => create::<u16>;
    CreateProcessAndAttach => create_and_attach::<u8>;
    CreateProcessAndAttachWide => create_and_attach::<u16>;
    CreateProcess2 => create2::<u8>;
    CreateProcess2Wide => create2::<u16>;
    CreateProcessAndAttach2 => create_and_attach2::<u8>;
    CreateProcessAndAttach2Wide => create_and_attach2::<u16>;
    OutputServers => list_servers::<u8>;
    OutputServersWide => list_servers::<u16>;
    EndSession => end_session;
}

unsafe fn start<U: Unit>(slot: Start<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let class = if caller.random.u8(..4) == 0 { caller.number() } else { 2 };
    let options: *mut U = caller.text(Text::Offer);
    let reserved = if caller.random.u8(..8) == 0 { caller.untouched() } else { std::ptr::null_mut::<u64>() };
    // Where the reserved pointer leads does not matter.
    caller.is_misaligned = !options.is_aligned();
    call!(slot, this, caller, class, options, reserved.cast())
}

unsafe fn start_debugging<U: Unit>(slot: StartDebugging<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let options = caller.text(Text::Offer);
    call!(slot, this, caller, options)
}

unsafe fn connect<U: Unit>(slot: Connect<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (options, server) = (caller.text(Text::Search), caller.one::<u64>());
    let hresult = call!(slot, this, caller, options, server);
    if hresult.is_ok() && !server.is_null() {
        // SAFETY: it is not misaligned either, since then no call succeeds.
        caller.handles.push(unsafe { server.read() });
    }
    hresult
}

unsafe fn take_handle(
    slot: unsafe extern "system" fn(*mut c_void, u64) -> HRESULT,
    this: *mut c_void,
    caller: &mut Caller,
) -> HRESULT {
    let server = caller.handle();
    call!(slot, this, caller, server)
}

unsafe fn wait(
    slot: unsafe extern "system" fn(*mut c_void, u32) -> HRESULT,
    this: *mut c_void,
    caller: &mut Caller,
) -> HRESULT {
    let timeout = caller.number();
    call!(slot, this, caller, timeout)
}

unsafe fn list_processes(
    slot: unsafe extern "system" fn(*mut c_void, u64, *mut u32, u32, *mut u32) -> HRESULT,
    this: *mut c_void,
    caller: &mut Caller,
) -> HRESULT {
    let (server, (ids, count), actual_count) = (caller.handle(), caller.many(false), caller.one());
    call!(slot, this, caller, server, ids, count, actual_count)
}

unsafe fn find<U: Unit>(slot: Find<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, name, id) = (caller.handle(), caller.text(Text::Name), caller.one());
    let flags = caller.few_flags();
    call!(slot, this, caller, server, name, flags, id)
}

unsafe fn describe<U: Unit>(slot: Describe<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, id, flags) = (caller.handle(), caller.process_id(), caller.few_flags());
    let ((name, name_size), actual_name) = (caller.many(true), caller.one());
    let ((text, text_size), actual_text) = (caller.many(true), caller.one());
    call!(slot, this, caller, server, id, flags, name, name_size, actual_name, text, text_size, actual_text)
}

unsafe fn attach(
    slot: unsafe extern "system" fn(*mut c_void, u64, u32, u32) -> HRESULT,
    this: *mut c_void,
    caller: &mut Caller,
) -> HRESULT {
    let (server, id, flags) = (caller.handle(), caller.process_id(), caller.few_flags());
    call!(slot, this, caller, server, id, flags)
}

unsafe fn create<U: Unit>(slot: Create<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, line, flags) = (caller.handle(), caller.text(Text::Line), caller.few_flags());
    call!(slot, this, caller, server, line, flags)
}

unsafe fn create_and_attach<U: Unit>(slot: CreateAndAttach<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, line, flags) = (caller.handle(), caller.text(Text::Line), caller.few_flags());
    let (id, attach_flags) = (caller.process_id(), caller.few_flags());
    call!(slot, this, caller, server, line, flags, id, attach_flags)
}

unsafe fn create2<U: Unit>(slot: Create2<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, line, (options, size)) = (caller.handle(), caller.text(Text::Line), caller.options());
    let (directory, environment) = (caller.text(Text::HostLocation), caller.environment());
    call!(slot, this, caller, server, line, options, size, directory, environment)
}

unsafe fn create_and_attach2<U: Unit>(slot: CreateAndAttach2<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (server, line, (options, size)) = (caller.handle(), caller.text(Text::Line), caller.options());
    let (directory, environment) = (caller.text(Text::HostLocation), caller.environment());
    let (id, attach_flags) = (caller.process_id(), caller.few_flags());
    call!(slot, this, caller, server, line, options, size, directory, environment, id, attach_flags)
}

unsafe fn list_servers<U: Unit>(slot: List<U>, this: *mut c_void, caller: &mut Caller) -> HRESULT {
    let (control, machine, flags) = (caller.number(), caller.text(Text::HostLocation), caller.few_flags());
    call!(slot, this, caller, control, machine, flags)
}

unsafe fn end_session(
    slot: unsafe extern "system" fn(*mut c_void, u32) -> HRESULT,
    this: *mut c_void,
    caller: &mut Caller,
) -> HRESULT {
    let flags = caller.random.u32(..5);
    call!(slot, this, caller, flags)
}
