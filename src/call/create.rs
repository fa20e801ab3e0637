//! The parameters of a create.

use crate::flags::{CreateFlags, CreateProcessOptions, EngCreateFlags};

/// The parameters that CreateProcess2 and CreateProcessAndAttach2 have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CreateProcess2<S = String> {
    /// The handle of the process server, or 0 for the local computer.
    pub server: u64,
    /// The command line.
    pub command_line: Option<S>,
    /// The options; `None` is a null pointer.
    pub options: Option<CreateProcessOptions>,
    /// The size of the options in bytes; a valid one is [`CreateProcessOptions::SIZE`].
    pub options_buffer_size: u32,
    /// The directory in which the process starts; `None` is the engine's own.
    pub initial_directory: Option<S>,
    /// The environment: `name=value` items, each closed by a NUL (STR-10).
    pub environment: Option<S>,
}

impl<S> CreateProcess2<S> {
    /// Makes the parameters of a call that has no options but these flags.
    pub(crate) fn by_flags(server: u64, command_line: Option<S>, create_flags: CreateFlags) -> CreateProcess2<S> {
        let options = Some(CreateProcessOptions { create_flags, ..CreateProcessOptions::default() });
        let options_buffer_size = CreateProcessOptions::SIZE;
        CreateProcess2 {
            server,
            command_line,
            options,
            options_buffer_size,
            initial_directory: None,
            environment: None,
        }
    }

    /// Returns whether the options are valid: an engine can use them as they are (Q-58, OBS-61).
    pub fn is_sound(&self) -> bool {
        let sound =
            |options: CreateProcessOptions| options.reserved == 0 && options.eng_create_flags.unnamed().is_empty();
        self.options_buffer_size == CreateProcessOptions::SIZE && self.options.is_some_and(sound)
    }

    /// Returns whether the created process is debugged (CRE-3).
    pub(crate) fn debugs(&self) -> bool {
        self.options.is_some_and(|options| is_debug(options.create_flags))
    }

    /// Returns whether an environment for a new process comes with a flag with which the real engine does not implement it:
    /// CREATE_UNICODE_ENVIRONMENT, as Win32 calls the bit (OBS-76), or verifier flags (OBS-216).
    pub(crate) fn passes_flagged_environment(&self) -> bool {
        let is_flagged = |options: CreateProcessOptions| {
            options.create_flags.contains(CreateFlags::NO_DEBUG_HEAP)
                || options.eng_create_flags.contains(EngCreateFlags::USE_VERIFIER_FLAGS)
        };
        self.command_line.is_some() && self.environment.is_some() && self.options.is_some_and(is_flagged)
    }

    /// Returns whether the engine's own command line is asked for. Only a Request sets one, and nobody here makes that
    /// (CRE-16).
    pub fn takes_implicit_line(&self) -> bool {
        let implicit = EngCreateFlags::USE_IMPLICIT_COMMAND_LINE;
        self.options.is_some_and(|options| options.eng_create_flags.contains(implicit))
    }
}

/// Returns whether a process that is created with these flags is debugged (CRE-3).
pub(crate) fn is_debug(flags: CreateFlags) -> bool {
    flags.intersects(CreateFlags::DEBUG_PROCESS | CreateFlags::DEBUG_ONLY_THIS_PROCESS)
}
