"""Random patterns of events, states, memberships of other moments, other people, places, consent and models.

`strategies.rules` and `strategies.values` hold what is made here. Names are those of the histories in `drawing`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from hypothesis import strategies as st
from tests.language.strategies import (
    TRAITS,
    Strategy,
    absolutes,
    betweens,
    calendars,
    compared,
    dates,
    durations,
    event_filters,
    judgements,
    names,
    numbers,
    properties,
    rules,
    several,
    shared_properties,
    times,
    values,
    windows,
    words,
    zones,
)

from segmentary.language.kinds import model_key
from segmentary.language.operators import COUNTED
from segmentary.language.tree import (
    Base,
    Binding,
    Calendar,
    Compare,
    Consent,
    Duration,
    EventMeasure,
    Had,
    HasBeen,
    Last,
    ModelValue,
    Near,
    Part,
    PeriodsWith,
    PeriodUnit,
    PropertyValue,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentationDefinition,
    SegmentDuring,
    SegmentMoved,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEntry,
    Step,
    TraitAtEvent,
    TraitValue,
    ValueType,
)

if TYPE_CHECKING:
    from tests.language.past import History

PURPOSES = ("marketing", "analytics", "é")
PARTS = ("new", "active", "é", "at risk", "2", "NO")
POINTS = (("52.5", "13.4"), ("0", "0"), ("90", "10"), ("-90", "0"), ("48.8566", "2.3522"), ("0", "-180"))
CHANNELS = (None, "email", "any", "web")
exact = st.builds(Duration, st.integers(1, 30), st.sampled_from(("minute", "hour", "day", "week")))
fixed_windows = st.one_of(st.builds(Last, durations), calendars, betweens, absolutes())
event_names = several(st.sampled_from(("order_completed", "product_purchased", "page_viewed")), most=2)


# ---------------------------------------------------------------- patterns of events


@cache
def sessions(*, within: bool = True) -> Strategy:
    gaps = st.one_of(st.none(), exact)
    of = st.one_of(st.just(()), event_names)
    return st.builds(Session, gaps, of, st.one_of(st.none(), fixed_windows) if within else st.none())


@cache
def visits() -> Strategy:
    """How many sessions, or how long they were."""
    measures = st.sampled_from(("count", "longest_minutes", "total_minutes", "mean_minutes"))
    return st.builds(SessionMeasure, sessions(), measures, st.one_of(st.none(), event_filters()))


@st.composite
def periods(draw: Any) -> PeriodsWith:
    """In how many periods a measure passes a test."""
    events = draw(event_filters())
    measure = draw(st.sampled_from((*COUNTED, "sum", "distinct", "max")))
    of = None
    if measure not in COUNTED:
        shared = shared_properties(events)
        fitting = sorted(path for path, kind in shared.items() if measure == "distinct" or kind == "number")
        of = PropertyValue(draw(st.sampled_from(fitting)))
    test = draw(st.sampled_from(("is", "lt", "lte", "gt", "gte")))
    unit = draw(st.sampled_from(get_args(PeriodUnit)))
    return PeriodsWith(EventMeasure(events, measure, of), test, draw(numbers), unit, draw(st.integers(1, 5)))


@st.composite
def bindings(draw: Any, number: int) -> Binding:
    """What a step, the ``number``-th from 1, has in common with an earlier one."""
    paths = st.sampled_from(sorted(properties("page_viewed").items())).map(lambda pair: pair[0])
    step = draw(st.one_of(st.none(), st.integers(1, number - 1)))
    return Binding(draw(paths), step, draw(st.one_of(st.none(), paths)))


@st.composite
def steps(draw: Any, number: int, *, session: bool, absent: bool = False) -> Step:
    """The ``number``-th step; what relates to steps before only where there are any."""
    events = draw(event_filters())
    if number == 1:
        return Step(events)
    low, high = sorted(draw(st.tuples(st.integers(0, 20), st.integers(0, 20))))
    unit = draw(st.sampled_from(("minute", "hour", "day", "week")))
    least = draw(st.sampled_from((None, Duration(low, unit))))
    most = draw(st.sampled_from((None, Duration(high + 1, unit)))) if not absent else Duration(high + 1, unit)
    same = draw(st.lists(bindings(number), max_size=2, unique=True).map(tuple))
    if absent:
        return Step(events, least, most, same=same, absent=True)
    without = draw(st.lists(event_filters(), max_size=2, unique=True).map(tuple))
    return Step(events, least, most, without, same, draw(st.booleans()) if session else False)


@st.composite
def sequences(draw: Any) -> Sequence:
    """One to three steps, the last of them perhaps an absence."""
    session = draw(st.one_of(st.none(), sessions(within=False)))
    length = draw(st.integers(1, 3))
    absent = length > 1 and draw(st.booleans())
    made = [
        draw(steps(number, session=session is not None, absent=absent and number == length))
        for number in range(1, length + 1)
    ]
    within = draw(st.one_of(st.none(), exact))
    anchors = ("any", "first", "last")
    anchor = draw(st.sampled_from(anchors if absent else (None, *anchors)))
    return Sequence(tuple(made), draw(windows()), within, anchor, session)


@cache
def begun() -> Strategy:
    """How often a sequence begins."""
    return st.builds(SequenceCount, sequences(), st.one_of(st.none(), st.integers(1, 5)))


MODEL_VALUES = (
    ModelValue("churn", "probability"),
    ModelValue("churn", "score"),
    ModelValue("churn", "decile"),
    ModelValue("churn", "confidence"),
    ModelValue("churn", "probability", "é"),
)


def modelled(past: History, rng: random.Random) -> History:
    """The history with what the model says of most people."""
    from tests.language.drawing import NASTY_NUMBERS, NASTY_TEXTS

    types: dict[str, ValueType] = {"churn.label": "text"} | {model_key(value): "number" for value in MODEL_VALUES}
    given = {}
    for person in past.people:
        own = {n: rng.choice(NASTY_TEXTS if t == "text" else NASTY_NUMBERS) for n, t in types.items()}
        kept = {name: said for name, said in own.items() if rng.random() < 0.7}
        given[person.customer_id] = {**past.given.get(person.customer_id, {}), **kept}
    return replace(past, types={**past.types, **types}, given=given)


@cache
def counted() -> Strategy:
    """Numbers out of patterns and models."""
    return st.one_of(visits(), periods(), begun(), st.sampled_from(MODEL_VALUES))


@cache
def looked_up() -> Strategy:
    """A condition on what is looked up for an event."""
    traits = [
        compared(st.sampled_from([TraitAtEvent(name) for name, t in TRAITS.items() if t == kind]), kind)
        for kind in sorted(set(TRAITS.values()))
    ]
    keys = st.sampled_from((PropertyValue(("product_id",)), PropertyValue(("session_id",))))
    lines = st.builds(ReferenceValue, st.just("products"), keys, st.just("line"))
    weights = st.builds(ReferenceValue, st.just("products"), keys, st.just("weight"))
    return st.one_of(*traits, compared(lines, "text"), compared(weights, "number"))


# ---------------------------------------------------------------- people


@cache
def attribute_conditions() -> Strategy:
    """A comparison with an attribute of any type."""
    kinds = sorted(set(TRAITS.values()))
    by_kind = {kind: [TraitValue(name) for name, t in TRAITS.items() if t == kind] for kind in kinds}
    return st.one_of([compared(st.sampled_from(by_kind[kind]), kind) for kind in kinds])


@st.composite
def states(draw: Any) -> HasBeen | Had:
    """What an attribute has been, or had been."""
    condition = draw(attribute_conditions())
    if draw(st.booleans()):
        return Had(condition, draw(fixed_windows))
    unit = draw(st.sampled_from(("minute", "hour", "day", "week", "month", "year")))
    low, high = sorted(draw(st.tuples(st.integers(1, 40), st.integers(1, 40))))
    which = draw(st.integers(0, 2))
    least = Duration(low, unit) if which != 1 else None
    return HasBeen(condition, least, Duration(high + 1, unit) if which else None)


@st.composite
def memberships(draw: Any, segments: tuple[str, ...]) -> SegmentAt | SegmentDuring | SegmentMoved | Compare:
    """Membership at another moment."""
    name = draw(st.sampled_from(segments))
    match draw(st.integers(0, 4)):
        case 0:
            previous = st.builds(
                Calendar, st.sampled_from(get_args(PeriodUnit)), st.just("previous"), st.integers(1, 4)
            )
            return SegmentAt(name, draw(st.one_of(dates, times, durations, previous)), draw(st.booleans()))
        case 1:
            quantifier = draw(st.sampled_from(("any", "all", "at_end", "at_least")))
            length = draw(exact) if quantifier == "at_least" else None
            return SegmentDuring(name, draw(fixed_windows), quantifier, length)
        case 2:
            during = draw(st.one_of(st.none(), fixed_windows))
            nth = draw(st.one_of(st.none(), st.integers(1, 3)))
            return SegmentMoved(name, "entered", during, nth, draw(st.one_of(st.none(), exact)))
        case 3:
            during = draw(st.one_of(st.none(), fixed_windows))
            return SegmentMoved(name, "exited", during, draw(st.one_of(st.none(), st.integers(1, 3))))
    since = SinceEntry(name, draw(st.sampled_from(("first", "last"))))
    return Compare(EventMeasure(draw(event_filters()), "count", during=since), *draw(judgements("number")))


@st.composite
def relations(draw: Any, segments: tuple[str, ...]) -> Related:
    """A rule about other people of the same group."""
    group = draw(st.sampled_from(("account", "household")))
    inner = draw(rules(depth=1, segments=segments, ranks=False))
    quantifier = draw(st.sampled_from(("any", "all", "none", "count")))
    if quantifier != "count":
        return Related(group, quantifier, inner)
    test = draw(st.sampled_from(("is", "lt", "lte", "gt", "gte")))
    return Related(group, "count", inner, test, draw(st.integers(0, 3)))


@st.composite
def distances(draw: Any) -> Near:
    """Near a point, or the places of a list."""
    kilometres = Decimal(draw(st.sampled_from(("0", "0.5", "25", "880", "20015"))))
    points = st.sampled_from(
        (("52.5", "13.4"), ("0", "0"), ("90", "10"), ("-90", "0"), ("48.8566", "2.3522"), ("0", "-180"))
    )
    point = draw(st.one_of(st.none(), points.map(lambda pair: tuple(map(Decimal, pair)))))
    places = draw(st.sampled_from(("stores", "poles"))) if point is None else None
    if draw(st.booleans()):
        return Near(kilometres, point, places)
    return Near(kilometres, point, places, draw(values("number", 0)), draw(values("number", 0)))


consents = st.builds(Consent, st.sampled_from(PURPOSES), st.sampled_from(CHANNELS), st.booleans())


@cache
def beyond(segments: tuple[str, ...], *, people: bool) -> Strategy:
    """Rules about the order of events, the past, other people, places and consent."""
    made = [sequences(), states(), distances(), consents]
    made.append(compared(st.just(ModelValue("churn", "label")), "text"))
    if segments:
        made += [memberships(segments), memberships(segments)]
    if people:
        made.append(relations(segments))
    return st.one_of(made)


# ---------------------------------------------------------------- definitions


@st.composite
def segmentations(draw: Any, *, segments: tuple[str, ...] = ()) -> SegmentationDefinition:
    """A few parts and the rest."""
    called = draw(
        st.lists(st.sampled_from(("new", "active", "é", "at risk", "2", "NO")), min_size=1, max_size=3, unique=True)
    )
    parts = tuple(Part(name, draw(rules(depth=1, segments=segments)), draw(words)) for name in called)
    return SegmentationDefinition(
        name=draw(names),
        parts=parts,
        otherwise="others",
        title=draw(words),
        purpose=draw(words),
        timezone=draw(zones),
        base=draw(st.sampled_from(get_args(Base))),
        tags=draw(st.lists(st.sampled_from(("growth", "2026", "NO")), max_size=2, unique=True).map(tuple)),
    )
