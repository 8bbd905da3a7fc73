# ruff: noqa: E501 - one row, one pair of spellings
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.documents import parse_rule
from segmentary.language.python import events, members_of, prop, sample, segment, top, trait
from segmentary.language.tree import All, EventFilter, EventMeasure
from segmentary.language.yaml import parse_yaml

orders = events("order_completed")
shoes = events("product_purchased", prop("category") == "shoes")


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        (orders.last("90d").count() >= 3, "{event: order_completed, during: {last: 90d}, count: {gte: 3}}"),
        (orders.did(), "{event: order_completed, did: true}"),
        (orders.last("60d").did_not(), "{event: order_completed, during: {last: 60d}, did_not: true}"),
        (orders.previous("week", 5).did(), "{event: order_completed, during: {calendar: previous_5_weeks}, did: true}"),
        (orders.this("fiscal_year").did(), "{event: order_completed, during: {calendar: this_fiscal_year}, did: true}"),
        (orders.between("60d", "30d").did(), "{event: order_completed, during: {between: [60d, 30d]}, did: true}"),
        (
            orders.dates(since=dt.date(2026, 1, 1)).did(),
            "{event: order_completed, during: {from: 2026-01-01}, did: true}",
        ),
        (
            orders.since(shoes, which="first").did(),
            "{event: order_completed, did: true, during: {since: {event: product_purchased, where: {property: category, is: shoes}, which: first}}}",
        ),
        (
            shoes.previous("quarter").sum("amount") > 100,
            "{event: product_purchased, where: {property: category, is: shoes}, during: {calendar: previous_quarter}, sum: {of: amount, gt: 100}}",
        ),
        (
            shoes.nth_of(2, "brand") == "x",
            "{event: product_purchased, where: {property: category, is: shoes}, nth: {n: 2, of: brand, is: x}}",
        ),
        (orders.median_gap_days() < 30, "{event: order_completed, median_gap_days: {lt: 30}}"),
        (orders.distinct("channel") >= 2, "{event: order_completed, distinct: {of: channel, gte: 2}}"),
        (trait("city").is_in("Paris", "Rome"), "{trait: city, in: [Paris, Rome]}"),
        (trait("address", "zip") == "75001", "{trait: address, path: [zip], is: '75001'}"),
        (trait("trial_end").between_from_now("3d", "5d"), "{trait: trial_end, between_from_now: [3d, 5d]}"),
        (trait("x").weekday_in("monday"), "{trait: x, weekday_in: [monday]}"),
        (trait("x").version_at_least("2.10"), "{trait: x, version_gte: '2.10'}"),
        (segment("vip") & ~members_of("held"), "{all: [{segment: vip}, {not: {list: held}}]}"),
        (
            top("10%", by=trait("m"), within=trait("c"), at_least=50),
            "{rank: {top: 10%, by: {trait: m}, within: {trait: c}, at_least: 50}}",
        ),
        (sample("5%", salt="x"), "{sample: {share: 5%, salt: x}}"),
    ],
)
def test_python_and_yaml_say_the_same(condition, written):
    (parsed,) = parse_yaml(f"segment: s\nwhere: {written}\n")
    assert condition.rule == parsed.definition.where


def test_several_conditions_on_an_event_all_hold():
    rule = events("x", prop("a") == 1, prop("b") == 2).did().rule
    assert isinstance(rule.value, EventMeasure)
    assert isinstance(rule.value.events.where, All)
    assert events(["a", "b"]).chosen == EventFilter(("a", "b"))


def test_events_have_one_window():
    with pytest.raises(DefinitionError, match="have a window already"):
        orders.last("3d").this("week")
    with pytest.raises(DefinitionError, match="not a calendar period"):
        orders.previous("fortnight")


def test_documents_and_expressions_meet():
    assert parse_rule({"trait": "a", "gt": 0.5}) == (trait("a") > Decimal("0.5")).rule
