"""The measures of the oracle: one number or value out of events, the obvious way."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import assert_never
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError
from segmentary.language.history import Event, property_value
from segmentary.language.kinds import measured, read_as
from segmentary.language.tree import Context, EventMeasure, ValueType
from segmentary.language.values import EXACT, Known, bounded
from segmentary.language.windows import period_start

MICROSECOND = dt.timedelta(microseconds=1)


def measure(
    node: EventMeasure, events: Sequence[Event], wanted: ValueType, context: Context, zone: ZoneInfo
) -> Known | Fraction | None:
    """Return a measure of the matching events of one person, oldest first; a mean stays an exact fraction."""
    match node.measure:
        case "count":
            return Decimal(len(events))
        case "active_days" | "active_weeks" | "active_months":
            unit = {"active_days": "day", "active_weeks": "week", "active_months": "month"}[node.measure]
            days = (event.happened_at.astimezone(zone).date() for event in events)
            return Decimal(len({period_start(day, unit, context) for day in days}))  # type: ignore[arg-type]
        case "median_gap_days":
            return median_gap(events)
    kind = read_as(node, wanted)
    every = [property_value(event, measured(node).path, kind, zone) for event in events]
    known = [value for value in every if value is not None]
    match node.measure:
        case "distinct":
            return Decimal(len(set(known)))
        case "sum":
            return bounded(total(known))
        case "mean":
            whole = bounded(total(known))
            return None if not known or whole is None else Fraction(whole) / len(known)
        case "min":
            return min(known, default=None)
        case "max":
            return max(known, default=None)
        case "first":
            return every[0] if every else None
        case "last":
            return every[-1] if every else None
        case "nth":
            return every[position(node) - 1] if len(every) >= position(node) else None
        case "most_frequent":
            counts = Counter(known)
            return min(counts, key=lambda value: (-counts[value], value), default=None)
        case _:
            assert_never(node.measure)


def total(numbers: Sequence[Known]) -> Decimal:
    whole = Decimal(0)
    for number in numbers:
        if isinstance(number, Decimal):
            whole = EXACT.add(whole, number)
    return whole


def position(node: EventMeasure) -> int:
    """Return which occurrence is meant, from 1.

    Raises
    ------
    DefinitionError
        when it is missing or below 1.
    """
    if node.nth is None or node.nth < 1:
        raise DefinitionError("nth needs a number from 1", hint="nth: 3 is the third event ever in the window")
    return node.nth


def median_gap(events: Sequence[Event]) -> Decimal | None:
    """Return the median time between consecutive events in days, cut to six digits; missing below two events."""
    gaps = sorted((b.happened_at - a.happened_at) // MICROSECOND for a, b in pairwise(events))
    if not gaps:
        return None
    twice = gaps[(len(gaps) - 1) // 2] + gaps[len(gaps) // 2]
    # micro-days: twice / 2 / 86_400_000_000 microseconds a day * 1_000_000
    return Decimal(twice // 172_800).scaleb(-6)
