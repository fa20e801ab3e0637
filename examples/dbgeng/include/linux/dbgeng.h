// The client objects of the debugger engine for C++ programs where there is no Windows SDK: interfaces, ids and constants of
// the process-server surface and of a session, as they are documented.
//
// A method is declared once, in the version that adds it, since every vtable begins with the older ones (VER-2). The
// interfaces are siblings, as in the SDK: the way from one to another is QueryInterface (VER-3).
#pragma once

#include "dbgeng_session.h"
#include "windows.h"

constexpr GUID IID_IDebugClient = {
    0x27fe5639, 0x8407, 0x4f47, {0x83, 0x64, 0xee, 0x11, 0x8f, 0xb0, 0x8a, 0xc8}};
constexpr GUID IID_IDebugClient2 = {
    0xedbed635, 0x372e, 0x4dab, {0xbb, 0xfe, 0xed, 0x0d, 0x2f, 0x63, 0xbe, 0x81}};
constexpr GUID IID_IDebugClient3 = {
    0xdd492d7f, 0x71b8, 0x4ad6, {0xa8, 0xdc, 0x1c, 0x88, 0x74, 0x79, 0xff, 0x91}};
constexpr GUID IID_IDebugClient4 = {
    0xca83c3de, 0x5089, 0x4cf8, {0x93, 0xc8, 0xd8, 0x92, 0x38, 0x7f, 0x2a, 0x5e}};
constexpr GUID IID_IDebugClient5 = {
    0xe3acb9d7, 0x7ec2, 0x4f0c, {0xa0, 0xda, 0xe8, 0x1e, 0x0c, 0xbb, 0xe6, 0x28}};
constexpr GUID IID_IDebugClient6 = {
    0xfd28b4c5, 0xc498, 0x4686, {0xa2, 0x8e, 0x62, 0xca, 0xd2, 0x15, 0x4e, 0xb3}};
constexpr GUID IID_IDebugClient7 = {
    0x13586be3, 0x542e, 0x481e, {0xb1, 0xf2, 0x84, 0x97, 0xba, 0x74, 0xf9, 0xa9}};
constexpr GUID IID_IDebugClient8 = {
    0xcec43add, 0x6375, 0x469e, {0x83, 0xd5, 0x41, 0x4e, 0x40, 0x33, 0xc1, 0x9a}};
constexpr GUID IID_IDebugClient9 = {
    0x2c24cd5b, 0x4d9e, 0x4df4, {0x8a, 0x70, 0x3d, 0x37, 0x44, 0x0d, 0x11, 0x9f}};

constexpr ULONG DEBUG_CLASS_USER_WINDOWS = 2;
constexpr ULONG DEBUG_SERVERS_DEBUGGER = 1;
constexpr ULONG DEBUG_SERVERS_PROCESS = 2;
constexpr ULONG DEBUG_SERVERS_ALL = 3;
constexpr ULONG DEBUG_GET_PROC_DEFAULT = 0;
constexpr ULONG DEBUG_GET_PROC_FULL_MATCH = 1;
constexpr ULONG DEBUG_GET_PROC_ONLY_MATCH = 2;
constexpr ULONG DEBUG_GET_PROC_SERVICE_NAME = 4;
constexpr ULONG DEBUG_PROC_DESC_DEFAULT = 0;
constexpr ULONG DEBUG_PROC_DESC_NO_PATHS = 1;
constexpr ULONG DEBUG_PROC_DESC_NO_SERVICES = 2;
constexpr ULONG DEBUG_PROC_DESC_NO_MTS_PACKAGES = 4;
constexpr ULONG DEBUG_PROC_DESC_NO_COMMAND_LINE = 8;
constexpr ULONG DEBUG_PROC_DESC_NO_SESSION_ID = 16;
constexpr ULONG DEBUG_PROC_DESC_NO_USER_NAME = 32;
constexpr ULONG DEBUG_ATTACH_DEFAULT = 0;
constexpr ULONG DEBUG_ATTACH_NONINVASIVE = 1;
constexpr ULONG DEBUG_ATTACH_EXISTING = 2;
constexpr ULONG DEBUG_ATTACH_NONINVASIVE_NO_SUSPEND = 4;
constexpr ULONG DEBUG_ATTACH_INVASIVE_NO_INITIAL_BREAK = 8;
constexpr ULONG DEBUG_ATTACH_INVASIVE_RESUME_PROCESS = 16;
constexpr ULONG DEBUG_ATTACH_NONINVASIVE_ALLOW_PARTIAL = 32;
constexpr ULONG DEBUG_ECREATE_PROCESS_DEFAULT = 0;
constexpr ULONG DEBUG_ECREATE_PROCESS_INHERIT_HANDLES = 1;
constexpr ULONG DEBUG_ECREATE_PROCESS_USE_VERIFIER_FLAGS = 2;
constexpr ULONG DEBUG_ECREATE_PROCESS_USE_IMPLICIT_COMMAND_LINE = 4;
constexpr ULONG DEBUG_END_PASSIVE = 0;
constexpr ULONG DEBUG_END_ACTIVE_DETACH = 2;
constexpr ULONG DEBUG_WAIT_DEFAULT = 0;
constexpr ULONG DEBUG_INTERRUPT_ACTIVE = 0;
constexpr ULONG DEBUG_INTERRUPT_PASSIVE = 1;
constexpr ULONG DEBUG_INTERRUPT_EXIT = 2;
constexpr ULONG DEBUG_ENGOPT_INITIAL_BREAK = 0x20;
constexpr ULONG DEBUG_ENGOPT_FINAL_BREAK = 0x40;
constexpr ULONG DEBUG_EXECUTE_DEFAULT = 0;
constexpr ULONG DEBUG_EXECUTE_ECHO = 1;
constexpr ULONG DEBUG_EXECUTE_NOT_LOGGED = 2;
constexpr ULONG DEBUG_OUTCTL_THIS_CLIENT = 0;
constexpr ULONG DEBUG_OUTCTL_ALL_CLIENTS = 1;
constexpr ULONG DEBUG_OUTPUT_NORMAL = 1;
constexpr ULONG DEBUG_OUTPUT_ERROR = 2;
constexpr ULONG DEBUG_OUTPUT_WARNING = 4;
constexpr ULONG DEBUG_OUTPUT_VERBOSE = 8;
constexpr ULONG DEBUG_STATUS_NO_CHANGE = 0;
constexpr ULONG DEBUG_STATUS_GO = 1;
constexpr ULONG DEBUG_STATUS_GO_HANDLED = 2;
constexpr ULONG DEBUG_STATUS_GO_NOT_HANDLED = 3;
constexpr ULONG DEBUG_STATUS_STEP_OVER = 4;
constexpr ULONG DEBUG_STATUS_STEP_INTO = 5;
constexpr ULONG DEBUG_STATUS_BREAK = 6;
constexpr ULONG DEBUG_STATUS_NO_DEBUGGEE = 7;
constexpr ULONG DEBUG_EVENT_BREAKPOINT = 0x1;
constexpr ULONG DEBUG_EVENT_EXCEPTION = 0x2;
constexpr ULONG DEBUG_EVENT_CREATE_THREAD = 0x4;
constexpr ULONG DEBUG_EVENT_EXIT_THREAD = 0x8;
constexpr ULONG DEBUG_EVENT_CREATE_PROCESS = 0x10;
constexpr ULONG DEBUG_EVENT_EXIT_PROCESS = 0x20;
constexpr ULONG DEBUG_EVENT_LOAD_MODULE = 0x40;
constexpr ULONG DEBUG_EVENT_UNLOAD_MODULE = 0x80;
constexpr ULONG DEBUG_EVENT_SYSTEM_ERROR = 0x100;
constexpr ULONG DEBUG_EVENT_SESSION_STATUS = 0x200;
constexpr ULONG DEBUG_EVENT_CHANGE_DEBUGGEE_STATE = 0x400;
constexpr ULONG DEBUG_EVENT_CHANGE_ENGINE_STATE = 0x800;
constexpr ULONG DEBUG_EVENT_CHANGE_SYMBOL_STATE = 0x1000;
constexpr ULONG DEBUG_ANY_ID = 0xffffffff;

// What CreateProcess2 and CreateProcessAndAttach2 take as OptionsBuffer.
struct DEBUG_CREATE_PROCESS_OPTIONS {
    ULONG CreateFlags;
    ULONG EngCreateFlags;
    ULONG VerifierFlags;
    ULONG Reserved;
};
using PDEBUG_CREATE_PROCESS_OPTIONS = DEBUG_CREATE_PROCESS_OPTIONS*;

using PDEBUG_CLIENT = struct IDebugClient*;
using PDEBUG_INPUT_CALLBACKS = struct IDebugInputCallbacks*;
using PDEBUG_OUTPUT_CALLBACKS = struct IDebugOutputCallbacks*;
using PDEBUG_OUTPUT_CALLBACKS_WIDE = struct IDebugOutputCallbacksWide*;
using PDEBUG_EVENT_CALLBACKS = struct IDebugEventCallbacks*;
using PDEBUG_EVENT_CALLBACKS_WIDE = struct IDebugEventCallbacksWide*;
using PDEBUG_EVENT_CONTEXT_CALLBACKS = struct IDebugEventContextCallbacks*;

// Callbacks, which the tool implements.
constexpr GUID IID_IDebugInputCallbacks = {
    0x9f50e42c, 0xf136, 0x499e, {0x9a, 0x97, 0x73, 0x03, 0x6c, 0x94, 0xed, 0x2d}};
struct IDebugInputCallbacks : IUnknown {
    virtual HRESULT StartInput(ULONG BufferSize) = 0;
    virtual HRESULT EndInput() = 0;
};

constexpr GUID IID_IDebugOutputCallbacks = {
    0x4bf58045, 0xd654, 0x4c40, {0xb0, 0xaf, 0x68, 0x30, 0x90, 0xf3, 0x56, 0xdc}};
struct IDebugOutputCallbacks : IUnknown {
    virtual HRESULT Output(ULONG Mask, PCSTR Text) = 0;
};

using PDEBUG_BREAKPOINT = struct IDebugBreakpoint*;

struct EXCEPTION_RECORD64 {
    DWORD ExceptionCode;
    DWORD ExceptionFlags;
    DWORD64 ExceptionRecord;
    DWORD64 ExceptionAddress;
    DWORD NumberParameters;
    DWORD Reserved;
    DWORD64 ExceptionInformation[15];
};
using PEXCEPTION_RECORD64 = EXCEPTION_RECORD64*;

constexpr GUID IID_IDebugEventCallbacks = {
    0x337be28b, 0x5036, 0x4d72, {0xb6, 0xbf, 0xc4, 0x5f, 0xbb, 0x9f, 0x2e, 0xaa}};
struct IDebugEventCallbacks : IUnknown {
    virtual HRESULT GetInterestMask(PULONG Mask) = 0;
    virtual HRESULT Breakpoint(PDEBUG_BREAKPOINT Bp) = 0;
    virtual HRESULT Exception(PEXCEPTION_RECORD64 Exception, ULONG FirstChance) = 0;
    virtual HRESULT CreateThread(ULONG64 Handle, ULONG64 DataOffset, ULONG64 StartOffset) = 0;
    virtual HRESULT ExitThread(ULONG ExitCode) = 0;
    virtual HRESULT CreateProcess(
        ULONG64 ImageFileHandle, ULONG64 Handle, ULONG64 BaseOffset, ULONG ModuleSize, PCSTR ModuleName,
        PCSTR ImageName, ULONG CheckSum, ULONG TimeDateStamp, ULONG64 InitialThreadHandle, ULONG64 ThreadDataOffset,
        ULONG64 StartOffset) = 0;
    virtual HRESULT ExitProcess(ULONG ExitCode) = 0;
    virtual HRESULT LoadModule(
        ULONG64 ImageFileHandle, ULONG64 BaseOffset, ULONG ModuleSize, PCSTR ModuleName, PCSTR ImageName,
        ULONG CheckSum, ULONG TimeDateStamp) = 0;
    virtual HRESULT UnloadModule(PCSTR ImageBaseName, ULONG64 BaseOffset) = 0;
    virtual HRESULT SystemError(ULONG Error, ULONG Level) = 0;
    virtual HRESULT SessionStatus(ULONG Status) = 0;
    virtual HRESULT ChangeDebuggeeState(ULONG Flags, ULONG64 Argument) = 0;
    virtual HRESULT ChangeEngineState(ULONG Flags, ULONG64 Argument) = 0;
    virtual HRESULT ChangeSymbolState(ULONG Flags, ULONG64 Argument) = 0;
};

// Event callbacks that do nothing, for a tool to derive from.
struct DebugBaseEventCallbacks : IDebugEventCallbacks {
    HRESULT QueryInterface(REFIID InterfaceId, PVOID* Interface) override {
        const bool has = InterfaceId == IID_IUnknown || InterfaceId == IID_IDebugEventCallbacks;
        *Interface = has ? this : nullptr;
        if (has) {
            AddRef();
        }
        return has ? S_OK : E_NOINTERFACE;
    }
    HRESULT Breakpoint(PDEBUG_BREAKPOINT) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT Exception(PEXCEPTION_RECORD64, ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT CreateThread(ULONG64, ULONG64, ULONG64) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT ExitThread(ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT CreateProcess(
        ULONG64, ULONG64, ULONG64, ULONG, PCSTR, PCSTR, ULONG, ULONG, ULONG64, ULONG64, ULONG64) override {
        return DEBUG_STATUS_NO_CHANGE;
    }
    HRESULT ExitProcess(ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT LoadModule(ULONG64, ULONG64, ULONG, PCSTR, PCSTR, ULONG, ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT UnloadModule(PCSTR, ULONG64) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT SystemError(ULONG, ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT SessionStatus(ULONG) override { return DEBUG_STATUS_NO_CHANGE; }
    HRESULT ChangeDebuggeeState(ULONG, ULONG64) override { return S_OK; }
    HRESULT ChangeEngineState(ULONG, ULONG64) override { return S_OK; }
    HRESULT ChangeSymbolState(ULONG, ULONG64) override { return S_OK; }
};

// Slots 3 to 47: those of IDebugClient.
struct DebugClientSlots : IUnknown {
    virtual HRESULT AttachKernel(ULONG Flags, PCSTR ConnectOptions) = 0;
    virtual HRESULT GetKernelConnectionOptions(PSTR Buffer, ULONG BufferSize, PULONG OptionsSize) = 0;
    virtual HRESULT SetKernelConnectionOptions(PCSTR Options) = 0;
    virtual HRESULT StartProcessServer(ULONG Flags, PCSTR Options, PVOID Reserved) = 0;
    virtual HRESULT ConnectProcessServer(PCSTR RemoteOptions, PULONG64 Server) = 0;
    virtual HRESULT DisconnectProcessServer(ULONG64 Server) = 0;
    virtual HRESULT GetRunningProcessSystemIds(ULONG64 Server, PULONG Ids, ULONG Count, PULONG ActualCount) = 0;
    virtual HRESULT GetRunningProcessSystemIdByExecutableName(
        ULONG64 Server, PCSTR ExeName, ULONG Flags, PULONG Id) = 0;
    virtual HRESULT GetRunningProcessDescription(
        ULONG64 Server, ULONG SystemId, ULONG Flags, PSTR ExeName, ULONG ExeNameSize, PULONG ActualExeNameSize,
        PSTR Description, ULONG DescriptionSize, PULONG ActualDescriptionSize) = 0;
    virtual HRESULT AttachProcess(ULONG64 Server, ULONG ProcessId, ULONG AttachFlags) = 0;
    virtual HRESULT CreateProcess(ULONG64 Server, PSTR CommandLine, ULONG CreateFlags) = 0;
    virtual HRESULT CreateProcessAndAttach(
        ULONG64 Server, PSTR CommandLine, ULONG CreateFlags, ULONG ProcessId, ULONG AttachFlags) = 0;
    virtual HRESULT GetProcessOptions(PULONG Options) = 0;
    virtual HRESULT AddProcessOptions(ULONG Options) = 0;
    virtual HRESULT RemoveProcessOptions(ULONG Options) = 0;
    virtual HRESULT SetProcessOptions(ULONG Options) = 0;
    virtual HRESULT OpenDumpFile(PCSTR DumpFile) = 0;
    virtual HRESULT WriteDumpFile(PCSTR DumpFile, ULONG Qualifier) = 0;
    virtual HRESULT ConnectSession(ULONG Flags, ULONG HistoryLimit) = 0;
    virtual HRESULT StartServer(PCSTR Options) = 0;
    virtual HRESULT OutputServers(ULONG OutputControl, PCSTR Machine, ULONG Flags) = 0;
    virtual HRESULT TerminateProcesses() = 0;
    virtual HRESULT DetachProcesses() = 0;
    virtual HRESULT EndSession(ULONG Flags) = 0;
    virtual HRESULT GetExitCode(PULONG Code) = 0;
    virtual HRESULT DispatchCallbacks(ULONG Timeout) = 0;
    virtual HRESULT ExitDispatch(PDEBUG_CLIENT Client) = 0;
    virtual HRESULT CreateClient(PDEBUG_CLIENT* Client) = 0;
    virtual HRESULT GetInputCallbacks(PDEBUG_INPUT_CALLBACKS* Callbacks) = 0;
    virtual HRESULT SetInputCallbacks(PDEBUG_INPUT_CALLBACKS Callbacks) = 0;
    virtual HRESULT GetOutputCallbacks(PDEBUG_OUTPUT_CALLBACKS* Callbacks) = 0;
    virtual HRESULT SetOutputCallbacks(PDEBUG_OUTPUT_CALLBACKS Callbacks) = 0;
    virtual HRESULT GetOutputMask(PULONG Mask) = 0;
    virtual HRESULT SetOutputMask(ULONG Mask) = 0;
    virtual HRESULT GetOtherOutputMask(PDEBUG_CLIENT Client, PULONG Mask) = 0;
    virtual HRESULT SetOtherOutputMask(PDEBUG_CLIENT Client, ULONG Mask) = 0;
    virtual HRESULT GetOutputWidth(PULONG Columns) = 0;
    virtual HRESULT SetOutputWidth(ULONG Columns) = 0;
    virtual HRESULT GetOutputLinePrefix(PSTR Buffer, ULONG BufferSize, PULONG PrefixSize) = 0;
    virtual HRESULT SetOutputLinePrefix(PCSTR Prefix) = 0;
    virtual HRESULT GetIdentity(PSTR Buffer, ULONG BufferSize, PULONG IdentitySize) = 0;
    virtual HRESULT OutputIdentity(ULONG OutputControl, ULONG Flags, PCSTR Format) = 0;
    virtual HRESULT GetEventCallbacks(PDEBUG_EVENT_CALLBACKS* Callbacks) = 0;
    virtual HRESULT SetEventCallbacks(PDEBUG_EVENT_CALLBACKS Callbacks) = 0;
    virtual HRESULT FlushCallbacks() = 0;
};

// Slots 48 to 55: what IDebugClient2 adds.
struct DebugClient2Slots : DebugClientSlots {
    virtual HRESULT WriteDumpFile2(PCSTR DumpFile, ULONG Qualifier, ULONG FormatFlags, PCSTR Comment) = 0;
    virtual HRESULT AddDumpInformationFile(PCSTR InfoFile, ULONG Type) = 0;
    virtual HRESULT EndProcessServer(ULONG64 Server) = 0;
    virtual HRESULT WaitForProcessServerEnd(ULONG Timeout) = 0;
    virtual HRESULT IsKernelDebuggerEnabled() = 0;
    virtual HRESULT TerminateCurrentProcess() = 0;
    virtual HRESULT DetachCurrentProcess() = 0;
    virtual HRESULT AbandonCurrentProcess() = 0;
};

// Slots 56 to 59: what IDebugClient3 adds.
struct DebugClient3Slots : DebugClient2Slots {
    virtual HRESULT GetRunningProcessSystemIdByExecutableNameWide(
        ULONG64 Server, PCWSTR ExeName, ULONG Flags, PULONG Id) = 0;
    virtual HRESULT GetRunningProcessDescriptionWide(
        ULONG64 Server, ULONG SystemId, ULONG Flags, PWSTR ExeName, ULONG ExeNameSize, PULONG ActualExeNameSize,
        PWSTR Description, ULONG DescriptionSize, PULONG ActualDescriptionSize) = 0;
    virtual HRESULT CreateProcessWide(ULONG64 Server, PWSTR CommandLine, ULONG CreateFlags) = 0;
    virtual HRESULT CreateProcessAndAttachWide(
        ULONG64 Server, PWSTR CommandLine, ULONG CreateFlags, ULONG ProcessId, ULONG AttachFlags) = 0;
};

// Slots 60 to 65: what IDebugClient4 adds.
struct DebugClient4Slots : DebugClient3Slots {
    virtual HRESULT OpenDumpFileWide(PCWSTR FileName, ULONG64 FileHandle) = 0;
    virtual HRESULT WriteDumpFileWide(
        PCWSTR FileName, ULONG64 FileHandle, ULONG Qualifier, ULONG FormatFlags, PCWSTR Comment) = 0;
    virtual HRESULT AddDumpInformationFileWide(PCWSTR FileName, ULONG64 FileHandle, ULONG Type) = 0;
    virtual HRESULT GetNumberDumpFiles(PULONG Number) = 0;
    virtual HRESULT GetDumpFile(
        ULONG Index, PSTR Buffer, ULONG BufferSize, PULONG NameSize, PULONG64 Handle, PULONG Type) = 0;
    virtual HRESULT GetDumpFileWide(
        ULONG Index, PWSTR Buffer, ULONG BufferSize, PULONG NameSize, PULONG64 Handle, PULONG Type) = 0;
};

// Slots 66 to 94: what IDebugClient5 adds.
struct DebugClient5Slots : DebugClient4Slots {
    virtual HRESULT AttachKernelWide(ULONG Flags, PCWSTR ConnectOptions) = 0;
    virtual HRESULT GetKernelConnectionOptionsWide(PWSTR Buffer, ULONG BufferSize, PULONG OptionsSize) = 0;
    virtual HRESULT SetKernelConnectionOptionsWide(PCWSTR Options) = 0;
    virtual HRESULT StartProcessServerWide(ULONG Flags, PCWSTR Options, PVOID Reserved) = 0;
    virtual HRESULT ConnectProcessServerWide(PCWSTR RemoteOptions, PULONG64 Server) = 0;
    virtual HRESULT StartServerWide(PCWSTR Options) = 0;
    virtual HRESULT OutputServersWide(ULONG OutputControl, PCWSTR Machine, ULONG Flags) = 0;
    virtual HRESULT GetOutputCallbacksWide(PDEBUG_OUTPUT_CALLBACKS_WIDE* Callbacks) = 0;
    virtual HRESULT SetOutputCallbacksWide(PDEBUG_OUTPUT_CALLBACKS_WIDE Callbacks) = 0;
    virtual HRESULT GetOutputLinePrefixWide(PWSTR Buffer, ULONG BufferSize, PULONG PrefixSize) = 0;
    virtual HRESULT SetOutputLinePrefixWide(PCWSTR Prefix) = 0;
    virtual HRESULT GetIdentityWide(PWSTR Buffer, ULONG BufferSize, PULONG IdentitySize) = 0;
    virtual HRESULT OutputIdentityWide(ULONG OutputControl, ULONG Flags, PCWSTR Format) = 0;
    virtual HRESULT GetEventCallbacksWide(PDEBUG_EVENT_CALLBACKS_WIDE* Callbacks) = 0;
    virtual HRESULT SetEventCallbacksWide(PDEBUG_EVENT_CALLBACKS_WIDE Callbacks) = 0;
    virtual HRESULT CreateProcess2(
        ULONG64 Server, PSTR CommandLine, PVOID OptionsBuffer, ULONG OptionsBufferSize, PCSTR InitialDirectory,
        PCSTR Environment) = 0;
    virtual HRESULT CreateProcess2Wide(
        ULONG64 Server, PWSTR CommandLine, PVOID OptionsBuffer, ULONG OptionsBufferSize, PCWSTR InitialDirectory,
        PCWSTR Environment) = 0;
    virtual HRESULT CreateProcessAndAttach2(
        ULONG64 Server, PSTR CommandLine, PVOID OptionsBuffer, ULONG OptionsBufferSize, PCSTR InitialDirectory,
        PCSTR Environment, ULONG ProcessId, ULONG AttachFlags) = 0;
    virtual HRESULT CreateProcessAndAttach2Wide(
        ULONG64 Server, PWSTR CommandLine, PVOID OptionsBuffer, ULONG OptionsBufferSize, PCWSTR InitialDirectory,
        PCWSTR Environment, ULONG ProcessId, ULONG AttachFlags) = 0;
    virtual HRESULT PushOutputLinePrefix(PCSTR NewPrefix, PULONG64 Handle) = 0;
    virtual HRESULT PushOutputLinePrefixWide(PCWSTR NewPrefix, PULONG64 Handle) = 0;
    virtual HRESULT PopOutputLinePrefix(ULONG64 Handle) = 0;
    virtual HRESULT GetNumberInputCallbacks(PULONG Count) = 0;
    virtual HRESULT GetNumberOutputCallbacks(PULONG Count) = 0;
    virtual HRESULT GetNumberEventCallbacks(ULONG EventFlags, PULONG Count) = 0;
    virtual HRESULT GetQuitLockString(PSTR Buffer, ULONG BufferSize, PULONG StringSize) = 0;
    virtual HRESULT SetQuitLockString(PCSTR String) = 0;
    virtual HRESULT GetQuitLockStringWide(PWSTR Buffer, ULONG BufferSize, PULONG StringSize) = 0;
    virtual HRESULT SetQuitLockStringWide(PCWSTR String) = 0;
};

// Slot 95: what IDebugClient6 adds.
struct DebugClient6Slots : DebugClient5Slots {
    virtual HRESULT SetEventContextCallbacks(PDEBUG_EVENT_CONTEXT_CALLBACKS Callbacks) = 0;
};

// Slot 96: what IDebugClient7 adds.
struct DebugClient7Slots : DebugClient6Slots {
    virtual HRESULT SetClientContext(PVOID Context, ULONG ContextSize) = 0;
};

// Slot 97: what IDebugClient8 adds.
struct DebugClient8Slots : DebugClient7Slots {
    virtual HRESULT OpenDumpFileWide2(PCWSTR FileName, ULONG64 FileHandle, ULONG AlternateArch) = 0;
};

// Slots 98 and 99: what IDebugClient9 adds.
struct DebugClient9Slots : DebugClient8Slots {
    virtual HRESULT OpenDumpDirectoryWide(PCWSTR Directory, ULONG AlternateArch) = 0;
    virtual HRESULT OpenDumpDirectory(PCSTR Directory, ULONG AlternateArch) = 0;
};

struct IDebugClient : DebugClientSlots {};
struct IDebugClient2 : DebugClient2Slots {};
struct IDebugClient3 : DebugClient3Slots {};
struct IDebugClient4 : DebugClient4Slots {};
struct IDebugClient5 : DebugClient5Slots {};
struct IDebugClient6 : DebugClient6Slots {};
struct IDebugClient7 : DebugClient7Slots {};
struct IDebugClient8 : DebugClient8Slots {};
struct IDebugClient9 : DebugClient9Slots {};

extern "C" HRESULT DebugCreate(REFIID InterfaceId, PVOID* Interface);
extern "C" HRESULT DebugConnect(PCSTR RemoteOptions, REFIID InterfaceId, PVOID* Interface);
extern "C" HRESULT DebugConnectWide(PCWSTR RemoteOptions, REFIID InterfaceId, PVOID* Interface);
