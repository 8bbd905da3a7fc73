"""Sequences on small histories: gaps, what lies between, bindings, anchors, deadlines, sessions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import DefinitionError
from segmentary.language.oracle import Event, Person
from segmentary.language.tree import (
    AnyOf,
    Binding,
    Compare,
    Duration,
    EventFilter,
    Last,
    Not,
    PropertyValue,
    Sequence,
    SequenceCount,
    Session,
    SinceEvent,
    Sliding,
    Step,
)

ADDED, BOUGHT, HELP = (EventFilter((name,)) for name in ("added", "bought", "help"))
DAY = Duration(1, "day")
START = utc(2026, 3, 20, 12)


def at(name: str, hours: float, number: int = 0, **fields: object) -> Event:
    return happened(name, START + dt.timedelta(hours=hours), number, **fields)


def both(**people: tuple[Event, ...]) -> Both:
    return Both(*(Person(name, events=events) for name, events in people.items()), Person("nobody"))


def test_steps_follow_each_other_in_order() -> None:
    asked = both(
        yes=(at("added", 0), at("bought", 1)),
        swapped=(at("bought", 0), at("added", 1)),
        first_only=(at("added", 0),),
        tied=(at("added", 0), at("bought", 0)),
        tied_after=(at("added", 0, sequence=1), at("bought", 0, sequence=2)),
        tied_before=(at("added", 0, sequence=2), at("bought", 0, sequence=1)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT)))
    # Two events of one instant and source are ordered by their message ids: "added..." comes before "bought...".
    assert asked.members(rule) == {"yes", "tied", "tied_after"}
    assert asked.members(Not(rule)) == {"swapped", "first_only", "tied_before", "nobody"}


def test_gaps_are_half_open() -> None:
    asked = both(
        under=(at("added", 0), at("bought", 0.5)),
        least=(at("added", 0), at("bought", 1)),
        within=(at("added", 0), at("bought", 23.99)),
        most=(at("added", 0), at("bought", 24)),
        again=(at("added", 0), at("added", 23.5), at("bought", 24.5)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT, min_gap=Duration(1, "hour"), max_gap=DAY)))
    assert asked.members(rule) == {"least", "within", "again"}


def test_without_looks_strictly_between() -> None:
    asked = both(
        clean=(at("added", 0), at("bought", 2)),
        between=(at("added", 0), at("help", 1), at("bought", 2)),
        before=(at("help", -1), at("added", 0), at("bought", 2)),
        after=(at("added", 0), at("bought", 2), at("help", 3)),
        other_way=(at("added", 0), at("help", 1), at("added", 2), at("bought", 3)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT, without=(HELP,))))
    assert asked.members(rule) == {"clean", "before", "after", "other_way"}


def test_bindings_compare_normal_text_and_missing_matches_nothing() -> None:
    asked = both(
        same=(at("added", 0, product_id="é"), at("bought", 1, product_id="e\u0301")),
        other=(at("added", 0, product_id="a"), at("bought", 1, product_id="b")),
        missing=(at("added", 0), at("bought", 1)),
    )
    assert asked.members(Sequence((Step(ADDED), Step(BOUGHT, same=(Binding(("product_id",)),))))) == {"same"}
    third = (Step(ADDED), Step(HELP), Step(BOUGHT, same=(Binding(("brand",), 1, ("product_id",)),)))
    asked = both(
        yes=(at("added", 0, product_id="a"), at("help", 1), at("bought", 2, brand="a")),
        no=(at("added", 0, brand="a"), at("help", 1, product_id="a"), at("bought", 2, brand="a")),
    )
    assert asked.members(Sequence(third)) == {"yes"}


def test_within_is_measured_from_the_first_step() -> None:
    asked = both(
        fits=(at("added", 0), at("help", 23), at("bought", 23.9)),
        late=(at("added", 0), at("help", 23), at("bought", 24)),
    )
    assert asked.members(Sequence((Step(ADDED), Step(HELP), Step(BOUGHT)), within=DAY)) == {"fits"}


def test_an_absence_is_true_once_its_deadline_has_passed() -> None:
    now = NOW.as_of
    hour = dt.timedelta(hours=1)

    def added(before: dt.timedelta) -> Event:
        return happened("added", now - before)

    asked = both(
        passed=(added(25 * hour),),
        just=(added(24 * hour),),
        pending=(added(24 * hour - dt.timedelta(microseconds=1)),),
        bought=(added(48 * hour), happened("bought", now - 30 * hour)),
        too_late=(added(48 * hour), happened("bought", now - 24 * hour)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT, max_gap=DAY, absent=True)), anchor="last")
    assert asked.members(rule) == {"passed", "just", "too_late"}
    assert asked.members(Not(rule)) == {"pending", "bought", "nobody"}
    assert asked.oracle().trace(rule, "pending").note == "pending: the deadline passes on 2026-03-31 12:00"
    assert asked.oracle().trace(rule, "pending").pending == now + dt.timedelta(microseconds=1)
    assert asked.oracle().trace(rule, "bought").note == "what was to be absent happened"


def test_anchors_choose_which_first_step_counts() -> None:
    events = {
        "first_bought": (at("added", 0), at("bought", 1), at("added", 48)),
        "last_bought": (at("added", 0), at("added", 48), at("bought", 49)),
    }
    steps = (Step(ADDED), Step(BOUGHT, max_gap=DAY, absent=True))
    assert both(**events).members(Sequence(steps, anchor="any")) == {"first_bought", "last_bought"}
    assert both(**events).members(Sequence(steps, anchor="first")) == {"last_bought"}
    assert both(**events).members(Sequence(steps, anchor="last")) == {"first_bought"}


def test_an_absent_event_has_every_condition_of_its_step() -> None:
    asked = both(
        same=(at("added", 0, product_id="a"), at("bought", 1, product_id="a")),
        other=(at("added", 0, product_id="a"), at("bought", 1, product_id="b")),
        after_help=(at("added", 0, product_id="a"), at("help", 1), at("bought", 2, product_id="a")),
        at_once=(at("added", 0, product_id="a"), at("bought", 0.01, product_id="a")),
    )
    step = Step(
        BOUGHT,
        min_gap=Duration(30, "minute"),
        max_gap=DAY,
        without=(HELP,),
        same=(Binding(("product_id",)),),
        absent=True,
    )
    assert asked.members(Sequence((Step(ADDED), step), anchor="first")) == {"other", "after_help", "at_once"}


def test_steps_lie_in_the_window_but_an_absent_one_need_not() -> None:
    asked = both(
        yes=(happened("added", NOW.as_of - dt.timedelta(days=5)),),
        edge=(happened("added", NOW.as_of - dt.timedelta(days=10)),),
        old=(happened("added", NOW.as_of - dt.timedelta(days=10, microseconds=1)),),
    )
    during = Last(Duration(10, "day"))
    steps = (Step(ADDED), Step(BOUGHT, max_gap=DAY, absent=True))
    assert asked.members(Sequence(steps, during=during, anchor="any")) == {"yes", "edge"}
    since = SinceEvent(HELP)
    asked = both(
        yes=(at("help", 0), at("added", 1), at("bought", 2)),
        no=(at("added", 1), at("help", 1.5), at("bought", 2)),
    )
    assert asked.members(Sequence((Step(ADDED), Step(BOUGHT)), during=since)) == {"yes"}


def test_directly_is_the_next_event_of_the_session() -> None:
    asked = both(
        yes=(at("added", 0), at("bought", 0.1)),
        between=(at("added", 0), at("help", 0.05), at("bought", 0.1)),
        other_visit=(at("added", 0), at("bought", 0.5)),
        by_then=(at("added", 0), at("help", 0.2), at("added", 0.3), at("bought", 0.4)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT, directly=True)), session=Session(Duration(30, "minute")))
    assert asked.members(rule) == {"yes", "by_then"}
    only_two = Session(Duration(30, "minute"), of=("added", "bought"))
    assert asked.members(Sequence(rule.steps, session=only_two)) == {"yes", "between", "by_then"}


def test_a_session_holds_every_step() -> None:
    asked = both(
        one=(at("added", 0, session_id="s"), at("bought", 30, session_id="s")),
        two=(at("added", 0, session_id="s"), at("bought", 0.1, session_id="t")),
        none=(at("added", 0), at("bought", 0.1)),
    )
    rule = Sequence((Step(ADDED), Step(BOUGHT)), session=Session())
    assert asked.members(rule) == {"one"}
    absent = Sequence(
        (Step(ADDED), Step(BOUGHT, max_gap=Duration(3, "day"), absent=True)), anchor="any", session=Session()
    )
    assert asked.members(absent) == {"two"}


def test_every_event_may_be_a_step_without_names() -> None:
    asked = both(two=(at("added", 0), at("other", 1)), one=(at("added", 0),))
    assert asked.members(Sequence((Step(ADDED), Step(EventFilter(()))))) == {"two"}


def test_how_many_first_steps_begin_the_sequence() -> None:
    events = tuple(
        event
        for i, opened in enumerate((True, False, False, True, True, False))
        for event in (
            (at("sent", i, product_id=str(i)), at("opened", i + 0.5, product_id=str(i)))
            if opened
            else (at("sent", i, product_id=str(i)),)
        )
    )
    asked = both(some=events)
    sequence = Sequence(
        (Step(EventFilter(("sent",))), Step(EventFilter(("opened",)), same=(Binding(("product_id",)),)))
    )
    assert asked.values(SequenceCount(sequence), "number") == {"some": 3, "nobody": 0}
    assert asked.values(SequenceCount(sequence, 5), "number") == {"some": 2, "nobody": 0}
    assert asked.values(SequenceCount(sequence, 1), "number") == {"some": 0, "nobody": 0}
    trace = asked.oracle().trace(Compare(SequenceCount(sequence, 5), "gte", Decimal(2)), "some")
    assert (trace.truth, trace.value, trace.evidence_count) == (True, 2, 4)


def test_conditions_on_the_events_of_steps() -> None:
    big = EventFilter(("bought",), Compare(PropertyValue(("amount",)), "gte", Decimal(10)))
    asked = both(
        big=(at("added", 0), at("bought", 1, amount=Decimal(5)), at("bought", 2, amount=Decimal(10))),
        small=(at("added", 0), at("bought", 1, amount=Decimal(5))),
    )
    assert asked.members(Sequence((Step(ADDED), Step(big)))) == {"big"}


def test_a_trace_says_how_far_somebody_came() -> None:
    asked = both(
        two=(at("added", 0), at("help", 1)), none=(at("help", 0),), all=(at("added", 0), at("help", 1), at("bought", 2))
    )
    rule = Sequence((Step(ADDED), Step(HELP), Step(BOUGHT)))
    population = asked.oracle()
    found = population.trace(rule, "two")
    assert (found.value, found.note, found.evidence_count) == ("2 of 3 steps", "step 3 never followed", 2)
    assert population.trace(rule, "none").note == "the first step never happened"
    assert [event.name for event in population.trace(rule, "all").evidence] == ["bought", "help", "added"]
    assert population.trace(AnyOf((rule,)), "nobody").truth is False


@pytest.mark.parametrize(
    "sequence",
    [
        Sequence(()),
        Sequence((Step(ADDED, max_gap=DAY),)),
        Sequence((Step(ADDED), Step(BOUGHT, max_gap=DAY, absent=True))),
        Sequence((Step(ADDED), Step(BOUGHT, absent=True)), anchor="any"),
        Sequence((Step(ADDED), Step(BOUGHT, max_gap=DAY, absent=True), Step(HELP)), anchor="any"),
        Sequence((Step(ADDED), Step(BOUGHT, directly=True))),
        Sequence((Step(ADDED), Step(BOUGHT, same=(Binding(("brand",), 2),)))),
        Sequence((Step(ADDED), Step(BOUGHT)), during=Sliding(DAY)),
        Sequence((Step(ADDED), Step(BOUGHT, max_gap=Duration(1, "month")))),
    ],
)
def test_what_has_no_meaning_is_refused(sequence: Sequence) -> None:
    asked = both(one=(at("added", 0), at("bought", 1)))
    with pytest.raises(DefinitionError):
        asked.oracle().holds(sequence, "one")
