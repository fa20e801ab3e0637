// The part of windows.h that debugger tools in C++ need to compile on Linux against dbgeng.h beside it.
#pragma once

#include <cstdint>
#include <cstring>

using HRESULT = std::int32_t;
using BOOL = std::int32_t;
using LONG = std::int32_t;
using BYTE = std::uint8_t;
using USHORT = std::uint16_t;
using ULONG = std::uint32_t;
using DWORD = std::uint32_t;
using UINT = std::uint32_t;
using LONG64 = std::int64_t;
using ULONG64 = std::uint64_t;
using DWORD64 = std::uint64_t;
using CHAR = char;
// A wchar_t has 32 bits here.
using WCHAR = char16_t;
using PVOID = void*;
using LPVOID = void*;
using HANDLE = void*;
using PBOOL = BOOL*;
using PULONG = ULONG*;
using PULONG64 = ULONG64*;
using PSTR = char*;
using PCSTR = const char*;
using LPCSTR = const char*;
using PWSTR = WCHAR*;
using PCWSTR = const WCHAR*;

#define FALSE 0
#define TRUE 1
#define MAX_PATH 260
#define WINAPI
#define STDMETHODCALLTYPE
#define STDAPICALLTYPE
#define STDMETHOD(name) virtual HRESULT name
#define STDMETHOD_(type, name) virtual type name
#define PURE = 0
#define THIS_
#define THIS void
// The way to the id of an interface that needs no extension of the compiler.
#define __uuidof(Interface) (IID_##Interface)

constexpr HRESULT S_OK = 0;
constexpr HRESULT S_FALSE = 1;
constexpr HRESULT E_PENDING = static_cast<HRESULT>(0x8000000a);
constexpr HRESULT E_NOTIMPL = static_cast<HRESULT>(0x80004001);
constexpr HRESULT E_NOINTERFACE = static_cast<HRESULT>(0x80004002);
constexpr HRESULT E_POINTER = static_cast<HRESULT>(0x80004003);
constexpr HRESULT E_ABORT = static_cast<HRESULT>(0x80004004);
constexpr HRESULT E_FAIL = static_cast<HRESULT>(0x80004005);
constexpr HRESULT E_UNEXPECTED = static_cast<HRESULT>(0x8000ffff);
constexpr HRESULT E_ACCESSDENIED = static_cast<HRESULT>(0x80070005);
constexpr HRESULT E_HANDLE = static_cast<HRESULT>(0x80070006);
constexpr HRESULT E_OUTOFMEMORY = static_cast<HRESULT>(0x8007000e);
constexpr HRESULT E_INVALIDARG = static_cast<HRESULT>(0x80070057);
constexpr HRESULT RPC_E_SERVER_DIED = static_cast<HRESULT>(0x80010007);
constexpr HRESULT RPC_E_WRONG_THREAD = static_cast<HRESULT>(0x8001010e);

constexpr DWORD INFINITE = 0xffffffff;
constexpr DWORD ERROR_FILE_NOT_FOUND = 2;
constexpr DWORD ERROR_ACCESS_DENIED = 5;
constexpr DWORD WSAEADDRINUSE = 10048;
constexpr DWORD WSAECONNREFUSED = 10061;

// Flags of processes that are created to be debugged.
constexpr DWORD DEBUG_PROCESS = 1;
constexpr DWORD DEBUG_ONLY_THIS_PROCESS = 2;
constexpr DWORD CREATE_NEW_CONSOLE = 0x10;

constexpr bool SUCCEEDED(HRESULT hresult) {
    return hresult >= 0;
}

constexpr bool FAILED(HRESULT hresult) {
    return hresult < 0;
}

constexpr HRESULT HRESULT_FROM_WIN32(DWORD error) {
    return error == 0 ? S_OK : static_cast<HRESULT>((error & 0xffff) | 0x80070000);
}

struct GUID {
    std::uint32_t Data1;
    std::uint16_t Data2;
    std::uint16_t Data3;
    std::uint8_t Data4[8];
};
using IID = GUID;
using REFIID = const GUID&;

inline bool operator==(const GUID& one, const GUID& other) {
    return std::memcmp(&one, &other, sizeof one) == 0;
}

inline bool operator!=(const GUID& one, const GUID& other) {
    return !(one == other);
}

inline bool IsEqualIID(const GUID& one, const GUID& other) {
    return one == other;
}

constexpr GUID IID_IUnknown = {0, 0, 0, {0xc0, 0, 0, 0, 0, 0, 0, 0x46}};

struct IUnknown {
    virtual HRESULT QueryInterface(REFIID InterfaceId, PVOID* Interface) = 0;
    virtual ULONG AddRef() = 0;
    virtual ULONG Release() = 0;
};
using LPUNKNOWN = IUnknown*;
