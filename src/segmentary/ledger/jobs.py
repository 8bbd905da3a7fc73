"""Jobs: work somebody asked for, in the order it was asked for, with how far it is and what came of it.

A job that was acknowledged is a row on the disk; it is claimed by one statement, so that nothing is done by two at
once. Who claims leaves a lease: the name of the process that works on it. Only one process owns a workspace, so every
job that runs under another lease is dead.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from segmentary.ledger.ledger import Ledger, instant, instant_text

JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
ENDED: tuple[JobState, ...] = ("done", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """One job.

    number : its place in the order; attempts : how often it was begun; done_share : 0 to 1; result : what it made, as
    JSON values with exact numbers; problem : ``title``, ``code`` and ``hint`` of what went wrong.
    """

    number: int
    job: str
    kind: str
    arguments: Mapping[str, Any]
    asked_by: str
    state: JobState
    attempts: int
    lease: str
    lease_until: dt.datetime | None
    heartbeat_at: dt.datetime | None
    step: str
    done_share: float
    cancel_asked: bool
    result: Any
    problem: Mapping[str, Any] | None
    created_at: dt.datetime
    started_at: dt.datetime | None
    ended_at: dt.datetime | None

    @property
    def ended(self) -> bool:
        """Say whether nothing will become of it any more."""
        return self.state in ENDED


COLUMNS = (
    "number, job, kind, arguments, asked_by, state, attempts, lease, lease_until, heartbeat_at, step, done_share,"
    " cancel_asked, result, problem, created_at, started_at, ended_at"
)


def job_of(row: tuple[Any, ...]) -> Job:
    number, name, kind, arguments, asked_by, state, attempts, lease, until, beat, step, share, cancel, *rest = row
    result, wrong, created_at, started_at, ended_at = rest
    return Job(
        number=number,
        job=name,
        kind=kind,
        arguments=json.loads(arguments),
        asked_by=asked_by,
        state=state,
        attempts=attempts,
        lease=lease,
        lease_until=moment(until),
        heartbeat_at=moment(beat),
        step=step,
        done_share=share,
        cancel_asked=bool(cancel),
        result=json.loads(result, parse_float=Decimal) if result else None,
        problem=json.loads(wrong) if wrong else None,
        created_at=instant(created_at),
        started_at=moment(started_at),
        ended_at=moment(ended_at),
    )


def moment(text: str) -> dt.datetime | None:
    return instant(text) if text else None


def add(ledger: Ledger, job: str, kind: str, arguments: str, asked_by: str, *, at: dt.datetime) -> None:
    """Acknowledge a job: from here on it is done or its end is told. `arguments` is JSON text."""
    with ledger.transaction():
        ledger.connection.execute(
            "insert into jobs (job, kind, arguments, asked_by, state, created_at) values (?, ?, ?, ?, 'waiting', ?)",
            (job, kind, arguments, asked_by, instant_text(at)),
        )


def find(ledger: Ledger, job: str) -> Job | None:
    """Return a job, or nothing where there is none of that name."""
    rows = ledger.rows(f"select {COLUMNS} from jobs where job = ?", job)  # noqa: S608
    return job_of(rows[0]) if rows else None


def waiting_like(ledger: Ledger, kind: str, arguments: str) -> Job | None:
    """Return the job that waits to do the very same."""
    rows = ledger.rows(
        f"select {COLUMNS} from jobs where state = 'waiting' and cancel_asked = 0 and kind = ? and arguments = ?"  # noqa: S608
        " order by number limit 1",
        kind,
        arguments,
    )
    return job_of(rows[0]) if rows else None


def listed(
    ledger: Ledger, *, states: Sequence[str] = (), kinds: Sequence[str] = (), before: int | None = None, limit: int
) -> list[Job]:
    """Return jobs, newest first; `before` is the number below which the page begins."""
    wanted, values = ["1 = 1"], []
    for column, names in (("state", states), ("kind", kinds)):
        if names:
            wanted.append(f"{column} in ({', '.join('?' * len(names))})")
            values += list(names)
    if before is not None:
        wanted.append("number < ?")
        values.append(str(before))
    where = " and ".join(wanted)
    rows = ledger.rows(f"select {COLUMNS} from jobs where {where} order by number desc limit ?", *values, limit)  # noqa: S608
    return [job_of(row) for row in rows]


def counts(ledger: Ledger) -> dict[tuple[str, str], int]:
    """Return how many jobs there are of each kind in each state."""
    rows = ledger.rows("select kind, state, count(*) from jobs group by kind, state order by kind, state")
    return {(kind, state): int(number) for kind, state, number in rows}


def waiting_of(ledger: Ledger, asked_by: str) -> int:
    """Return how many jobs of somebody wait."""
    ((number,),) = ledger.rows("select count(*) from jobs where state = 'waiting' and asked_by = ?", asked_by)
    return int(number)


def claim(ledger: Ledger, lease: str, *, at: dt.datetime, until: dt.datetime) -> Job | None:
    """Take the job that has waited longest; nothing when none waits."""
    with ledger.transaction():
        rows = ledger.rows(
            "update jobs set state = 'running', lease = ?, lease_until = ?, heartbeat_at = ?, attempts = attempts + 1,"  # noqa: S608
            " started_at = case when started_at = '' then ? else started_at end, step = '', done_share = 0"
            " where number = (select number from jobs where state = 'waiting' order by number limit 1)"
            f" returning {COLUMNS}",
            lease,
            instant_text(until),
            instant_text(at),
            instant_text(at),
        )
    return job_of(rows[0]) if rows else None


def beat(ledger: Ledger, job: str, step: str, done_share: float, *, at: dt.datetime, until: dt.datetime) -> bool:
    """Note how far a job is, and that somebody works on it; return whether somebody asked to stop it."""
    with ledger.transaction():
        rows = ledger.rows(
            "update jobs set step = ?, done_share = ?, heartbeat_at = ?, lease_until = ?"
            " where job = ? and state = 'running' returning cancel_asked",
            step,
            done_share,
            instant_text(at),
            instant_text(until),
            job,
        )
    return bool(rows and rows[0][0])


def ask_to_stop(ledger: Ledger, job: str, *, at: dt.datetime) -> None:
    """Stop a job that waits at once, and note on one that runs that it is to stop."""
    with ledger.transaction():
        ledger.connection.execute(
            "update jobs set cancel_asked = 1, state = 'cancelled', ended_at = ? where job = ? and state = 'waiting'",
            (instant_text(at), job),
        )
        ledger.connection.execute("update jobs set cancel_asked = 1 where job = ? and state = 'running'", (job,))


def end(
    ledger: Ledger, job: str, state: JobState, *, at: dt.datetime, result: str = "", problem: Mapping[str, Any] | None
) -> None:
    """Note what came of a job. `result` is JSON text."""
    with ledger.transaction():
        ledger.connection.execute(
            "update jobs set state = ?, result = ?, problem = ?, ended_at = ?, lease = '', lease_until = '',"
            " done_share = case when ? = 'done' then 1 else done_share end where job = ?",
            (state, result, json.dumps(problem) if problem else "", instant_text(at), state, job),
        )


def put_back(ledger: Ledger, job: str, *, counted: bool) -> None:
    """Let a job that was cut off wait again, in its old place; `counted`: that it was begun counts as an attempt."""
    with ledger.transaction():
        ledger.connection.execute(
            "update jobs set state = 'waiting', lease = '', lease_until = '', attempts = attempts - ?"
            " where job = ? and state = 'running'",
            (0 if counted else 1, job),
        )


def cut_off(ledger: Ledger, lease: str) -> list[Job]:
    """Return the jobs that run under another lease than the one given: those who worked on them are gone."""
    rows = ledger.rows(f"select {COLUMNS} from jobs where state = 'running' and lease <> ? order by number", lease)  # noqa: S608
    return [job_of(row) for row in rows]


def throw_away_ended(ledger: Ledger, *, before: dt.datetime) -> int:
    """Throw away jobs that ended before a moment; return how many."""
    with ledger.transaction():
        done = ledger.connection.execute(
            "delete from jobs where state in ('done', 'failed', 'cancelled') and ended_at <> '' and ended_at < ?",
            (instant_text(before),),
        )
    return int(done.rowcount)
