// What differs between Windows, where the header is the compiler's own, and elsewhere, where it is ours.
#pragma once

#include <functional>

#ifdef _WIN32
// Makes the headers behind it define the ids that they declare.
#include <initguid.h>

#include <windows.h>

#include <dbgeng.h>
#else
#include "../../examples/dbgeng/include/linux/dbgeng.h"

#include <dlfcn.h>

#include <thread>
#endif

// Where the header stops before them, this is all there is.
struct IDebugClient5;
struct IDebugClient9;

using Create = decltype(&DebugCreate);

#ifdef _WIN32
const GUID HEADER_IDS[] = {IID_IDebugClient, IID_IDebugClient2, IID_IDebugClient3, IID_IDebugClient4};

// A function of a library, or null.
inline void* load(const char* path, const char* function) {
    const HMODULE library = LoadLibraryA(path);
    return library ? reinterpret_cast<void*>(GetProcAddress(library, function)) : nullptr;
}

// Not std::thread: some builds of the compiler have none.
inline void on_another_thread(std::function<void()> work) {
    const auto run = [](void* argument) -> DWORD {
        (*static_cast<std::function<void()>*>(argument))();
        return 0;
    };
    const HANDLE thread = CreateThread(nullptr, 0, run, &work, 0, nullptr);
    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}
#else
const GUID HEADER_IDS[] = {
    IID_IDebugClient, IID_IDebugClient2, IID_IDebugClient3, IID_IDebugClient4, IID_IDebugClient5};

// A function of a library, or null.
inline void* load(const char* path, const char* function) {
    void* const library = dlopen(path, RTLD_NOW);
    return library ? dlsym(library, function) : nullptr;
}

inline void on_another_thread(std::function<void()> work) {
    std::thread(std::move(work)).join();
}
#endif
