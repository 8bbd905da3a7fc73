"""Traits that change by themselves are known as such, by what they are made of."""

from segmentary.dynamics.must_drift import LIFE, SINCE, SINCE_LAST, TOO_LONG, must_drift
from segmentary.language.yaml import parse_yaml

TRAITS = """
trait: recency
type: number
value: {elapsed: {since: {event: order_completed, last: {of: happened_at}}, unit: days}}
---
trait: tenure
type: number
value: {elapsed: {since: {event: order_completed, first: {of: happened_at}}, unit: days}}
---
trait: orders
type: number
value: {event: order_completed, count: true}
---
trait: orders_year
type: number
value: {event: order_completed, during: {last: 365d}, count: true}
---
trait: orders_month
type: number
value: {event: order_completed, during: {last: 30d}, count: true}
---
trait: average
type: number
value: {divide: [{event: order_completed, sum: {of: amount}}, {event: order_completed, count: true}]}
---
trait: twice
type: number
value: {multiply: [{trait: orders}, {trait: orders}]}
"""


def test_each_reason():
    traits = {one.definition.name: one.definition for one in parse_yaml(TRAITS, file="traits.yaml")}
    found = must_drift(traits, {"age": "number", "town": "text"})
    assert found == {"recency": SINCE_LAST, "tenure": SINCE, "orders": LIFE, "twice": LIFE, "age": SINCE}
    short = must_drift(traits, {}, known_days=100)
    assert short["orders_year"] == TOO_LONG
    assert "orders_month" not in short
