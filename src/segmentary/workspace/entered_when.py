"""Since when everybody is in each of their segments, in memory: two bytes a membership.

Exact as `segments.stays` has it: the first entry behind the last exit, what was computed for the past included. At 1 M
customers in 50 segments with ten memberships each it takes some 25 MB.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.membership import BITS, MEMBERSHIP

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmentary.engine.base import Engine

PLACES = "lookup_places"
AT_ONCE = 4
"""So many segments are read by one query: each looks all customers up once."""
FEW = 65_000
"""So many moments are told apart by two bytes."""


class EnteredWhen:
    """When each membership of a run began.

    Parameters
    ----------
    engine : what serves the run; masks : (customers,) each, in the order of the ids; positions : bit of each segment.
    """

    def __init__(self, engine: Engine, masks: Sequence[NDArray[np.int64]], positions: Mapping[str, int]) -> None:
        import numpy as np

        self.masks = masks
        counts = sum(
            (np.bitwise_count(mask).astype(np.int64) for mask in masks), start=np.zeros(0, np.int64) if not masks else 0
        )
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        log = exp.table_(MEMBERSHIP_LOG.name, quoted=True)
        held = engine.rows(exp.select(column("valid_at")).distinct().from_(log).where(column("entered")))
        self.moments = sorted(row[0] for row in held)
        kind = np.uint16 if len(self.moments) < FEW else np.uint32
        self.missing = len(self.moments)
        self.which = np.full(int(self.starts[-1]), self.missing, dtype=kind)
        if self.moments:
            self.fill(engine, positions)

    def fill(self, engine: Engine, positions: Mapping[str, int]) -> None:
        """Read the log, one segment after the other."""
        import numpy as np

        ordered = np.array([np.datetime64(one.replace(tzinfo=None), "us") for one in self.moments])
        row = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=column("customer_id"))]))
        numbered = exp.select(column("customer_id"), row.as_("place", quoted=True)).from_(
            exp.table_(MEMBERSHIP, quoted=True)
        )
        engine.create_as(PLACES, numbered, temporary=True)
        try:
            names = list(positions)
            for start in range(0, len(names), AT_ONCE):
                some = names[start : start + AT_ONCE]
                bits = np.array([positions[name] for name in some], dtype=np.int64)
                with engine.batches(since_query(some)) as batches:
                    for batch in batches:
                        number = np.asarray(batch.column(0)).astype(np.int64)
                        places = np.asarray(batch.column(1)).astype(np.int64) - 1
                        which = np.searchsorted(ordered, np.asarray(batch.column(2)).astype("datetime64[us]"))
                        for one in range(len(some)):
                            own = number == one
                            self.put(places[own], which[own], int(bits[one]))
        finally:
            engine.drop(PLACES)

    def put(self, places: NDArray[np.int64], which: NDArray[np.int64], position: int) -> None:
        """Write down the moments of one segment's members; who is no member any more is passed over."""
        import numpy as np

        number, bit = divmod(position, BITS)
        if number >= len(self.masks):
            return
        held = self.masks[number][places]
        inside = ((held >> bit) & 1).astype(bool)
        places, held, which = places[inside], held[inside], which[inside]
        before = np.bitwise_count(held & ((1 << bit) - 1)).astype(np.int64)
        for earlier in self.masks[:number]:
            before += np.bitwise_count(earlier[places])
        self.which[self.starts[places] + before] = which

    def of(self, place: int) -> list[tuple[int, dt.datetime | None]]:
        """Return position and moment of each membership of one row, in the order of the positions."""
        found: list[tuple[int, dt.datetime | None]] = []
        at = int(self.starts[place])
        for number, mask in enumerate(self.masks):
            bits = int(mask[place])
            while bits:
                lowest = bits & -bits
                which = int(self.which[at])
                moment = self.moments[which].replace(tzinfo=dt.UTC) if which != self.missing else None
                found.append((number * BITS + lowest.bit_length() - 1, moment))
                at += 1
                bits ^= lowest
        return found


def since_query(segments: Sequence[str]) -> exp.Select:
    """Return number of segment, place and moment of entry of everybody who ever entered one of some segments.

    The moment is the first entry behind the last exit; an exit stands before an entry of the same instant. Where a
    later run looked at an earlier moment, so that no entry lies behind the last exit, it is the newest entry.
    """
    log = exp.table_(MEMBERSHIP_LOG.name, quoted=True)
    wanted = [literal(name) for name in segments]
    exits = (
        exp.select(
            column("segment"), column("customer_id"), exp.Max(this=column("valid_at")).as_("last_exit", quoted=True)
        )
        .from_(log)
        .where(column("segment").isin(*(one.copy() for one in wanted)), exp.not_(column("entered")))
        .group_by(column("segment"), column("customer_id"))
    )
    entered_at = column("valid_at", "log")
    behind = exp.or_(
        exp.Is(this=column("last_exit", "gone"), expression=exp.null()), entered_at >= column("last_exit", "gone")
    )
    number = exp.Case()
    for place, name in enumerate(segments):
        number = number.when(column("segment", "log").eq(literal(name)), exp.Literal.number(place), copy=False)

    def same(table: str, *keys: str) -> exp.Expr:
        return exp.and_(*(exp.EQ(this=column(key, table), expression=column(key, "log")) for key in keys))

    asked = exp.select(
        exp.cast(number, "bigint").as_("number", quoted=True),
        column("place", "places"),
        entered_at.copy().as_("valid_at", quoted=True),
        behind.as_("behind", quoted=True),
    )
    rows = (
        asked.from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True, alias="log"))
        .join(exp.table_(PLACES, quoted=True, alias="places"), on=same("places", "customer_id"))
        .join(exits.subquery("gone"), on=same("gone", "segment", "customer_id"), join_type="left")
        .where(column("segment", "log").isin(*wanted), column("entered", "log"))
    )
    at = column("valid_at")
    since = exp.func("coalesce", exp.Min(this=exp.Case().when(column("behind"), at.copy())), exp.Max(this=at.copy()))
    return (
        exp.select(column("number"), column("place"), since.as_("since", quoted=True))
        .from_(rows.subquery("rows"))
        .group_by(column("number"), column("place"))
    )
