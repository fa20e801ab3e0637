//! The one table of codes: constants and names come from the same lines. It needs the two conversions.

use windows_result::HRESULT;

macro_rules! codes {
    ($($(#[doc = $meaning:literal])* $name:ident = $code:expr;)*) => {
        $(
            $(#[doc = $meaning])*
            #[doc = concat!("\n\n`", stringify!($code), "`")]
            pub const $name: HRESULT = $code;
        )*

        pub(super) const NAMES: &[(HRESULT, &str)] = &[$(($name, stringify!($name))),*];
    };
}

/// The bit that marks an HRESULT as an NT status.
pub(super) const NT_BIT: u32 = 0x1000_0000;

/// Converts a Win32 error, as `HRESULT_FROM_WIN32` does (RET-7): 0 stays `S_OK`, and a failing HRESULT stays as it is.
pub const fn from_win32(error: u32) -> HRESULT {
    HRESULT::from_win32(error)
}

/// Converts an NT status, as `HRESULT_FROM_NT` does (RET-7): the status with the NT bit set.
pub const fn from_nt(status: u32) -> HRESULT {
    HRESULT((status | NT_BIT).cast_signed())
}

const fn hresult(code: u32) -> HRESULT {
    HRESULT(code.cast_signed())
}

codes! {
    /// Success (RET-1).
    S_OK = hresult(0);
    /// A partial result, a time-out or a "no" (RET-2, RET-12, OBS-21, OBS-62). It counts as success.
    S_FALSE = hresult(1);

    /// The data needed is not there yet; from WaitForEvent, an exit interrupt (RET-13).
    E_PENDING = hresult(0x8000_000A);
    /// Not implemented (RET-3); StartProcessServer with a Reserved that is not null (OBS-30).
    E_NOTIMPL = hresult(0x8000_4001);
    /// No such interface, and in this engine also "not found" (RET-4, OBS-52).
    E_NOINTERFACE = hresult(0x8000_4002);
    /// A pointer that may not be null.
    E_POINTER = hresult(0x8000_4003);
    /// Aborted on request.
    E_ABORT = hresult(0x8000_4004);
    /// A failure without details (RET-3); by the documentation, a refused password too (RET-11).
    E_FAIL = hresult(0x8000_4005);
    /// The engine is in the wrong state for the call, or cannot get at the target (RET-5, OBS-23).
    E_UNEXPECTED = hresult(0x8000_FFFF);
    /// Access denied; in kernel mode because of Secure Mode (RET-6).
    E_ACCESSDENIED = from_win32(5);
    /// A handle that is not valid.
    E_HANDLE = from_win32(6);
    /// Out of memory (RET-3).
    E_OUTOFMEMORY = from_win32(14);
    /// A bad argument (RET-3); the engine returns it for a handle that it can refuse (OBS-4..OBS-6).
    E_INVALIDARG = from_win32(87);

    /// No such file (OBS-56, OBS-82) or no such pipe (OBS-41).
    ERROR_FILE_NOT_FOUND = from_win32(2);
    /// No such path; on some platforms, no such pipe (OBS-81).
    ERROR_PATH_NOT_FOUND = from_win32(3);
    /// A library that the call needs is missing (OBS-92).
    ERROR_MOD_NOT_FOUND = from_win32(126);
    /// The file is no program (OBS-82).
    ERROR_BAD_EXE_FORMAT = from_win32(193);
    /// A pipe name in use, on some platforms (OBS-103).
    ERROR_ALREADY_EXISTS = from_win32(183);
    /// The initial directory does not exist (OBS-61).
    ERROR_DIRECTORY = from_win32(267);
    /// The wait would never end.
    ERROR_POSSIBLE_DEADLOCK = from_win32(1131);
    /// The address is not one of the version of the Internet Protocol that is asked for (OBS-73).
    WSAEAFNOSUPPORT = from_win32(10047);
    /// The port is in use (OBS-36).
    WSAEADDRINUSE = from_win32(10048);
    /// The connection attempt timed out.
    WSAETIMEDOUT = from_win32(10060);
    /// Nothing listens (OBS-41).
    WSAECONNREFUSED = from_win32(10061);
    /// The host name is unknown (OBS-41).
    WSAHOST_NOT_FOUND = from_win32(11001);

    /// The process id is unknown (OBS-55).
    STATUS_INVALID_CID = from_nt(0xC000_000B);
    /// An attach to a process that has a debugger (OBS-83).
    STATUS_ACCESS_DENIED = from_nt(0xC000_0022);
    /// An attach to a process that ends meanwhile, as callers report.
    STATUS_PROCESS_IS_TERMINATING = from_nt(0xC000_010A);
    /// An attach with `DEBUG_ATTACH_EXISTING` to a process that has no debugger (the unpublished trace
    /// `probe-attach-live-2`).
    STATUS_PORT_NOT_SET = from_nt(0xC000_0353);

    /// The callee rejected the call.
    RPC_E_CALL_REJECTED = hresult(0x8001_0001);
    /// The message filter cancelled the call.
    RPC_E_CALL_CANCELED = hresult(0x8001_0002);
    /// A call from inside an intertask send cannot be posted.
    RPC_E_CANTPOST_INSENDCALL = hresult(0x8001_0003);
    /// No call can be made from inside an asynchronous call.
    RPC_E_CANTCALLOUT_INASYNCCALL = hresult(0x8001_0004);
    /// No call can be made from inside a message filter.
    RPC_E_CANTCALLOUT_INEXTERNALCALL = hresult(0x8001_0005);
    /// The connection broke and cannot be used.
    RPC_E_CONNECTION_TERMINATED = hresult(0x8001_0006);
    /// The callee is gone; from the engine: a refused password (OBS-37), or no process server (OBS-42).
    RPC_E_SERVER_DIED = hresult(0x8001_0007);
    /// The caller died during the call.
    RPC_E_CLIENT_DIED = hresult(0x8001_0008);
    /// The packet of marshalled data is wrong.
    RPC_E_INVALID_DATAPACKET = hresult(0x8001_0009);
    /// The call could not be sent: the host of the process server is gone (OBS-25).
    RPC_E_CANTTRANSMIT_CALL = hresult(0x8001_000A);
    /// The client could not marshal the arguments.
    RPC_E_CLIENT_CANTMARSHAL_DATA = hresult(0x8001_000B);
    /// The client could not unmarshal the results.
    RPC_E_CLIENT_CANTUNMARSHAL_DATA = hresult(0x8001_000C);
    /// The server could not marshal the results.
    RPC_E_SERVER_CANTMARSHAL_DATA = hresult(0x8001_000D);
    /// The server could not unmarshal the arguments.
    RPC_E_SERVER_CANTUNMARSHAL_DATA = hresult(0x8001_000E);
    /// The data received is wrong.
    RPC_E_INVALID_DATA = hresult(0x8001_000F);
    /// A parameter is wrong and cannot be marshalled.
    RPC_E_INVALID_PARAMETER = hresult(0x8001_0010);
    /// No second call can be made on this channel.
    RPC_E_CANTCALLOUT_AGAIN = hresult(0x8001_0011);
    /// The callee is gone and did not execute the call.
    RPC_E_SERVER_DIED_DNE = hresult(0x8001_0012);
    /// A system call failed.
    RPC_E_SYS_CALL_FAILED = hresult(0x8001_0100);
    /// A resource ran out.
    RPC_E_OUT_OF_RESOURCES = hresult(0x8001_0101);
    /// Several threads called where one may.
    RPC_E_ATTEMPTED_MULTITHREAD = hresult(0x8001_0102);
    /// The interface is not registered on the server.
    RPC_E_NOT_REGISTERED = hresult(0x8001_0103);
    /// The server could not be called.
    RPC_E_FAULT = hresult(0x8001_0104);
    /// The server raised an exception.
    RPC_E_SERVERFAULT = hresult(0x8001_0105);
    /// The thread's mode cannot change once it is set.
    RPC_E_CHANGED_MODE = hresult(0x8001_0106);
    /// The server has no such method.
    RPC_E_INVALIDMETHOD = hresult(0x8001_0107);
    /// The object called has disconnected from its clients.
    RPC_E_DISCONNECTED = hresult(0x8001_0108);
    /// The callee asks for the call again, at once.
    RPC_E_RETRY = hresult(0x8001_0109);
    /// The callee asks for the call again, later.
    RPC_E_SERVERCALL_RETRYLATER = hresult(0x8001_010A);
    /// The callee's message filter rejected the call.
    RPC_E_SERVERCALL_REJECTED = hresult(0x8001_010B);
    /// The call's data is not valid.
    RPC_E_INVALID_CALLDATA = hresult(0x8001_010C);
    /// No call can be made during an input-synchronous call.
    RPC_E_CANTCALLOUT_ININPUTSYNCCALL = hresult(0x8001_010D);
    /// The call came from a thread for which the interface was not marshalled.
    RPC_E_WRONG_THREAD = hresult(0x8001_010E);
    /// The thread has not been initialised.
    RPC_E_THREAD_NOT_INIT = hresult(0x8001_010F);
    /// The two ends have different versions.
    RPC_E_VERSION_MISMATCH = hresult(0x8001_0110);
    /// The call's header is not valid.
    RPC_E_INVALID_HEADER = hresult(0x8001_0111);
    /// An extension of the call is not valid.
    RPC_E_INVALID_EXTENSION = hresult(0x8001_0112);
    /// No such interface pointer identifier.
    RPC_E_INVALID_IPID = hresult(0x8001_0113);
    /// No such object.
    RPC_E_INVALID_OBJECT = hresult(0x8001_0114);
    /// Waiting for a call to complete.
    RPC_S_CALLPENDING = hresult(0x8001_0115);
    /// Waiting for a timer.
    RPC_S_WAITONTIMER = hresult(0x8001_0116);
    /// The call is complete already.
    RPC_E_CALL_COMPLETE = hresult(0x8001_0117);
    /// The call is not secure enough.
    RPC_E_UNSECURE_CALL = hresult(0x8001_0118);
    /// Security was initialised too late, or twice.
    RPC_E_TOO_LATE = hresult(0x8001_0119);
    /// No usable security package.
    RPC_E_NO_GOOD_SECURITY_PACKAGES = hresult(0x8001_011A);
    /// Access denied.
    RPC_E_ACCESS_DENIED = hresult(0x8001_011B);
    /// Remote calls are switched off.
    RPC_E_REMOTE_DISABLED = hresult(0x8001_011C);
    /// The marshalled reference is not valid.
    RPC_E_INVALID_OBJREF = hresult(0x8001_011D);
    /// There is no call context here.
    RPC_E_NO_CONTEXT = hresult(0x8001_011E);
    /// The call timed out.
    RPC_E_TIMEOUT = hresult(0x8001_011F);
    /// There is nothing to wait for.
    RPC_E_NO_SYNC = hresult(0x8001_0120);
    /// A secure channel is required.
    RPC_E_FULLSIC_REQUIRED = hresult(0x8001_0121);
    /// The standard name is not valid.
    RPC_E_INVALID_STD_NAME = hresult(0x8001_0122);
    /// An internal error.
    RPC_E_UNEXPECTED = hresult(0x8001_FFFF);
}
