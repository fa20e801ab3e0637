//! Calls of the slots that are not simulated. What arguments they take is in their types.

use std::ffi::c_void;

use dbgeng_testkit::HRESULT;

use super::caller::Caller;
use super::surface::Make;

/// An argument of a slot that reads and writes nothing.
trait Argument {
    fn of(caller: &mut Caller) -> Self;
}

impl Argument for u32 {
    fn of(caller: &mut Caller) -> u32 {
        caller.number()
    }
}

impl Argument for u64 {
    fn of(caller: &mut Caller) -> u64 {
        caller.handle()
    }
}

impl<T> Argument for *mut T {
    fn of(caller: &mut Caller) -> *mut T {
        caller.untouched::<u64>().cast()
    }
}

impl<T> Argument for *const T {
    fn of(caller: &mut Caller) -> *const T {
        caller.untouched::<u64>().cast()
    }
}

/// A slot, called with arguments of a caller's.
trait Slot {
    /// # Safety
    ///
    /// The object is a counted pointer of the mock's.
    unsafe fn call(self, this: *mut c_void, caller: &mut Caller) -> HRESULT;
}

macro_rules! slots_of {
    ($($($argument:ident: $type:ident),*;)*) => {$(
        impl<$($type: Argument),*> Slot for unsafe extern "system" fn(*mut c_void, $($type),*) -> HRESULT {
            unsafe fn call(self, this: *mut c_void, caller: &mut Caller) -> HRESULT {
                $(let $argument = $type::of(caller);)*
                caller.memory.remember();
                // SAFETY: the caller's promise; every pointer is null or leads to memory.
                unsafe { self(this, $($argument),*) }
            }
        }
    )*};
}

slots_of! {
    ;
    a: A;
    a: A, b: B;
    a: A, b: B, c: C;
    a: A, b: B, c: C, d: D;
    a: A, b: B, c: C, d: D, e: E;
    a: A, b: B, c: C, d: D, e: E, f: F;
}

macro_rules! outside {
    ($($name:ident)*) => {
        /// The slots that answer E_NOTIMPL.
        pub(super) const OUTSIDE: &[(&str, Make)] = &[$(
            // SAFETY: the caller's promise goes on.
            (stringify!($name), |vtable, this, caller| unsafe { vtable.$name.call(this, caller) }),
        )*];
    };
}

outside! {
    AttachKernel GetKernelConnectionOptions SetKernelConnectionOptions GetProcessOptions AddProcessOptions
    RemoveProcessOptions SetProcessOptions OpenDumpFile WriteDumpFile ConnectSession GetOtherOutputMask
    SetOtherOutputMask GetOutputWidth SetOutputWidth GetOutputLinePrefix SetOutputLinePrefix GetIdentity
    OutputIdentity WriteDumpFile2 AddDumpInformationFile IsKernelDebuggerEnabled OpenDumpFileWide WriteDumpFileWide
    AddDumpInformationFileWide GetNumberDumpFiles GetDumpFile GetDumpFileWide AttachKernelWide
    GetKernelConnectionOptionsWide SetKernelConnectionOptionsWide GetOutputLinePrefixWide SetOutputLinePrefixWide
    GetIdentityWide OutputIdentityWide PushOutputLinePrefix PushOutputLinePrefixWide PopOutputLinePrefix
    GetNumberInputCallbacks GetNumberOutputCallbacks GetNumberEventCallbacks GetQuitLockString SetQuitLockString
    GetQuitLockStringWide SetQuitLockStringWide
}
