"""A workspace that many people read at once and one piece of work changes: what a server holds.

One process owns the warehouse's file. Inside it every reader has connections and temporary tables of its own and sees
one state of the warehouse from beginning to end, so that a count and the list beside it agree while a run goes on.
What changes the warehouse waits for its turn: `changing`. Definitions, consent and users live in the ledger, which
takes short writes from everybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

from segmentary.errors import BusyError
from segmentary.workspace.workspace import Workspace

if TYPE_CHECKING:
    from segmentary.workspace.lookup import Lookup

READERS = 4
PATIENCE_SECONDS = 20.0


class Serving:
    """One open workspace, for many threads.

    Parameters
    ----------
    workspace : the workspace this process has opened; it is what `changing` gives out.
    readers : at most so many read at the same moment; the next ones wait.
    """

    def __init__(self, workspace: Workspace, *, readers: int = READERS) -> None:
        self.workspace = workspace
        self.free: LifoQueue[Workspace | None] = LifoQueue()
        for _ in range(readers):
            self.free.put(None)
        self.made: list[Workspace] = []
        self.turn = threading.RLock()
        self.looking = threading.Lock()

    @contextmanager
    def reading(
        self, *, begun: Callable[[Workspace], None] = lambda _: None, patience_seconds: float = PATIENCE_SECONDS
    ) -> Iterator[Workspace]:
        """Read from one state of the warehouse; what is written to the warehouse in the block is undone at its end.

        begun : called with the workspace when it is this thread's, to interrupt it from another one.

        Raises
        ------
        BusyError
            when all readers are taken for longer than the patience.
        """
        try:
            one = self.free.get(timeout=patience_seconds)
        except Empty:
            raise BusyError("too many questions at once", hint="ask again in a moment") from None
        try:
            if one is None:
                one = self.workspace.beside()
                self.made.append(one)
            begun(one)
            with one.engine.snapshot():
                one.derived.ensure()
                yield one
        finally:
            self.free.put(one)

    @contextmanager
    def changing(self) -> Iterator[Workspace]:
        """Wait for one's turn and change the warehouse."""
        with self.turn:
            yield self.workspace

    @contextmanager
    def deciding(self) -> Iterator[Workspace]:
        """Write to the ledger at once, whatever else is going on: definitions, consent, users.

        The workspace is a reader's: what is decided must not need the warehouse to be changed.
        """
        with self.reading() as workspace:
            yield workspace

    @contextmanager
    def lookup(self) -> Iterator[Lookup]:
        """Look single people up in memory, one thread at a time."""
        with self.looking, self.reading() as workspace:
            held = self.workspace.lookup
            held.workspace = workspace
            yield held

    def close(self) -> None:
        """Let go of the readers; the workspace belongs to who opened it."""
        for one in self.made:
            one.close()
