"""One meaning: the compiled plan gives what the oracle gives, on random definitions and histories.

``SEGMENTARY_CASES`` (2,000 unless set) says how many pairs of definition and history are compared; 20,000 is the
nightly run (``make differential``).
"""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.histories import Both, History, Warehouse, attribute, happened, history, utc
from tests.language.strategies import LISTS, rules
from tests.language.strategies_beyond import modelled
from tests.language.wild import Wild

from segmentary.language.kinds import natural
from segmentary.language.oracle import Person, Population
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Compare,
    Context,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Not,
    PropertyValue,
    Rule,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
)

CASES = int(os.environ.get("SEGMENTARY_CASES", "2000"))
RULES, TRAITS = 50, 6
ZONES = (None, None, "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe")


def drawn(seed: int) -> tuple[History, dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    rng = random.Random(seed)
    past = history(rng, rng.choice((0, 1, 6, 12, 25)))
    types = dict(past.types)
    traits: dict[str, TraitDefinition] = {}
    wild = Wild(rng, types)
    for i in range(TRAITS):
        value = wild.value(2)
        kind = natural(value, types)
        if kind == "list" or rng.random() < 0.15:
            kind = rng.choice(("number", "text", "date", "time", "boolean"))
        traits[f"trait_{i}"] = TraitDefinition(f"trait_{i}", value, kind, timezone=rng.choice(ZONES))
        types[f"trait_{i}"] = kind
    segments: dict[str, SegmentDefinition] = {}
    for i in range(RULES):
        name = f"segment_{i}"
        segments[name] = SegmentDefinition(name, wild.rule(), timezone=rng.choice(ZONES))
        wild.segments.append(name)
    return past, segments, traits


def differences(
    past: History, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> list[str]:
    oracle = past.population(segments, traits, LISTS)
    members, values = Warehouse(past).evaluate(segments, traits, LISTS)
    found: list[str] = []
    for name, trait in traits.items():
        for customer in oracle.universe():
            expected, got = oracle.trait(name, customer), values[name][customer]
            if isinstance(expected, dt.datetime):
                expected = expected.replace(tzinfo=None)
            if expected != got:
                found.append(f"{name} of {customer}: oracle {expected!r}, plan {got!r}\n  {trait}")
    for name, definition in segments.items():
        expected_ids = oracle.members(name)
        if expected_ids != members[name]:
            found.append(
                f"{name}: only oracle {sorted(expected_ids - members[name])}, "
                f"only plan {sorted(members[name] - expected_ids)}\n  {definition}"
            )
    return found


@pytest.mark.differential
@pytest.mark.parametrize("part", range(8))
def test_the_plan_gives_what_the_oracle_gives(part: int) -> None:
    seeds = range(part, -(-CASES // RULES), 8)
    for seed in seeds:
        found = differences(*drawn(seed))
        assert not found, f"seed {seed}, {drawn(seed)[0].context}\n" + "\n".join(found[:3])


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("seed", range(6))
def test_the_laws_hold(seed: int) -> None:
    """Complement, De Morgan, idempotence, and that the order of parts does not matter: in both evaluators."""
    rng = random.Random(seed)
    past = history(rng, 12)
    wild = Wild(rng, dict(past.types))
    segments: dict[str, SegmentDefinition] = {}
    equal: list[tuple[str, str]] = []
    opposite: list[tuple[str, str]] = []

    def add(name: str, rule: Rule) -> str:
        segments[name] = SegmentDefinition(name, rule)
        return name

    for i in range(8):
        a, b = wild.rule(2), wild.rule(2)
        opposite.append((add(f"a{i}", a), add(f"not a{i}", Not(a))))
        equal += [
            (add(f"not all{i}", Not(All((a, b)))), add(f"any not{i}", AnyOf((Not(a), Not(b))))),
            (add(f"not any{i}", Not(AnyOf((a, b)))), add(f"all not{i}", All((Not(a), Not(b))))),
            (f"a{i}", add(f"twice{i}", All((a, a)))),
            (f"a{i}", add(f"or twice{i}", AnyOf((a, a)))),
            (add(f"ab{i}", All((a, b))), add(f"ba{i}", All((b, a)))),
            (add(f"a or b{i}", AnyOf((a, b))), add(f"b or a{i}", AnyOf((b, a)))),
        ]
    assert differences(past, segments, {}) == []
    oracle = Population(
        past.people,
        past.context,
        segments=segments,
        given=past.given,  # type: ignore[arg-type]
        given_types=past.types,
        lists=LISTS,
    )
    universe = set(oracle.universe())
    for left, right in equal:
        assert oracle.members(left) == oracle.members(right), (left, segments[left])
    for inside, outside in opposite:
        assert oracle.members(inside) == universe - oracle.members(outside), (inside, segments[inside])


def test_arrival_changes_nothing() -> None:
    """Shuffled and doubled deliveries are the same history."""
    past, segments, traits = drawn(11)
    rng = random.Random(1)
    people = []
    for person in past.people:
        events = list(person.events) + rng.sample(person.events, len(person.events) // 2)
        rng.shuffle(events)
        attributes = rng.sample(person.attributes, len(person.attributes))
        people.append(replace(person, events=tuple(events), attributes=tuple(attributes)))
    other = replace(past, people=tuple(people))
    before, after = (Warehouse(one).evaluate(segments, traits, LISTS) for one in (past, other))
    assert before == after


REMEMBERED = ("vip", "segment_0", "é")
"""Segments the log of random histories knows."""


@given(rules(), rules(segments=REMEMBERED), rules(segments=REMEMBERED), st.integers(0, 40))
@settings(max_examples=int(os.environ.get("SEGMENTARY_EXAMPLES", "40")))
def test_well_typed_rules_agree_too(vip: Rule, first: Rule, second: Rule, seed: int) -> None:
    """The same on rules hypothesis draws, and shrinks: every node of the language is among them."""
    rng = random.Random(seed)
    past = modelled(history(rng, rng.choice((0, 1, 8))), rng)
    made = dict.fromkeys(REMEMBERED, vip) | {"first": first, "second": second}
    segments = {name: SegmentDefinition(name, rule, timezone=rng.choice(ZONES)) for name, rule in made.items()}
    assert differences(past, segments, {}) == []


def test_the_histories_are_not_all_the_same() -> None:
    """A comparison of nobody with nobody proves little: many rules split the population."""
    split = whole = 0
    for seed in range(6):
        past, segments, traits = drawn(seed)
        oracle = Population(
            past.people,
            past.context,
            segments=segments,
            traits=traits,
            given=past.given,  # type: ignore[arg-type]
            given_types=past.types,
            lists=LISTS,
        )
        for name in segments if len(oracle.people) > 3 else ():
            whole += 1
            split += 0 < len(oracle.members(name)) < len(oracle.people)
    assert split > whole / 4


# ---------------------------------------------------------------- what once differed


def test_text_of_an_attribute_is_normal_before_it_is_kept_as_a_trait() -> None:
    """Seed 48 of the first run: the oracle kept e with an accent apart, the plan as one letter."""
    both = Both(Person("a", (attribute("country", "e\u0301"),)))
    assert both.values(TraitValue("country"), "text") == {"a": "é"}


def test_ratios_of_narrow_decimals_do_not_overflow() -> None:
    """Seed 31 of the first run: DuckDB multiplied two narrow decimals in 64 bits."""
    event = happened("order_completed", utc(2026, 3, 1), amount=Decimal("33.3333"), quantity=Decimal("2147483647"))
    ratio = Arithmetic("divide", PropertyValue(("quantity",)), PropertyValue(("amount",)))
    counted = EventFilter(("order_completed",), Compare(ratio, "gt", Decimal("33.3333")))
    assert Both(Person("a", events=(event,))).values(EventMeasure(counted, "count"), "number") == {"a": 1}


def test_a_week_is_counted_from_its_own_first_day() -> None:
    """The first run: DuckDB subtracts an integer from a date, not a bigint."""
    both = Both(
        Person("a", events=(happened("x", utc(2026, 3, 1)), happened("x", utc(2026, 3, 2)))),
        context=Context(utc(2026, 3, 31), "UTC", "sunday"),
    )
    assert both.values(EventMeasure(EventFilter(("x",)), "active_weeks"), "number") == {"a": 1}


def test_a_number_never_becomes_a_float() -> None:
    """Seed 241: the parts of a date that is always missing are floats in DuckDB, and made the whole choice one."""
    both = Both(Person("a", (attribute("version", "0.3"),)), types={"spent": "number"})
    value = FirstKnown((Elapsed(TraitValue("spent"), "months"), TraitValue("version")))
    assert both.values(value, "number") == {"a": Decimal("0.3")}


def test_a_list_can_be_asked_of_text_that_is_always_missing() -> None:
    """Seed 402: the items of a missing constant had no type for DuckDB to look into."""
    both = Both(Person("a", (attribute("spent", "1", "number"),)))
    band = Band(Elapsed(TraitValue("spent")), (Decimal(1),), ("x", "y"))
    assert both.members(Not(Compare(band, "has_none", ("x",)))) == {"a"}
