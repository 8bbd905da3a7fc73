"""What every source brought and what became of it: files, rows, how fresh it is, and which rows were not taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from segmentary.engine.sqlfile import query
from segmentary.errors import UnknownNameError
from segmentary.ledger.loads import last_mapping
from segmentary.schema import LOADS, PREDICTIONS, REFUSALS, VOICES
from segmentary.sources.loading import SET_ASIDE
from segmentary.sources.quality import refused_reasons

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

HERE = Path(__file__).parent
OURS = (PREDICTIONS, VOICES)
TOLD = ("order_lines", "recorded_events", "responses", "messages", "consents", "exposures", "records")
FLOWING = ("orders", "order_lines", "events", "messages")
"""Kinds that go on and on in a business that lives; the others say how something is."""
OLD = dt.timedelta(days=45)
Freshness = Literal["fresh", "late", "old", "timeless"]


@dataclass(frozen=True, slots=True)
class SourceLoad:
    """One file that came in: rows read = kept + known + set aside + refused."""

    load_id: str
    source: str
    kind: str
    file: str
    known_at: dt.datetime
    ordinal: int
    rows_read: int
    rows_kept: int
    rows_known: int
    rows_set_aside: int
    rows_refused: int


@dataclass(frozen=True, slots=True)
class SourceAccount:
    """One source.

    Attributes
    ----------
    rows_read : kept + already known + set aside + refused, exactly.
    reasons : why rows were refused -> how many; set_aside_reasons : the same for those about no customer.
    oldest_record, newest_record : when the first and the last thing it tells of happened; None where it tells of none.
    freshness : late (its next file is overdue, by its own rhythm), old (its orders, events or messages ended long ago),
        timeless (it tells of nothing that goes on), else fresh.
    usual_gap_days : days between its loads, usually; None before the third.
    """

    source: str
    kind: str
    files: int
    loads: int
    rows_read: int
    rows_kept: int
    rows_known: int
    rows_set_aside: int
    rows_refused: int
    reasons: Mapping[str, int]
    set_aside_reasons: Mapping[str, int]
    oldest_record: dt.datetime | None
    newest_record: dt.datetime | None
    first_load: dt.datetime
    last_load: dt.datetime
    usual_gap_days: float | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken: which row of which file, why, and the column that is to blame."""

    source: str
    file: str
    load_id: str
    ordinal: int
    row_number: int
    reason: str
    column: str | None
    set_aside: bool

    @property
    def stored_reason(self) -> str:
        """The reason as the warehouse has it."""
        return f"{SET_ASIDE}{self.reason}" if self.set_aside else self.reason


def source_accounts(workspace: Workspace) -> list[SourceAccount]:
    """Return the account of every source that was loaded, in the order of their names."""
    per_source: dict[str, list[SourceLoad]] = {}
    for one in source_loads(workspace):
        per_source.setdefault(one.source, []).append(one)
    tables = {name: exp.table_(name, quoted=True) for name in TOLD}
    moments = {
        str(source): (oldest, newest)
        for source, oldest, newest in workspace.engine.rows(query(HERE / "source_newest.sql", **tables))
    }
    reasons = refused_reasons(workspace.engine)
    now = workspace.tick.clock()
    return [
        account(found, reasons.get(name, {}), moments.get(name, (None, None)), now)
        for name, found in sorted(per_source.items())
    ]


def source_account(workspace: Workspace, source: str) -> SourceAccount:
    """Return the account of one source.

    Raises
    ------
    UnknownNameError
        when nothing was loaded under that name.
    """
    held = {one.source: one for one in source_accounts(workspace)}
    if source not in held:
        raise UnknownNameError("source", source, held)
    return held[source]


def account(
    found: Sequence[SourceLoad],
    reasons: Mapping[str, int],
    moments: tuple[dt.datetime | None, dt.datetime | None],
    now: dt.datetime,
) -> SourceAccount:
    times = sorted({one.known_at for one in found})
    gaps = [(b - a).total_seconds() / 86_400 for a, b in pairwise(times)]
    gap = round(median(gaps), 2) if len(gaps) > 1 else None
    oldest, newest = (None if one is None else aware(one) for one in moments)
    return SourceAccount(
        source=found[0].source,
        kind=found[-1].kind,
        files=len({one.file for one in found}),
        loads=len(found),
        rows_read=sum(one.rows_read for one in found),
        rows_kept=sum(one.rows_kept for one in found),
        rows_known=sum(one.rows_known for one in found),
        rows_set_aside=sum(one.rows_set_aside for one in found),
        rows_refused=sum(one.rows_refused for one in found),
        reasons={why: n for why, n in reasons.items() if not why.startswith(SET_ASIDE)},
        set_aside_reasons={why.removeprefix(SET_ASIDE): n for why, n in reasons.items() if why.startswith(SET_ASIDE)},
        oldest_record=oldest,
        newest_record=newest,
        first_load=times[0],
        last_load=times[-1],
        usual_gap_days=gap,
        freshness=freshness(newest if found[-1].kind in FLOWING else None, times[-1], gap, now),
    )


def freshness(newest: dt.datetime | None, last: dt.datetime, gap: float | None, now: dt.datetime) -> Freshness:
    """Judge whether a source is up to date: by its own rhythm where it has one, else by what it tells of."""
    if gap is not None and now - last > dt.timedelta(days=3 * max(gap, 1.0)):
        return "late"
    if newest is None:
        return "timeless"
    return "old" if now - newest > OLD else "fresh"


def aware(moment: dt.datetime) -> dt.datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def source_loads(workspace: Workspace, source: str | None = None) -> list[SourceLoad]:
    """Return every load, oldest first; those of one source where it is named."""
    aside = exp.func("coalesce", exp.column("aside", table="counted"), exp.Literal.number(0))
    pattern = exp.Literal.string(f"{SET_ASIDE}%")
    counted = (
        exp.select("load_id", exp.Count(this=exp.Star()).as_("aside"))
        .from_(exp.table_(REFUSALS.name, quoted=True))
        .where(exp.Like(this=exp.column("reason"), expression=pattern))
        .group_by("load_id")
        .subquery("counted")
    )
    names = ("load_id", "source", "kind", "file", "known_at", "ordinal", "rows_read", "rows_kept", "rows_known")
    wanted = (
        exp.select(*(exp.column(name, table="loads") for name in (*names, "rows_refused")), aside)
        .from_(exp.table_(LOADS.name, quoted=True, alias="loads"))
        .join(counted, on="counted.load_id = loads.load_id", join_type="left")
        .where(exp.Not(this=exp.column("source", table="loads").isin(*OURS)))
        .order_by("loads.ordinal")
    )
    if source is not None:
        wanted = wanted.where(exp.column("source", table="loads").eq(exp.Literal.string(source)))
    return [loaded(*row) for row in workspace.engine.rows(wanted)]


def loaded(
    load_id: str, source: str, kind: str, file: str, known_at: dt.datetime, ordinal: int, *counts: int
) -> SourceLoad:
    read, kept, known, not_taken, aside = (int(n) for n in counts)
    return SourceLoad(
        load_id, source, kind, file, aware(known_at), ordinal, read, kept, known, aside, not_taken - aside
    )


def refused_rows(
    workspace: Workspace,
    source: str,
    *,
    after: tuple[int, int, str] | None = None,
    limit: int = 100,
    set_aside: bool | None = None,
    reason: str | None = None,
) -> list[RefusedRow]:
    """Return rows of a source that were not taken, in the order of its loads and of the rows in them.

    after : ordinal of the load, row and reason behind which the page begins; set_aside : only such rows, or only
    others; reason : only these.
    """
    place = [("ordinal", "loads"), ("row_number", "refusals"), ("reason", "refusals")]
    columns = [exp.column(name, table=table) for name, table in place]
    wanted = (
        exp.select("loads.file", "refusals.load_id", *columns, "refusals.column_name")
        .from_(exp.table_(REFUSALS.name, quoted=True, alias="refusals"))
        .join(exp.table_(LOADS.name, quoted=True, alias="loads"), on="loads.load_id = refusals.load_id")
        .where(exp.column("source", table="refusals").eq(exp.Literal.string(source)))
        .order_by(*columns)
        .limit(limit)
    )
    if reason is not None:
        wanted = wanted.where(exp.column("reason", table="refusals").eq(exp.Literal.string(reason)))
    if set_aside is not None:
        like = exp.Like(this=exp.column("reason", table="refusals"), expression=exp.Literal.string(f"{SET_ASIDE}%"))
        wanted = wanted.where(like if set_aside else exp.Not(this=like))
    if after is not None:
        values = [exp.Literal.number(after[0]), exp.Literal.number(after[1]), exp.Literal.string(after[2])]
        here, there = exp.Tuple(expressions=[c.copy() for c in columns]), exp.Tuple(expressions=values)
        wanted = wanted.where(exp.GT(this=here, expression=there))
    return [
        RefusedRow(
            source,
            str(file),
            str(load),
            int(ordinal),
            int(number),
            str(why).removeprefix(SET_ASIDE),
            column,
            str(why).startswith(SET_ASIDE),
        )
        for file, load, ordinal, number, why, column in workspace.engine.rows(wanted)
    ]


def mapping_of(workspace: Workspace, source: str) -> Mapping[str, object]:
    """Return how the newest file of a source was read."""
    return last_mapping(workspace.ledger, source) or {}
