//! The options of an engine, its state, and the masks of its callbacks.

flag_set! {
    /// `DEBUG_ENGOPT_*`: the options of an engine.
    EngineOptions {
        /// `DEBUG_ENGOPT_IGNORE_DBGHELP_VERSION`: use any version of the symbol library.
        IGNORE_DBGHELP_VERSION = 0x0001;
        /// `DEBUG_ENGOPT_IGNORE_EXTENSION_VERSIONS`: load any version of an extension.
        IGNORE_EXTENSION_VERSIONS = 0x0002;
        /// `DEBUG_ENGOPT_ALLOW_NETWORK_PATHS`: load files from the network.
        ALLOW_NETWORK_PATHS = 0x0004;
        /// `DEBUG_ENGOPT_DISALLOW_NETWORK_PATHS`: load no files from the network.
        DISALLOW_NETWORK_PATHS = 0x0008;
        /// `DEBUG_ENGOPT_IGNORE_LOADER_EXCEPTIONS`: ignore the exceptions of the loader.
        IGNORE_LOADER_EXCEPTIONS = 0x0010;
        /// `DEBUG_ENGOPT_INITIAL_BREAK`: break in at the first event of a process.
        INITIAL_BREAK = 0x0020;
        /// `DEBUG_ENGOPT_INITIAL_MODULE_BREAK`: break in when a process loads its first module.
        INITIAL_MODULE_BREAK = 0x0040;
        /// `DEBUG_ENGOPT_FINAL_BREAK`: break in when a process ends.
        FINAL_BREAK = 0x0080;
        /// `DEBUG_ENGOPT_NO_EXECUTE_REPEAT`: an empty command does not repeat the last one.
        NO_EXECUTE_REPEAT = 0x0100;
        /// `DEBUG_ENGOPT_FAIL_INCOMPLETE_INFORMATION`: refuse dump files that lack information.
        FAIL_INCOMPLETE_INFORMATION = 0x0200;
        /// `DEBUG_ENGOPT_ALLOW_READ_ONLY_BREAKPOINTS`: allow breakpoints in read-only memory.
        ALLOW_READ_ONLY_BREAKPOINTS = 0x0400;
        /// `DEBUG_ENGOPT_SYNCHRONIZE_BREAKPOINTS`: insert breakpoints with all threads stopped.
        SYNCHRONIZE_BREAKPOINTS = 0x0800;
        /// `DEBUG_ENGOPT_DISALLOW_SHELL_COMMANDS`: run no shell commands.
        DISALLOW_SHELL_COMMANDS = 0x1000;
    }
}

open_enumeration! {
    /// `DEBUG_STATUS_*`: the state of execution, and what a callback asks the engine to do next.
    ExecutionStatus {
        /// `DEBUG_STATUS_NO_CHANGE`: a callback asks for nothing.
        NO_CHANGE = 0;
        /// `DEBUG_STATUS_GO`: the target runs.
        GO = 1;
        /// `DEBUG_STATUS_GO_HANDLED`: the target runs, and its exception counts as handled.
        GO_HANDLED = 2;
        /// `DEBUG_STATUS_GO_NOT_HANDLED`: the target runs, and its exception counts as not handled.
        GO_NOT_HANDLED = 3;
        /// `DEBUG_STATUS_STEP_OVER`: one instruction, or a whole call.
        STEP_OVER = 4;
        /// `DEBUG_STATUS_STEP_INTO`: one instruction.
        STEP_INTO = 5;
        /// `DEBUG_STATUS_BREAK`: the target is suspended.
        BREAK = 6;
        /// `DEBUG_STATUS_NO_DEBUGGEE`: there is no target.
        NO_DEBUGGEE = 7;
        /// `DEBUG_STATUS_STEP_BRANCH`: up to the next branch.
        STEP_BRANCH = 8;
        /// `DEBUG_STATUS_IGNORE_EVENT`: go on as if the event had not been.
        IGNORE_EVENT = 9;
    }
}

open_enumeration! {
    /// `DEBUG_INTERRUPT_*`: how SetInterrupt breaks in.
    InterruptFlags {
        /// `DEBUG_INTERRUPT_ACTIVE`: break into the target, or interrupt the engine.
        ACTIVE = 0;
        /// `DEBUG_INTERRUPT_PASSIVE`: only register the interrupt.
        PASSIVE = 1;
        /// `DEBUG_INTERRUPT_EXIT`: let WaitForEvent return, whether the target can be broken into or not.
        EXIT = 2;
    }
}

flag_set! {
    /// `DEBUG_EXECUTE_*`: how Execute treats a command.
    ///
    /// Without a bit it is `DEBUG_EXECUTE_DEFAULT`.
    ExecuteFlags {
        /// `DEBUG_EXECUTE_ECHO`: send the command itself to the output callbacks as well.
        ECHO = 0x1;
        /// `DEBUG_EXECUTE_NOT_LOGGED`: do not log the command.
        NOT_LOGGED = 0x2;
        /// `DEBUG_EXECUTE_NO_REPEAT`: an empty command does not repeat the last one.
        NO_REPEAT = 0x4;
    }
}

flag_set! {
    /// `DEBUG_OUTPUT_*`: the kinds of output.
    OutputMask {
        /// `DEBUG_OUTPUT_NORMAL`: normal output.
        NORMAL = 0x001;
        /// `DEBUG_OUTPUT_ERROR`: errors.
        ERROR = 0x002;
        /// `DEBUG_OUTPUT_WARNING`: warnings.
        WARNING = 0x004;
        /// `DEBUG_OUTPUT_VERBOSE`: additional output.
        VERBOSE = 0x008;
        /// `DEBUG_OUTPUT_PROMPT`: the prompt.
        PROMPT = 0x010;
        /// `DEBUG_OUTPUT_PROMPT_REGISTERS`: the registers before the prompt.
        PROMPT_REGISTERS = 0x020;
        /// `DEBUG_OUTPUT_EXTENSION_WARNING`: warnings of extensions.
        EXTENSION_WARNING = 0x040;
        /// `DEBUG_OUTPUT_DEBUGGEE`: the output of targets.
        DEBUGGEE = 0x080;
        /// `DEBUG_OUTPUT_DEBUGGEE_PROMPT`: output of targets that waits for input.
        DEBUGGEE_PROMPT = 0x100;
        /// `DEBUG_OUTPUT_SYMBOLS`: messages of the symbol library.
        SYMBOLS = 0x200;
    }
}

flag_set! {
    /// `DEBUG_EVENT_*`: the events that event callbacks are interested in.
    EventMask {
        /// `DEBUG_EVENT_BREAKPOINT`: a breakpoint.
        BREAKPOINT = 0x0001;
        /// `DEBUG_EVENT_EXCEPTION`: an exception.
        EXCEPTION = 0x0002;
        /// `DEBUG_EVENT_CREATE_THREAD`: a new thread.
        CREATE_THREAD = 0x0004;
        /// `DEBUG_EVENT_EXIT_THREAD`: the end of a thread.
        EXIT_THREAD = 0x0008;
        /// `DEBUG_EVENT_CREATE_PROCESS`: a new process.
        CREATE_PROCESS = 0x0010;
        /// `DEBUG_EVENT_EXIT_PROCESS`: the end of a process.
        EXIT_PROCESS = 0x0020;
        /// `DEBUG_EVENT_LOAD_MODULE`: a module is loaded.
        LOAD_MODULE = 0x0040;
        /// `DEBUG_EVENT_UNLOAD_MODULE`: a module is unloaded.
        UNLOAD_MODULE = 0x0080;
        /// `DEBUG_EVENT_SYSTEM_ERROR`: an error of the system.
        SYSTEM_ERROR = 0x0100;
        /// `DEBUG_EVENT_SESSION_STATUS`: the session begins or ends.
        SESSION_STATUS = 0x0200;
        /// `DEBUG_EVENT_CHANGE_DEBUGGEE_STATE`: a target has changed.
        CHANGE_DEBUGGEE_STATE = 0x0400;
        /// `DEBUG_EVENT_CHANGE_ENGINE_STATE`: the engine has changed.
        CHANGE_ENGINE_STATE = 0x0800;
        /// `DEBUG_EVENT_CHANGE_SYMBOL_STATE`: the symbols have changed.
        CHANGE_SYMBOL_STATE = 0x1000;
    }
}
