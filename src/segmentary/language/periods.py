"""Calendar periods in the oracle: in how many of them a measure passes a test."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from segmentary.errors import DefinitionError
from segmentary.language.compare import compared, compared_ratio
from segmentary.language.history import Event
from segmentary.language.kinds import wanted
from segmentary.language.measures import measure
from segmentary.language.tree import Compare, PeriodsWith
from segmentary.language.values import coerced
from segmentary.language.windows import local_day, next_period, period_start, start_of_day

if TYPE_CHECKING:
    from segmentary.language.judge import Judge


def periods(judge: Judge, node: PeriodsWith) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return the last complete calendar periods as windows, newest first."""
    end = period_start(local_day(judge.context.as_of, judge.zone), node.unit, judge.context)
    found = []
    for _ in range(node.last):
        start = next_period(end, node.unit, -1)
        found.append((start_of_day(start, judge.zone), start_of_day(end, judge.zone)))
        end = start
    return found


def periods_with(judge: Judge, node: PeriodsWith) -> Decimal:
    """Return in how many of the periods the measure passes.

    Raises
    ------
    DefinitionError
        when the measure has a window of its own.
    """
    if node.measure.during is not None:
        raise DefinitionError("the measure of periods has no window of its own", hint="leave out `during`")
    matching = judge.matching(node.measure.events, None)
    return Decimal(sum(period_passes(judge, node, matching, window) for window in periods(judge, node)))


def period_passes(
    judge: Judge, node: PeriodsWith, matching: list[Event], window: tuple[dt.datetime, dt.datetime]
) -> bool:
    since, until = window
    rule = Compare(node.measure, node.operator, node.operand)
    kind = wanted(rule, judge.population.types)
    events = [event for event in matching if since <= event.happened_at < until]
    found = measure(node.measure, events, kind, judge.context, judge.zone)
    if isinstance(found, Fraction):
        return compared_ratio(rule, found)
    own = judge.own_type(node.measure, kind)
    return compared(rule, coerced(found, own, kind, judge.zone), judge.context, judge.timezone)
