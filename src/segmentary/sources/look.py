"""A delivery as the proposer sees it: profiled columns, what repeats, what a column's values could mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from segmentary.sources.base import Delivery, SourceColumn
from segmentary.sources.dates import readings
from segmentary.sources.money import decide_mark
from segmentary.sources.names import lower_snake
from segmentary.sources.recognise import WORDS, best_column
from segmentary.sources.shapes import EMAIL, missing

TIMES = frozenset(
    ("happened_at", "created_at", "answered_at", "assigned_at", "sent_at", "valid_from", "valid_to", "birth_date")
)
NUMBERS = frozenset(("quantity", "unit_price", "amount", "discount", "weight"))
YES_NO = frozenset(("deleted", "granted"))
LONG_TEXT = 12
# A name that can only be a time, and the share of dates that then is enough.
TIME_NAME = re.compile(r"(_at|_on|_date|_datetime|_timestamp|_tstamp|_time|datum)$|^(datetime|timestamp|date_of_)")
SOME_DATES = 0.1


class Look:
    """Columns of a delivery by name, with answers about their values from the sample."""

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.columns: dict[str, SourceColumn] = {c.name: c for c in delivery.columns}
        self.names = list(self.columns)
        self._counts: dict[str, Counter[str]] = {}

    @cached_property
    def sample(self) -> pa.Table:
        """The first rows of the delivery."""
        kept = getattr(self.delivery, "sample", None)
        if isinstance(kept, pa.Table):
            return kept
        first = next(iter(self.delivery.read()), None)
        return pa.table({n: [] for n in self.names}) if first is None else pa.Table.from_batches([first])

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return int(self.sample.num_rows)

    def filled(self, name: str) -> float:
        """Return the share of rows with a value."""
        return self.columns[name].filled / self.rows if self.rows else 0.0

    def values(self, name: str) -> list[str]:
        """Return the values of the sample as text, missing ones left out."""
        return [v for v, n in self.counts(name).items() for _ in range(n)]

    def counts(self, name: str) -> Counter[str]:
        """Return how often each value of the sample occurs, missing ones left out."""
        if name not in self._counts:
            self._counts[name] = self.counted(name)
        return self._counts[name]

    def counted(self, name: str) -> Counter[str]:
        """Count the values of one column."""
        column = self.sample.column(name)
        if not len(column):
            return Counter()
        counted = pc.value_counts(column.combine_chunks())
        out: Counter[str] = Counter()
        for value, count in zip(counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True):
            if value is not None and value == value and not missing(str(value)):
                out[str(value)] += count
        return out

    def unique(self, name: str) -> bool:
        """Say whether every row of the sample has its own value."""
        counts = self.counts(name)
        return bool(counts) and len(counts) == counts.total() and counts.total() >= 0.98 * self.rows

    def lengths(self, name: str) -> float:
        """Return the mean length of the values."""
        counts = self.counts(name)
        return sum(len(v) * n for v, n in counts.items()) / counts.total() if counts else 0.0

    def is_time(self, name: str) -> bool:
        """Say whether a column holds dates or times."""
        column = self.columns[name]
        if column.type in ("date", "time"):
            return True
        if column.type == "boolean" or not column.filled:
            return False
        return self.dated(name) >= 0.8

    def dated(self, name: str) -> float:
        """Return the share of values that can be read as dates, missing ones left out."""
        seen = list(self.counts(name).items())[:200]
        total = sum(n for _, n in seen)
        return sum(n for v, n in seen if readings(v)) / total if total else 0.0

    def says_time(self, name: str) -> bool:
        """Say whether a column is plainly called a time and some of its values are: the others are faults."""
        return TIME_NAME.search(lower_snake(name)) is not None and self.dated(name) >= SOME_DATES

    def is_number(self, name: str) -> bool:
        """Say whether a column holds numbers or money."""
        column = self.columns[name]
        if column.type in ("integer", "number"):
            return True
        if column.type != "text" or not column.filled:
            return False
        return decide_mark(list(self.counts(name))[:500]).share > 0.9

    def is_email(self, name: str) -> bool:
        """Say whether a column holds e-mail addresses."""
        seen = list(self.counts(name))[:100]
        return bool(seen) and sum(1 for v in seen if EMAIL.fullmatch(v.strip())) >= 0.6 * len(seen)

    def fits(self, canonical: str, name: str) -> bool:
        """Say whether a column's values can be what its name promises."""
        column = self.columns[name]
        if not column.filled:
            return False
        if canonical in TIMES:
            return self.is_time(name) or self.says_time(name)
        if canonical in NUMBERS:
            return self.is_number(name)
        if canonical == "email":
            return self.is_email(name)
        if canonical in YES_NO:
            return column.distinct <= 6
        if canonical == "text":
            return column.type == "text" and self.filled(name) >= 0.3 and self.lengths(name) >= LONG_TEXT
        if canonical in ("name", "item", "campaign") and column.type in ("date", "time"):
            return False
        return not (canonical in ("channel", "category", "brand", "status", "currency") and column.type == "number")

    def assign(self, kind: Any) -> dict[str, str]:
        """Return canonical name -> column for one kind: names and values agree, each column used once."""
        free = list(self.names)
        out: dict[str, str] = {}
        for canonical, words in WORDS[kind].items():
            column = best_column(words, [n for n in free if self.fits(canonical, n)])
            if column is not None:
                out[canonical] = column
                free.remove(column)
        return out

    def empty_columns(self, kind: Any, taken: Mapping[str, str]) -> dict[str, str]:
        """Return canonical name -> column without any value, by name alone, for what nothing else is taken for."""
        free = [n for n in self.names if not self.columns[n].filled and n not in taken.values()]
        out: dict[str, str] = {}
        for canonical, words in WORDS[kind].items():
            column = best_column(words, free) if canonical not in taken else None
            if column is not None:
                out[canonical] = column
                free.remove(column)
        return out

    def named(self, words: tuple[str, ...]) -> str | None:
        """Return the column that the earliest of these words names."""
        return best_column(words, [n for n in self.names if self.columns[n].filled])
