"""Give a command to the server that has the workspace, and print what it answers: the same words, the same exit code.

This is the only place of the command line that speaks HTTP, and it speaks to this machine only.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Queue
from typing import Any

from segmentary.errors import SegmentaryError, WorkspaceError

FILE = ".server.json"
TERMINAL = ("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "TTY_COMPATIBLE")
PATIENCE_SECONDS = 5.0
STARTING_SECONDS = 10.0
HEADER = "x-segmentary-local"


def handed_over(folder: Path, arguments: Sequence[str]) -> int | None:
    """Run a command in the server of a workspace; nothing where no server lives there.

    arguments : the whole command, without the name of the program.

    Raises
    ------
    WorkspaceError
        when the server refuses, or ends before the command does.
    """
    try:
        known = json.loads((folder / FILE).read_text(encoding="utf-8"))
        there = str(known["host"]), int(known["port"]), str(known["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not begun(folder, known.get("pid")):
        # The file of a server that was killed: what listens there now is somebody else.
        with suppress(OSError):
            (folder / FILE).unlink()
        return None
    connection = http.client.HTTPConnection(there[0], there[1], timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", "/local/commands", json.dumps(wish(folder, arguments)), {HEADER: there[2]})
        # A command may be quiet for hours.
        if connection.sock is not None:
            connection.sock.settimeout(None)
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        return None
    if answer.status == 404:
        return None
    if answer.status != 200:
        raise refusal(answer.read())
    try:
        return printed(answer, there)
    finally:
        connection.close()


def begun(folder: Path, process: object) -> bool:
    """Say whether the server has its workspace; wait for one that is about to."""
    ends = time.monotonic() + STARTING_SECONDS
    while not somebody_has(folder):
        if not alive(process) or time.monotonic() > ends:
            return False
        time.sleep(0.1)
    return True


def alive(process: object) -> bool:
    if not isinstance(process, int) or process <= 0:
        return False
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def somebody_has(folder: Path) -> bool:
    """Say whether a process has the workspace."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        return True
    try:
        with (folder / ".lock").open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def wish(folder: Path, arguments: Sequence[str]) -> dict[str, Any]:
    """Return a command with everything about the terminal it was given in."""
    from segmentary.interfaces.cli.answering import settings_here

    streams = {"in": sys.stdin, "out": sys.stdout, "err": sys.stderr}
    terminal = [name for name, stream in streams.items() if stream is not None and stream.isatty()]
    environment = {name: os.environ[name] for name in TERMINAL if name in os.environ}
    if "out" in terminal or "err" in terminal or "COLUMNS" in os.environ:
        size = shutil.get_terminal_size()
        environment |= {"COLUMNS": str(size.columns), "LINES": str(size.lines)}
    return {
        "arguments": list(arguments),
        "cwd": os.getcwd(),
        "folder": str(folder),
        "terminal": terminal,
        "environment": environment,
        "settings": settings_here(),
    }


def refusal(body: bytes) -> SegmentaryError:
    try:
        told = json.loads(body)
        return WorkspaceError(str(told["title"]), hint=told.get("hint"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return WorkspaceError("the server that has this workspace refuses commands", hint="stop it, or ask it to stop")


def printed(answer: http.client.HTTPResponse, there: tuple[str, int, str]) -> int:
    """Print an answer as it comes; return the exit code of the command."""
    frames: Queue[Mapping[str, Any] | None] = Queue()
    threading.Thread(target=read_frames, args=(answer, frames), daemon=True).start()
    name, pressed = "", 0
    with steps() as show_step:
        while True:
            try:
                frame = frames.get()
                if frame is None:
                    raise WorkspaceError("the server ended before the command did", hint="start it again, and look")
                if "exit" in frame:
                    return int(frame["exit"])
                name = str(frame.get("begun", name))
                take(frame, name, there, show_step)
            except KeyboardInterrupt:
                pressed += 1
                if pressed > 2 or not name:
                    raise
                tell(there, f"{name}/interrupt", {})


def read_frames(answer: http.client.HTTPResponse, frames: Queue[Mapping[str, Any] | None]) -> None:
    # Whoever prints hangs up at the end, whatever this thread is doing then.
    with suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
        while line := answer.readline():
            frames.put(frame := json.loads(line))
            if "exit" in frame:
                return
    frames.put(None)


def take(frame: Mapping[str, Any], name: str, there: tuple[str, int, str], show_step: Any) -> None:
    """Print a piece of an answer, or read what it asks for."""
    if "out" in frame:
        show_step(None)
        sys.stdout.write(frame["out"])
        sys.stdout.flush()
    elif "err" in frame:
        show_step(None)
        sys.stderr.write(frame["err"])
        sys.stderr.flush()
    elif "step" in frame:
        show_step(str(frame["step"]) or None)
    elif "want" in frame:
        show_step(None)
        text = sys.stdin.readline() if frame["want"] == "line" else sys.stdin.read()
        tell(there, f"{name}/input", {"text": text})


def tell(there: tuple[str, int, str], place: str, body: Mapping[str, Any]) -> None:
    """Tell the server something about a command that runs."""
    connection = http.client.HTTPConnection(there[0], there[1], timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", f"/local/commands/{place}", json.dumps(body), {HEADER: there[2]})
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        # It has ended: the answer says so.
        pass
    finally:
        connection.close()


@contextmanager
def steps() -> Iterator[Any]:
    """Yield what shows the step a command is at, on a terminal only; called with nothing it shows none."""
    from segmentary.interfaces.cli.output import console, is_terminal, printable

    if not is_terminal(sys.stderr):
        yield lambda step: None
        return
    held: list[Any] = []

    def show(step: str | None) -> None:
        if step is None:
            while held:
                held.pop().stop()
        elif held:
            held[0].update(printable(step))
        else:
            held.append(console(sys.stderr).status(printable(step), spinner="dots", spinner_style="dim"))
            held[0].start()

    try:
        yield show
    finally:
        show(None)
