"""One pass over all rows of a source for what a sample cannot prove: date order, statuses, cancellations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.sources.base import Delivery
from segmentary.sources.dates import Evidence, different

MOST_STATUSES = 200
LETTERED = "^[A-Za-z]{1,3}-?[0-9]{3,}$"
PREFIX = re.compile(r"([A-Za-z]{1,3}-?)[0-9]")
SALE_WORDS = frozenset(
    (
        "won", "closed won", "paid", "complete", "completed", "shipped", "delivered", "fulfilled", "success",
        "successful", "succeeded", "closed", "invoiced", "sold", "sale", "captured", "settled", "approved", "done",
        "processed", "confirmed", "partially_refunded", "partially refunded",
    )
)  # fmt: skip


@dataclass(slots=True)
class Whole:
    """What all rows say.

    Attributes
    ----------
    dates : per column.
    statuses : how often each status occurs.
    prefixes : per letter prefix of order ids, rows with it and how many of them are negative.
    """

    dates: dict[str, Evidence] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    prefixes: dict[str, tuple[int, int]] = field(default_factory=dict)
    orders: int = 0
    rows: int = 0


def survey_rows(
    delivery: Delivery, *, dates: Iterable[str], status: str | None, order: str | None, signed: str | None
) -> Whole:
    """Read a source once, all its files, and gather what the proposal needs.

    Parameters
    ----------
    dates : columns with dates written as text.
    status, order, signed : columns with the status, the order id, and a number that is negative on cancellations.
    """
    whole = Whole(dates={name: Evidence() for name in dates})
    for each in (delivery, *getattr(delivery, "siblings", ())):
        for batch in kept_columns(each):
            whole.rows += batch.num_rows
            for name, evidence in whole.dates.items():
                if name in batch.schema.names:
                    for text, count, row in different(batch, name):
                        evidence.add(text, count, row)
            if status is not None and len(whole.statuses) <= MOST_STATUSES:
                whole.statuses.update(v for v in batch.column(status).to_pylist() if v)
            if order is not None:
                count_prefixes(whole, batch, order, signed)
    return whole


def kept_columns(delivery: Delivery) -> Iterator[pa.RecordBatch]:
    yield from delivery.read()


def count_prefixes(whole: Whole, batch: pa.RecordBatch, order: str, signed: str | None) -> None:
    ids = batch.column(order)
    if not pa.types.is_string(ids.type):
        whole.orders += batch.num_rows
        return
    whole.orders += batch.num_rows - ids.null_count
    mask = pc.match_substring_regex(ids, LETTERED)
    lettered = pc.filter(ids, mask).to_pylist()
    if not lettered:
        return
    values = pc.filter(batch.column(signed), mask).to_pylist() if signed else [None] * len(lettered)
    for text, value in zip(lettered, values, strict=True):
        match = PREFIX.match(text or "")
        if match:
            rows, negative = whole.prefixes.get(match.group(1), (0, 0))
            below = value is not None and str(value).strip().startswith(("-", "("))
            whole.prefixes[match.group(1)] = (rows + 1, negative + below)


def cancellation_prefix(whole: Whole) -> tuple[str, int] | None:
    """Return what order ids of cancellations begin with and how many rows have it: few, and nearly all negative."""
    for prefix, (rows, negative) in sorted(whole.prefixes.items(), key=lambda item: -item[1][0]):
        if negative >= 0.9 * rows and rows < 0.5 * whole.orders and rows >= 2:
            return prefix, rows
    return None


def sale_status(whole: Whole) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the statuses that mean a sale, and the others; no sales where no word is known."""
    if len(whole.statuses) > MOST_STATUSES:
        return (), ()
    sales = tuple(sorted(s for s in whole.statuses if s.strip().casefold() in SALE_WORDS))
    others = tuple(sorted(s for s in whole.statuses if s not in sales))
    return (sales, others) if others else ((), ())
