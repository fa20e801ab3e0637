//! The methods of IDebugClient5 outside the surface. A trace may have calls of them; no requirement is
//! about those.

/// Returns the name, if it is one of those methods.
pub(super) fn other_method(name: &str) -> Option<&'static str> {
    // In the order of the vtable. Every line of a trace asks, and a match finds a name faster than a search does.
    macro_rules! one_of {
        ($($known:literal)*) => {
            match name {
                $($known => Some($known),)*
                _ => None,
            }
        };
    }
    one_of! {
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
}
