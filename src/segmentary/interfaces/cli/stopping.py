"""Before something leaves: a yes; while it leaves: Ctrl-C that stops between two messages."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.afar import current
from segmentary.interfaces.cli.output import say


def agreed(question: str, *, yes: bool) -> None:
    """Ask a person; where none can answer, ``--yes`` has to have been said.

    Raises
    ------
    UsageError
        when nobody can be asked.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question.rstrip('?')}: this has to be agreed to", hint="add --yes")
    if not typer.confirm(question, err=True):
        say("nothing was done")
        raise typer.Exit(1)


@contextmanager
def by_hand() -> Iterator[Callable[[], bool]]:
    """Yield what says whether somebody pressed Ctrl-C once; pressed twice, it is an interruption as ever."""
    asked = current.get()
    if asked is not None:
        with asked.stopping_by_hand(lambda: say("stopping after this message ...")) as stop:
            yield stop
        return
    pressed = [0]

    def on_interrupt(number: int, frame: object) -> None:
        pressed[0] += 1
        if pressed[0] > 1:
            raise KeyboardInterrupt
        say("stopping after this message ...")

    try:
        before = signal.signal(signal.SIGINT, on_interrupt)
    except ValueError:
        # Not in the main thread: somebody else hears signals.
        yield lambda: False
        return
    try:
        yield lambda: pressed[0] > 0
    finally:
        signal.signal(signal.SIGINT, before)
