// Attach and create, on a process server and on the computer itself.
#pragma once

#include "queries.hpp"

template <class Client> void attaches(Client* client, ULONG64 server) {
    ULONG id = 0;
    EXPECT_EQUAL(S_OK, id_of(client, server, "explorer.exe", DEBUG_GET_PROC_DEFAULT, &id));
    EXPECT_EQUAL(S_OK, client->AttachProcess(server, id, DEBUG_ATTACH_NONINVASIVE));
    EXPECT_ERROR(client->AttachProcess(server, id + 1, DEBUG_ATTACH_DEFAULT));
}

template <class Char, class Client> void creates_processes(Client* client, ULONG64 server) {
    ULONG id = 0;
    EXPECT_EQUAL(S_OK, id_of(client, server, "explorer.exe", DEBUG_GET_PROC_DEFAULT, &id));
    const ULONG before = process_count(client, server);
    const Text<Char> known = text<Char>("winver.exe");
    Text<Char> line = known, absent = text<Char>("absent.exe");
    EXPECT_EQUAL(S_OK, create_process(client, server, line.data(), DEBUG_ONLY_THIS_PROCESS));
    EXPECT(line == known);
    EXPECT_EQUAL(before + 1, process_count(client, server));
    EXPECT_ERROR(create_process(client, server, absent.data(), DEBUG_ONLY_THIS_PROCESS));
    EXPECT_ERROR(create_process<Char>(client, server, nullptr, DEBUG_ONLY_THIS_PROCESS));

    EXPECT_EQUAL(S_OK, create_and_attach(client, server, line.data(), DEBUG_ONLY_THIS_PROCESS, 0, DEBUG_ATTACH_DEFAULT));
    EXPECT_EQUAL(before + 2, process_count(client, server));
    EXPECT_EQUAL(S_OK, create_and_attach<Char>(client, server, nullptr, 0, id, DEBUG_ATTACH_NONINVASIVE));
    EXPECT_ERROR(create_and_attach<Char>(client, server, nullptr, 0, id + 1, DEBUG_ATTACH_DEFAULT));
    EXPECT_ERROR(create_and_attach<Char>(client, server, nullptr, 0, 0, DEBUG_ATTACH_DEFAULT));
    EXPECT_EQUAL(before + 2, process_count(client, server));
}

// From IDebugClient5 on.
template <class Char, class Client> void creates_with_options(Client* client, ULONG64 server) {
    ULONG id = 0;
    EXPECT_EQUAL(S_OK, id_of(client, server, "explorer.exe", DEBUG_GET_PROC_DEFAULT, &id));
    const ULONG before = process_count(client, server);
    // DEBUG_CREATE_PROCESS_OPTIONS: CreateFlags, EngCreateFlags, VerifierFlags, Reserved (K-50).
    ULONG options[] = {DEBUG_ONLY_THIS_PROCESS, 0, 0, 0};
    ULONG reserved[] = {DEBUG_ONLY_THIS_PROCESS, 0, 0, 1};
    const ULONG size = sizeof options;
    Text<Char> line = text<Char>("winver.exe");
    const Text<Char> directory = text<Char>("C:\\windows"), block = text<Char>(std::string("A=1\0B=2\0\0", 9));

    EXPECT_EQUAL(S_OK, create_process2(client, server, line.data(), options, size, directory.c_str(), block.c_str()));
    EXPECT_EQUAL(S_OK, create_process2<Char>(client, server, line.data(), options, size, nullptr, nullptr));
    EXPECT_EQUAL(S_OK, create_and_attach2(client, server, line.data(), options, size, directory.c_str(), block.c_str(), 0,
                                          DEBUG_ATTACH_DEFAULT));
    EXPECT_EQUAL(before + 3, process_count(client, server));
    EXPECT_EQUAL(S_OK, create_and_attach2<Char>(client, server, nullptr, options, size, nullptr, nullptr, id,
                                                DEBUG_ATTACH_NONINVASIVE));
    EXPECT_ERROR(create_and_attach2<Char>(client, server, nullptr, options, size, nullptr, nullptr, 0,
                                          DEBUG_ATTACH_DEFAULT));

    const auto refused = [&](PVOID options, ULONG size, const Char* directory, const Char* block) {
        EXPECT_ERROR(create_process2(client, server, line.data(), options, size, directory, block));
        EXPECT_ERROR(create_and_attach2(client, server, line.data(), options, size, directory, block, 0,
                                        DEBUG_ATTACH_DEFAULT));
    };
    refused(nullptr, size, nullptr, nullptr);
    refused(options, size - 1, nullptr, nullptr);
    refused(options, 0, nullptr, nullptr);
    refused(reserved, size, nullptr, nullptr);
    alignas(ULONG) char bytes[sizeof options + 1];
    std::memcpy(bytes + 1, options, sizeof options);
    refused(bytes + 1, size, nullptr, nullptr);
    refused(options, size, text<Char>("").c_str(), nullptr);
    if constexpr (is_wide<Char>) {
        Room<Char, 8> room;
        refused(options, size, room.misaligned(), nullptr);
        refused(options, size, nullptr, room.misaligned());
    }
    EXPECT_ERROR(create_process2<Char>(client, server, nullptr, options, size, nullptr, nullptr));
    EXPECT_EQUAL(before + 3, process_count(client, server));
}
