"""Debugger programs on the real pybag: `pybag_programs.py LIBRARY PROGRAM`. Each says what it saw, and fails
with what it did not expect. The world is `fixtures/scenarios/debugged-box.json`."""
import importlib.util
import pathlib
import queue
import sys
import threading
from concurrent.futures import Future

import comtypes_on_linux

CONNECTION = "tcp:server=box17,port=5005"
SERVICE_HOST = 812


def listing(debugger):
    processes = debugger.proc_list()
    assert [process[0] for process in processes] == [4, SERVICE_HOST], processes
    assert processes[1][1].endswith("svchost.exe"), processes
    print("listed", processes)


def lists():
    debugger = userdbg.UserDbg()
    debugger.connect(CONNECTION)
    listing(debugger)
    debugger.disconnect()


def attaches():
    debugger = userdbg.UserDbg()
    debugger.connect(CONNECTION)
    listing(debugger)
    debugger.attach(SERVICE_HOST)
    assert (debugger.pid, debugger.exec_status()) == (SERVICE_HOST, "BREAK")
    print("attached to", debugger.pid)
    debugger.detach()
    assert debugger.exec_status() == "NO_DEBUGGEE"
    debugger.disconnect()


def creates():
    debugger = userdbg.UserDbg()
    debugger.connect(CONNECTION)
    debugger.create("C:\\game\\game.exe")
    pid = debugger.pid
    assert debugger.exec_status() == "BREAK"
    assert pid in [process[0] for process in debugger.proc_list()]
    print("created", pid)
    debugger.terminate()
    assert debugger.exec_status() == "NO_DEBUGGEE"
    assert pid not in [process[0] for process in debugger.proc_list()]
    debugger.disconnect()


def works_like_ghidra():
    """Ghidra's connector has a thread that owns the engine and dispatches callbacks, and wakes it for each piece of work."""
    work, made = queue.SimpleQueue(), Future()

    def serve():
        try:
            debugger = pydbg.DebuggerBase()
        except BaseException as error:
            return made.set_exception(error)
        made.set_result(debugger)
        while True:
            try:
                done, task = work.get_nowait()
            except queue.Empty:
                try:
                    debugger._client.DispatchCallbacks(100)
                except exception.DbgEngTimeout:
                    pass
                continue
            try:
                done.set_result(task(debugger))
            except BaseException as error:
                done.set_exception(error)

    threading.Thread(target=serve, daemon=True).start()
    client = made.result(10)._client

    def on_engine_thread(task):
        done = Future()
        work.put((done, task))
        client.ExitDispatch()
        return done.result(10)

    keyboard = Keyboard()
    on_engine_thread(lambda debugger: debugger._client.SetInputCallbacks(keyboard))
    version = on_engine_thread(lambda debugger: debugger.cmd("version"))
    assert version.strip(), "Execute printed nothing"
    print(version.strip())
    on_engine_thread(lambda debugger: debugger._client.ConnectProcessServer(CONNECTION.encode()))
    on_engine_thread(lambda debugger: listing(UserCalls(debugger)))
    # Without INITIAL_BREAK.
    on_engine_thread(lambda debugger: debugger._client.AttachProcess(SERVICE_HOST, 0))
    on_engine_thread(lambda debugger: debugger.wait())
    pid = on_engine_thread(lambda debugger: debugger._systems.GetCurrentProcessSystemId())
    assert pid == SERVICE_HOST, pid
    print("attached to", pid)
    on_engine_thread(lambda debugger: debugger._client.DetachCurrentProcess())
    on_engine_thread(lambda debugger: debugger._client.DisconnectProcessServer())


class Keyboard(comtypes_on_linux.CoClass):
    @property
    def _com_interfaces_(self):
        return [core.IDebugInputCallbacks]


class UserCalls:
    def __init__(self, debugger):
        self._client = debugger._client

    def proc_list(self):
        return userdbg.UserDbg.proc_list(self)


if __name__ == "__main__":
    library, program = sys.argv[1:]
    folder = pathlib.Path(importlib.util.find_spec("pybag").origin).parent
    sources = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    comtypes_on_linux.install(library, sources)
    from pybag import pydbg, userdbg
    from pybag.dbgeng import core, exception

    {"lists": lists, "attaches": attaches, "creates": creates, "works-like-ghidra": works_like_ghidra}[program]()
