"""Instants at which a window, a calendar or a length of time turns, as as-of moves on.

Every function gives a superset: an instant too many costs one more evaluation, one too few would be a defect.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Context,
    Duration,
    Last,
    PeriodUnit,
    Session,
    SinceEntry,
    SinceEvent,
    Sliding,
    Window,
)
from segmentary.language.windows import (
    EXACT,
    MONTHS,
    add,
    as_instant,
    local_day,
    next_period,
    period_start,
    shifted,
    start_of_day,
    subtract,
)

Instants = set[dt.datetime]
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Turns:
    """The time from as-of until a horizon, in one zone."""

    context: Context
    zone: ZoneInfo
    until: dt.datetime

    def within(self, instants: Iterable[dt.datetime]) -> Instants:
        """Return the instants that lie in this time; as-of itself counts, for what holds only just after it."""
        return {one for one in instants if self.context.as_of <= one <= self.until}

    @cached_property
    def days(self) -> list[dt.date]:
        """Every local day this time touches, and one on either side."""
        first = local_day(self.context.as_of, self.zone) - DAY
        last = local_day(self.until, self.zone) + DAY
        return [first + DAY * n for n in range((last - first).days + 1)]

    @cached_property
    def midnights(self) -> Instants:
        """The start of every local day."""
        return self.within(start_of_day(day, self.zone) for day in self.days)

    @cached_property
    def changes(self) -> list[dt.datetime]:
        """When the clocks change."""
        found = []
        for day in self.days:
            found += clock_changes(day, self.zone)
        return found

    def near(self, days: Iterable[dt.date], spread: int = 4) -> Instants:
        """Return the starts of local days near these."""
        found: Instants = set()
        for day in days:
            for n in range(-spread, spread + 1):
                try:
                    found.add(start_of_day(day + DAY * n, self.zone))
                except (OverflowError, ValueError):
                    continue
        return self.within(found)

    def periods(self, unit: PeriodUnit) -> Instants:
        """Return when calendar periods begin."""
        day = period_start(local_day(self.context.as_of, self.zone), unit, self.context)
        found: Instants = set()
        while start_of_day(day, self.zone) <= self.until:
            found.add(start_of_day(day, self.zone))
            day = next_period(day, unit, 1)
        return self.within(found)

    def after(self, facts: Iterable[dt.datetime], length: Duration) -> Instants:
        """Return when facts lie that long back: every x with ``x - length`` at a fact."""
        return self.met(facts, length, lambda x: subtract(x, length, self.zone), -1)

    def before(self, facts: Iterable[dt.datetime], length: Duration) -> Instants:
        """Return when facts lie that far ahead: every x with ``x + length`` at a fact."""
        return self.met(facts, length, lambda x: add(x, length, self.zone), 1)

    def met(
        self,
        facts: Iterable[dt.datetime],
        length: Duration,
        shift: Callable[[dt.datetime], dt.datetime],
        direction: int,
    ) -> Instants:
        """Return every x whose shifted instant is a fact, and every x at which the shift itself jumps."""
        known = sorted(set(facts))
        if not known:
            return set()
        if length.unit in EXACT:
            found: Instants = set()
            for fact in known:
                try:
                    found.add(fact - direction * EXACT[length.unit] * length.amount)
                except OverflowError:
                    continue
            return self.within(found)
        jumps = sorted(self.jumps(length, direction))
        found = set()
        for begin, end in zip(jumps, [*jumps[1:], self.until], strict=True):
            # Between two jumps the shift is one fixed length, both ends apart.
            middle = begin + (end - begin) / 2
            apart = shift(middle) - middle
            low, high = begin + apart, end + apart
            mine = [fact for fact in known if low <= fact <= high]
            found |= {fact - apart for fact in mine}
            if any(abs(fact - edge) <= 4 * DAY for fact in known for edge in (low, high)):
                found |= {begin, end}
        return self.within(found)

    def jumps(self, length: Duration, direction: int) -> Iterator[dt.datetime]:
        """Yield when moving by months jumps: at midnights and changes of the clocks, here and there."""
        yield self.context.as_of
        yield from self.midnights
        yield from self.within(self.changes)
        for day in self.days:
            try:
                there = shifted(day, direction * length.amount * MONTHS[length.unit])
                found = clock_changes(there, self.zone)
            except (OverflowError, ValueError):
                continue
            for change in found:
                for moment in (change - dt.timedelta(microseconds=1), change):
                    wall = moment.astimezone(self.zone).time().replace(fold=0)
                    for fold in (0, 1):
                        here = dt.datetime.combine(day, wall.replace(fold=fold), tzinfo=self.zone)
                        yield from self.within((here.astimezone(dt.UTC),))

    def window(self, window: Window | None, facts: Iterable[dt.datetime]) -> Instants:
        """Return when facts enter or leave a window that is the same for everybody."""
        known = list(facts)
        match window:
            case Last(length=length):
                return self.after(known, length)
            case Between(older=older, newer=newer):
                return self.after(known, older) | self.after(known, newer)
            case Calendar(unit=unit):
                return self.periods(unit)
            case Absolute(since=since, until=until):
                return self.within(as_instant(one, self.zone) for one in (since, until) if one is not None)
            case Sliding(within=within) | Session(within=within):
                return self.window(within, known)
            case None | SinceEvent() | SinceEntry():
                return set()


def clock_changes(day: dt.date, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the instant on a local day at which the clocks change, if they do."""
    low, high = start_of_day(day, zone), start_of_day(day + DAY, zone)
    offset = low.astimezone(zone).utcoffset()
    if offset == high.astimezone(zone).utcoffset():
        return []
    step = dt.timedelta(microseconds=1)
    while high - low > step:
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return [high]
