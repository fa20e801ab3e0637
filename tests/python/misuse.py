"""A tool with one mistake, for the tests of what the shared library tells. Nothing in it looks for the mistake.

misuse.py LIBRARY MISTAKE
"""

import ctypes
import sys
import uuid

dbgeng = ctypes.CDLL(sys.argv[1])
mistake = sys.argv[2]

iid = (ctypes.c_ubyte * 16)(*uuid.UUID("27fe5639-8407-4f47-8364-ee118fb08ac8").bytes_le)  # IDebugClient
client = ctypes.c_void_p()
if dbgeng.DebugCreate(iid, ctypes.byref(client)) != 0:
    sys.exit(3)


def method(slot, result, *types):
    table = ctypes.cast(client, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    function = ctypes.CFUNCTYPE(result, ctypes.c_void_p, *types)(table[slot])
    return lambda *arguments: function(client, *arguments)


release = method(2, ctypes.c_uint32)
connect = method(7, ctypes.c_int32, ctypes.c_char_p, ctypes.POINTER(ctypes.c_uint64))
disconnect = method(8, ctypes.c_int32, ctypes.c_uint64)
count_ids = method(
    9, ctypes.c_int32, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32)
)

server = ctypes.c_uint64()
if connect(b"tcp:server=BOX17,port=5005", ctypes.byref(server)) != 0:
    sys.exit(4)
if mistake != "leaked-handle":
    disconnect(server)
if mistake == "double-disconnect":
    disconnect(server)
if mistake == "zero-after-failed-connect":
    server.value = 0
    connect(b"tcp:server=BOX17,port=5006", ctypes.byref(server))
    count_ids(server, None, 0, ctypes.byref(ctypes.c_uint32()))
release()
if mistake == "released-twice":
    release()
if mistake == "used-after-release":
    disconnect(server)
print("the tool has succeeded")
