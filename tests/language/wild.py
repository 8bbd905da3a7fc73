"""Random trees for the agreement tests: from a seed, fast, and deliberately ill-typed now and then.

A comparison may ask a number of a text, a filter may look for a key nobody has; whatever it is, both evaluators must
say the same.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import get_args

from tests.language.histories import KEYS, MOMENTS, NASTY_NUMBERS, NASTY_TEXTS
from tests.language.strategies import EVENTS, IDS, LISTS, PATTERNS

from segmentary.language.kinds import natural
from segmentary.language.operators import OPERATORS
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Arithmetic,
    Band,
    Between,
    Calendar,
    Case,
    Compare,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Last,
    Measure,
    Not,
    PeriodUnit,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    Scalar,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitValue,
    Value,
    ValueType,
    Window,
)

UNITS = ("minute", "hour", *("day",) * 5, "week", "week", "month", "month", "quarter", "year")
PATHS = (
    *((name,) for name in ("name", "happened_at", "order_id", "session_id", "amount", "product_id", "category")),
    *((name,) for name in ("brand", "quantity", "channel", "source", "amount", "quantity", "category")),
    *((name,) for name in KEYS),
    *(("happened_at", part) for part in ("hour", "weekday", "month", "year", "date", "day")),
    ("nested", "deep"),
    ("nested", "list"),
    ("nested", "list", "0"),
    ("nested",),
)
DAYS = tuple(
    dt.date(*day)
    for day in ((2026, 3, 1), (2024, 2, 29), (2026, 2, 28), (2026, 3, 29), (1990, 6, 15), (2000, 2, 29), (2025, 12, 31))
)


class Wild:
    """Draws trees; ``segments`` and ``traits`` are what may be referred to."""

    def __init__(self, rng: random.Random, types: dict[str, ValueType], segments: list[str] | None = None) -> None:
        self.rng = rng
        self.types = types
        self.segments = segments if segments is not None else []

    # -------------------------------------------------------- small things

    def scalar(self, kind: ValueType) -> Scalar:
        match kind:
            case "number":
                return self.rng.choice((*NASTY_NUMBERS, Decimal(self.rng.randrange(-3, 60))))
            case "boolean":
                return self.rng.choice((True, False))
            case "date":
                return self.rng.choice(DAYS)
            case "time":
                return self.rng.choice(MOMENTS)
        return self.rng.choice((*NASTY_TEXTS, "champion", "web", "shoes", "A"))

    def duration(self) -> Duration:
        return Duration(self.rng.choice((0, 1, 2, 3, 7, 12, 30, 31, 60, 90, 365, 99999)), self.rng.choice(UNITS))  # type: ignore[arg-type]

    def calendar(self) -> Calendar:
        unit = self.rng.choice(get_args(PeriodUnit))
        if self.rng.random() < 0.5:
            return Calendar(unit, "this")
        return Calendar(unit, "previous", self.rng.choice((1, 1, 2, 5, 30000)))

    def window(self, depth: int = 1) -> Window | None:
        match self.rng.randrange(9):
            case 0 | 1 | 8:
                return None
            case 2 | 3:
                return Last(self.duration())
            case 4:
                return self.calendar()
            case 5:
                return Between(self.duration(), self.duration())
            case 6 if depth:
                return SinceEvent(self.events(), self.rng.choice(("first", "last")))
        edges = (None, self.rng.choice(MOMENTS), self.rng.choice(DAYS))
        return Absolute(self.rng.choice(edges), self.rng.choice(edges))

    def events(self) -> EventFilter:
        names = tuple(self.rng.sample((*EVENTS, "order_completed", "other"), self.rng.choice((1, 1, 1, 2))))
        return EventFilter(names, self.condition(2) if self.rng.random() < 0.3 else None)

    def condition(self, depth: int) -> Rule:
        if depth and self.rng.random() < 0.3:
            parts = tuple(self.condition(depth - 1) for _ in range(self.rng.randrange(1, 3)))
            return self.rng.choice((All(parts), AnyOf(parts), Not(parts[0])))
        value: Value = PropertyValue(self.rng.choice(PATHS))
        if self.rng.random() < 0.1:
            value = Arithmetic(self.operator(), value, PropertyValue(self.rng.choice((("quantity",), ("amount",)))))
        return self.compare(value)

    def operator(self) -> str:
        return self.rng.choice(("add", "subtract", "multiply", "divide"))

    # -------------------------------------------------------- values

    def measure(self) -> EventMeasure:
        measure = self.rng.choice((*get_args(Measure), "count", "sum", "mean"))
        of, nth = None, None
        if measure not in ("count", "active_days", "active_weeks", "active_months", "median_gap_days"):
            of = PropertyValue(self.rng.choice(PATHS))
            if measure in ("sum", "mean") and self.rng.random() < 0.7:
                of = PropertyValue(self.rng.choice((("amount",), ("quantity",), ("unit_price",))))
        if measure == "nth":
            nth = self.rng.choice((1, 2, 3))
        return EventMeasure(self.events(), measure, of, self.window(), nth)

    def value(self, depth: int = 2) -> Value:
        kind = self.rng.randrange(12) if depth else self.rng.randrange(6)
        match kind:
            case 0 | 1 | 2:
                return TraitValue(self.rng.choice(sorted(self.types)))
            case 3 | 4 | 5:
                return self.measure()
            case 6 | 7:
                return Arithmetic(self.operator(), self.of_kind("number", depth), self.of_kind("number", depth))
            case 8:
                kind = self.rng.choice(("date", "time"))
                return Elapsed(self.of_kind(kind, depth), self.rng.choice(("days", "months", "years")))
            case 9:
                part = self.rng.choice(("year", "month", "day", "weekday", "hour"))
                return DatePart(self.of_kind(self.rng.choice(("date", "time")), depth), part)
            case 10:
                edges = tuple(sorted(self.rng.sample(NASTY_NUMBERS, 2)))
                return Band(self.of_kind("number", depth), edges, tuple(self.rng.sample(NASTY_TEXTS, 3)))
        if self.rng.random() < 0.5:
            branches = tuple((self.rule(1), self.value(depth - 1)) for _ in range(self.rng.randrange(1, 3)))
            return Case(branches, self.value(depth - 1) if self.rng.random() < 0.5 else None)
        if self.rng.random() < 0.2:
            return Constant(self.scalar(self.rng.choice(("text", "number", "boolean", "date", "time"))))
        return FirstKnown(tuple(self.value(depth - 1) for _ in range(2)))

    def of_kind(self, kind: ValueType, depth: int) -> Value:
        """A value that is mostly of this type."""
        for _ in range(12):
            value = self.value(depth - 1)
            if natural(value, self.types) == kind:
                break
        return value

    def operand(self, operator: str, kind: ValueType) -> object:
        match OPERATORS[operator].takes:  # type: ignore[index]
            case "flag":
                return None
            case "scalars":
                return tuple(self.scalar("text" if kind == "list" else kind) for _ in range(self.rng.randrange(1, 4)))
            case "pair":
                return tuple(sorted((self.scalar(kind), self.scalar(kind))))  # type: ignore[type-var]
            case "text" if operator == "matches":
                return self.rng.choice((*PATTERNS, "\\.", "(?i)É", "ß|ss", "^.$", "\\bx"))
            case "text":
                return self.rng.choice(NASTY_TEXTS)
            case "version":
                return self.rng.choice(("2.9", "2.10", "2.10.1", "10", "0.0.1", "2.10.1-beta10", "v3"))
            case "duration":
                return self.duration()
            case "durations":
                return (self.duration(), self.duration())
            case "weekdays":
                return tuple(Decimal(n) for n in self.rng.sample(range(1, 8), 3))
            case "period":
                return self.calendar()
        return self.scalar(kind)

    def compare(self, value: Value) -> Compare:
        kind = natural(value, self.types)
        if self.rng.random() < 0.15:
            kind = self.rng.choice(("text", "number", "boolean", "date", "time", "list"))
        fitting = [name for name, facts in OPERATORS.items() if kind in facts.fits]
        operator = self.rng.choice(fitting)
        wanted = kind
        if kind == "text" and isinstance(value, PropertyValue) and self.rng.random() < 0.3:
            wanted, operator = "number", self.rng.choice(("gte", "lt", "is", "between"))
        ignore = OPERATORS[operator].case and self.rng.random() < 0.3
        return Compare(value, operator, self.operand(operator, wanted), ignore)  # type: ignore[arg-type]

    # -------------------------------------------------------- rules

    def rule(self, depth: int = 3) -> Rule:
        if depth and self.rng.random() < 0.45:
            parts = tuple(self.rule(depth - 1) for _ in range(self.rng.randrange(1, 4)))
            return self.rng.choice((All(parts), AnyOf(parts), Not(parts[0])))
        match self.rng.randrange(14):
            case 0 if depth:
                return self.rank(depth - 1)
            case 1:
                return StaticList(tuple(self.rng.sample(IDS, 2)))
            case 2:
                return StaticList(list_name=self.rng.choice(sorted(LISTS)))
            case 3:
                share = self.rng.choice(("0.01", "0.05", "0.333", "0.5", "1"))
                return Sample(Decimal(share), self.rng.choice(("holdout", "é", "a b")))
            case 4 | 5 if self.segments:
                return SegmentReference(self.rng.choice(self.segments))
        return self.compare(self.value(min(depth, 2)))

    def rank(self, depth: int) -> Rank:
        share = self.rng.choice((None, Decimal("0.1"), Decimal("0.25"), Decimal("0.333"), Decimal("0.5"), Decimal(1)))
        return Rank(
            self.value(1),
            share,
            self.rng.choice((1, 2, 5)) if share is None else None,
            self.rng.choice(("highest", "lowest")),
            self.value(0) if self.rng.random() < 0.4 else None,
            self.rule(depth) if self.rng.random() < 0.4 else None,
            self.rng.choice(("by_id", "include")),
            self.rng.choice((1, 1, 2, 5)),
        )
