"""An explanation says the truth of each condition, what decided, and what was near."""

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.language.history import Event
from segmentary.language.trace import Trace
from segmentary.language.yaml import parse_yaml
from segmentary.segments.explain import explanation, text_of

AS_OF = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
BOTH = parse_yaml("segment: s\ntitle: Both\nwhere: {all: [{trait: a, is: 1}, {not: {trait: b, is: 2}}]}\n")[
    0
].definition
EITHER = parse_yaml("segment: s\nwhere: {any: [{trait: a, is: 1}, {trait: b, is: 2}]}\n")[0].definition


def explained(definition, trace):
    return explanation(definition, "ann", trace, as_of=AS_OF, version="v1")


def traced(definition, *truths, **first):
    """A trace of a group of two, with the truth of its parts."""
    parts = []
    for number, (node, truth) in enumerate(zip(definition.where.rules, truths, strict=True)):
        below = (Trace(node.rule, not truth, value=Decimal("3.00")),) if hasattr(node, "rule") else ()
        parts.append(Trace(node, truth, parts=below, **(first if number == 0 else {})))
    both = type(definition.where).__name__ == "All"
    return Trace(definition.where, all(truths) if both else any(truths), parts=tuple(parts))


def test_a_member_is_told_what_holds():
    found = explained(BOTH, traced(BOTH, True, True, value=Decimal("1.000")))
    assert found.member
    assert found.summary.startswith("ann is in Both because a is 1 holds (it is 1)")
    assert len(found.decisive) == 2
    assert found.near_misses == ()
    assert [reason.group for reason in found.conditions] == ["", "not"]


def test_who_is_out_is_told_only_what_failed():
    found = explained(BOTH, traced(BOTH, False, True, value=Decimal(0), note="1 short"))
    assert not found.member
    assert found.summary == "ann is not in Both because a is 1 does not hold (it is 0)."
    assert found.near_misses == ("a is 1: 1 short",)


def test_a_failed_any_names_everything_that_failed():
    found = explained(EITHER, traced(EITHER, False, False, through_missing=True))
    assert len(found.decisive) == 2
    assert "(nothing is known)" in found.decisive[0]
    assert found.summary.startswith("ann is not in s because")
    assert found.conditions[0].group == "any"


def test_events_are_shown_with_what_the_source_said():
    event = Event(name="order_completed", happened_at=AS_OF, source="orders", order_id="o1", amount=Decimal("10.5000"))
    found = explained(EITHER, traced(EITHER, True, False, evidence=(event,), evidence_count=7))
    reason = found.conditions[0].parts[0]
    assert reason.evidence_count == 7
    assert reason.evidence[0].detail == {"order": "o1", "amount": "10.5"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "yes"),
        (False, "no"),
        (Decimal("268478.0000"), "268478"),
        (Decimal("0.50"), "0.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.10"), "-0.1"),
        (3, "3"),
        ("Paris", "Paris"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 9, 5, 7, tzinfo=dt.UTC), "2026-03-01 09:05+00:00"),
    ],
)
def test_values_are_shown_as_people_write_them(value, text):
    assert text_of(value) == text
