// Drives an engine in a library, given by its path, as a C++ debugger would: through the vtables, by a header's word.
//
// It is written for the mock engine in its profile `contract`, on a computer as a lab first has it, and compiles with our
// own header as with the compiler's.

#include "exports.hpp"
#include "objects.hpp"
#include "outside.hpp"
#include "queries.hpp"
#include "servers.hpp"
#include "targets.hpp"

static_assert(!std::is_convertible_v<IDebugClient2*, IDebugClient*>, "the way between versions is QueryInterface (VER-3)");

template <class Client, class = void> constexpr bool is_defined = false;
template <class Client> constexpr bool is_defined<Client, std::void_t<decltype(sizeof(Client))>> = true;

// All that there is in a version, through that version's interface. Ports from `port` on are free.
template <class Client, int version> void drive(ULONG port) {
    Client* const client = create<Client>(CLIENTS[version - 1]);

    starts<char>(client, port);
    const ULONG64 server = connects<char>(client, port);
    for (const ULONG64 there : {ULONG64{0}, server}) {
        lists_processes(client, there);
        finds_by_name<char>(client, there);
        describes<char>(client, there);
        attaches(client, there);
        creates_processes<char>(client, there);
        if constexpr (version >= 3) {
            finds_by_name<WCHAR>(client, there);
            describes<WCHAR>(client, there);
            creates_processes<WCHAR>(client, there);
        }
        if constexpr (version >= 5) {
            creates_with_options<char>(client, there);
            creates_with_options<WCHAR>(client, there);
        }
    }
    makes_another_client(client, port);
    belongs_to_a_thread(client, port);
    disconnects(client, port, server);
    tells_of_servers<char>(client, port + 1);
    if constexpr (version >= 5) {
        starts<WCHAR>(client, port + 2);
        disconnects(client, port + 2, connects<WCHAR>(client, port + 2));
        tells_of_servers<WCHAR>(client, port + 3);
    }
    if constexpr (version >= 2) {
        ends(client, port);
    }

    outside_1(client);
    if constexpr (version >= 2) {
        outside_2(client);
    }
    if constexpr (version >= 4) {
        outside_4(client);
    }
    if constexpr (version >= 5) {
        outside_5(client);
    }
    if constexpr (version >= 9) {
        outside_9(client);
    }
    EXPECT_EQUAL(S_OK, client->EndSession(DEBUG_END_ACTIVE_DETACH));
    EXPECT_EQUAL(0, client->Release());
}

// A template, so that an interface which the header does not define need not be looked into.
template <class Client, int version> void drive_if_defined(ULONG port) {
    if constexpr (is_defined<Client>) {
        drive<Client, version>(port);
    } else {
        std::printf("The header stops before IDebugClient%d, which is not driven.\n", version);
    }
}

int main(int count, char** arguments) {
    // What was found is told even if the engine goes down.
    std::setvbuf(stdout, nullptr, _IONBF, 0);
    debug_create = count == 2 ? reinterpret_cast<Create>(load(arguments[1], "DebugCreate")) : nullptr;
    if (!debug_create) {
        std::puts("The argument has to be the path of a library that exports DebugCreate.");
        return 2;
    }

    exports_all_functions(arguments[1]);
    makes_client_objects();
    answers_query_interface(IID_IUnknown);
    for (int version = 1; version <= NEWEST; ++version) {
        answers_query_interface(CLIENTS[version - 1]);
    }
    answers_after_the_last_release();
    waits_in_vain();
    drive<IDebugClient, 1>(7010);
    drive<IDebugClient2, 2>(7020);
    drive<IDebugClient3, 3>(7030);
    drive<IDebugClient4, 4>(7040);
    drive_if_defined<IDebugClient5, 5>(7050);
    drive_if_defined<IDebugClient9, 9>(7060);

    if (failures > 0) {
        std::printf("%d failed\n", failures);
    }
    std::printf("%d checks\n", checks);
    return failures > 0 ? 1 : 0;
}
