"""How a server is: what a monitor asks every few seconds, without a question to the warehouse."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Literal

from segmentary.errors import SegmentaryError
from segmentary.ledger.news import chain_holds
from segmentary.ledger.runs import RunEntry, last_run
from segmentary.workspace.working import HEARTBEAT_SECONDS

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.serving import Serving

LOW_SPACE_BYTES = 200_000_000
Pulse = Literal["ok", "starting", "degraded"]


@dataclass(frozen=True, slots=True)
class LastRun:
    """The run that is served."""

    run_id: int
    as_of: dt.datetime
    finished_at: dt.datetime


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """How a server is. ``complaints``: what is not as it should be, in sentences; ``jobs``: how many in each state."""

    status: Pulse
    complaints: tuple[str, ...]
    versions: Mapping[str, str]
    up_seconds: float
    process: int
    loads: int
    last_run: LastRun | None
    jobs: Mapping[str, int]
    readers: int
    readers_in_use: int
    disk_free_bytes: int
    ledger_intact: bool


def pulse(serving: Serving) -> Pulse:
    """Say in a word how a server is."""
    if serving.jobs.worker is None:
        return "starting"
    return "degraded" if complaints(serving, free_bytes(serving)) else "ok"


def vital_signs(serving: Serving) -> VitalSigns:
    """Say everything about how a server is that costs nothing to know."""
    free = free_bytes(serving)
    said = list(complaints(serving, free))
    run: RunEntry | None = None
    intact, loads = True, 0
    try:
        run, intact = serving.jobs.looked_up(last_run), serving.jobs.looked_up(chain_holds)
        loads = serving.jobs.newest().loads
        jobs = serving.jobs.counts()
    except SegmentaryError as error:
        said.append(error.message)
        intact, jobs = False, {}
    if not intact:
        said.append("the audit trail of the ledger is broken: look with `segmentary doctor`")
    states: dict[str, int] = {}
    for (_, state), number in jobs.items():
        states[state] = states.get(state, 0) + number
    names = ("segmentary", "duckdb", "fastapi", "uvicorn")
    return VitalSigns(
        status="starting" if serving.jobs.worker is None else "degraded" if said else "ok",
        complaints=tuple(dict.fromkeys(said)),
        versions={name: metadata.version(name) for name in names},
        up_seconds=round(time.monotonic() - serving.began, 1),
        process=os.getpid(),
        loads=loads,
        last_run=None if run is None else LastRun(run.run_id, run.as_of, run.finished_at),
        jobs=states,
        readers=serving.readers,
        readers_in_use=serving.readers - serving.free.qsize(),
        disk_free_bytes=free,
        ledger_intact=intact,
    )


def complaints(serving: Serving, free: int) -> tuple[str, ...]:
    """Return what is not as it should be."""
    found = []
    worker = serving.jobs.worker
    if worker is not None and not worker.lives():
        found.append("nobody does the jobs any more: restart the server")
    if worker is not None and worker.silent_seconds() > 12 * HEARTBEAT_SECONDS:
        found.append("how far the running job is cannot be written down")
    if free < LOW_SPACE_BYTES:
        found.append("the disk is nearly full")
    try:
        serving.jobs.looked_up(answers)
    except SegmentaryError as error:
        found.append(error.message)
    return tuple(found)


def answers(ledger: Ledger) -> bool:
    return bool(ledger.rows("select 1"))


def free_bytes(serving: Serving) -> int:
    """Return how much room the disk of the workspace has."""
    try:
        return shutil.disk_usage(serving.workspace.folder.root).free
    except OSError:
        return 0
