// Client objects: how they come to be, what QueryInterface answers, and how references are counted.
#pragma once

#include "check.hpp"

// IDebugClient to IDebugClient9 (IID-1 to IID-9).
const GUID CLIENTS[] = {
    {0x27fe5639, 0x8407, 0x4f47, {0x83, 0x64, 0xee, 0x11, 0x8f, 0xb0, 0x8a, 0xc8}},
    {0xedbed635, 0x372e, 0x4dab, {0xbb, 0xfe, 0xed, 0x0d, 0x2f, 0x63, 0xbe, 0x81}},
    {0xdd492d7f, 0x71b8, 0x4ad6, {0xa8, 0xdc, 0x1c, 0x88, 0x74, 0x79, 0xff, 0x91}},
    {0xca83c3de, 0x5089, 0x4cf8, {0x93, 0xc8, 0xd8, 0x92, 0x38, 0x7f, 0x2a, 0x5e}},
    {0xe3acb9d7, 0x7ec2, 0x4f0c, {0xa0, 0xda, 0xe8, 0x1e, 0x0c, 0xbb, 0xe6, 0x28}},
    {0xfd28b4c5, 0xc498, 0x4686, {0xa2, 0x8e, 0x62, 0xca, 0xd2, 0x15, 0x4e, 0xb3}},
    {0x13586be3, 0x542e, 0x481e, {0xb1, 0xf2, 0x84, 0x97, 0xba, 0x74, 0xf9, 0xa9}},
    {0xcec43add, 0x6375, 0x469e, {0x83, 0xd5, 0x41, 0x4e, 0x40, 0x33, 0xc1, 0x9a}},
    {0x2c24cd5b, 0x4d9e, 0x4df4, {0x8a, 0x70, 0x3d, 0x37, 0x44, 0x0d, 0x11, 0x9f}},
};
const int NEWEST = 9;
const GUID STRANGER = {0x4b1d4c1f, 0x6a53, 0x4f0b, {0x9c, 0x5d, 0x2e, 0x0a, 0x71, 0x38, 0xd4, 0x66}};

inline Create debug_create;

// A client object, which the caller has to release. Where there is none, nothing else can be checked.
template <class Client> Client* create(const GUID& id) {
    void* made = nullptr;
    EXPECT_EQUAL(S_OK, debug_create(id, &made));
    if (!made) {
        std::exit(1);
    }
    return static_cast<Client*>(made);
}

// A caller in C can pass any address for an id.
inline const GUID& id_at(const void* address) {
    return *static_cast<const GUID*>(address);
}

// How many references there are.
inline ULONG references(IUnknown* object) {
    object->AddRef();
    return object->Release();
}

// What DebugCreate and QueryInterface answer alike, `ask` being one of them.
template <class Ask> void answers_as_com_asks_for(Ask ask) {
    Room<void*, 1> made;
    EXPECT_EQUAL(E_NOINTERFACE, ask(STRANGER, made));
    EXPECT_EQUAL(nullptr, *made);

    EXPECT_ERROR(ask(CLIENTS[0], nullptr));
    Room<void*, 2> room;
    EXPECT_ERROR(ask(CLIENTS[0], room.misaligned()));
    EXPECT_EQUAL(0, room.written());

    Room<void*, 1> without_id;
    EXPECT_ERROR(ask(id_at(nullptr), without_id));
    EXPECT_EQUAL(nullptr, *without_id);
    alignas(GUID) char bytes[sizeof(GUID) + 1] = {};
    std::memcpy(bytes + 1, &CLIENTS[0], sizeof(GUID));
    Room<void*, 1> without_sound_id;
    EXPECT_ERROR(ask(id_at(bytes + 1), without_sound_id));
    EXPECT_EQUAL(nullptr, *without_sound_id);
}

inline void makes_client_objects() {
    for (const GUID& id : HEADER_IDS) {
        EXPECT(std::memcmp(&id, &CLIENTS[&id - HEADER_IDS], sizeof(GUID)) == 0);
    }
    answers_as_com_asks_for([](const GUID& id, void** made) { return debug_create(id, made); });
    IUnknown* const first = create<IUnknown>(IID_IUnknown);
    IUnknown* const second = create<IUnknown>(IID_IUnknown);
    EXPECT(first != second);
    EXPECT_EQUAL(0, second->Release());
    EXPECT_EQUAL(0, first->Release());
}

// From every interface there is a way to every other one, and all of them are of one object.
inline void answers_query_interface(const GUID& from) {
    IUnknown* const client = create<IUnknown>(from);
    EXPECT_EQUAL(1, references(client));
    answers_as_com_asks_for([&](const GUID& id, void** found) { return client->QueryInterface(id, found); });
    EXPECT_EQUAL(1, references(client));

    void* identity = nullptr;
    EXPECT_EQUAL(S_OK, client->QueryInterface(IID_IUnknown, &identity));
    for (int version = 1; version <= NEWEST; ++version) {
        void* found = nullptr;
        EXPECT_EQUAL(S_OK, client->QueryInterface(CLIENTS[version - 1], &found));
        IUnknown* const other = static_cast<IUnknown*>(found);
        EXPECT_EQUAL(3, references(client));
        void* same = nullptr;
        EXPECT_EQUAL(S_OK, other->QueryInterface(IID_IUnknown, &same));
        EXPECT_EQUAL(identity, same);
        EXPECT_EQUAL(3, static_cast<IUnknown*>(same)->Release());
        EXPECT_EQUAL(2, other->Release());
    }
    EXPECT_EQUAL(1, static_cast<IUnknown*>(identity)->Release());

    EXPECT_EQUAL(2, client->AddRef());
    EXPECT_EQUAL(3, client->AddRef());
    EXPECT_EQUAL(2, client->Release());
    EXPECT_EQUAL(1, client->Release());
    EXPECT_EQUAL(0, client->Release());
}

// A caller that releases once too often, and then goes on. The object's memory is not freed, so nothing worse happens.
inline void answers_after_the_last_release() {
    IDebugClient* const client = create<IDebugClient>(CLIENTS[0]);
    EXPECT_EQUAL(0, client->Release());
    EXPECT_EQUAL(0, client->Release());
    EXPECT_EQUAL(0, client->AddRef());
    Room<void*, 1> found;
    EXPECT_ERROR(client->QueryInterface(IID_IUnknown, found));
    EXPECT_EQUAL(nullptr, *found);
    EXPECT_ERROR(client->DisconnectProcessServer(1));
    EXPECT_ERROR(client->SetKernelConnectionOptions("resync"));
}
