"""Random definitions for property tests: well typed against one small vocabulary, with nasty values.

``rules()``, ``values()`` and ``definitions()`` are strategies. Histories that are to be judged by them use the same
names: TRAITS, EVENTS, TEXTS, NUMBERS, DATES, TIMES, LISTS.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from hypothesis import strategies as st

from segmentary.language.kinds import BUILT_IN, MOMENT_PARTS
from segmentary.language.operators import OPERATORS
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Arithmetic,
    Band,
    Base,
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
    Not,
    Operator,
    PeriodUnit,
    PropertyValue,
    Rank,
    Sample,
    SegmentDefinition,
    SegmentReference,
    Sensitivity,
    SinceEvent,
    Sliding,
    StaticList,
    TraitDefinition,
    TraitValue,
    Value,
    ValueType,
)
from segmentary.language.vocabulary import Vocabulary

TRAITS: dict[str, ValueType] = {
    "age": "number",
    "income": "number",
    "country": "text",
    "app_version": "text",
    "subscribed": "boolean",
    "birth_date": "date",
    "signed_up_at": "time",
    "interests": "list",
}
EVENTS: dict[str, dict[str, ValueType]] = {
    "order_completed": {"coupon": "text", "gift": "boolean"},
    "product_purchased": {"size": "text", "unit_price": "number"},
    "page_viewed": {"path": "text", "seconds": "number"},
}
LISTS = {"key_accounts": ("c1", "c3", "nobody")}
IDS = ("c0", "c1", "c2", "c3", "é", "it's")
TEXTS = (
    "",
    " ",
    "Paris",
    "paris",
    "é",
    "e\u0301",
    "a%b_c",
    "O'Brien",
    "NO",
    "10",
    "2.10.1",
    "2.9",
    "ﬁt",
    "Straße",
    "x\ty",
)
NUMBERS = tuple(
    map(Decimal, ("0", "1", "2", "3", "-1", "0.5", "0.1", "0.2", "0.3", "12.50", "18", "25", "1000", "99999.99"))
)
DATES = tuple(
    dt.date(*day)
    for day in ((2025, 12, 31), (2026, 1, 1), (2026, 3, 1), (2024, 2, 29), (2026, 3, 29), (2000, 2, 29), (1990, 6, 15))
)
TIMES = tuple(
    dt.datetime(*moment, tzinfo=dt.UTC)
    for moment in (
        (2026, 3, 1, 0, 0),
        (2026, 3, 1, 12, 30),
        (2026, 2, 28, 23, 59, 59, 999999),
        (2026, 3, 29, 1, 0),
        (2025, 10, 26, 0, 30),
    )
)
PATTERNS = ("^P", "(?i)paris", "[0-9]+", "a.b", "é$", "^$")
VOCABULARY = Vocabulary(
    traits={**TRAITS, "latitude": "number", "longitude": "number"},
    events=EVENTS,
    segments=frozenset(),
    lists=frozenset(LISTS),
    places=frozenset(("stores", "poles")),
    references={"products": {"line": "text", "weight": "number"}},
    models={"churn": frozenset(("label", "confidence", "probability", "probability.é", "score", "decile"))},
)

Strategy = st.SearchStrategy[Any]
texts = st.sampled_from(TEXTS)
numbers = st.one_of(
    st.sampled_from(NUMBERS),
    st.integers(-5, 2000).map(Decimal),
    st.integers(-9999, 9999).map(lambda n: Decimal(n).scaleb(-2)),
)
dates = st.sampled_from(DATES)
times = st.sampled_from(TIMES)
durations = st.builds(
    Duration, st.integers(1, 40), st.sampled_from(("minute", "hour", "day", "day", "week", "month", "quarter", "year"))
)
calendars = st.one_of(
    st.builds(Calendar, st.sampled_from(get_args(PeriodUnit)), st.just("this")),
    st.builds(Calendar, st.sampled_from(get_args(PeriodUnit)), st.just("previous"), st.integers(1, 6)),
)
SCALARS: dict[ValueType, Strategy] = {
    "text": texts,
    "number": numbers,
    "boolean": st.booleans(),
    "date": dates,
    "time": times,
    "list": texts,
}
shares = st.sampled_from(tuple(map(Decimal, ("0.01", "0.05", "0.1", "0.25", "0.333", "0.5", "1"))))


def several(strategy: Strategy, *, most: int = 3) -> Strategy:
    return st.lists(strategy, min_size=1, max_size=most, unique=True).map(tuple)


# Strategies are made once per set of arguments: making and checking them costs more than drawing from them.


@cache
def operands(operator: Operator, kind: ValueType) -> Strategy:
    """Operands of the right shape for the operator on a value of this type."""
    match OPERATORS[operator].takes:
        case "flag":
            return st.none()
        case "scalar" | "number" | "moment":
            return SCALARS[kind]
        case "scalars":
            return several(SCALARS[kind])
        case "pair":
            return st.tuples(SCALARS[kind], SCALARS[kind]).map(sorted).map(tuple)
        case "text":
            return st.sampled_from(PATTERNS) if operator == "matches" else texts
        case "version":
            return st.sampled_from(("2.9", "2.10", "2.10.1", "10", "0.0.1"))
        case "duration":
            return durations
        case "durations":
            amounts = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)
            units = st.sampled_from(("hour", "day", "week", "month"))
            return st.builds(lambda pair, unit: tuple(Duration(n, unit) for n in pair), amounts, units)
        case "weekdays":
            return several(st.integers(1, 7).map(Decimal))
        case "period":
            return calendars


@cache
def judgements(kind: ValueType) -> Strategy:
    """An operator that fits the type, its operand, and whether case is ignored."""
    fitting = [name for name, facts in OPERATORS.items() if kind in facts.fits]

    def of(operator: Operator) -> Strategy:
        may_ignore = OPERATORS[operator].case and kind in ("text", "list")
        return st.tuples(st.just(operator), operands(operator, kind), st.booleans() if may_ignore else st.just(False))

    return st.sampled_from(fitting).flatmap(cache(of))


def compared(values_of_kind: Strategy, kind: ValueType) -> Strategy:
    """A condition on a value of this type, with any operator that fits."""
    return st.builds(lambda value, judged: Compare(value, *judged), values_of_kind, judgements(kind))


# ---------------------------------------------------------------- events


def properties(event: str | None) -> dict[tuple[str, ...], ValueType]:
    """What is known of an event of this name, or of every event."""
    own = {(name,): kind for name, kind in (BUILT_IN | EVENTS.get(event, {})).items()}
    return own | {("happened_at", part): kind for part, kind in MOMENT_PARTS.items()}


def shared_properties(events: EventFilter) -> dict[tuple[str, ...], ValueType]:
    """What is known of all these events."""
    return properties(events.names[0] if len(events.names) == 1 else None)


def grouped(parts: Strategy) -> Strategy:
    """All, any or not of these rules."""
    several_parts = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(All, several_parts), st.builds(AnyOf, several_parts), st.builds(Not, parts))


@cache
def property_rules(event: str | None, depth: int = 2) -> Strategy:
    """A condition on the properties of an event."""
    from tests.language.strategies_beyond import looked_up

    leaves = [compared(st.just(PropertyValue(path)), kind) for path, kind in sorted(properties(event).items())]
    leaves += [looked_up()] * 3
    if depth == 0:
        return st.one_of(leaves)
    return st.one_of(*leaves, *[grouped(property_rules(event, depth - 1))] * 3)


@st.composite
def event_filters(draw: Any) -> EventFilter:
    """Events of one name, mostly, with conditions, sometimes."""
    # A composite has a short name: hypothesis says the whole strategy when it draws again.
    return draw(filters_of_events())


@cache
def filters_of_events() -> Strategy:
    alone = [st.just(EventFilter((name,))) for name in EVENTS]
    narrowed = [st.builds(EventFilter, st.just((name,)), property_rules(name)) for name in EVENTS]
    pairs = [st.just(EventFilter(tuple(sorted({name, "page_viewed"})))) for name in EVENTS if name != "page_viewed"]
    every = [st.just(EventFilter(())), st.builds(EventFilter, st.just(()), property_rules(None))]
    return st.one_of(*alone, *narrowed, *pairs, *every)


betweens = st.integers(0, 30).flatmap(
    lambda newer: st.integers(newer + 1, 90).map(lambda older: Between(Duration(older, "day"), Duration(newer, "day")))
)


@cache
def windows() -> Strategy:
    """Any window but sliding ones and sessions, and none."""
    since = st.builds(SinceEvent, event_filters(), st.sampled_from(("first", "last")))
    return st.one_of(st.none(), st.builds(Last, durations), calendars, betweens, absolutes(), since)


@cache
def many_windows() -> Strategy:
    """Sliding windows and sessions."""
    from tests.language.strategies_beyond import exact, fixed_windows, sessions

    return st.one_of(st.builds(Sliding, exact, st.one_of(st.none(), fixed_windows)), sessions())


@st.composite
def absolutes(draw: Any) -> Absolute:
    bounds = st.one_of(dates, times)
    since, until = sorted((draw(bounds), draw(bounds)), key=day_of)
    which = draw(st.integers(1 if since == until else 0, 2))
    return (Absolute(since, until), Absolute(since, None), Absolute(None, until))[which]


def day_of(bound: dt.date) -> str:
    return bound.isoformat()


@st.composite
def measures(draw: Any, kind: ValueType) -> EventMeasure:
    """A measure whose result has this type."""
    # Only one event has a property that is true or false.
    events = draw(event_filters()) if kind != "boolean" else EventFilter(("order_completed",))
    during = draw(windows())
    shared = shared_properties(events)
    same = sorted(path for path, t in shared.items() if t == kind)
    options = ["first", "last", "nth"] if same else []
    if kind == "number":
        options += ["count", "count", "distinct", "sum", "sum", "mean", "min", "max", "active_days", "active_weeks"]
        options += ["active_months", "median_gap_days"]
    elif kind == "text":
        options += ["most_frequent"]
    elif kind == "time":
        options += ["min", "max"]
    measure = draw(st.sampled_from(options))
    if measure in ("count", "sum", "distinct") and draw(st.integers(0, 3)) == 0:
        during = draw(many_windows())
    if measure in ("count", "active_days", "active_weeks", "active_months", "median_gap_days"):
        return EventMeasure(events, measure, during=during)
    path = draw(st.sampled_from(sorted(shared) if measure == "distinct" else same))
    nth = draw(st.integers(1, 4)) if measure == "nth" else None
    return EventMeasure(events, measure, PropertyValue(path), during, nth)


# ---------------------------------------------------------------- values

KINDS: tuple[ValueType, ...] = ("number", "number", "text", "text", "boolean", "date", "time", "list")


@cache
def values(kind: ValueType, depth: int = 2) -> Strategy:
    """A value of this type: a trait, a measure, or something computed from others."""
    simple = [st.sampled_from([TraitValue(name) for name, t in TRAITS.items() if t == kind])]
    if kind != "list":
        simple.append(measures(kind))
    if depth <= 0 or kind == "list":
        return st.one_of(simple)
    inner = values(kind, depth - 1)
    branches = st.lists(st.tuples(rules(depth=0, ranks=False), inner), min_size=1, max_size=2).map(tuple)
    made = [
        *simple,
        *simple,
        st.builds(Constant, SCALARS[kind]),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: FirstKnown(tuple(parts))),
        st.builds(Case, branches, st.one_of(st.none(), inner)),
    ]
    if kind == "number":
        from tests.language.strategies_beyond import counted

        made.append(counted())
        moments = st.one_of(values("date", depth - 1), values("time", depth - 1))
        parts = st.sampled_from(("year", "month", "day", "weekday", "hour"))
        made += [
            st.builds(Arithmetic, st.sampled_from(("add", "subtract", "multiply", "divide")), inner, inner),
            st.builds(Elapsed, moments, st.sampled_from(("days", "months", "years"))),
            st.builds(DatePart, values("time", depth - 1), parts),
        ]
    if kind == "text":
        made.append(bands(depth))
    return st.one_of(made)


@cache
def bands(depth: int) -> Strategy:
    """Bands of a number, with labels that differ."""

    def made(of: Value, edges: list[Decimal], label: str) -> Band:
        return Band(of, tuple(sorted(edges)), tuple(f"{label}{i}" for i in range(len(edges) + 1)))

    return st.builds(made, values("number", depth - 1), st.lists(numbers, min_size=1, max_size=4, unique=True), texts)


# ---------------------------------------------------------------- rules


@cache
def rules(*, depth: int = 3, segments: tuple[str, ...] = (), ranks: bool = True) -> Strategy:
    """A rule of at most this depth; it may refer to these segments."""
    from tests.language.strategies_beyond import beyond

    leaves = [
        *[beyond(segments, people=ranks)] * 4,
        *[compared(values(kind, min(depth, 2)), kind) for kind in KINDS],
        compared(measures("number"), "number"),
        st.builds(lambda ids: StaticList(ids=ids), several(st.sampled_from(IDS))),
        st.builds(lambda name: StaticList(list_name=name), st.sampled_from(sorted(LISTS))),
        st.builds(Sample, shares, st.sampled_from(("holdout", "é", "a b"))),
    ]
    if ranks:
        leaves.append(rank_rules(segments))
    if segments:
        leaves.append(st.sampled_from(segments).map(SegmentReference))
    if depth == 0:
        return st.one_of(leaves)
    groups = grouped(rules(depth=depth - 1, segments=segments, ranks=ranks))
    return st.booleans().flatmap(cache(lambda deeper: groups if deeper else st.one_of(leaves)))


@st.composite
def rank_rules(draw: Any, segments: tuple[str, ...] = ()) -> Rank:
    share, number = draw(st.one_of(st.tuples(shares, st.none()), st.tuples(st.none(), st.integers(1, 5))))
    keep = draw(st.booleans())
    return Rank(
        by=draw(values("number", 1)),
        share=share,
        number=number,
        order=draw(st.sampled_from(("highest", "lowest"))),
        within=draw(st.one_of(st.none(), values("text", 0))),
        over=draw(st.one_of(st.none(), rules(depth=1, segments=segments, ranks=False))),
        ties=draw(st.sampled_from(("by_id", "include"))),
        at_least=draw(st.integers(1, 3)),
        keep_share=(share + 1) / 2 if keep and share is not None else None,
        keep_number=number + 1 if keep and number is not None else None,
    )


# ---------------------------------------------------------------- definitions

names = st.sampled_from(("vip", "lapsed_2", "a", "é_mail"))
zones = st.sampled_from((None, None, "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati"))
words = st.one_of(
    texts, st.sampled_from(("Frequent buyers", "two\nlines", "# not a comment", "a: b", "- c", "\x85 \u2028", "🙂"))
)


@st.composite
def definitions(draw: Any, *, segments: tuple[str, ...] = ()) -> SegmentDefinition | TraitDefinition:
    """A segment or a computed trait, with words for people of every kind."""
    if draw(st.booleans()):
        return SegmentDefinition(
            name=draw(names),
            where=draw(rules(segments=segments)),
            title=draw(words),
            purpose=draw(words),
            timezone=draw(zones),
            base=draw(st.sampled_from(get_args(Base))),
            tags=draw(st.lists(st.sampled_from(("growth", "2026", "NO")), max_size=2, unique=True).map(tuple)),
        )
    kind = draw(st.sampled_from([kind for kind in KINDS if kind != "list"]))
    return TraitDefinition(
        name=draw(names),
        value=draw(values(kind)),
        type=kind,
        title=draw(words),
        unit=draw(st.sampled_from(("", "days", "EUR"))),
        base=draw(st.sampled_from(get_args(Base))),
        timezone=draw(zones),
        sensitivity=draw(st.sampled_from(get_args(Sensitivity))),
        description=draw(words),
    )
