"""A workspace that many people read at once and one piece of work changes: what a server holds.

One process owns the warehouse's file. Inside it every reader has connections and temporary tables of its own and sees
one state of the warehouse from beginning to end, so that a count and the list beside it agree while a run goes on.
What changes the warehouse waits for its turn: `changing`. Definitions, consent and users live in the ledger, which
takes short writes from everybody.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING

from segmentary.errors import BusyError, SegmentaryError
from segmentary.ledger.ledger import Ledger
from segmentary.workspace.access.access import Access
from segmentary.workspace.jobs import Jobs
from segmentary.workspace.workspace import Workspace

if TYPE_CHECKING:
    from segmentary.workspace.lookup import Lookup

log = logging.getLogger(__name__)
READERS = 4
PATIENCE_SECONDS = 20.0
WAITING_SECONDS = 0.2
CLOSING_SECONDS = 2.0


class Serving:
    """One open workspace, for many threads.

    Parameters
    ----------
    workspace : the workspace this process has opened; it is what `changing` gives out.
    readers : at most so many read at the same moment; the next ones wait.
    """

    def __init__(self, workspace: Workspace, *, readers: int = READERS) -> None:
        self.workspace = workspace
        self.access = Access(workspace)
        self.free: LifoQueue[Workspace | None] = LifoQueue()
        self.readers = readers
        for _ in range(readers):
            self.free.put(None)
        self.made: list[Workspace] = []
        self.turn = threading.RLock()
        self.looking = threading.Lock()
        self.stopping = threading.Event()
        self.began = time.monotonic()
        # How many wait to change something.
        self.wanting = 0
        self.jobs = Jobs(self)

    def start(self) -> None:
        """Begin to do jobs, those first that a process before did not bring to an end."""
        self.jobs.begin()

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
    def changing(self, *, waiting: Callable[[], None] = lambda: None) -> Iterator[Workspace]:
        """Wait for one's turn and change the warehouse.

        What was cut off half-way is brought to an end, or taken back, before anybody else changes something.

        waiting : called now and then while others have their turn; raising out of it gives up.
        """
        waiting()
        self.wanting += 1
        try:
            while not self.turn.acquire(timeout=WAITING_SECONDS):
                waiting()
        finally:
            self.wanting -= 1
        try:
            yield self.workspace
            self.settle()
        except BaseException:
            self.mend()
            raise
        finally:
            self.turn.release()

    def settle(self) -> None:
        """Make what follows from what was loaded, for those who read; who comes next does it otherwise."""
        if self.wanting:
            return
        try:
            self.workspace.derived.ensure()
        except SegmentaryError as error:
            log.error("what follows from the data could not be made: %s", error.message)

    def interrupt(self) -> None:
        """Interrupt the statement of who changes the warehouse; may be called from another thread."""
        interrupt(self.workspace)

    def mend(self) -> None:
        """Bring to the warehouse what the ledger acknowledged before the work was cut off."""
        from segmentary.workspace.rebuilding import catch_up

        held = self.workspace
        try:
            catch_up(held.loader, held.derived, held.warehouse)
        except SegmentaryError as error:
            # The next opening does the same; what went wrong before is what should be told now.
            log.error("the warehouse could not be brought up to date: %s", error.message)

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
        with self.looking:
            held = self.workspace.lookup
            if held.ledger is None:
                # A connection of its own: who only reads memory waits for no reader.
                held.ledger = Ledger(self.workspace.folder.ledger, under_way=self.workspace.ledger.under_way)
            if held.is_ready:
                yield held
                return
            with self.reading() as workspace:
                held.workspace = workspace
                yield held

    def close(self) -> None:
        """End the work and let go of the readers; the workspace belongs to who opened it."""
        self.stopping.set()
        self.jobs.close()
        for left in range(self.readers, 0, -1):
            # Who still reads is interrupted: nothing is closed under their hands.
            if self.free.qsize() < left:
                for one in self.made:
                    interrupt(one)
            with suppress(Empty):
                self.free.get(timeout=CLOSING_SECONDS)
        for one in self.made:
            one.close()
        if "lookup" in self.workspace.__dict__ and self.workspace.lookup.ledger is not None:
            self.workspace.lookup.ledger.close()
            self.workspace.lookup.ledger = None
        self.access.close()


def interrupt(workspace: Workspace) -> None:
    """Interrupt the statement a workspace is at, wherever it is computed."""
    workspace.engine.interrupt()
    stop = getattr(workspace.warehouse, "interrupt", None)
    if stop is not None and workspace.warehouse is not workspace.engine:
        stop()
