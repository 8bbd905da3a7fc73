# ruff: noqa: E501 - sentences stand whole
from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.language.python import (
    all_of,
    any_of,
    bottom,
    case,
    constant,
    define_segment,
    define_trait,
    events,
    first_known,
    ids,
    members_of,
    prop,
    sample,
    segment,
    top,
    trait,
)
from segmentary.language.sentence import sentence

orders = events("order_completed")
shoes = events("product_purchased", prop("category") == "shoes")

SAID = [
    (
        trait("country").is_in("France", "Germany") & (orders.last("90d").count() >= 3),
        "country is France or Germany, and ordered at least 3 times in the last 90 days",
    ),
    (orders.last("60d").did_not(), "no orders in the last 60 days"),
    (orders.did_not(), "no orders ever"),
    (shoes.this("week").did(), "bought a product (category is shoes) in the current week"),
    (orders.count() == 1, "ordered exactly once"),
    (orders.previous("week", 5).count() > 2, "ordered more than 2 times in the previous 5 complete weeks"),
    (
        shoes.previous("quarter").sum("amount") > 100,
        "the total amount of product purchases (category is shoes) in the previous quarter is above 100",
    ),
    (
        shoes.most_frequent("category") == "shoes & co",
        "the most frequent category of product purchases (category is shoes) is “shoes & co”",
    ),
    (orders.nth_of(3, "happened_at").within_last("7d"), "the time of the 3rd order is within the last 7 days"),
    (orders.last_of("happened_at").elapsed() <= 30, "days since the last order is at most 30"),
    (
        orders.between("60d", "30d").active_days() >= 2,
        "the number of days with orders between 60 days and 30 days ago is at least 2",
    ),
    (
        orders.dates(since=dt.date(2026, 1, 1), until=dt.date(2026, 2, 1)).did(),
        "ordered from 2026-01-01 until before 2026-02-01",
    ),
    (events("trial_started").since(orders, which="first").did(), "did “trial started” since the first order"),
    (
        (trait("a") > 1) | ((trait("b") > 1) & ~(trait("c").contains("x"))),
        "a is above 1, or (b is above 1, and not (c contains x))",
    ),
    (~segment("vip") & members_of("key accounts"), "not in segment vip, and in list “key accounts”"),
    (all_of(any_of(trait("a").exists())), "a is known"),
    (trait("city") != "Paris", "city is known but not Paris"),
    (trait("city").is_missing(), "city is missing"),
    (trait("city").equals("PARIS", ignore_case=True), "city is PARIS (ignoring case)"),
    (trait("birth_date").anniversary_within_next("7d"), "birth date has its anniversary within the next 7 days"),
    (trait("trial_end").between_from_now("3d", "5d"), "trial end lies between 3 days and 5 days ahead"),
    (trait("signed_up").weekday_in("monday", "sunday"), "signed up falls on Monday or Sunday"),
    (trait("tags").has_all("a", "b"), "tags has all of a, b"),
    (
        top("10%", by=trait("monetary"), within=trait("country"), over=segment("vip"), at_least=50, ties="include"),
        "among the highest 10% by monetary within the same country (of those with: in segment vip; groups of at least 50; ties included)",
    ),
    (bottom(5, by=trait("age")), "among the lowest 5 by age"),
    (sample("5%", salt="global_holdout"), "in the 5% sample global_holdout"),
    (ids(*"abcdefg"), "in the list (a, b, c, d, e and 2 more)"),
    ((trait("a") / trait("b")) >= 2, "(a / b) is at least 2"),
    (trait("age").band([18, 25], ["young", "mid", "old"]) == "mid", "the band of age (edges 18, 25) is mid"),
    (first_known(trait("a"), constant(0)) > 3, "the first known of [a; 0] is above 3"),
    (case((trait("a") > 1, "x"), otherwise="y") == "x", "[x if a is above 1; otherwise y] is x"),
]


@pytest.mark.parametrize(("condition", "words"), SAID, ids=[words for _, words in SAID])
def test_what_a_rule_says(condition, words):
    assert sentence(condition.rule) == words


def test_a_definition_says_its_rule_or_value():
    assert sentence(define_segment("s", trait("age") >= 18)) == "age is at least 18"
    assert sentence(define_trait("t", orders.count(), "number")) == "the number of orders"


def test_and_within_or_differs_from_or_within_and():
    a, b, c = (trait(name).exists() for name in "abc")
    said = [
        sentence(rule.rule) for rule in ((a & b) | c, a & (b | c), a & b & c, a | b | c, ~(a & b), ~a & b, ~(a | b))
    ]
    assert len(set(said)) == len(said)


@given(definition=definitions(segments=("gold",)))
def test_everything_can_be_said_with_brackets_that_match(definition):
    words = sentence(definition)
    assert words
    assert words.count("“") == words.count("”")
