// The slots that are not simulated: each answers E_NOTIMPL and leaves its outputs alone.
#pragma once

#include "check.hpp"

// An output of any type.
struct Output {
    template <class T> operator T*() { return reinterpret_cast<T*>(static_cast<ULONG64*>(room)); }

    Room<ULONG64, 4> room;
};

#define EXPECT_OUTSIDE(call)                     \
    do {                                         \
        Output out;                              \
        EXPECT_EQUAL(E_NOTIMPL, client->call);   \
        EXPECT_EQUAL(0, out.room.written());     \
    } while (false)

template <class Client> void outside_1(Client* client) {
    EXPECT_OUTSIDE(AttachKernel(0, "com:port=com1"));
    EXPECT_OUTSIDE(GetKernelConnectionOptions(out, 8, out));
    EXPECT_OUTSIDE(SetKernelConnectionOptions("resync"));
    EXPECT_OUTSIDE(GetProcessOptions(out));
    EXPECT_OUTSIDE(AddProcessOptions(1));
    EXPECT_OUTSIDE(RemoveProcessOptions(1));
    EXPECT_OUTSIDE(SetProcessOptions(1));
    EXPECT_OUTSIDE(OpenDumpFile("a.dmp"));
    EXPECT_OUTSIDE(WriteDumpFile("a.dmp", 1024));
    EXPECT_OUTSIDE(ConnectSession(0, 0));
    EXPECT_OUTSIDE(GetOtherOutputMask(nullptr, out));
    EXPECT_OUTSIDE(SetOtherOutputMask(nullptr, 1));
    EXPECT_OUTSIDE(GetOutputWidth(out));
    EXPECT_OUTSIDE(SetOutputWidth(80));
    EXPECT_OUTSIDE(GetOutputLinePrefix(out, 8, out));
    EXPECT_OUTSIDE(SetOutputLinePrefix("> "));
    EXPECT_OUTSIDE(GetIdentity(out, 8, out));
    EXPECT_OUTSIDE(OutputIdentity(0, 0, "%s"));
}

template <class Client> void outside_2(Client* client) {
    EXPECT_OUTSIDE(WriteDumpFile2("a.dmp", 1024, 0, nullptr));
    EXPECT_OUTSIDE(AddDumpInformationFile("a.pdb", 1));
    EXPECT_OUTSIDE(IsKernelDebuggerEnabled());
}

template <class Client> void outside_4(Client* client) {
    EXPECT_OUTSIDE(OpenDumpFileWide(nullptr, 1));
    EXPECT_OUTSIDE(WriteDumpFileWide(nullptr, 1, 1024, 0, nullptr));
    EXPECT_OUTSIDE(AddDumpInformationFileWide(nullptr, 1, 1));
    EXPECT_OUTSIDE(GetNumberDumpFiles(out));
    EXPECT_OUTSIDE(GetDumpFile(0, out, 8, out, out, out));
    EXPECT_OUTSIDE(GetDumpFileWide(0, out, 8, out, out, out));
}

template <class Client> void outside_5(Client* client) {
    EXPECT_OUTSIDE(AttachKernelWide(0, nullptr));
    EXPECT_OUTSIDE(GetKernelConnectionOptionsWide(out, 8, out));
    EXPECT_OUTSIDE(SetKernelConnectionOptionsWide(nullptr));
    EXPECT_OUTSIDE(GetOutputLinePrefixWide(out, 8, out));
    EXPECT_OUTSIDE(SetOutputLinePrefixWide(nullptr));
    EXPECT_OUTSIDE(GetIdentityWide(out, 8, out));
    EXPECT_OUTSIDE(OutputIdentityWide(0, 0, nullptr));
    EXPECT_OUTSIDE(PushOutputLinePrefix("> ", out));
    EXPECT_OUTSIDE(PushOutputLinePrefixWide(nullptr, out));
    EXPECT_OUTSIDE(PopOutputLinePrefix(1));
    EXPECT_OUTSIDE(GetNumberInputCallbacks(out));
    EXPECT_OUTSIDE(GetNumberOutputCallbacks(out));
    EXPECT_OUTSIDE(GetNumberEventCallbacks(0, out));
    EXPECT_OUTSIDE(GetQuitLockString(out, 8, out));
    EXPECT_OUTSIDE(SetQuitLockString("locked"));
    EXPECT_OUTSIDE(GetQuitLockStringWide(out, 8, out));
    EXPECT_OUTSIDE(SetQuitLockStringWide(nullptr));
}

template <class Client> void outside_9(Client* client) {
    EXPECT_OUTSIDE(SetEventContextCallbacks(nullptr));
    EXPECT_OUTSIDE(SetClientContext(out, 8));
    EXPECT_OUTSIDE(OpenDumpFileWide2(nullptr, 1, 0));
    EXPECT_OUTSIDE(OpenDumpDirectoryWide(nullptr, 0));
    EXPECT_OUTSIDE(OpenDumpDirectory("dumps", 0));
}
