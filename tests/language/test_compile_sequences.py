"""Sequences and the other questions about how events follow each other: the plan gives what the oracle gives."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc
from tests.language.warehouse import Warehouse
from tests.language.wild_events import dense_history, pattern, rule

from segmentary.language.history import Event, Person
from segmentary.language.tree import (
    Absolute,
    Binding,
    Context,
    Duration,
    EventFilter,
    SegmentDefinition,
    Sequence,
    SequenceCount,
    Session,
    Step,
    TraitDefinition,
)

ROUNDS = int(os.environ.get("SEGMENTARY_PATTERNS", "12"))
RULES, VALUES = 12, 12


def differences(seed: int) -> list[str]:
    rng = random.Random(seed)
    past = dense_history(rng)
    segments = {f"s{i}": SegmentDefinition(f"s{i}", rule(rng)) for i in range(RULES)}
    traits = {f"t{i}": TraitDefinition(f"t{i}", pattern(rng), "number") for i in range(VALUES)}
    oracle = past.population(segments, traits, {})
    members, values = Warehouse(past).evaluate(segments, traits, {})
    found = []
    for name, definition in segments.items():
        expected = oracle.members(name)
        if expected != members[name]:
            found.append(
                f"seed {seed} {name}: oracle {sorted(expected)}, plan {sorted(members[name])}\n  {definition.where}"
            )
    for name, trait in traits.items():
        wanted = {customer: oracle.trait(name, customer) for customer in oracle.universe()}
        wrong = {c: (v, values[name][c]) for c, v in wanted.items() if v != values[name][c]}
        if wrong:
            found.append(f"seed {seed} {name}: oracle, plan {wrong}\n  {trait.value}")
    return found


@pytest.mark.differential
@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_plan_finds_the_patterns_the_oracle_finds(seed: int) -> None:
    assert differences(seed) == []


# ---------------------------------------------------------------- boundaries

START = utc(2026, 3, 10, 12)
MINUTE, MICROSECOND = dt.timedelta(minutes=1), dt.timedelta(microseconds=1)
VIEW, CART, ORDER, TICKET = (EventFilter((name,)) for name in ("view", "cart", "order", "ticket"))
HOUR = Duration(1, "hour")
SAME = (Binding(("product_id",)),)


def at(minutes: float, name: str, number: int = 0, **fields: object) -> Event:
    return happened(name, START + minutes * MINUTE, number, **fields)


def does(sequence: Sequence, *events: Event, context: Context = NOW) -> bool:
    return Both(Person("a", (), events), context=context).members(sequence) == {"a"}


def begins(sequence: Sequence, *events: Event, latest: int | None = None) -> object:
    return Both(Person("a", (), events)).values(SequenceCount(sequence, latest), "number")["a"]


def test_a_gap_is_at_least_the_smallest_and_less_than_the_largest() -> None:
    within = Sequence((Step(VIEW), Step(ORDER, max_gap=HOUR)))
    assert does(within, at(0, "view"), happened("order", START + 60 * MINUTE - MICROSECOND))
    assert not does(within, at(0, "view"), at(60, "order"))
    later = Sequence((Step(VIEW), Step(ORDER, min_gap=HOUR)))
    assert does(later, at(0, "view"), at(60, "order"))
    assert not does(later, at(0, "view"), happened("order", START + 60 * MINUTE - MICROSECOND))
    both = Sequence((Step(VIEW), Step(ORDER, HOUR, Duration(2, "hour"))))
    assert does(both, at(0, "view"), at(1, "order"), at(61, "order"))


def test_events_of_one_instant_are_ordered_by_source_sequence_and_message() -> None:
    pair = Sequence((Step(VIEW), Step(ORDER, max_gap=HOUR)))
    one, two = at(0, "view", source="a"), at(0, "order", source="b")
    assert does(pair, one, two)
    assert not does(pair, replace(one, source="c"), two)
    assert does(pair, replace(one, source="b", sequence=-1), two)
    tied = replace(one, source="b", message_id="")
    assert not does(pair, tied, replace(two, message_id=""))
    assert not does(Sequence((Step(VIEW), Step(VIEW))), at(0, "view"))
    assert does(Sequence((Step(VIEW), Step(VIEW))), at(0, "view"), at(0, "view", 1))


def test_what_must_not_lie_between_may_lie_around() -> None:
    alone = Sequence((Step(VIEW), Step(ORDER, without=(TICKET,))))
    assert not does(alone, at(0, "view"), at(1, "ticket"), at(2, "order"))
    assert does(alone, at(0, "view"), at(1, "ticket"), at(2, "view"), at(3, "order"))
    assert does(alone, at(0, "ticket"), at(1, "view"), at(2, "order"), at(3, "ticket"))
    assert does(alone, at(0, "view"), at(1, "order"), at(2, "ticket"), at(3, "order"))
    itself = Sequence((Step(VIEW), Step(ORDER, without=(ORDER, VIEW))))
    assert begins(itself, at(0, "view"), at(1, "view"), at(2, "order"), at(3, "order")) == 1
    # An event that ties with the order in everything lies not before it.
    tied = replace(at(2, "ticket"), message_id="")
    assert does(alone, at(0, "view"), tied, replace(at(2, "order"), message_id=""))


def test_the_whole_takes_less_than_within() -> None:
    three = Sequence((Step(VIEW), Step(CART), Step(ORDER)), within=HOUR)
    assert does(three, at(0, "view"), at(1, "view"), at(2, "cart"), at(60, "order"))
    assert not does(three, at(0, "view"), at(2, "cart"), at(60, "order"))


def test_bindings_reach_back_to_any_step() -> None:
    same = Sequence((Step(VIEW), Step(CART, same=SAME), Step(ORDER, same=SAME)))
    far = Sequence((Step(VIEW), Step(CART), Step(ORDER, same=(Binding(("order_id",), 1, ("product_id",)),))))
    events = at(0, "view", product_id="é"), at(1, "cart", product_id="e\u0301"), at(2, "order", product_id="é")
    assert does(same, *events)
    assert not does(same, events[0], replace(events[1], product_id=None), events[2])
    assert does(far, events[0], at(1, "cart"), at(2, "order", order_id="e\u0301"))
    assert not does(far, events[0], at(1, "cart"), at(2, "order", order_id=None))
    nothing = Sequence((Step(VIEW), Step(ORDER, same=(Binding(("amount",)),))))
    assert not does(nothing, at(0, "view", amount=Decimal(1)), at(1, "order", amount=Decimal(1)))


def test_an_absence_is_true_only_after_its_deadline() -> None:
    absent = Sequence((Step(CART), Step(ORDER, max_gap=HOUR, same=SAME, absent=True)), anchor="last")
    cart = at(0, "cart", product_id="A")

    def on(minutes: float) -> Context:
        return Context(START + minutes * MINUTE)

    assert not does(absent, cart, context=on(59.99))
    assert does(absent, cart, context=on(60))
    assert not does(absent, cart, at(59, "order", product_id="A"), context=on(100))
    assert does(absent, cart, at(60, "order", product_id="A"), context=on(100))
    assert does(absent, cart, at(5, "order", product_id="B"), context=on(100))
    bought = at(0, "cart", product_id="A"), at(1, "order", product_id="A"), at(2, "cart", product_id="B")
    assert does(absent, *bought)
    first = replace(absent, anchor="first")
    assert not does(first, *bought)


def test_directly_means_the_next_event_of_the_visit_whatever_its_name() -> None:
    half = Session(Duration(30, "minute"))
    directly = Sequence((Step(VIEW), Step(ORDER, directly=True)), session=half)
    assert does(directly, at(0, "view"), at(29, "order"))
    assert not does(directly, at(0, "view"), at(30, "order"))
    assert not does(directly, at(0, "view"), at(1, "other"), at(2, "order"))
    only = replace(directly, session=Session(half.gap, ("view", "order")))
    assert does(only, at(0, "view"), at(1, "other"), at(2, "order"))
    by_id = replace(directly, session=Session())
    events = at(0, "view", session_id="s"), at(1, "cart", session_id="t"), at(900, "order", session_id="s")
    assert does(by_id, *events)
    assert not does(by_id, events[0], replace(events[2], session_id=None))


def test_the_window_holds_the_steps_only() -> None:
    window = Absolute(START + MINUTE, START + 3 * MINUTE)
    pair = Sequence((Step(VIEW), Step(ORDER, without=(TICKET,))), window)
    assert does(pair, at(1, "view"), at(2, "order"))
    assert not does(pair, at(0, "view"), at(2, "order"))
    assert not does(pair, at(1, "view"), at(3, "order"))
    assert not does(pair, at(1, "view"), at(1.5, "ticket"), at(2, "order"))


def test_of_the_latest_only_so_many_are_looked_at() -> None:
    opened = Sequence((Step(VIEW), Step(ORDER, same=SAME)))
    mails = [at(i, "view", product_id=f"m{i}") for i in range(6)]
    read = [at(10 + i, "order", product_id=f"m{i}") for i in (0, 3, 5)]
    assert begins(opened, *mails, *read) == 3
    assert begins(opened, *mails, *read, latest=5) == 2
    assert begins(opened, *mails, *read, latest=1) == 1
    assert begins(opened) == 0


def test_one_step_is_a_sequence_of_events() -> None:
    assert begins(Sequence((Step(EventFilter(())),)), at(0, "view"), at(1, "order")) == 2
    assert begins(Sequence((Step(VIEW),), anchor="last"), at(0, "view"), at(1, "view")) == 1
    assert begins(Sequence((Step(VIEW),), session=Session()), at(0, "view"), at(1, "view", session_id="s")) == 1
