//! The methods of IDebugClient5 outside the surface. A trace may have calls of them; no requirement is
//! about those.

use crate::method::Method;
use crate::suggestion::did_you_mean;

// In the order of the vtable.
macro_rules! other_methods {
    ($($known:literal)*) => {
        const NAMES: &[&str] = &[$($known),*];

        /// Returns the name, if it is one of those methods.
        pub(super) fn other_method(name: &str) -> Option<&'static str> {
            // Every line of a trace asks, and a match finds a name faster than a search does.
            match name {
                $($known => Some($known),)*
                _ => None,
            }
        }
    };
}

other_methods! {
    "AddRef" "AttachKernel" "GetKernelConnectionOptions" "SetKernelConnectionOptions" "GetProcessOptions"
    "AddProcessOptions" "RemoveProcessOptions" "SetProcessOptions" "OpenDumpFile" "WriteDumpFile" "ConnectSession"
    "GetInputCallbacks" "SetInputCallbacks" "GetOutputCallbacks" "SetOutputCallbacks" "GetOtherOutputMask"
    "SetOtherOutputMask" "GetOutputWidth" "SetOutputWidth" "GetOutputLinePrefix" "SetOutputLinePrefix"
    "GetIdentity" "OutputIdentity" "GetEventCallbacks" "SetEventCallbacks" "WriteDumpFile2"
    "AddDumpInformationFile" "IsKernelDebuggerEnabled" "OpenDumpFileWide" "WriteDumpFileWide"
    "AddDumpInformationFileWide" "GetNumberDumpFiles" "GetDumpFile" "GetDumpFileWide" "AttachKernelWide"
    "GetKernelConnectionOptionsWide" "SetKernelConnectionOptionsWide" "GetOutputCallbacksWide"
    "SetOutputCallbacksWide" "GetOutputLinePrefixWide" "SetOutputLinePrefixWide" "GetIdentityWide"
    "OutputIdentityWide" "GetEventCallbacksWide" "SetEventCallbacksWide" "PushOutputLinePrefix"
    "PushOutputLinePrefixWide" "PopOutputLinePrefix" "GetNumberInputCallbacks" "GetNumberOutputCallbacks"
    "GetNumberEventCallbacks" "GetQuitLockString" "SetQuitLockString" "GetQuitLockStringWide"
    "SetQuitLockStringWide"
}

/// The problem of a name that no method has.
pub(super) fn unknown_method(name: &str) -> String {
    let known = Method::ALL.iter().map(|method| method.name());
    // A twin is named as it was written, with Wide.
    let plain = name.strip_suffix("Wide").unwrap_or(name);
    format!("no method is called {name:?}{}", did_you_mean(plain, known.chain(NAMES.iter().copied())))
}
