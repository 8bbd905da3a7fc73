"""How dates are written: ISO, year first, day first or month first, or seconds since 1970; never a silent guess.

A column is looked at from its first to its last row. One value such as 25/12/2010 decides; if every value fits both
orders, or some rows say one and some the other, a person has to decide.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.sources.base import ROW_NUMBER, DateOrder

PARTS = re.compile(r"\s*(\d{1,4})\s*[-/. ]\s*(\d{1,2})\s*[-/. ]\s*(\d{1,4})")
COMPACT = re.compile(r"\s*((?:19|20)\d{2})(\d{2})(\d{2})(?:\D|$)")
NAMED_FIRST = re.compile(r"\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ .]*\d", re.IGNORECASE)
NAMED = re.compile(r"\s*\d{1,2}\s*[-/. ]?\s*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
EPOCH_SECONDS = range(315_532_800, 4_102_444_800)  # 1980 to 2100
KEPT = 12  # characters that hold the date of any spelling


@dataclass(slots=True)
class Evidence:
    """What the values of one column say.

    Attributes
    ----------
    counts : per order, values that fit this order only.
    first_row : per order, the row of the first such value.
    both : values that fit day first and month first.
    """

    counts: dict[DateOrder, int] = field(default_factory=dict)
    first_row: dict[DateOrder, int] = field(default_factory=dict)
    both: int = 0
    unreadable: int = 0
    values: int = 0

    def add(self, text: str, count: int, row: int) -> None:
        """Count one different value."""
        self.values += count
        orders = readings(text)
        if not orders:
            self.unreadable += count
        elif len(orders) > 1:
            self.both += count
        else:
            (order,) = orders
            self.counts[order] = self.counts.get(order, 0) + count
            self.first_row[order] = min(row, self.first_row.get(order, row))


@dataclass(frozen=True, slots=True)
class DateDecision:
    """The order of a column's dates.

    Attributes
    ----------
    order : the order; empty when it is open, or the column holds no dates.
    reason : why, in one sentence.
    open : a person has to decide.
    """

    order: DateOrder
    reason: str
    open: bool = False


def readings(text: str) -> frozenset[DateOrder]:
    """Return the orders one value fits; empty where it is no date.

    Examples
    --------
    >>> sorted(readings("25/12/2010")), sorted(readings("1/2/2010 08:26")), sorted(readings("2010-12-01"))
    (['day_first'], ['day_first', 'month_first'], ['iso'])
    """
    if match := PARTS.match(text):
        first, second, third = match.groups()
        if len(first) == 4:
            if not real(int(first), int(second), int(third[:2])):
                return frozenset()
            return frozenset(("iso",)) if text.strip()[4] == "-" else frozenset(("year_first",))
        if len(first) == 3 or len(third) == 3:
            return frozenset()
        year = int(third[:4]) if len(third) == 4 else 2000 + int(third[:2])
        out: list[DateOrder] = []
        if real(year, int(second), int(first)):
            out.append("day_first")
        if real(year, int(first), int(second)):
            out.append("month_first")
        return frozenset(out)
    if match := COMPACT.match(text):
        year_, month, day = (int(g) for g in match.groups())
        return frozenset(("year_first",)) if real(year_, month, day) else frozenset()
    if NAMED.match(text):
        return frozenset(("day_first",))
    if NAMED_FIRST.match(text):
        return frozenset(("month_first",))
    return epoch(text)


def real(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def epoch(text: str) -> frozenset[DateOrder]:
    """Return whether a number counts seconds or milliseconds since 1970."""
    digits = text.strip().partition(".")[0]
    if digits.isdigit():
        if len(digits) in (9, 10) and int(digits) in EPOCH_SECONDS:
            return frozenset(("epoch_seconds",))
        if len(digits) in (12, 13) and int(digits) // 1000 in EPOCH_SECONDS:
            return frozenset(("epoch_millis",))
    return frozenset()


def gather(batches: Iterable[pa.RecordBatch], column: str) -> Evidence:
    """Return what all values of a text column say."""
    evidence = Evidence()
    for batch in batches:
        for text, count, row in different(batch, column):
            evidence.add(text, count, row)
    return evidence


def different(batch: pa.RecordBatch, column: str) -> Iterator[tuple[str, int, int]]:
    """Yield each different date of a batch with its count and the first row it stands in."""
    values = batch.column(column)
    if not pa.types.is_string(values.type):
        values = values.cast(pa.string())
    lead = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(values), 0, KEPT + 1)
    grouped = (
        pa.table({"text": lead, "row": batch.column(ROW_NUMBER)})
        .group_by("text")
        .aggregate([("row", "min"), ("row", "count")])
    )
    for text, row, count in zip(
        grouped.column("text").to_pylist(),
        grouped.column("row_min").to_pylist(),
        grouped.column("row_count").to_pylist(),
        strict=True,
    ):
        if text and text.casefold() not in ("na", "n/a", "null", "none", "nan", "-", "nat", "#n/a"):
            yield text, count, row


def decide(evidence: Evidence, column: str) -> DateDecision:
    """Return the order of a column from its evidence."""
    counts = evidence.counts
    day, month = counts.get("day_first", 0), counts.get("month_first", 0)
    others = {order: n for order, n in counts.items() if order not in ("day_first", "month_first")}
    dated = evidence.values - evidence.unreadable
    if dated == 0:
        return DateDecision("", f"{column} holds no dates")
    if others and day + month + evidence.both < sum(others.values()):
        order = max(others, key=lambda o: (others[o], o))
        return DateDecision(order, f"dates in {column} are written {spoken(order)} in {others[order]:,} rows")
    if day and month:
        return DateDecision(
            "",
            f"dates in {column} mix both orders: {day:,} rows can only be day-first (first in row "
            f"{evidence.first_row['day_first']:,}), {month:,} only month-first (first in row "
            f"{evidence.first_row['month_first']:,})",
            open=True,
        )
    if day or month:
        order = "day_first" if day else "month_first"
        row = evidence.first_row[order]
        return DateDecision(order, f"dates in {column} are {spoken(order)}: row {row:,} can be read no other way")
    return DateDecision(
        "",
        f"all {evidence.both:,} dates in {column} fit day-first and month-first alike",
        open=True,
    )


def spoken(order: DateOrder) -> str:
    """Return an order in words."""
    words: dict[DateOrder, str] = {
        "iso": "as year-month-day (ISO)",
        "year_first": "year first",
        "day_first": "day-first",
        "month_first": "month-first",
        "epoch_seconds": "as seconds since 1970",
        "epoch_millis": "as milliseconds since 1970",
    }
    return words.get(order, "in no known way")
