# ruff: noqa: E501 - messages stand whole, as they are printed
from __future__ import annotations

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language.example_facts import FACTS
from tests.language.histories import history
from tests.language.strategies import EVENTS, LISTS, TRAITS, compared, rules

from segmentary.language.contradiction import contradiction
from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.history import past_events
from segmentary.language.lint import lint
from segmentary.language.oracle import Population
from segmentary.language.python import any_of, define_segment, events, sample, segment, trait
from segmentary.language.tree import All, AnyOf, Compare, Rule, SegmentDefinition, TraitValue
from segmentary.language.verdict import Verdict, verdict

orders = events("order_completed")


def messages(condition) -> list[str]:
    return [finding.message for finding in lint(define_segment("s", condition), FACTS)]


SAME_FOR_ALL = [
    (
        trait("sign_up").within_last("30d"),
        "“sign up is within the last 30 days” is never true: newest sign up is 2025-03-02",
    ),
    (
        trait("seen_at").within_last("30d"),
        "“seen at is within the last 30 days” is never true: newest seen at is 2025-03-02",
    ),
    (
        trait("sign_up").within_next("30d"),
        "“sign up is within the next 30 days” is never true: newest sign up is 2025-03-02",
    ),
    (
        trait("sign_up").between_from_now("3d", "5d"),
        "“sign up lies between 3 days and 5 days ahead” is never true: newest sign up is 2025-03-02",
    ),
    (
        trait("sign_up").after(dt.date(2025, 4, 1)),
        "“sign up is after 2025-04-01” is never true: newest sign up is 2025-03-02",
    ),
    (
        trait("seen_at").after(dt.date(2025, 4, 1)),
        "“seen at is after 2025-04-01” is never true: newest seen at is 2025-03-02",
    ),
    (trait("age") >= 18, "“age is at least 18” is always true: age goes from 18 to 80"),
    (trait("age") > 80, "“age is above 80” is never true: age goes from 18 to 80"),
    (trait("age").between(0, 17), "“age is between 0 and 17” is never true: age goes from 18 to 80"),
    (trait("age").is_in(1, 2), "“age is 1 or 2” is never true: age goes from 18 to 80"),
    (trait("age").exists(), "“age is known” is always true: age is known of every customer"),
    (trait("age").is_missing(), "“age is missing” is never true: age is known of every customer"),
    (trait("empty") > 3, "“empty is above 3” is never true: empty is not known of any customer"),
    (trait("active") == True, "“active is true” is always true: values of active are true"),  # noqa: E712
    (trait("active") == False, "“active is false” is never true: values of active are true"),  # noqa: E712
    (trait("country").starts_with("X"), "“country starts with X” is never true: values of country are France, Germany"),
    (orders.last("60d").did(), "“ordered in the last 60 days” is never true: newest order_completed is 2025-03-02"),
    (
        orders.last("60d").did_not(),
        "“no orders in the last 60 days” is always true: newest order_completed is 2025-03-02",
    ),
    (
        orders.dates(until=dt.date(2023, 1, 1)).did(),
        "“ordered until before 2023-01-01” is never true: oldest order_completed is 2024-01-01",
    ),
    (
        orders.last("60d").mean("amount") > 3,
        "“the average amount of orders in the last 60 days is above 3” is never true: newest order_completed is 2025-03-02",
    ),
    (events("trial_started").did(), "“did “trial started”” is never true: there is no trial_started in the data"),
    (orders.count() >= 0, "“ordered at least 0 times” is always true: a number of events is never below 0"),
    (orders.count() < 0, "“ordered fewer than 0 times” is never true: a number of events is never below 0"),
]


@pytest.mark.parametrize(("condition", "message"), SAME_FOR_ALL, ids=[message for _, message in SAME_FOR_ALL])
def test_what_is_the_same_for_everybody_is_named_with_the_reason(condition, message):
    assert messages(condition) == [message]


@pytest.mark.parametrize(
    "condition",
    [
        trait("age") >= 19,
        trait("income") >= 0,  # 220 customers have none
        trait("uncounted") > 3,
        trait("unheard_of") > 3,
        trait("city") == "Lyon",  # not all cities are known here
        trait("age") == 80,
        orders.last("2y").did(),
        orders.since(events("product_purchased")).did(),
        segment("some"),
    ],
)
def test_what_depends_on_the_person_is_left_alone(condition):
    assert not [message for message in messages(condition) if "always" in message or "never" in message]


def test_one_part_can_decide_a_group():
    never, unknown = segment("nobody"), trait("age") > 20
    assert verdict((never & unknown).rule, FACTS) == Verdict("never", "segment nobody has no members")
    assert verdict((never | unknown).rule, FACTS) is None
    assert verdict((never | never).rule, FACTS) == Verdict("never", "segment nobody has no members")
    assert verdict((~never).rule, FACTS) == Verdict("always", "segment nobody has no members")
    assert verdict(any_of(sample("100%", salt="x"), unknown).rule, FACTS) == Verdict(
        "always", "the sample is everybody"
    )


def population(past, definition: SegmentDefinition) -> Population:
    return Population(
        past.people,
        past.context,
        segments={definition.name: definition},
        traits={},
        given=past.given,
        given_types=past.types,
        lists=LISTS,
    )


def counted(past, people: Population) -> Facts:
    """What a careful count of a random history says."""
    universe = people.universe()
    traits = {}
    for name, kind in past.types.items():
        values = [v for c in universe if (v := people.value(TraitValue(name), c)) is not None]
        texts = [("true" if v else "false") if isinstance(v, bool) else v for v in values if isinstance(v, str | bool)]
        ordered = sorted(values) if kind in ("number", "date", "time") else []
        low, high = (ordered[0], ordered[-1]) if ordered else (None, None)
        tops = tuple((text, texts.count(text)) for text in dict.fromkeys(texts))
        traits[name] = TraitFacts(kind, len(values), low, high, tops, complete=kind in ("text", "boolean"))
    events: dict[str, EventFacts] = {}
    for name in EVENTS:
        when = [e.happened_at for p in past.people for e in past_events(p, past.context) if e.name == name]
        events[name] = EventFacts(len(when), min(when, default=None), max(when, default=None))
    return Facts(past.context, population=len(universe), traits=traits, events=events)


def assert_right(rule: Rule, seed: int, size: int) -> None:
    past = history(random.Random(seed), size)
    definition = SegmentDefinition("s", rule)
    people = population(past, definition)
    found = verdict(rule, counted(past, people), definition.timezone)
    if found is not None:
        expected = set(people.universe()) if found.holds == "always" else set()
        assert people.members("s") == expected, found.reason


@given(rule=rules(), seed=st.integers(0, 10**6), size=st.integers(0, 6))
def test_a_verdict_is_never_wrong(rule, seed, size):
    assert_right(rule, seed, size)


def on_one_trait(name: str) -> st.SearchStrategy[list[Compare]]:
    return st.lists(compared(st.just(TraitValue(name)), TRAITS[name]), min_size=2, max_size=4)


@given(parts=st.sampled_from(sorted(TRAITS)).flatmap(on_one_trait), seed=st.integers(0, 10**6))
def test_what_contradicts_itself_holds_for_nobody(parts, seed):
    rule = All(tuple(parts))
    if contradiction(rule) is not None:
        past = history(random.Random(seed), 8)
        assert population(past, SegmentDefinition("s", rule)).members("s") == set()


@given(parts=st.sampled_from(sorted(TRAITS)).flatmap(on_one_trait), seed=st.integers(0, 10**6))
def test_a_verdict_on_a_trait_is_never_wrong(parts, seed):
    assert_right(AnyOf(tuple(parts)), seed, 4)
