from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.language.strategies import definitions

from segmentary.language.freshness import KINDS, by_node, freshness
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.tree import Part, SegmentationDefinition, SegmentDefinition, TraitDefinition


def segment(name: str, text: str) -> SegmentDefinition:
    return SegmentDefinition(name, parse_text(text))


def fresh(text: str, *others, given=()):
    found = freshness(segment("s", text), others, given=given)
    return found.kind, found.because


@pytest.mark.parametrize(
    ("text", "kind", "because"),
    [
        ("country = DE", "streamable", ""),
        ("did order where (amount > 3)", "streamable", ""),
        ("events order from 2026-01-01 count > 3", "streamable", ""),
        ("events order since last event signup count > 3", "streamable", ""),
        ("events order in any 30d count > 3", "streamable", ""),
        ("sequence (a then b within 3d)", "streamable", ""),
        ("consent marketing and sample 5% salt x and list a", "streamable", ""),
        ("country = DE and events order in last 30d count > 3", "timer", "where/all/1"),
        ("country = DE and birth_date anniversary_within_next 7d", "timer", "where/all/1"),
        ("days since birth_date > 3", "timer", "where/value"),
        ("plan = trial for at least 10d", "timer", "where"),
        ("plan = trial at any time in last 10d", "timer", "where"),
        ("sequence (a then no b within 3d) anchor last", "timer", "where"),
        ("did order where (happened_at within_last 3d)", "timer", "where/where"),
        ("events order in any 30d in last 90d count > 3", "timer", "where/during"),
        ("periods (events a count > 1 per week of last 3) > 1", "timer", "where"),
        ("segment x entered in last 7d", "timer", "where"),
        ("segment x exited", "streamable", ""),
        ("segment x exited nth 2", "streamable", ""),
        ("segment x entered stayed at least 3d", "timer", "where"),
        ("country = DE and top 10% by money", "snapshot", "where/all/1"),
        ("events a in last 3d count > 1 and related account any (a > 1)", "snapshot", "where/all/1"),
        ("model churn.probability > 0.7", "snapshot", "where"),
        ("segment x at 30d ago", "snapshot", "where"),
    ],
)
def test_each_leaf_has_its_class(text, kind, because):
    assert fresh(text) == (kind, because)


def test_what_is_referred_to_counts():
    ranked, windowed = segment("ranked", "top 10% by money"), segment("windowed", "did a in last 3d")
    recent = TraitDefinition("recent", parse_text_value("events a in last 3d count"), "number")
    level = SegmentationDefinition("level", (Part("high", parse_text("top 5 by money")),), "low")
    others = (ranked, windowed, recent, level)
    assert fresh("a > 1 and segment windowed", *others) == ("timer", "where/all/1")
    assert fresh("segment windowed or segment ranked", *others) == ("snapshot", "where/any/1")
    assert fresh("recent > 3", *others) == ("timer", "where")
    assert fresh('segment "level.high"', *others) == ("snapshot", "where")
    assert fresh("segment ranked exited", *others) == ("snapshot", "where")
    assert fresh("rfm_label = x", given=("rfm_label",)) == ("snapshot", "where")


def test_the_promise_and_the_reason_are_words():
    found = freshness(segment("s", "country = DE and top 10% by money"))
    assert found.promise == "as of the last run: between runs it stays as it was"
    assert found.reason == "a rank depends on everybody else"


def test_every_part_is_listed_that_is_not_streamable():
    listed = by_node(segment("s", "a > 1 and did b in last 3d and top 3 by c"))
    assert [(pointer, kind) for pointer, kind, _ in listed] == [("where/all/1", "timer"), ("where/all/2", "snapshot")]


def test_a_circle_ends():
    one, other = segment("one", "segment other and top 1 by a"), segment("other", "segment one")
    assert freshness(one, (one, other)).kind == "snapshot"
    assert freshness(segment("stays", "segment stays during any last 3d")).kind == "timer"


@settings(max_examples=40, deadline=None)
@given(definition=definitions(segments=("gold",)))
def test_a_whole_is_as_fresh_as_its_least_fresh_part(definition):
    listed = by_node(definition)
    found = freshness(definition)
    assert found.kind == max((kind for _, kind, _ in listed), key=KINDS.index, default="streamable")
