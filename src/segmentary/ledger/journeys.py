"""Who is where in which journey, and how it ended for whom: one row an entry, at most one open row a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "number, journey, version, customer_id, step, entered_at, since, wake_at, ended_at, outcome"


@dataclass(frozen=True, slots=True)
class PositionEntry:
    """One entry of a person into a journey. ended_at : missing while they are in it."""

    number: int
    journey: str
    version: str
    customer_id: str
    step: str
    entered_at: dt.datetime
    since: dt.datetime
    wake_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    outcome: str = ""


def entry_of(row: tuple[Any, ...]) -> PositionEntry:
    number, journey, version, customer_id, step, entered_at, since, wake_at, ended_at, outcome = row
    return PositionEntry(
        number, journey, version, customer_id, step, instant(entered_at), instant(since),
        instant(wake_at) if wake_at else None, instant(ended_at) if ended_at else None, outcome,
    )  # fmt: skip


def begin(ledger: Ledger, entries: Iterable[PositionEntry]) -> int:
    """Let people in (``number`` is given by the ledger); who is in the journey already stays where they are."""
    added = 0
    with ledger.transaction():
        for one in entries:
            done = ledger.connection.execute(
                "insert or ignore into journey_positions"
                " (journey, version, customer_id, step, entered_at, since, wake_at, ended_at, outcome)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (one.journey, one.version, one.customer_id, one.step, instant_text(one.entered_at), *moved(one)),
            )
            added += done.rowcount
    return added


def move(ledger: Ledger, entries: Iterable[PositionEntry]) -> None:
    """Write where people are now; who has ended meanwhile stays ended. Call inside a transaction with what they get."""
    ledger.connection.executemany(
        "update journey_positions set since = ?, wake_at = ?, ended_at = ?, outcome = ?, step = ?"
        " where number = ? and ended_at = ''",
        ((*moved(one), one.step, one.number) for one in entries),
    )


def moved(one: PositionEntry) -> tuple[str, str, str, str]:
    wake_at = instant_text(one.wake_at) if one.wake_at else ""
    return instant_text(one.since), wake_at, instant_text(one.ended_at) if one.ended_at else "", one.outcome


def under_way(ledger: Ledger, journey: str = "") -> list[PositionEntry]:
    """Return everybody who is in a journey (or in any), in the order they came."""
    where, values = ("and journey = ?", (journey,)) if journey else ("", ())
    rows = ledger.rows(
        f"select {COLUMNS} from journey_positions where ended_at = '' {where} order by number",  # noqa: S608
        *values,
    )
    return [entry_of(row) for row in rows]


def entries_of(ledger: Ledger, customer_id: str, journey: str = "") -> list[PositionEntry]:
    """Return every entry of one person, oldest first."""
    where, values = ("and journey = ?", (journey,)) if journey else ("", ())
    rows = ledger.rows(
        f"select {COLUMNS} from journey_positions where customer_id = ? {where} order by number",  # noqa: S608
        customer_id,
        *values,
    )
    return [entry_of(row) for row in rows]


def last_entries(ledger: Ledger, journey: str) -> dict[str, tuple[dt.datetime, bool]]:
    """Return when everybody who ever came in came last, and whether they are still in it."""
    rows = ledger.rows(
        "select customer_id, max(entered_at), max(ended_at = '') from journey_positions where journey = ?"
        " group by customer_id",
        journey,
    )
    return {customer: (instant(entered), bool(still)) for customer, entered, still in rows}


def entered_after(ledger: Ledger, journey: str, after: dt.datetime | None) -> list[PositionEntry]:
    """Return the entries after a moment (all without one), oldest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from journey_positions where journey = ? and entered_at > ? order by number",  # noqa: S608
        journey,
        instant_text(after) if after else "",
    )
    return [entry_of(row) for row in rows]


def counts(ledger: Ledger, journey: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many people stand at each step now, and how many ended with each outcome."""
    at = ledger.rows(
        "select step, count(*) from journey_positions where journey = ? and ended_at = '' group by step", journey
    )
    ended = ledger.rows(
        "select outcome, count(*) from journey_positions where journey = ? and ended_at <> '' group by outcome", journey
    )
    return dict(at), dict(ended)


def end_all(ledger: Ledger, journey: str, outcome: str, *, at: dt.datetime) -> int:
    """End a journey for everybody who is in it; return how many they were."""
    with ledger.transaction():
        done = ledger.connection.execute(
            "update journey_positions set ended_at = ?, outcome = ?, wake_at = '' where journey = ? and ended_at = ''",
            (instant_text(at), outcome, journey),
        )
        ledger.audit("journey", {"name": journey, "ended": done.rowcount, "outcome": outcome}, at=at)
    return done.rowcount


def elsewhere(ledger: Ledger, journeys: Sequence[str]) -> set[str]:
    """Return who is in any of these journeys now."""
    if not journeys:
        return set()
    marks = ", ".join("?" for _ in journeys)
    rows = ledger.rows(
        f"select distinct customer_id from journey_positions where ended_at = '' and journey in ({marks})",  # noqa: S608
        *journeys,
    )
    return {row[0] for row in rows}
