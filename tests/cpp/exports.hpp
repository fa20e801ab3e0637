// The functions of the library beside DebugCreate: they exist, so that a program that imports them starts.
#pragma once

#include "objects.hpp"

#ifndef STDAPICALLTYPE
#define STDAPICALLTYPE
#endif

template <class Char> void connects_to_no_debugging_server(void* function) {
    using Connect = HRESULT(STDAPICALLTYPE*)(const Char*, REFIID, void**);
    const Char nowhere[] = {'t', 'c', 'p', ':', 'p', 'o', 'r', 't', '=', '1', 0};
    Room<void*, 1> made;
    EXPECT_EQUAL(E_NOTIMPL, reinterpret_cast<Connect>(function)(nowhere, CLIENTS[0], made));
    EXPECT_EQUAL(nullptr, *made);
    EXPECT_EQUAL(E_NOTIMPL, reinterpret_cast<Connect>(function)(nullptr, CLIENTS[0], nullptr));
}

inline void exports_all_functions(const char* path) {
    void* const connect = load(path, "DebugConnect");
    void* const connect_wide = load(path, "DebugConnectWide");
    void* const create_ex = load(path, "DebugCreateEx");
    EXPECT(connect && connect_wide && create_ex);
    if (!connect || !connect_wide || !create_ex) {
        return;
    }
    connects_to_no_debugging_server<char>(connect);
    connects_to_no_debugging_server<WCHAR>(connect_wide);

    using CreateEx = HRESULT(STDAPICALLTYPE*)(REFIID, ULONG, void**);
    Room<void*, 1> made;
    EXPECT_EQUAL(E_NOTIMPL, reinterpret_cast<CreateEx>(create_ex)(CLIENTS[0], 1, made));
    EXPECT_EQUAL(nullptr, *made);
    EXPECT_EQUAL(S_OK, reinterpret_cast<CreateEx>(create_ex)(CLIENTS[0], 0, made));
    if (*made) {
        EXPECT_EQUAL(0, static_cast<IUnknown*>(*made)->Release());
    }
}
