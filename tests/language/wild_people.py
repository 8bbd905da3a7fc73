"""Random trees about other moments, other people, places and consent, beside everything `wild` draws."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from tests.language.drawing import COORDINATES, PURPOSES, SEGMENTS
from tests.language.wild import DAYS, MOMENTS, Wild

from segmentary.language.operators import OPERATORS
from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Compare,
    Consent,
    Duration,
    FixedWindow,
    Had,
    HasBeen,
    Last,
    Moment,
    Near,
    Rank,
    Related,
    Rule,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    TraitValue,
    ValueType,
)

POINTS = (("52.5", "13.4"), ("0", "0"), ("90", "10"), ("48.8566", "2.3522"), ("91", "0"), ("0", "-180"))


class WildPeople(Wild):
    """Draws rules about people; ``attributes`` are what has a past."""

    attributes: dict[str, ValueType]

    def rule(self, depth: int = 3) -> Rule:
        return self.beyond(depth) if self.rng.random() < 0.35 else super().rule(depth)

    def beyond(self, depth: int) -> Rule:
        match self.rng.randrange(9):
            case 0 | 1:
                return self.has_been()
            case 2:
                return Had(self.about_attribute(), self.fixed())
            case 3:
                return self.during()
            case 4:
                return self.moved()
            case 5:
                return self.at()
            case 6 if depth:
                return self.related(depth - 1)
            case 7:
                return self.near()
        channel = self.rng.choice((None, "email", "phone", "any"))
        return Consent(self.rng.choice(PURPOSES), channel, self.rng.random() < 0.5)

    def about_attribute(self) -> Compare:
        name = self.rng.choice((*sorted(self.attributes), *COORDINATES))
        kind = {**self.attributes, **COORDINATES}[name]
        rule = self.compare(TraitValue(name))
        if self.rng.random() < 0.3:
            operator = self.rng.choice(("is_not", "exists", "missing"))
            operand = self.scalar(kind) if operator == "is_not" and "is_not" in OPERATORS and kind != "list" else None
            rule = Compare(TraitValue(name), operator if operand or kind != "list" else "missing", operand)
            if operator == "is_not" and operand is None:
                rule = Compare(TraitValue(name), "missing")
        return rule

    def has_been(self) -> HasBeen:
        lengths = [self.duration(), None, self.duration()]
        least, less = self.rng.choice(((0, 1), (1, 0), (0, 2)))
        return HasBeen(self.about_attribute(), lengths[least], lengths[less])

    def fixed(self) -> FixedWindow:
        match self.rng.randrange(4):
            case 0:
                return Last(self.duration())
            case 1:
                return self.calendar()
            case 2:
                return Between(self.duration(), self.duration())
        edges = (None, self.rng.choice(MOMENTS), self.rng.choice(DAYS))
        return Absolute(self.rng.choice(edges), self.rng.choice(edges))

    def exact(self) -> Duration:
        return Duration(self.rng.choice((0, 1, 3, 12, 30, 90)), self.rng.choice(("minute", "hour", "day", "week")))

    def logged(self) -> str:
        return self.rng.choice((*SEGMENTS, "never heard of"))

    def during(self) -> SegmentDuring:
        quantifier = self.rng.choice(("any", "all", "at_end", "at_least"))
        length = self.exact() if quantifier == "at_least" else None
        return SegmentDuring(self.logged(), self.fixed(), quantifier, length)

    def moved(self) -> SegmentMoved:
        direction = self.rng.choice(("entered", "entered", "exited"))
        stayed = self.exact() if direction == "entered" and self.rng.random() < 0.4 else None
        window = self.fixed() if self.rng.random() < 0.7 else None
        return SegmentMoved(self.logged(), direction, window, self.rng.choice((None, None, 1, 2)), stayed)

    def moment(self) -> Moment:
        unit = self.rng.choice(("day", "week", "month", "quarter", "year", "fiscal_year"))
        given: tuple[dt.date, ...] = (self.rng.choice(MOMENTS), self.rng.choice(DAYS))
        return self.rng.choice((self.duration(), Calendar(unit, "previous", self.rng.choice((1, 2))), *given))

    def at(self) -> Rule:
        if self.segments and self.rng.random() < 0.4:
            return SegmentAt(self.rng.choice(self.segments), self.moment(), evaluated=True)
        return SegmentAt(self.logged(), self.moment())

    def related(self, depth: int) -> Related:
        quantifier = self.rng.choice(("any", "all", "none", "count"))
        group = self.rng.choice(("account", "account", "household"))
        rule = self.rule(min(depth, 1))
        if quantifier != "count":
            return Related(group, quantifier, rule)
        return Related(
            group, quantifier, rule, self.rng.choice(("is", "lt", "lte", "gt", "gte")), self.rng.randrange(4)
        )

    def near(self) -> Near:
        kilometres = self.rng.choice(("0", "0.001", "5", "25", "877.464", "877.463", "1000", "20100"))
        own = (self.value(0), self.value(0)) if self.rng.random() < 0.2 else (None, None)
        if self.rng.random() < 0.5:
            return Near(Decimal(kilometres), None, self.rng.choice(("stores", "poles", "none")), *own)
        north, east = self.rng.choice(POINTS)
        return Near(Decimal(kilometres), (Decimal(north), Decimal(east)), None, *own)

    def rank(self, depth: int) -> Rank:
        rank = super().rank(depth)
        if self.rng.random() < 0.5:
            return rank
        share = self.rng.choice((None, Decimal("0.5"), Decimal(1)))
        number = None if share is not None else self.rng.choice((3, 8))
        kept = {name: getattr(rank, name) for name in Rank.__slots__ if not name.startswith("keep")}
        return Rank(**kept, keep_share=share, keep_number=number)
