//! The flags and options of a create.

flag_set! {
    /// The CreateFlags of the CreateProcess methods (K-25..K-29): the creation flags of Win32, two of which have a meaning
    /// of their own here.
    ///
    /// Without `DEBUG_PROCESS` and `DEBUG_ONLY_THIS_PROCESS` the engine creates the process and does not attach (CRE-3,
    /// OBS-60).
    CreateFlags {
        /// `DEBUG_PROCESS`: attach to the new process and to its children.
        DEBUG_PROCESS = 0x0000_0001;
        /// `DEBUG_ONLY_THIS_PROCESS`: attach to the new process only.
        DEBUG_ONLY_THIS_PROCESS = 0x0000_0002;
        /// `CREATE_SUSPENDED`: the first thread does not run.
        CREATE_SUSPENDED = 0x0000_0004;
        /// `DETACHED_PROCESS`: no console.
        DETACHED_PROCESS = 0x0000_0008;
        /// `CREATE_NEW_CONSOLE`: a console of its own.
        CREATE_NEW_CONSOLE = 0x0000_0010;
        /// `CREATE_NEW_PROCESS_GROUP`: the root of a process group.
        CREATE_NEW_PROCESS_GROUP = 0x0000_0200;
        /// `DEBUG_CREATE_PROCESS_NO_DEBUG_HEAP`: the normal heap; to Win32 the bit is CREATE_UNICODE_ENVIRONMENT.
        NO_DEBUG_HEAP = 0x0000_0400;
        /// `DEBUG_CREATE_PROCESS_THROUGH_RTL`: create a native process (K-55); to Win32 the bit is
        /// STACK_SIZE_PARAM_IS_A_RESERVATION.
        THROUGH_RTL = 0x0001_0000;
    }
}

flag_set! {
    /// `DEBUG_ECREATE_PROCESS_*`: the engine's own creation flags (K-30..K-33).
    ///
    /// Without a bit it is `DEBUG_ECREATE_PROCESS_DEFAULT`.
    EngCreateFlags {
        /// `DEBUG_ECREATE_PROCESS_INHERIT_HANDLES`: the process inherits handles from the debugger or the process
        /// server.
        INHERIT_HANDLES = 0x1;
        /// `DEBUG_ECREATE_PROCESS_USE_VERIFIER_FLAGS`: [`CreateProcessOptions::verifier_flags`] apply.
        USE_VERIFIER_FLAGS = 0x2;
        /// `DEBUG_ECREATE_PROCESS_USE_IMPLICIT_COMMAND_LINE`: the implicit command line of the debugger or the process
        /// server replaces the one given (CRE-16).
        USE_IMPLICIT_COMMAND_LINE = 0x4;
    }
}

/// `DEBUG_CREATE_PROCESS_OPTIONS` (K-50), laid out as the engine reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(C)]
pub struct CreateProcessOptions {
    /// How the process is created and whether it is attached to (K-51).
    pub create_flags: CreateFlags,
    /// The engine's own flags (K-52).
    pub eng_create_flags: EngCreateFlags,
    /// The verifier's flags; they apply with [`EngCreateFlags::USE_VERIFIER_FLAGS`] (K-53).
    pub verifier_flags: u32,
    /// Zero; every other value is a bad argument (K-54, OBS-61).
    pub reserved: u32,
}

impl CreateProcessOptions {
    /// The OptionsBufferSize of these options, in bytes (CRE-10, OBS-61).
    pub const SIZE: u32 = 16;
}
