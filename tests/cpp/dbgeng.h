// The client objects of the debugger engine for C++ programs where there is no Windows SDK: interfaces, ids and constants
// as they are documented, and no more of them than tests need.
//
// A method is declared once, in the version that adds it, since every vtable begins with the older ones (VER-2). The
// interfaces are siblings, as in the SDK: the way from one to another is QueryInterface (VER-3).
#pragma once

#include <cstdint>

using HRESULT = std::int32_t;
using ULONG = std::uint32_t;
using ULONG64 = std::uint64_t;
// A wchar_t has 32 bits here.
using WCHAR = char16_t;
using PVOID = void*;
using PULONG = ULONG*;
using PULONG64 = ULONG64*;
using PSTR = char*;
using PCSTR = const char*;
using PWSTR = WCHAR*;
using PCWSTR = const WCHAR*;

constexpr HRESULT S_OK = 0;
constexpr HRESULT S_FALSE = 1;
constexpr HRESULT E_NOTIMPL = static_cast<HRESULT>(0x80004001);
constexpr HRESULT E_NOINTERFACE = static_cast<HRESULT>(0x80004002);

constexpr bool FAILED(HRESULT hresult) {
    return hresult < 0;
}

struct GUID {
    std::uint32_t Data1;
    std::uint16_t Data2;
    std::uint16_t Data3;
    std::uint8_t Data4[8];
};
using REFIID = const GUID&;

constexpr GUID IID_IUnknown = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};
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

constexpr ULONG DEBUG_CLASS_USER_WINDOWS = 2;
constexpr ULONG DEBUG_SERVERS_ALL = 3;
constexpr ULONG DEBUG_GET_PROC_DEFAULT = 0;
constexpr ULONG DEBUG_GET_PROC_ONLY_MATCH = 2;
constexpr ULONG DEBUG_PROC_DESC_DEFAULT = 0;
constexpr ULONG DEBUG_PROC_DESC_NO_PATHS = 1;
constexpr ULONG DEBUG_ATTACH_DEFAULT = 0;
constexpr ULONG DEBUG_ATTACH_NONINVASIVE = 1;
constexpr ULONG DEBUG_END_PASSIVE = 0;
constexpr ULONG DEBUG_END_ACTIVE_DETACH = 2;
// Of the system's own header.
constexpr ULONG DEBUG_ONLY_THIS_PROCESS = 2;

using PDEBUG_CLIENT = struct IDebugClient*;
using PDEBUG_INPUT_CALLBACKS = struct IDebugInputCallbacks*;
using PDEBUG_OUTPUT_CALLBACKS = struct IDebugOutputCallbacks*;
using PDEBUG_OUTPUT_CALLBACKS_WIDE = struct IDebugOutputCallbacksWide*;
using PDEBUG_EVENT_CALLBACKS = struct IDebugEventCallbacks*;
using PDEBUG_EVENT_CALLBACKS_WIDE = struct IDebugEventCallbacksWide*;
using PDEBUG_EVENT_CONTEXT_CALLBACKS = struct IDebugEventContextCallbacks*;

struct IUnknown {
    virtual HRESULT QueryInterface(REFIID InterfaceId, PVOID* Interface) = 0;
    virtual ULONG AddRef() = 0;
    virtual ULONG Release() = 0;
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

// Slots 95 to 99: what IDebugClient6 to IDebugClient9 add.
struct DebugClient9Slots : DebugClient5Slots {
    virtual HRESULT SetEventContextCallbacks(PDEBUG_EVENT_CONTEXT_CALLBACKS Callbacks) = 0;
    virtual HRESULT SetClientContext(PVOID Context, ULONG ContextSize) = 0;
    virtual HRESULT OpenDumpFileWide2(PCWSTR FileName, ULONG64 FileHandle, ULONG AlternateArch) = 0;
    virtual HRESULT OpenDumpDirectoryWide(PCWSTR Directory, ULONG AlternateArch) = 0;
    virtual HRESULT OpenDumpDirectory(PCSTR Directory, ULONG AlternateArch) = 0;
};

struct IDebugClient : DebugClientSlots {};
struct IDebugClient2 : DebugClient2Slots {};
struct IDebugClient3 : DebugClient3Slots {};
struct IDebugClient4 : DebugClient4Slots {};
struct IDebugClient5 : DebugClient5Slots {};
struct IDebugClient9 : DebugClient9Slots {};

extern "C" HRESULT DebugCreate(REFIID InterfaceId, PVOID* Interface);
