from __future__ import annotations

import datetime as dt

from segmentary.language.cost import cost
from segmentary.language.facts import EventFacts, Facts
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.tree import Context, SegmentDefinition, TraitDefinition

FACTS = Facts(
    Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)),
    events={"a": EventFacts(count=1000), "b": EventFacts(count=50), "c": EventFacts(count=7)},
)


def of(text, *others, facts=FACTS):
    return cost(SegmentDefinition("s", parse_text(text)), others, facts)


def test_plain_measures_share_one_pass():
    found = of("events a count > 1 and events b in last 3d count > 1 and events a count < 9")
    assert (found.aggregates, found.passes, found.event_rows, found.conditions) == (2, 1, 1050, 3)
    assert (
        found.words == "estimated: 2 measures, 1 pass over the events, about 1,050 rows read; 3 conditions per customer"
    )


def test_patterns_are_passes_of_their_own():
    found = of("events a count > 1 and sequence (a then b) and sequence (a then b) and sessions 30min count > 1")
    assert (found.aggregates, found.passes, found.event_rows) == (3, 3, 1000 + 1050 + 1057)


def test_a_measure_per_period_is_one_pass():
    found = of("periods (events a count > 1 per week of last 3) > 1")
    assert (found.aggregates, found.passes, found.event_rows) == (1, 1, 1000)


def test_what_is_looked_up_and_ranked():
    found = of(
        "top 3 by x and list a and consent b and segment v entered"
        " and plan = x for at least 3d and plan = y for at least 1d"
    )
    assert (found.joins, found.sorts, found.passes) == (4, 1, 0)
    assert found.words == "estimated: 4 joins, 1 ranking; 2 conditions per customer"


def test_what_it_depends_on_counts():
    trait = TraitDefinition("spent", parse_text_value("events a sum of amount"), "number")
    assert of("spent > 3", trait).event_rows == 1000


def test_nothing_is_claimed_that_nobody_counted():
    assert of("did a", facts=None).event_rows is None
    assert of("age > 3").words == "estimated: no events are read; 1 condition per customer"
