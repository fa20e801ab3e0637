"""As much of comtypes, over ctypes, as pybag needs to load a shared library with DebugCreate on Linux.

`install(library, sources)` puts the modules that pybag imports into `sys.modules`. Interfaces have the methods that the
programs in this folder reach; any other is not found. `sources` are pybag's files, which say what names it takes from the
type library.
"""
import builtins
import ctypes
import re
import sys
import types
import uuid

# As long as on Windows.
ctypes.c_long, ctypes.c_ulong = ctypes.c_int32, ctypes.c_uint32

TYPES = {"p": ctypes.c_void_p, "s": ctypes.c_char_p, "u": ctypes.c_uint32, "q": ctypes.c_uint64}
# Pointers to objects of the caller.
CALLBACKS = {"i": "IDebugInputCallbacks", "o": "IDebugOutputCallbacks", "e": "IDebugEventCallbacks"}
TYPES.update(dict.fromkeys(CALLBACKS, ctypes.c_void_p))

# The id of each interface, and the slot and the parameters of each method.
INTERFACES = {
    "IDebugClient7": (
        "13586be3-542e-481e-b1f2-8497ba74f9a9",
        {
            "ConnectProcessServer": (7, "sp"),
            "DisconnectProcessServer": (8, "q"),
            "GetRunningProcessSystemIds": (9, "qpup"),
            "GetRunningProcessDescription": (11, "quupuppup"),
            "AttachProcess": (12, "quu"),
            "CreateProcess": (13, "qsu"),
            "DispatchCallbacks": (28, "u"),
            "ExitDispatch": (29, "p"),
            "SetInputCallbacks": (32, "i"),
            "SetOutputCallbacks": (34, "o"),
            "SetEventCallbacks": (46, "e"),
            "TerminateCurrentProcess": (53, ""),
            "DetachCurrentProcess": (54, ""),
        },
    ),
    "IDebugControl7": (
        "b86fb3b1-80d4-475b-aea3-cf06539cf63a",
        {
            "SetInterrupt": (4, "u"),
            "GetExecutionStatus": (49, "p"),
            "AddEngineOptions": (54, "u"),
            "Execute": (66, "usu"),
            "WaitForEvent": (93, "uu"),
        },
    ),
    "IDebugSystemObjects4": ("489468e6-7d0f-4af5-87ab-25207454d553", {"GetCurrentProcessSystemId": (27, "p")}),
    "IDebugAdvanced4": ("d1069067-2a65-4bf0-ae97-76184b67856b", {}),
    "IDebugDataSpaces4": ("d98ada1f-29e9-4ef5-a6c0-e53349883212", {}),
    "IDebugRegisters2": ("1656afa9-19c6-4e3a-97e7-5dc9160cf9c4", {}),
    "IDebugSymbols5": ("c65fa83e-1e69-475e-8e0e-b5d79e9cc17e", {}),
    "IDebugBreakpoint": ("5bd9d474-5975-423a-b88b-65a8e7110e65", {}),
    "IDebugBreakpoint2": ("1b278d20-79f2-426e-a3f9-c1ddf375d48e", {}),
    # Those of the caller, with all their methods in the order of the vtable.
    "IDebugEventCallbacks": (
        "337be28b-5036-4d72-b6bf-c45fbb9f2eaa",
        {
            "GetInterestMask": (3, "p"),
            "Breakpoint": (4, "p"),
            "Exception": (5, "pu"),
            "CreateThread": (6, "qqq"),
            "ExitThread": (7, "u"),
            "CreateProcess": (8, "qqqussuuqqq"),
            "ExitProcess": (9, "u"),
            "LoadModule": (10, "qqussuu"),
            "UnloadModule": (11, "sq"),
            "SystemError": (12, "uu"),
            "SessionStatus": (13, "u"),
            "ChangeDebuggeeState": (14, "uq"),
            "ChangeEngineState": (15, "uq"),
            "ChangeSymbolState": (16, "uq"),
        },
    ),
    "IDebugOutputCallbacks": ("4bf58045-d654-4c40-b0af-683090f356dc", {"Output": (3, "us")}),
    "IDebugInputCallbacks": ("9f50e42c-f136-499e-9a97-73036c94ed2d", {"StartInput": (3, "q"), "EndInput": (4, "")}),
}

# The constants whose values count. Any other is 0.
CONSTANTS = {
    "DEBUG_PROCESS": 1,
    "DEBUG_ENGINITIAL_BREAK": 0x20,
    "DEBUG_STATUS_GO": 1,
    "DEBUG_STATUS_STEP_OVER": 4,
    "DEBUG_STATUS_STEP_INTO": 5,
    "DEBUG_STATUS_BREAK": 6,
    "DEBUG_STATUS_NO_DEBUGGEE": 7,
    "DEBUG_STATUS_STEP_BRANCH": 8,
    "DEBUG_EVENT_BREAKPOINT": 1,
    "DEBUG_EVENT_EXCEPTION": 2,
    "DEBUG_EVENT_CREATE_THREAD": 4,
    "DEBUG_EVENT_EXIT_THREAD": 8,
    "DEBUG_EVENT_CREATE_PROCESS": 0x10,
    "DEBUG_EVENT_EXIT_PROCESS": 0x20,
    "DEBUG_EVENT_LOAD_MODULE": 0x40,
    "DEBUG_EVENT_UNLOAD_MODULE": 0x80,
    "DEBUG_EVENT_SYSTEM_ERROR": 0x100,
    "DEBUG_EVENT_SESSION_STATUS": 0x200,
    "DEBUG_EVENT_CHANGE_DEBUGGEE_STATE": 0x400,
    "DEBUG_EVENT_CHANGE_ENGINE_STATE": 0x800,
    "DEBUG_EVENT_CHANGE_SYMBOL_STATE": 0x1000,
}

CODES = {
    "S_OK": 0,
    "S_FALSE": 1,
    "E_NOTIMPL": 0x80004001,
    "E_NOINTERFACE": 0x80004002,
    "E_FAIL": 0x80004005,
    "E_UNEXPECTED": 0x8000FFFF,
    "E_OUTOFMEMORY": 0x8007000E,
    "E_INVALIDARG": 0x80070057,
}
CODES = {name: ctypes.c_int32(code).value for name, code in CODES.items()}

IUNKNOWN = uuid.UUID("00000000-0000-0000-c000-000000000046")


class GUID(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_ubyte * 16)]

    def __init__(self, text):
        super().__init__((ctypes.c_ubyte * 16)(*uuid.UUID(text).bytes_le))


class COMError(Exception):
    def __init__(self, hresult):
        super().__init__(f"{hresult & 0xFFFFFFFF:#010x}")
        self.hresult = hresult


class Interface:
    """The class of an interface."""


class Pointer:
    """A pointer to an interface."""

    def __init__(self, address=None):
        self.address = ctypes.c_void_p(address)

    def call(self, slot, parameters, *arguments):
        table = ctypes.cast(self.address, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *(TYPES[kind] for kind in parameters))(table[slot])
        hresult = function(self.address, *map(argument, arguments, parameters))
        if hresult < 0:
            raise COMError(hresult)
        return hresult

    def QueryInterface(self, interface):
        found = ctypes.c_void_p()
        self.call(0, "pp", ctypes.addressof(interface._iid_), ctypes.addressof(found))
        return pointers[interface](found.value)


def argument(value, kind):
    """Makes the argument that ctypes takes of one that comtypes takes."""
    if isinstance(value, CoClass):
        return value.exposed[CALLBACKS[kind]][0]
    if isinstance(value, Pointer):
        return value.address
    if isinstance(value, ctypes.Array) or kind == "p" and isinstance(value, bytes):
        return ctypes.cast(value, TYPES[kind])
    if kind in "uq" and isinstance(value, ctypes._SimpleCData):
        return value.value
    return value


class CoClass:
    """An object of Python that an engine calls: its methods are named INTERFACE_METHOD."""

    def __init__(self):
        names = [interface.__name__ for interface in self._com_interfaces_ if interface.__name__ in INTERFACES]
        self.exposed = {name: self.expose(name) for name in names}

    def expose(self, name):
        query = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(GUID), ctypes.POINTER(ctypes.c_void_p))
        count = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)
        functions = [query(self.query), count(lambda this: 1), count(lambda this: 1)]
        for method, (_, parameters) in INTERFACES[name][1].items():
            kinds = [ctypes.POINTER(ctypes.c_uint32) if method == "GetInterestMask" else TYPES[kind] for kind in parameters]
            functions.append(ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, *kinds)(self.method(name, method)))
        table = (ctypes.c_void_p * len(functions))(*(ctypes.cast(each, ctypes.c_void_p).value for each in functions))
        pointer_to_table = ctypes.c_void_p(ctypes.addressof(table))
        # The last three are what the first points to.
        return ctypes.c_void_p(ctypes.addressof(pointer_to_table)), pointer_to_table, table, functions

    def query(self, this, iid, found):
        wanted = uuid.UUID(bytes_le=bytes(iid.contents.bytes))
        known = [name for name in self.exposed if wanted in (IUNKNOWN, uuid.UUID(INTERFACES[name][0]))]
        found[0] = self.exposed[known[0]][0].value if known else None
        return CODES["S_OK"] if known else CODES["E_NOINTERFACE"]

    def method(self, interface, name):
        implementation = getattr(self, f"{interface}_{name}", None)
        takes_this = implementation is not None and "this" in implementation.__code__.co_varnames

        def called(this, *arguments):
            if implementation is None:
                return CODES["E_NOTIMPL"]
            return implementation(*((this, *arguments) if takes_this else arguments)) or CODES["S_OK"]

        return called


class ByReference:
    """A pointer to a pointer to an interface."""

    def __init__(self, pointer):
        self.address = ctypes.pointer(pointer.address)


pointers = {}


def interface(name):
    iid, methods = INTERFACES[name]
    kind = type(name, (Interface,), {"_iid_": GUID(iid)})

    def caller(slot, parameters):
        return lambda self, *arguments: self.call(slot, parameters, *arguments)

    members = {method: caller(*where) for method, where in methods.items()}
    pointers[kind] = type(f"POINTER({name})", (Pointer,), members)
    return kind


def pointer_type(kind, of=ctypes.POINTER):
    if kind in pointers:
        return pointers[kind]
    return ByReference if isinstance(kind, type) and issubclass(kind, Pointer) else of(kind)


def function_type(_result, *_parameters):
    def bind(where):
        name, library = where

        def call(*arguments):
            plain = [each.address if isinstance(each, ByReference) else each for each in arguments]
            plain = [ctypes.byref(each) if isinstance(each, GUID) else each for each in plain]
            hresult = ctypes.c_int32(library[name](*plain)).value
            if hresult < 0:
                raise OSError(hresult, f"{name}: {hresult & 0xFFFFFFFF:#010x}")
            return hresult

        return call

    return bind


def type_library(sources):
    """Makes the module that comtypes generates from pybag's type library."""
    module = types.ModuleType("comtypes.gen.DbgEng")
    for name in INTERFACES:
        setattr(module, name, interface(name))
    for name in set(re.findall(r"\bDbgEng\.(\w+)", sources)) - set(vars(module)):
        if name.startswith("DEBUG_"):
            setattr(module, name, CONSTANTS.get(name, 0))
        elif name.startswith("_"):
            setattr(module, name, type(name, (ctypes.Structure,), {"_fields_": [("bytes", ctypes.c_uint8 * 256)]}))
    vars(module).update(CONSTANTS)
    return module


def install(library, sources):
    def module(name, **members):
        made = sys.modules[name] = types.ModuleType(name)
        made.__path__ = []
        vars(made).update(members)
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, made)

    module("comtypes", HRESULT=ctypes.c_int32, COMError=COMError, GUID=GUID, CoClass=CoClass, CLSCTX_INPROC_SERVER=1)
    module("comtypes.automation", IID=GUID)
    module("comtypes.hresult", **CODES)
    module("comtypes.typeinfo", IProvideClassInfo2=Interface)
    module("comtypes.errorinfo", ISupportErrorInfo=Interface)
    module("comtypes.connectionpoints", IConnectionPointContainer=Interface)
    module("comtypes._post_coinit")
    module("comtypes._post_coinit.unknwn", _compointer_base=Pointer)
    sys.modules["comtypes"]._compointer_base = Pointer
    module("comtypes.gen")
    generated = sys.modules["comtypes.gen.DbgEng"] = type_library(sources)
    sys.modules["comtypes.gen"].DbgEng = generated
    # What pybag imports of Windows.
    structure = type("CONTEXT", (ctypes.Structure,), {"_fields_": [("bytes", ctypes.c_uint8 * 1232)]})
    name = "win32more"
    module(name)
    for part in ["Windows", "Win32", "System", "Diagnostics", "Debug"]:
        name += f".{part}"
        module(name, CONTEXT=structure, WOW64_CONTEXT=structure, MINIDUMP_TYPE=ctypes.c_uint32)
    module("winreg")
    builtins.WindowsError = OSError
    ctypes.POINTER = pointer_type
    ctypes.WINFUNCTYPE = function_type
    ctypes.windll = types.SimpleNamespace(LoadLibrary=lambda name: ctypes.CDLL(library))
