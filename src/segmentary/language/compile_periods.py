"""What is about how a customer's events follow each other, as columns of the activity and sums of tests of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, assert_never

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_rules import compare_sql
from segmentary.language.compile_sequences import Marks, sequence_count
from segmentary.language.compile_visits import session_measure
from segmentary.language.sequence_rows import in_order
from segmentary.language.sql import binary, choose
from segmentary.language.tree import (
    Absolute,
    Compare,
    PeriodsWith,
    Sequence,
    SequenceCount,
    SessionMeasure,
)
from segmentary.language.windows import local_day, next_period, period_start, zone_of

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row


def pattern_sql(row: Row, value: SessionMeasure | PeriodsWith | SequenceCount) -> exp.Expr:
    """Return a number about how events follow each other."""
    activity, zone = row.layers.activity, row.timezone
    match value:
        case PeriodsWith():
            return periods_with(row, value)
        case SequenceCount(sequence=sequence, latest=latest):
            marks = Marks(activity, sequence, zone)
            aggregate = activity.derived(
                (value, zone),
                lambda inputs: sequence_count(marks, latest, inputs),
                zero=True,
                in_order=in_order(marks, latest),
            )
        case SessionMeasure(measure=measure, containing=containing):
            matches = exp.true() if containing is None else activity.condition(containing, None, activity.values(zone))
            aggregate = activity.derived(
                (value, zone),
                lambda inputs: session_measure(activity, value, matches, zone, inputs),
                zero=measure in ("count", "total_minutes"),
            )
        case _:
            assert_never(value)
    return row.used(row.layers.based(aggregate))


def sequence_sql(row: Row, rule: Sequence) -> exp.Expr:
    """Return whether somebody did a sequence."""
    return binary(exp.GTE, pattern_sql(row, SequenceCount(rule)), literal(1))


def periods_with(row: Row, node: PeriodsWith) -> exp.Expr:
    """Return in how many calendar periods a measure passes: every period has an aggregate of its own.

    Raises
    ------
    DefinitionError
        when the measure has a window of its own.
    """
    if node.measure.during is not None:
        raise DefinitionError("the measure of periods has no window of its own", hint="leave out `during`")
    tests = [
        choose(
            (
                compare_sql(row, Compare(replace(node.measure, during=window), node.operator, node.operand)),
                literal(1),
            ),
            otherwise=literal(0),
        )
        for window in periods(row, node)
    ]
    return reduce(lambda a, b: binary(exp.Add, a, b), tests) if tests else literal(0)


def periods(row: Row, node: PeriodsWith) -> Iterator[Absolute]:
    """Yield the complete periods, the newest first."""
    end = period_start(local_day(row.context.as_of, zone_of(row.context, row.timezone)), node.unit, row.context)
    for _ in range(node.last):
        start = next_period(end, node.unit, -1)
        yield Absolute(start, end)
        end = start
