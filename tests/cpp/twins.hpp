// The methods that have a Wide twin, by the width of a character.
#pragma once

#include "check.hpp"

template <class Char> constexpr bool is_wide = sizeof(Char) == sizeof(WCHAR);

template <class Char, class Client> HRESULT start(Client* client, ULONG flags, const Char* options, PVOID reserved) {
    if constexpr (is_wide<Char>) {
        return client->StartProcessServerWide(flags, options, reserved);
    } else {
        return client->StartProcessServer(flags, options, reserved);
    }
}

template <class Char, class Client> HRESULT connect(Client* client, const Char* remote_options, PULONG64 server) {
    if constexpr (is_wide<Char>) {
        return client->ConnectProcessServerWide(remote_options, server);
    } else {
        return client->ConnectProcessServer(remote_options, server);
    }
}

template <class Char, class Client>
HRESULT id_of(Client* client, ULONG64 server, const Char* exe_name, ULONG flags, PULONG id) {
    if constexpr (is_wide<Char>) {
        return client->GetRunningProcessSystemIdByExecutableNameWide(server, exe_name, flags, id);
    } else {
        return client->GetRunningProcessSystemIdByExecutableName(server, exe_name, flags, id);
    }
}

template <class Char, class Client>
HRESULT describe(Client* client, ULONG64 server, ULONG id, ULONG flags, Char* name, ULONG name_room, PULONG name_size,
                 Char* description, ULONG room, PULONG size) {
    if constexpr (is_wide<Char>) {
        return client->GetRunningProcessDescriptionWide(
            server, id, flags, name, name_room, name_size, description, room, size);
    } else {
        return client->GetRunningProcessDescription(
            server, id, flags, name, name_room, name_size, description, room, size);
    }
}

template <class Char, class Client> HRESULT create_process(Client* client, ULONG64 server, Char* line, ULONG flags) {
    if constexpr (is_wide<Char>) {
        return client->CreateProcessWide(server, line, flags);
    } else {
        return client->CreateProcess(server, line, flags);
    }
}

template <class Char, class Client>
HRESULT create_and_attach(Client* client, ULONG64 server, Char* line, ULONG flags, ULONG id, ULONG attach_flags) {
    if constexpr (is_wide<Char>) {
        return client->CreateProcessAndAttachWide(server, line, flags, id, attach_flags);
    } else {
        return client->CreateProcessAndAttach(server, line, flags, id, attach_flags);
    }
}

template <class Char, class Client>
HRESULT create_process2(Client* client, ULONG64 server, Char* line, PVOID options, ULONG size, const Char* directory,
                        const Char* environment) {
    if constexpr (is_wide<Char>) {
        return client->CreateProcess2Wide(server, line, options, size, directory, environment);
    } else {
        return client->CreateProcess2(server, line, options, size, directory, environment);
    }
}

template <class Char, class Client>
HRESULT create_and_attach2(Client* client, ULONG64 server, Char* line, PVOID options, ULONG size, const Char* directory,
                           const Char* environment, ULONG id, ULONG attach_flags) {
    if constexpr (is_wide<Char>) {
        return client->CreateProcessAndAttach2Wide(
            server, line, options, size, directory, environment, id, attach_flags);
    } else {
        return client->CreateProcessAndAttach2(server, line, options, size, directory, environment, id, attach_flags);
    }
}

template <class Char, class Client> HRESULT output_servers(Client* client, ULONG control, const Char* machine, ULONG flags) {
    if constexpr (is_wide<Char>) {
        return client->OutputServersWide(control, machine, flags);
    } else {
        return client->OutputServers(control, machine, flags);
    }
}

template <class Char, class Client> HRESULT start_server(Client* client, const Char* options) {
    if constexpr (is_wide<Char>) {
        return client->StartServerWide(options);
    } else {
        return client->StartServer(options);
    }
}
