"""Jobs as people ask for them: start one, look how far it is, stop it. `working` does them.

A job that `start` returned is on the disk: whatever becomes of the process, it is done, begun again or said to have
failed.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from segmentary.errors import BusyError, UnknownNameError, UsageError
from segmentary.ledger import jobs as table
from segmentary.ledger.jobs import Job, JobState
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.news import Newest, newest
from segmentary.workspace.job_kinds import kind_of

if TYPE_CHECKING:
    from segmentary.workspace.serving import Serving
    from segmentary.workspace.working import Worker

MOST_WAITING = 200
# So that nobody alone, not even who may only look, takes the room of all others.
MOST_WAITING_OF_ONE = 50
MOST_ARGUMENTS = 200_000
DEEPEST = 30
LOOKING_SECONDS = 0.5
Found = TypeVar("Found")


class TooManyOfOneError(BusyError):
    """One person or program asks for more work than is done; others still may."""


class Jobs:
    """The jobs of a workspace that is served.

    Parameters
    ----------
    serving : the workspace; its turn to change is what jobs wait for.
    """

    def __init__(self, serving: Serving) -> None:
        self.serving = serving
        workspace = serving.workspace
        self.tick = workspace.tick
        # A connection of its own: what people read of jobs never waits for what a job reads.
        self.ledger = Ledger(workspace.folder.ledger, under_way=workspace.ledger.under_way)
        self.one_at_a_time = threading.RLock()
        self.lease = secrets.token_hex(8)
        self.live: dict[str, tuple[str, float]] = {}
        self.revision = 0
        self.worker: Worker | None = None
        self.closed = False
        self.seen: tuple[float, Newest] | None = None
        # How long jobs took in this process: kind and state -> how many, seconds in all.
        self.seconds: dict[tuple[str, str], tuple[int, float]] = {}

    # ------------------------------------------------------------ asking

    def start(self, kind: str, arguments: Mapping[str, Any] | None = None, by: str = "") -> Job:
        """Acknowledge a job and begin it as soon as nothing else changes the warehouse.

        The same work that still waits is joined where asking twice means once (`JobKind.joined`).

        Raises
        ------
        UnknownNameError
            when there is no such kind.
        UsageError
            when the arguments are no plain JSON values, or too many.
        BusyError
            when too many jobs wait already.
        """
        asked = kind_of(kind)
        text = arguments_text(arguments or {})
        with self.one_at_a_time:
            found = table.waiting_like(self.ledger, kind, text) if asked.joined else None
            if found is None:
                waiting = sum(n for (_, state), n in table.counts(self.ledger).items() if state == "waiting")
                if waiting >= MOST_WAITING:
                    raise BusyError("too many jobs are waiting", hint="wait until some are done, or cancel some")
                if by and table.waiting_of(self.ledger, by) >= MOST_WAITING_OF_ONE:
                    raise TooManyOfOneError(
                        "too many jobs of yours are waiting", hint="wait until some are done, or cancel some"
                    )
                name = secrets.token_hex(8)
                table.add(self.ledger, name, kind, text, by, at=self.tick())
                found = self.get(name)
                self.changed()
        self.begin()
        return found

    def cancel(self, job: str) -> Job:
        """Stop a job: one that waits at once, one that runs as soon as it can; what has ended stays as it is."""
        with self.one_at_a_time:
            self.get(job)
            table.ask_to_stop(self.ledger, job, at=self.tick())
            self.changed()
        if self.worker is not None:
            self.worker.stop(job)
        return self.get(job)

    # ------------------------------------------------------------ reading

    def get(self, job: str) -> Job:
        """Return a job as it is now.

        Raises
        ------
        UnknownNameError
            when there is none of that name.
        """
        with self.one_at_a_time:
            found = table.find(self.ledger, job)
        if found is None:
            raise UnknownNameError("job", job, ())
        return self.as_it_is(found)

    def list(
        self,
        *,
        states: Sequence[JobState] = (),
        kinds: Sequence[str] = (),
        before: int | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Return jobs, newest first; `before` is the `Job.number` below which a page begins."""
        with self.one_at_a_time:
            found = table.listed(self.ledger, states=states, kinds=kinds, before=before, limit=limit)
        return [self.as_it_is(one) for one in found]

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many jobs there are, by kind and state."""
        with self.one_at_a_time:
            return table.counts(self.ledger)

    def looked_up(self, look: Callable[[Ledger], Found]) -> Found:
        """Return what a look at the ledger finds, beside everybody else."""
        with self.one_at_a_time:
            return look(self.ledger)

    def newest(self) -> Newest:
        """Return what is newest in the ledger; looked at twice a second at most, however many ask."""
        with self.one_at_a_time:
            now = time.monotonic()
            if self.seen is None or now - self.seen[0] > LOOKING_SECONDS:
                self.seen = now, newest(self.ledger)
            return self.seen[1]

    def as_it_is(self, job: Job) -> Job:
        """Return a job with what it told last, which may not be on the disk yet."""
        told = self.live.get(job.job) if job.state == "running" else None
        return job if told is None else replace(job, step=told[0], done_share=told[1])

    # ------------------------------------------------------------ for who works

    def changed(self) -> None:
        """Let those who follow know that there is something new."""
        self.revision += 1

    def written(self, write: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Write to the table of jobs, one thread at a time."""
        with self.one_at_a_time:
            found = write(self.ledger, *values, **more)
            self.changed()
        return found

    def begin(self) -> None:
        """See to it that somebody works; what a process before left behind is taken up first."""
        from segmentary.workspace.working import Worker

        with self.one_at_a_time:
            if self.closed:
                return
            if self.worker is None:
                self.worker = Worker(self)
                self.worker.take_up()
                self.worker.begin()
        self.worker.wake()

    def close(self) -> None:
        """Stop what is being done, let it be begun again at the next start, and let go of the ledger."""
        with self.one_at_a_time:
            if self.closed:
                return
            self.closed = True
        if self.worker is not None:
            self.worker.end()
        self.ledger.close()


def arguments_text(arguments: Mapping[str, Any]) -> str:
    """Return arguments as JSON text, the same for the same arguments.

    Raises
    ------
    UsageError
        when they hold what JSON cannot say, or are too large.
    """
    plain(arguments, 0)
    try:
        text = json.dumps(arguments, sort_keys=True, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise UsageError("the arguments of the job are not plain JSON values") from None
    if len(text) > MOST_ARGUMENTS:
        raise UsageError("the arguments of the job are too large", hint=f"at most {MOST_ARGUMENTS:,} characters")
    return text


def plain(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise UsageError("the arguments of the job are nested too deep")
    match value:
        case str():
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise UsageError("a text among the arguments of the job is not Unicode")
        case Mapping():
            for key, part in value.items():
                plain(str(key), depth + 1)
                plain(part, depth + 1)
        case list() | tuple():
            for part in value:
                plain(part, depth + 1)
