// A tool with one mistake, for the tests of what the shared library tells. Nothing in it looks for the mistake.
//
// misuse LIBRARY MISTAKE
#include "platform.hpp"

#include "../../examples/dbgeng/include/dbgeng_testkit.h"

#include <cstdio>
#include <string>
#include <vector>

// Ends the session when the static objects are destroyed, as many a tool does.
struct Session {
    IDebugClient* client = nullptr;
    ULONG64 server = 0;

    ~Session() {
        if (client) {
            client->DisconnectProcessServer(server);
            client->Release();
        }
    }
};
static Session at_exit;

static const GUID STRANGER = {0x4b1d4c1f, 0x6a53, 0x4f0b, {0x9c, 0x5d, 0x2e, 0x0a, 0x71, 0x38, 0xd4, 0x66}};

static const char* library;

template <class Function> Function exported(const char* name) {
    return reinterpret_cast<Function>(load(library, name));
}

// Reads the findings and makes a new world, as a test does between two tests.
static int reset(const std::string& mistake) {
    const auto count = exported<decltype(&DbgengTestkitFindingCount)>("DbgengTestkitFindingCount");
    const auto read = exported<decltype(&DbgengTestkitFindings)>("DbgengTestkitFindings");
    const auto reset_world = exported<decltype(&DbgengTestkitReset)>("DbgengTestkitReset");
    if (mistake == "reset-unread") {
        return reset_world(nullptr) == 0 && count() == 0 ? 0 : 10;
    }
    uint32_t size = 0;
    if (count() != 1 || read(nullptr, 0, &size) != 1 || size < 20) {
        return 11;
    }
    std::vector<char> small(10, 'x');
    if (read(small.data(), 10, nullptr) != 1 || small[9] != 0) {
        return 12;
    }
    std::vector<char> text(size, 'x');
    if (read(text.data(), size, &size) != 0 || text[size - 1] != 0 || text[size - 2] != '\n') {
        return 13;
    }
    std::fputs(text.data(), stdout);
    if (reset_world("no/such.json") >= 0 || count() != 1) {
        return 14;
    }
    return reset_world(nullptr) == 0 && count() == 0 && read(text.data(), size, &size) == 0 && size == 1 ? 0 : 15;
}

int main(int count, char** arguments) {
    const std::string mistake = count == 3 ? arguments[2] : "";
    library = count == 3 ? arguments[1] : "";
    const Create debug_create = exported<Create>("DebugCreate");
    if (!debug_create) {
        std::fputs("usage: misuse LIBRARY MISTAKE\n", stderr);
        return 2;
    }
    IDebugClient* client = nullptr;
    if (FAILED(debug_create(IID_IDebugClient, reinterpret_cast<void**>(&client)))) {
        return 3;
    }
    ULONG64 server = 0;
    if (FAILED(client->ConnectProcessServer("tcp:server=BOX17,port=5005", &server))) {
        return 4;
    }
    if (mistake == "late") {
        at_exit.client = client;
        at_exit.server = server;
        return 0;
    }
    if (mistake == "leaked-handle" || mistake.rfind("reset", 0) == 0) {
        client->Release();
        return mistake == "leaked-handle" ? 0 : reset(mistake);
    }
    client->DisconnectProcessServer(server);
    if (mistake == "double-disconnect") {
        client->DisconnectProcessServer(server);
    }
    if (mistake == "zero-after-failed-connect") {
        ULONG number = 0;
        server = 0;
        client->ConnectProcessServer("tcp:server=BOX17,port=5006", &server);
        client->GetRunningProcessSystemIds(server, nullptr, 0, &number);
    }
    if (mistake == "refused") {
        void* stranger = nullptr;
        client->QueryInterface(STRANGER, &stranger);
        client->OpenDumpFile("C:\\dump.dmp");
        IDebugSystemObjects3* systems = nullptr;
        client->QueryInterface(IID_IDebugSystemObjects3, reinterpret_cast<void**>(&systems));
        ULONG64 system_server = 0;
        systems->GetCurrentSystemServer(&system_server);
        systems->Release();
    }
    client->Release();
    if (mistake == "released-twice") {
        client->Release();
    }
    if (mistake == "used-after-release") {
        client->DisconnectProcessServer(server);
    }
    // Not flushed: the library must not lose it.
    std::fputs("the tool has succeeded\n", stdout);
    return 0;
}
