// Process servers: start, connect, query, disconnect, end; and what a handle is good for afterwards.
#pragma once

#include "queries.hpp"

template <class Char> Text<Char> listening_at(ULONG port) {
    return text<Char>("tcp:port=" + std::to_string(port));
}

template <class Char> Text<Char> connecting_to(ULONG port) {
    return text<Char>("tcp:server=localhost,port=" + std::to_string(port));
}

template <class Char, class Client> void starts(Client* client, ULONG port) {
    const Text<Char> options = listening_at<Char>(port);
    int reserved = 0;
    EXPECT_ERROR(start(client, DEBUG_CLASS_USER_WINDOWS + 1, options.c_str(), nullptr));
    EXPECT_ERROR(start(client, DEBUG_CLASS_USER_WINDOWS, options.c_str(), &reserved));
    EXPECT_ERROR(start<Char>(client, DEBUG_CLASS_USER_WINDOWS, nullptr, nullptr));
    EXPECT_EQUAL(S_OK, start(client, DEBUG_CLASS_USER_WINDOWS, options.c_str(), nullptr));
    EXPECT_ERROR(start(client, DEBUG_CLASS_USER_WINDOWS, options.c_str(), nullptr));
}

template <class Char, class Client> ULONG64 connects(Client* client, ULONG port) {
    const Text<Char> options = connecting_to<Char>(port), nowhere = connecting_to<Char>(1);
    Room<ULONG64, 2> untouched;
    EXPECT_ERROR(connect(client, nowhere.c_str(), untouched));
    EXPECT_ERROR(connect<Char>(client, nullptr, untouched));
    EXPECT_ERROR(connect(client, options.c_str(), nullptr));
    EXPECT_ERROR(connect(client, options.c_str(), untouched.misaligned()));
    if constexpr (is_wide<Char>) {
        Text<Char> copy = options;
        const auto inside = reinterpret_cast<const Char*>(reinterpret_cast<char*>(copy.data()) + 1);
        EXPECT_ERROR(connect(client, inside, untouched));
    }
    EXPECT_EQUAL(0, untouched.written());

    Room<ULONG64, 2> server;
    EXPECT_EQUAL(S_OK, connect(client, options.c_str(), server));
    EXPECT_EQUAL(1, server.written());
    EXPECT(*server != 0);
    return *server;
}

// A handle that is not, or no longer, that of a connection.
template <class Client> void refuses(Client* client, ULONG64 server, ULONG id) {
    Room<ULONG, 8> ids;
    Room<ULONG, 1> count, found;
    Description<char> description;
    char line[] = "winver.exe";
    EXPECT_ERROR(client->DisconnectProcessServer(server));
    EXPECT_ERROR(client->GetRunningProcessSystemIds(server, ids, 8, count));
    EXPECT_ERROR(id_of(client, server, "explorer.exe", DEBUG_GET_PROC_DEFAULT, found));
    EXPECT_ERROR(description.ask(client, server, id, DEBUG_PROC_DESC_DEFAULT, MANY, MANY));
    EXPECT_ERROR(client->AttachProcess(server, id, DEBUG_ATTACH_DEFAULT));
    EXPECT_ERROR(client->CreateProcess(server, line, DEBUG_ONLY_THIS_PROCESS));
    EXPECT_ERROR(client->CreateProcessAndAttach(server, nullptr, 0, id, DEBUG_ATTACH_DEFAULT));
    EXPECT_EQUAL(0, ids.written() + count.written() + found.written());
    EXPECT(description.is_untouched());
}

template <class Client> void disconnects(Client* client, ULONG port, ULONG64 server) {
    ULONG id = 0;
    EXPECT_EQUAL(S_OK, id_of(client, server, "explorer.exe", DEBUG_GET_PROC_DEFAULT, &id));
    ULONG64 other = 0;
    EXPECT_EQUAL(S_OK, connect(client, connecting_to<char>(port).c_str(), &other));
    EXPECT(other != server);

    EXPECT_EQUAL(S_OK, client->DisconnectProcessServer(server));
    refuses(client, server, id);
    refuses(client, other ^ 0x5a5a5a5a, id);
    EXPECT_ERROR(client->DisconnectProcessServer(0));
    lists_processes(client, other);
    EXPECT_EQUAL(S_OK, client->DisconnectProcessServer(other));
    EXPECT_ERROR(client->DisconnectProcessServer(other));
}

// From IDebugClient2 on.
template <class Client> void ends(Client* client, ULONG port) {
    ULONG64 server = 0, stale = 0;
    EXPECT_EQUAL(S_OK, connect(client, connecting_to<char>(port).c_str(), &server));
    EXPECT_EQUAL(S_OK, connect(client, connecting_to<char>(port).c_str(), &stale));
    EXPECT_EQUAL(S_OK, client->DisconnectProcessServer(stale));
    EXPECT_ERROR(client->EndProcessServer(0));
    EXPECT_ERROR(client->EndProcessServer(stale));
    EXPECT_ERROR(client->EndProcessServer(server ^ 0x5a5a5a5a));
    EXPECT_EQUAL(S_OK, client->EndProcessServer(server));
    EXPECT_EQUAL(S_OK, client->WaitForProcessServerEnd(1));
    EXPECT_EQUAL(S_OK, client->DisconnectProcessServer(server));
}

// As long as no process server of this process has ended.
inline void waits_in_vain() {
    IDebugClient2* const client = create<IDebugClient2>(CLIENTS[1]);
    EXPECT_EQUAL(S_FALSE, client->WaitForProcessServerEnd(0));
    EXPECT_EQUAL(S_FALSE, client->WaitForProcessServerEnd(1));
    EXPECT_EQUAL(0, client->Release());
}

// A client object belongs to the thread that made it, but for references and CreateClient.
template <class Client> void belongs_to_a_thread(Client* client, ULONG port) {
    const Text<char> options = connecting_to<char>(port);
    ULONG64 server = 0;
    EXPECT_EQUAL(S_OK, connect(client, options.c_str(), &server));
    on_another_thread([&] {
        Room<ULONG64, 1> untouched;
        Room<ULONG, 8> ids;
        Room<ULONG, 1> count;
        EXPECT_ERROR(client->DisconnectProcessServer(server));
        EXPECT_ERROR(connect(client, options.c_str(), untouched));
        EXPECT_ERROR(client->GetRunningProcessSystemIds(server, ids, 8, count));
        EXPECT_EQUAL(0, untouched.written() + ids.written() + count.written());

        EXPECT_EQUAL(1, references(client));
        IDebugClient* own = nullptr;
        EXPECT_EQUAL(S_OK, client->CreateClient(&own));
        lists_processes(own, 0);
        EXPECT_EQUAL(0, own->Release());
    });
    lists_processes(client, server);
    EXPECT_EQUAL(S_OK, client->DisconnectProcessServer(server));
}

// Handles are the engine's, so another client object can use them.
template <class Client> void makes_another_client(Client* client, ULONG port) {
    EXPECT_ERROR(client->CreateClient(nullptr));
    Room<IDebugClient*, 2> made;
    EXPECT_ERROR(client->CreateClient(made.misaligned()));
    EXPECT_EQUAL(0, made.written());
    EXPECT_EQUAL(S_OK, client->CreateClient(made));
    EXPECT_EQUAL(1, made.written());

    IDebugClient* const other = *made;
    void *identity = nullptr, *own_identity = nullptr;
    EXPECT_EQUAL(S_OK, other->QueryInterface(IID_IUnknown, &identity));
    EXPECT_EQUAL(S_OK, client->QueryInterface(IID_IUnknown, &own_identity));
    EXPECT(identity != own_identity);
    EXPECT_EQUAL(1, static_cast<IUnknown*>(own_identity)->Release());
    EXPECT_EQUAL(1, static_cast<IUnknown*>(identity)->Release());

    ULONG64 server = 0;
    EXPECT_EQUAL(S_OK, connect(client, connecting_to<char>(port).c_str(), &server));
    lists_processes(other, server);
    EXPECT_EQUAL(S_OK, other->DisconnectProcessServer(server));
    EXPECT_ERROR(client->DisconnectProcessServer(server));
    EXPECT_EQUAL(0, other->Release());
}

template <class Char, class Client> void tells_of_servers(Client* client, ULONG port) {
    const Text<Char> options = listening_at<Char>(port), here = text<Char>("localhost"), absent = text<Char>("absent");
    EXPECT_EQUAL(S_OK, output_servers(client, 0, here.c_str(), DEBUG_SERVERS_ALL));
    EXPECT_ERROR(output_servers(client, 0, absent.c_str(), DEBUG_SERVERS_ALL));
    EXPECT_ERROR(output_servers<Char>(client, 0, nullptr, DEBUG_SERVERS_ALL));
    EXPECT_EQUAL(S_OK, start_server(client, options.c_str()));
    EXPECT_ERROR(start_server<Char>(client, nullptr));

    // What listens there is a debugging server, to which nothing connects as to a process server.
    Room<ULONG64, 1> untouched;
    EXPECT_ERROR(connect(client, connecting_to<Char>(port).c_str(), untouched));
    EXPECT_EQUAL(0, untouched.written());
}
