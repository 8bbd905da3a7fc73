"""A command somebody gave in another process: its streams, its terminal, its folder, its Ctrl-C.

While `segmentary serve` runs, the other commands run inside it (`handing_over` sends them, `answering` takes them).
What they print goes through the streams here; where nobody asked from afar, to the streams of this process.
"""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Frame = Mapping[str, Any]
current: ContextVar[Afar | None] = ContextVar("afar", default=None)


class Afar:
    """One command from afar.

    cwd, folder : where it was given, and the workspace folder as it was written there; environment : what the terminal
    is like; terminal : which of stdin, stdout, stderr are one; open : opens the workspace that is served.
    """

    def __init__(
        self,
        *,
        cwd: str,
        given: Mapping[str, str],
        environment: Mapping[str, str],
        terminal: frozenset[str],
        opening: Callable[[Afar], AbstractContextManager[Workspace]],
    ) -> None:
        self.cwd = cwd
        self.given = dict(given)
        self.environment = environment
        self.terminal = terminal
        self.opening = opening
        self.frames: Queue[Frame | None] = Queue()
        self.answers: Queue[str | None] = Queue()
        self.command = ""
        self.pressed = 0
        self.by_hand = False
        self.ended = False
        self.holding = threading.Lock()
        self.held: Workspace | None = None
        self.stdin = Stdin(self)
        self.stdout, self.stderr = Out(self, "out"), Out(self, "err")

    def send(self, frame: Frame) -> None:
        """Send a piece of the answer; raise where somebody pressed Ctrl-C."""
        self.check()
        self.frames.put(frame)

    def check(self) -> None:
        """Stop as Ctrl-C stops, unless the command hears it itself."""
        if self.pressed > (1 if self.by_hand else 0) and not self.ended:
            self.ended = True
            raise KeyboardInterrupt

    def press(self) -> None:
        """Do what Ctrl-C does."""
        self.pressed += 1
        self.answers.put(None)
        if not self.by_hand or self.pressed > 1:
            self.interrupt()

    @contextmanager
    def stopping_by_hand(self, heard: Callable[[], None]) -> Iterator[Callable[[], bool]]:
        """Yield what says whether Ctrl-C was pressed once; pressed twice, it stops as ever."""
        said = False

        def stop() -> bool:
            nonlocal said
            if self.pressed and not said:
                said = True
                heard()
            return self.pressed > 0

        self.by_hand = True
        try:
            yield stop
        finally:
            self.by_hand = False
            # Heard and heeded: what is left of the command runs to its end.
            self.ended = self.ended or said

    def interrupt(self) -> None:
        """Interrupt what the warehouse is doing for this command."""
        with self.holding:
            if self.held is not None:
                from segmentary.workspace.serving import interrupt

                interrupt(self.held)

    def hold(self, workspace: Workspace | None) -> None:
        """Note which workspace is this command's now: what may be interrupted."""
        with self.holding:
            self.held = workspace

    def placed(self, path: Path) -> Path:
        """Return a path as one that means the same here; what is said of it is said as it was written."""
        found = os.path.normpath(os.path.join(self.cwd, path))
        steady = str(path)
        while any(mark in steady for mark in "*?["):
            steady = os.path.dirname(steady)
        self.given.setdefault(os.path.normpath(os.path.join(self.cwd, steady)), steady)
        return Path(found)

    def as_given(self, text: str) -> str:
        """Return text with paths as they were written where the command was given."""
        # The longest first: a folder inside another is written as it was given.
        for here, there in sorted(self.given.items(), key=lambda pair: -len(pair[0])):
            if here != there and len(here) > 1 and here in text:
                text = text.replace(here + "/", there + "/" if there not in ("", ".") else "").replace(here, there)
        return text

    def ask(self, what: str) -> str:
        """Ask for a line, or all, of the standard input there.

        Raises
        ------
        KeyboardInterrupt
            when Ctrl-C was pressed instead.
        """
        self.send({"want": what})
        found = self.answers.get()
        self.check()
        return found or ""


class Out(io.TextIOBase):
    """Standard output, or error, of a command from afar."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, asked: Afar, kind: str) -> None:
        self.asked, self.kind = asked, kind
        self.buffer = Bytes(self)

    def write(self, text: str) -> int:
        """Send text."""
        if not isinstance(text, str):
            raise TypeError("this stream takes text")
        if text:
            self.asked.send({self.kind: self.asked.as_given(text)})
        return len(text)

    def isatty(self) -> bool:
        """Say whether it is a terminal there."""
        return self.kind in self.asked.terminal

    def writable(self) -> bool:
        """Say that one can write."""
        return True


class Bytes(io.RawIOBase):
    """Bytes for standard output."""

    def __init__(self, text: Out) -> None:
        self.text = text

    def write(self, data: Any) -> int:
        """Send bytes as text."""
        self.text.write(bytes(data).decode("utf-8", "surrogateescape"))
        return len(data)

    def writable(self) -> bool:
        """Say that one can write."""
        return True


class Stdin(io.TextIOBase):
    """Standard input of a command from afar: asked for when it is read."""

    encoding = "utf-8"
    errors = "surrogateescape"

    def __init__(self, asked: Afar) -> None:
        self.asked = asked

    @property
    def buffer(self) -> io.BytesIO:
        """All of it as bytes."""
        return io.BytesIO(self.read().encode("utf-8", "surrogateescape"))

    def read(self, size: int | None = -1) -> str:
        """Return all of it."""
        return self.asked.ask("all")

    def readline(self, size: int = -1) -> str:  # type: ignore[override]
        """Return one line."""
        return self.asked.ask("line")

    def isatty(self) -> bool:
        """Say whether it is a terminal there."""
        return "in" in self.asked.terminal

    def readable(self) -> bool:
        """Say that one can read."""
        return True


class Routed:
    """A stream of this process that gives way to the one of the command a thread runs."""

    def __init__(self, name: str, own: TextIO) -> None:
        self.name_here, self.own = name, own

    @property
    def here(self) -> Any:
        """The stream that is meant now."""
        asked = current.get()
        return self.own if asked is None else getattr(asked, self.name_here)

    @property
    def rich_proxied_file(self) -> Any:
        """What a console writes to."""
        return self.here

    def __getattr__(self, name: str) -> Any:
        return getattr(self.here, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.here)


@contextmanager
def routed() -> Iterator[None]:
    """Let the streams of this process give way to those of commands from afar."""
    own = {name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")}
    asking = input
    for name, stream in own.items():
        setattr(sys, name, Routed(name, stream))
    import builtins

    def asked_for(prompt: object = "") -> str:
        asked = current.get()
        if asked is None:
            return asking(prompt)
        asked.stdout.write(str(prompt))
        line = asked.ask("line")
        if not line:
            raise EOFError
        return line.removesuffix("\n")

    builtins.input = asked_for
    try:
        yield
    finally:
        builtins.input = asking
        for name, stream in own.items():
            setattr(sys, name, stream)


def attentive(command: Any) -> Any:
    """Return a command, and all below it, whose options mean here what they meant where it was given."""
    for below in getattr(command, "commands", {}).values():
        attentive(below)
    plain = command.invoke

    def invoke(ctx: Any) -> Any:
        asked = current.get()
        if asked is not None and not hasattr(command, "commands"):
            path = ctx.command_path.split()[1:]
            asked.command = ".".join(path)
            if asked.command == "doctor":
                # It says where everything lies.
                asked.given = {}
            place_paths(asked, ctx.params, " ".join(path))
        return plain(ctx)

    command.invoke = invoke
    return command


def place_paths(asked: Afar, params: dict[str, Any], command: str) -> None:
    """Let paths among the options of a command mean what they meant where it was given."""
    for name, value in params.items():
        if isinstance(value, Path) and str(value) != "-":
            params[name] = asked.placed(value)
        elif isinstance(value, (list, tuple)) and any(isinstance(one, Path) for one in value):
            params[name] = [asked.placed(one) if isinstance(one, Path) else one for one in value]
        elif (command, name) in FILES:
            params[name] = [file_of(asked, one) for one in value] if isinstance(value, list) else file_of(asked, value)
        elif (command, name) in PERHAPS_FILES and value and asked.placed(Path(value)).exists():
            params[name] = str(asked.placed(Path(value)))


# Options that are written as text and name files, or perhaps do.
FILES = {("add", "files"), ("campaign send", "to")}
MARKET = "size rake trends potential competition against needs attractiveness target report"
PERHAPS_FILES = {("segment diff", "against"), *((f"market {name}", "name") for name in MARKET.split())}


def file_of(asked: Afar, text: str) -> str:
    if not text or text == "-":
        return text
    if text.startswith("sqlite:///") and not text.startswith("sqlite:////"):
        return "sqlite:///" + str(asked.placed(Path(text.removeprefix("sqlite:///"))))
    return text if "://" in text else str(asked.placed(Path(text)))


def line_of(frame: Frame) -> bytes:
    """Return a piece of an answer as one line."""
    return json.dumps(frame).encode() + b"\n"
