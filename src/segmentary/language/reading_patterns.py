"""From a document to patterns of events: sessions, measures per period, sequences."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Literal, cast, get_args

from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_duration
from segmentary.language.reading_events import (
    FIXED_WINDOWS,
    RuleReader,
    read_during,
    read_filter,
    read_fixed_window,
    read_lone_filter,
    read_path,
    read_session,
)
from segmentary.language.tree import (
    Binding,
    Compare,
    Duration,
    EventFilter,
    EventMeasure,
    PeriodsWith,
    PeriodUnit,
    Sequence,
    SequenceCount,
    SessionMeasure,
    Step,
)

SESSION_MEASURES: tuple[Literal["count", "longest_minutes", "total_minutes", "mean_minutes"], ...] = (
    *("count", "longest_minutes", "total_minutes", "mean_minutes"),
)
SESSION_KEYS = ("sessions", "during", "containing", *SESSION_MEASURES)
SEQUENCE_KEYS = ("sequence", "during", "within", "anchor", "session", "latest", "count")
STEP_KEYS = ("event", "where", "within", "after", "without", "same", "directly")
PERIOD_TESTS = ("is", "lt", "lte", "gt", "gte")


# ---------------------------------------------------------------- sessions


def read_session_measure(at: Cursor, rule: RuleReader) -> tuple[SessionMeasure, Cursor]:
    """Return the measure of sessions that stands here and where its operator would stand."""
    at.only(SESSION_KEYS, "a measure of sessions")
    found = [name for name in SESSION_MEASURES if name in at.mapping("a measure of sessions")]
    if len(found) != 1:
        raise at.wrong(
            "a measure of sessions says one thing",
            f"one of: {', '.join(f'{name}: {{gte: 3}}' for name in found or SESSION_MEASURES)}",
        )
    session = read_session(at.down("sessions"))
    during, containing = at.optional("during"), at.optional("containing")
    if during is not None:
        during.only(FIXED_WINDOWS, "'during' of sessions")
        session = replace(session, within=read_fixed_window(during))
    holding = None if containing is None else read_lone_filter(containing, "'containing'", rule)
    return SessionMeasure(session, found[0], holding), at.down(found[0])


# ---------------------------------------------------------------- periods


def read_periods(at: Cursor, judged: Compare, inner: Cursor) -> PeriodsWith:
    """Read ``per: week, in_last: 5`` beside a judged measure."""
    if "during" in at.mapping("a measure per period"):
        raise at.down("during").wrong("a measure per period has no window", "in_last says how many periods count")
    measure, operand = judged.value, judged.operand
    if not isinstance(measure, EventMeasure) or judged.operator not in PERIOD_TESTS or not isinstance(operand, Decimal):
        raise inner.wrong(
            "what has to hold in a period is a number", f"with one of: {', '.join(PERIOD_TESTS)}, such as {{gte: 3}}"
        )
    operator = cast(Literal["is", "lt", "lte", "gt", "gte"], judged.operator)
    units: tuple[PeriodUnit, ...] = get_args(PeriodUnit)
    unit = at.required("per", "a measure per period").word(units)
    last = at.required("in_last", "a measure per period").whole()
    return PeriodsWith(measure, operator, operand, unit, last)


# ---------------------------------------------------------------- sequences


def read_sequence(at: Cursor, rule: RuleReader) -> Sequence:
    """Read a sequence; ``latest`` and ``count`` beside it are left to who asked."""
    steps = tuple(read_step(part, rule) for part in at.down("sequence").items("'sequence'"))
    anchor, session = at.optional("anchor"), at.optional("session")
    anchors: tuple[Literal["any", "first", "last"], ...] = ("any", "first", "last")
    return Sequence(
        steps=steps,
        during=read_during(at, rule),
        within=read_duration(at, "within"),
        anchor=None if anchor is None else anchor.word(anchors),
        session=None if session is None else read_session(session),
    )


def read_sequence_count(at: Cursor, rule: RuleReader) -> tuple[SequenceCount, Cursor]:
    """Return how often the sequence begins and where the operator would stand."""
    if "count" not in at.mapping("a sequence"):
        raise at.wrong("how often the sequence begins is not said", "add count: {gte: 2}")
    latest = at.optional("latest")
    return SequenceCount(read_sequence(at, rule), None if latest is None else latest.whole()), at.down("count")


def read_step(at: Cursor, rule: RuleReader) -> Step:
    if "not" in at.mapping("a step"):
        at.only(("not",), "a step that is an absence")
        return replace(read_present(at.down("not"), rule), absent=True)
    return read_present(at, rule)


def read_present(at: Cursor, rule: RuleReader) -> Step:
    at.only(STEP_KEYS, "a step")
    at.required("event", "a step")
    same, directly = at.optional("same"), at.optional("directly")
    if directly is not None:
        directly.flag()
    return Step(
        event=read_filter(at, rule),
        min_gap=read_duration(at, "after"),
        max_gap=read_duration(at, "within"),
        without=read_without(at, rule),
        same=() if same is None else read_bindings(same),
        directly=directly is not None,
    )


def read_duration(at: Cursor, key: str) -> Duration | None:
    part = at.optional(key)
    return None if part is None else part.checked(parse_duration)


def read_without(at: Cursor, rule: RuleReader) -> tuple[EventFilter, ...]:
    """Read what must not lie between: one event, or several, any of which would break the sequence."""
    without = at.optional("without")
    if without is None:
        return ()
    several = without.items("'without'") if isinstance(without.content, list | tuple) else [without]
    return tuple(read_lone_filter(part, "'without'", rule) for part in several)


def read_bindings(at: Cursor) -> tuple[Binding, ...]:
    """Read ``same: product_id``, or a list of such and of ``{property: p, step: 1, as: q}``."""
    several = at.items("'same'") if isinstance(at.content, list | tuple) else [at]
    return tuple(read_binding(part) for part in several)


def read_binding(at: Cursor) -> Binding:
    if not isinstance(at.content, dict):
        return Binding(read_path(at))
    at.only(("property", "step", "as"), "what has to be the same")
    step, other = at.optional("step"), at.optional("as")
    return Binding(
        read_path(at.required("property", "what has to be the same")),
        None if step is None else step.whole(),
        None if other is None else read_path(other),
    )
