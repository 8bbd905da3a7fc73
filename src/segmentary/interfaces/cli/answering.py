"""Run in this process, which serves the workspace, the commands that were given in others."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any

from segmentary.errors import BusyError, UsageError
from segmentary.interfaces.cli.afar import Afar, Frame, current

if TYPE_CHECKING:
    from segmentary.workspace.serving import Serving
    from segmentary.workspace.workspace import Workspace

MOST_AT_ONCE = 8
INTERRUPTING_SECONDS = 0.25
# What only reads; everything else waits for its turn to change the warehouse. Where this is wrong, what a command
# writes to the warehouse is undone at its end: nothing breaks, and nothing is half done.
READS = {
    "": "quality traits sales retention compare loyalty campaigns",
    "segment": "list show count people explain overlap waterfall export validate suggest history versions",
    "discover": "list show compare",
    "predict": "list show",
    "voices": "list show try",
    "campaign": "list show people why exports",
    "consent": "show list",
    "experiment": "list show",
    "message": "list show",
    "offer": "list show",
    "journey": "list show why",
    "outbox": "show",
    "channel": "list",
    "chat": "bots conversations show",
}
READING = frozenset(f"{group}.{name}".lstrip(".") for group, names in READS.items() for name in names.split())


class Commands:
    """Commands that run here for others.

    Parameters
    ----------
    serving : the workspace.  root : its folder.  run : runs the command line with arguments, as a process would.
    """

    def __init__(self, serving: Serving, root: Path, run: Callable[[Sequence[str]], None]) -> None:
        self.serving, self.root, self.run = serving, root, run
        self.running: dict[str, tuple[Afar, threading.Thread]] = {}
        self.one_at_a_time = threading.Lock()

    def begin(self, wish: Mapping[str, Any]) -> tuple[str, Queue[Frame | None]]:
        """Begin a command; return its name, and where the pieces of its answer come in; nothing comes last.

        Raises
        ------
        UsageError
            when the wish is none of ours, or its settings are others than those in force here.
        BusyError
            when too many commands run.
        """
        arguments, asked = self.understood(wish)
        name = secrets.token_hex(16)
        thread = threading.Thread(target=self.carry_out, args=(name, asked, arguments), name="command", daemon=True)
        with self.one_at_a_time:
            if len(self.running) >= MOST_AT_ONCE or self.serving.stopping.is_set():
                raise BusyError("too many commands run in the server", hint="wait until one is done")
            self.running[name] = asked, thread
        asked.frames.put({"begun": name})
        thread.start()
        return name, asked.frames

    def understood(self, wish: Mapping[str, Any]) -> tuple[list[str], Afar]:
        """Return the arguments of a wish, and what they were given with."""
        try:
            arguments = [str(one) for one in wish["arguments"]]
            settings = {str(name): str(value) for name, value in wish["settings"].items()}
            asked = Afar(
                cwd=str(wish["cwd"]),
                given={str(self.root): str(wish["folder"])},
                environment={str(name): str(value) for name, value in wish["environment"].items()},
                terminal=frozenset(str(one) for one in wish["terminal"]),
                opening=self.opened,
            )
        except (KeyError, TypeError, AttributeError):
            raise UsageError("this is no command of ours") from None
        here = settings_here()
        others = sorted(name for name, value in settings.items() if here.get(name) != value)
        if others:
            raise UsageError(
                f"the server that has this workspace was started with other settings: {', '.join(others)}",
                hint="start it with the same, or stop it",
            )
        return arguments, asked

    def carry_out(self, name: str, asked: Afar, arguments: Sequence[str]) -> None:
        """Run a command to its end; its exit code is the last piece of its answer."""
        current.set(asked)
        code = 1
        try:
            self.run(arguments)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except KeyboardInterrupt:
            code = 130
        except BaseException as error:
            asked.ended = True
            if asked.pressed:
                code = 130
            else:
                import traceback

                asked.stderr.write("".join(traceback.format_exception(error)))
        finally:
            with self.one_at_a_time:
                self.running.pop(name, None)
            asked.frames.put({"exit": code})
            asked.frames.put(None)

    @contextmanager
    def opened(self, asked: Afar) -> Iterator[Workspace]:
        """Open the workspace that is served for a command: to read it, or to change it in its turn."""
        reading = asked.command in READING
        held = self.serving.reading() if reading else self.serving.changing(waiting=asked.check)
        with held as workspace:
            asked.hold(workspace)
            try:
                yield workspace
            finally:
                asked.hold(None)

    def press(self, name: str) -> None:
        """Press Ctrl-C for a command."""
        found = self.running.get(name)
        if found is None:
            return
        asked, thread = found
        asked.press()
        if asked.pressed == 1:
            threading.Thread(target=insist, args=(asked, thread), daemon=True).start()

    def hear(self, name: str, text: str | None) -> None:
        """Take what was typed for a command; None: there is nothing more."""
        found = self.running.get(name)
        if found is not None:
            found[0].answers.put(text)

    def leave(self, name: str) -> None:
        """Stop a command nobody waits for any more."""
        for _ in range(2):
            self.press(name)

    def close(self) -> None:
        """Stop every command and wait for their ends."""
        for name, (_, thread) in list(self.running.items()):
            self.leave(name)
            thread.join(10)


def insist(asked: Afar, thread: threading.Thread) -> None:
    """Interrupt statement after statement until a command has ended."""
    while thread.is_alive():
        if not asked.by_hand or asked.pressed > 1:
            asked.interrupt()
        thread.join(INTERRUPTING_SECONDS)


def settings_here() -> dict[str, str]:
    """Return the settings that stand in the environment, as digests: some are passwords."""
    import hashlib

    from segmentary.settings import Settings

    names = (f"SEGMENTARY_{field.upper()}" for field in Settings.__dataclass_fields__)
    return {
        name: hashlib.sha256(os.environ[name].encode("utf-8", "replace")).hexdigest()
        for name in names
        if name in os.environ
    }
