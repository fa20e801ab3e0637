// The three queries, on a process server and on the computer itself.
#pragma once

#include "twins.hpp"

#include <algorithm>

const std::size_t MANY = 256;

template <class Client> ULONG process_count(Client* client, ULONG64 server) {
    ULONG count = 0;
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, nullptr, 0, &count));
    return count;
}

template <class Client> void lists_processes(Client* client, ULONG64 server) {
    Room<ULONG, MANY> all;
    Room<ULONG, 1> count;
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, all, MANY, count));
    EXPECT_EQUAL(*count, all.written());
    EXPECT(*count >= 3);

    Room<ULONG, MANY> cut;
    Room<ULONG, 1> cut_count;
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, cut, 2, cut_count));
    EXPECT_EQUAL(2, cut.written());
    EXPECT(cut[0] == all[0] && cut[1] == all[1]);
    EXPECT_EQUAL(*count, *cut_count);

    Room<ULONG, MANY> none;
    Room<ULONG, 1> size;
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, none, 0, size));
    EXPECT_EQUAL(0, none.written());
    EXPECT_EQUAL(*count, *size);
    EXPECT_EQUAL(*count, process_count(client, server));
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, nullptr, 0, nullptr));
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, none, 1, nullptr));
    EXPECT_EQUAL(1, none.written());

    Room<ULONG, MANY> untouched;
    Room<ULONG, 2> untouched_count;
    EXPECT_ERROR(client->GetRunningProcessSystemIds(server, untouched.misaligned(), 2, untouched_count));
    EXPECT_ERROR(client->GetRunningProcessSystemIds(server, untouched, 2, untouched_count.misaligned()));
    EXPECT_EQUAL(0, untouched.written());
    EXPECT_EQUAL(0, untouched_count.written());
}

template <class Char, class Client> void finds_by_name(Client* client, ULONG64 server) {
    const Text<Char> once = text<Char>("explorer.exe"), twice = text<Char>("svchost.exe");
    Room<ULONG, MANY> all;
    Room<ULONG, 1> count;
    EXPECT_EQUAL(S_OK, client->GetRunningProcessSystemIds(server, all, MANY, count));

    Room<ULONG, 2> id;
    EXPECT_EQUAL(S_OK, id_of(client, server, once.c_str(), DEBUG_GET_PROC_ONLY_MATCH, id));
    EXPECT_EQUAL(1, id.written());
    EXPECT_EQUAL(1, std::count(&all[0], &all[*count], *id));

    Room<ULONG, 2> first, first_of_two;
    EXPECT_EQUAL(S_OK, id_of(client, server, twice.c_str(), DEBUG_GET_PROC_DEFAULT, first));
    EXPECT_EQUAL(S_FALSE, id_of(client, server, twice.c_str(), DEBUG_GET_PROC_ONLY_MATCH, first_of_two));
    EXPECT_EQUAL(*first, *first_of_two);
    EXPECT(*first != *id);

    Room<ULONG, 2> untouched;
    const Text<Char> absent = text<Char>("absent.exe");
    EXPECT_EQUAL(E_NOINTERFACE, id_of(client, server, absent.c_str(), DEBUG_GET_PROC_DEFAULT, untouched));
    EXPECT_ERROR(id_of<Char>(client, server, nullptr, DEBUG_GET_PROC_DEFAULT, untouched));
    EXPECT_ERROR(id_of(client, server, once.c_str(), DEBUG_GET_PROC_DEFAULT, nullptr));
    EXPECT_ERROR(id_of(client, server, once.c_str(), DEBUG_GET_PROC_DEFAULT, untouched.misaligned()));
    EXPECT_EQUAL(0, untouched.written());
}

// What GetRunningProcessDescription writes.
template <class Char> struct Description {
    Room<Char, MANY> name, text;
    Room<ULONG, 2> name_size, size;

    template <class Client>
    HRESULT ask(Client* client, ULONG64 server, ULONG id, ULONG flags, ULONG name_room, ULONG room) {
        return describe<Char>(client, server, id, flags, name, name_room, name_size, text, room, size);
    }

    bool is_untouched() const {
        return name.written() + text.written() + name_size.written() + size.written() == 0;
    }
};

template <class Char, class Client> void describes(Client* client, ULONG64 server) {
    ULONG id = 0;
    EXPECT_EQUAL(S_OK, id_of(client, server, text<Char>("explorer.exe").c_str(), DEBUG_GET_PROC_DEFAULT, &id));

    Description<Char> whole;
    EXPECT_EQUAL(S_OK, whole.ask(client, server, id, DEBUG_PROC_DESC_DEFAULT, MANY, MANY));
    const std::string path = ascii<Char>(whole.name), line = ascii<Char>(whole.text);
    EXPECT(path.find("\\explorer.exe") != std::string::npos);
    EXPECT(line.find(path) != std::string::npos);
    EXPECT_EQUAL(path.size() + 1, whole.name.written());
    EXPECT_EQUAL(path.size() + 1, *whole.name_size);
    EXPECT_EQUAL(line.size() + 1, whole.text.written());
    EXPECT_EQUAL(line.size() + 1, *whole.size);
    EXPECT_EQUAL(1, whole.name_size.written());
    EXPECT_EQUAL(1, whole.size.written());

    Description<Char> without_path;
    EXPECT_EQUAL(S_OK, without_path.ask(client, server, id, DEBUG_PROC_DESC_NO_PATHS, MANY, MANY));
    EXPECT_EQUAL("explorer.exe", ascii<Char>(without_path.name));

    // Each is cut by itself, and closed by a NUL; the sizes are still those of the whole.
    const auto cut_to = [&](ULONG name_room, ULONG room) {
        Description<Char> cut;
        EXPECT_EQUAL(S_FALSE, cut.ask(client, server, id, DEBUG_PROC_DESC_DEFAULT, name_room, room));
        EXPECT_EQUAL(std::min<std::size_t>(name_room, path.size() + 1), cut.name.written());
        EXPECT_EQUAL(std::min<std::size_t>(room, line.size() + 1), cut.text.written());
        EXPECT_EQUAL(path.substr(0, name_room - 1), ascii<Char>(cut.name));
        EXPECT_EQUAL(line.substr(0, room - 1), ascii<Char>(cut.text));
        EXPECT_EQUAL(path.size() + 1, *cut.name_size);
        EXPECT_EQUAL(line.size() + 1, *cut.size);
    };
    cut_to(static_cast<ULONG>(path.size()), MANY);
    cut_to(MANY, static_cast<ULONG>(line.size()));
    cut_to(5, 9);
    cut_to(1, 1);

    Description<Char> exact;
    EXPECT_EQUAL(S_OK, exact.ask(client, server, id, DEBUG_PROC_DESC_DEFAULT, *whole.name_size, *whole.size));
    EXPECT_EQUAL(path, ascii<Char>(exact.name));
    EXPECT_EQUAL(line, ascii<Char>(exact.text));

    // All four are optional, independently.
    Description<Char> sizes, names, texts;
    EXPECT_EQUAL(S_OK, describe<Char>(client, server, id, DEBUG_PROC_DESC_DEFAULT, nullptr, 0, sizes.name_size, nullptr,
                                      0, sizes.size));
    EXPECT_EQUAL(*whole.name_size, *sizes.name_size);
    EXPECT_EQUAL(*whole.size, *sizes.size);
    EXPECT_EQUAL(S_OK, describe<Char>(client, server, id, DEBUG_PROC_DESC_DEFAULT, names.name, MANY, nullptr, nullptr, 0,
                                      nullptr));
    EXPECT_EQUAL(path, ascii<Char>(names.name));
    EXPECT_EQUAL(S_OK, describe<Char>(client, server, id, DEBUG_PROC_DESC_DEFAULT, nullptr, 0, nullptr, texts.text, MANY,
                                      nullptr));
    EXPECT_EQUAL(line, ascii<Char>(texts.text));

    Description<Char> no_room;
    no_room.ask(client, server, id, DEBUG_PROC_DESC_DEFAULT, 0, 0);
    EXPECT_EQUAL(0, no_room.name.written());
    EXPECT_EQUAL(0, no_room.text.written());

    Description<Char> untouched;
    EXPECT_ERROR(untouched.ask(client, server, id + 1, DEBUG_PROC_DESC_DEFAULT, MANY, MANY));
    EXPECT(untouched.is_untouched());
    const auto misaligned = [&](Char* name, PULONG name_size, Char* text, PULONG size) {
        EXPECT_ERROR(describe(client, server, id, DEBUG_PROC_DESC_DEFAULT, name, 9, name_size, text, 9, size));
        EXPECT(untouched.is_untouched());
    };
    auto& [name, text, name_size, size] = untouched;
    misaligned(name, name_size.misaligned(), text, size);
    misaligned(name, name_size, text, size.misaligned());
    if constexpr (is_wide<Char>) {
        misaligned(name.misaligned(), name_size, text, size);
        misaligned(name, name_size, text.misaligned(), size);
    }
}
