# ruff: noqa: E501 - messages stand whole, as they are printed
from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.lint import Finding, lint
from segmentary.language.python import any_of, define_segment, define_trait, events, prop, sample, segment, trait
from segmentary.language.tree import Context

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
FACTS = Facts(
    context=Context(AS_OF),
    population=1000,
    traits={
        "age": TraitFacts("number", 1000, Decimal(18), Decimal(80)),
        "income": TraitFacts("number", 780, Decimal(0), Decimal(90_000)),
        "country": TraitFacts("text", 990, top_values=(("France", 700), ("Germany", 290)), complete=True),
        "city": TraitFacts("text", 990, top_values=(("Paris", 300),)),
        "active": TraitFacts("boolean", 1000, top_values=(("true", 1000),), complete=True),
        "sign_up": TraitFacts("date", 1000, dt.date(2020, 1, 1), dt.date(2025, 3, 2)),
        "seen_at": TraitFacts(
            "time", 1000, dt.datetime(2020, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 3, 2, 9, tzinfo=dt.UTC)
        ),
        "empty": TraitFacts("number", 0),
        "uncounted": TraitFacts("number"),
    },
    events={
        "order_completed": EventFacts(
            500, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2025, 3, 2, tzinfo=dt.UTC)
        ),
        "product_purchased": EventFacts(
            900, dt.datetime(2024, 1, 1, tzinfo=dt.UTC), AS_OF, {"category": (("shoes", 600), ("hats", 300))}
        ),
        "trial_started": EventFacts(0),
    },
    sizes={"nobody": 0, "all_people": 1000, "some": 10},
)
orders = events("order_completed")


def findings(condition, facts: Facts = FACTS) -> list[Finding]:
    return lint(define_segment("s", condition), facts)


def messages(condition, facts: Facts = FACTS) -> list[str]:
    return [finding.message for finding in findings(condition, facts)]


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


def test_a_group_is_judged_as_a_whole():
    assert messages(segment("nobody") & (trait("age") > 20)) == ["nobody can be in it: segment nobody has no members"]
    assert messages(any_of(segment("all_people"), trait("age") > 20)) == [
        "everybody is in it: segment all_people holds everybody"
    ]
    assert messages(~segment("all_people")) == ["nobody can be in it: segment all_people holds everybody"]
    assert messages(sample("100%", salt="x")) == ["everybody is in it: the sample is everybody"]


@pytest.mark.parametrize(
    "condition",
    [
        (trait("x") < 18) & (trait("x") > 30),
        (trait("x") < 18) & (trait("y") > 3) & (trait("x") >= 18),
        (trait("x") == "a") & (trait("x") == "b"),
        (trait("x") == "a") & (trait("x") != "a"),
        trait("x").is_in(1, 2) & (trait("x") > 2),
        trait("x").is_missing() & (trait("x") > 2),
        trait("x").is_missing() & trait("x").exists(),
        trait("x").before(dt.date(2026, 1, 1)) & trait("x").after(dt.date(2026, 1, 1)),
        (orders.count() >= 3) & (orders.count() <= 2),
        trait("x").is_missing() & trait("x").within_last("3d"),
    ],
)
def test_conditions_that_cannot_hold_together_are_named(condition):
    assert [m for m in messages(condition) if "cannot hold together" in m]


@pytest.mark.parametrize(
    "condition",
    [
        (trait("x") > 18) & (trait("x") < 30),
        (trait("x") >= 18) & (trait("x") <= 18),
        (trait("x") < 18) | (trait("x") > 30),
        trait("x").after(dt.date(2026, 1, 1)) & trait("x").before(dt.datetime(2026, 1, 1, tzinfo=dt.UTC)),
        (orders.last("3d").count() >= 3) & (orders.count() <= 2),
        (trait("x") == "a") & trait("x").equals("b", ignore_case=True),
    ],
)
def test_conditions_that_can_hold_together_are_left_alone(condition):
    assert not [m for m in messages(condition) if "cannot hold together" in m]


def test_a_condition_and_its_opposite():
    rule = trait("x") > 3
    assert messages(rule & ~rule) == ["never true: it asks for “x is above 3” and for its opposite"]
    assert messages(rule | ~rule) == ["always true: it asks for “x is above 3” and for its opposite"]
    assert messages(rule & rule) == ["“x is above 3” stands here twice"]


def test_a_value_nobody_has():
    (finding,) = findings(trait("country").is_in("France", "Germny"))
    assert finding == Finding("where/in/1", "the value 'Germny' was never seen", "did you mean 'Germany'?")
    assert findings(trait("country").is_in("France", "Atlantis"))[0].hint == "values are: France (700), Germany (290)"
    assert not findings(trait("country").is_in("FRANCE", "germany", ignore_case=True))
    (finding,) = findings(events("product_purchased", prop("category") == "Shoes").did())
    assert finding == Finding("where/where/is", "the value 'Shoes' was never seen", "did you mean 'shoes'?")


def test_missing_values_are_counted():
    (finding,) = findings(~(trait("income") > 30_000))
    assert finding.message == "includes the 220 customers (22 %) whose income is not known"
    assert finding.hint == "to leave them out add {trait: income, exists: true}"
    some = replace(FACTS, members=300, through_missing=220)
    assert [(f.severity, f.message) for f in findings(trait("age") > 20, some)] == [
        ("warning", "220 of 300 members are in only because a value is missing")
    ]
    assert findings(trait("age") > 20, replace(FACTS, members=300, through_missing=20))[0].severity == "note"


def test_mixed_groups_are_read_aloud():
    (finding,) = findings((trait("a") > 1) & (trait("b") > 1) | (trait("c") > 1))
    assert finding.message == "and, or are mixed; it is read as: (a is above 1, and b is above 1), or c is above 1"
    assert finding.severity == "note"
    assert not findings(
        events("product_purchased", (prop("amount") > 1) | (prop("quantity") > 1)).did() & (trait("a") > 1)
    )


def test_overlap_with_another_segment():
    facts = replace(FACTS, overlaps={"champions": Decimal("0.968"), "other": Decimal("0.5"), "s": Decimal(1)})
    assert messages(trait("age") > 20, facts) == ["overlaps 96 % with segment champions"]


def test_traits_are_looked_at_too():
    assert lint(define_trait("t", trait("age") + 1, "number"), FACTS) == []


@given(definition=definitions(segments=("some",)))
def test_any_definition_can_be_looked_at(definition):
    for facts in (Facts(Context(AS_OF)), FACTS):
        for finding in lint(definition, facts):
            assert finding.message
            assert finding.hint
