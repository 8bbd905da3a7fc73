# ruff: noqa: E501 - one row, one pair of spellings
from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.documents import parse_rule
from segmentary.language.python import (
    end_of,
    events,
    last,
    members_of,
    near,
    no,
    previous,
    previous_quarter,
    prop,
    related,
    sample,
    segment,
    sequence,
    session,
    since,
    step,
    top,
    trait,
)
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Compare,
    EventFilter,
    EventMeasure,
    Not,
    PropertyValue,
    SegmentReference,
    SinceEvent,
    TraitAtEvent,
)
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


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: segment("vip").at("yesterday"), "'yesterday' is not a moment"),
        (lambda: segment("vip@v3", version="v2"), "says its version already"),
        (lambda: segment("vip@v3").entered(last="7d"), "the log of memberships is that of every version"),
        (lambda: segment("vip").entered(last="7d", during="9d"), "'last' and 'during' are two windows"),
        (lambda: segment("vip").during("last week"), "not a calendar period"),
        (lambda: (trait("a") > 1).per("week", in_last=5), "a measure of events against a number"),
        (lambda: (orders.max("happened_at").within_last("3d")).per("week", in_last=5), "a measure of events against"),
        (lambda: (orders.count() >= 3).per("weak", in_last=5), "'weak' is not possible here"),
        (lambda: ((trait("a") > 1) & (trait("b") > 1)).for_at_least("3d"), "this is no comparison"),
        (lambda: orders.any("30d").last("3d"), "have a window already"),
        (lambda: orders.in_session("soon"), "'soon' is not a length of time"),
        (lambda: near("far", "stores"), "'far' is not a number"),
        (lambda: related("household").count(trait("a") > 1) >= 1.5, "a whole number from 0 up"),
        (lambda: related("household").any(trait("a")), "a quantity is not a condition"),
        (lambda: step("a").within("3 days"), "'3 days' is not a length of time"),
    ],
)
def test_mistakes_are_refused_where_they_are_made(build, message):
    with pytest.raises(DefinitionError, match=message):
        build()


def test_a_trait_on_an_event_is_that_of_its_moment():
    chosen = events("x", (trait("city") == "Paris") | (trait("a") + trait("b") > 3)).chosen
    assert chosen.where == AnyOf(
        (
            Compare(TraitAtEvent("city"), "is", "Paris"),
            Compare(Arithmetic("add", TraitAtEvent("a"), TraitAtEvent("b")), "gt", Decimal(3)),
        )
    )
    assert no("x", trait("city") == "Paris").tree.event.where == Compare(TraitAtEvent("city"), "is", "Paris")


def test_windows_may_be_said_in_words_or_built():
    vip = segment("vip")
    assert vip.during("previous_quarter") == vip.during(previous_quarter) == vip.during(previous("quarter"))
    assert vip.during("30d") == vip.during(last("30d"))
    assert vip.at("2026-03-31") == vip.at(dt.date(2026, 3, 31))
    assert vip.at("2026-03-31T12:00:00Z") == vip.at(dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC))
    assert vip.at(end_of("previous_quarter")) == vip.at(previous_quarter)
    assert sequence(step("a"), during="30d") == sequence(step("a"), during=last("30d"))
    assert sequence(step("a"), session="id") == sequence(step("a"), session=session())
    opened = sequence(step("a"), during=since(events("b", prop("c") == 1), which="first")).rule
    assert opened.during == SinceEvent(EventFilter(("b",), Compare(PropertyValue(("c",)), "is", Decimal(1))), "first")


def test_every_comparison_takes_another_quantity():
    a, b = trait("a"), trait("b")
    difference = Arithmetic("subtract", a.value, b.value)
    asked = {"is": a == b, "is_not": a != b, "lt": a < b, "lte": a <= b, "gt": a > b, "gte": a >= b}
    assert {op: c.rule for op, c in asked.items()} == {op: Compare(difference, op, Decimal(0)) for op in asked}


def test_a_segment_is_still_a_condition():
    joined = segment("a") & segment("b") & ~segment("c")
    assert joined.rule == All((SegmentReference("a"), SegmentReference("b"), Not(SegmentReference("c"))))
    assert (sequence(step("a")) | segment("b")).rule.rules[1] == SegmentReference("b")
