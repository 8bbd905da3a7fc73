"""Ranks that keep who was in, in both evaluators."""

from dataclasses import replace
from decimal import Decimal

from tests.language.histories import NOW, Both, attribute, utc

from segmentary.language.oracle import Entry, Person
from segmentary.language.tree import All, Case, Compare, Constant, Rank, Related, SegmentDefinition, TraitValue

PEOPLE = tuple(Person(name, (attribute("spent", str(n), "number"),)) for n, name in enumerate("edcba"))
TOP = Rank(TraitValue("spent"), number=1, keep_number=3)


def was_in(*names, segment="asked", left=()):
    entries = [Entry(segment, name, True, utc(2026, 1, 1), utc(2026, 1, 1)) for name in names]
    return [*entries, *(Entry(segment, name, False, utc(2026, 2, 1), utc(2026, 2, 1)) for name in left)]


def test_whoever_was_in_stays_within_the_wider_rank():
    assert Both(*PEOPLE).members(TOP) == {"a"}
    assert Both(*PEOPLE, entries=was_in("b", "c", "d")).members(TOP) == {"a", "b", "c"}
    assert Both(*PEOPLE, entries=was_in("b", "c", left=("c",))).members(TOP) == {"a", "b"}
    assert Both(*PEOPLE, entries=was_in("b", segment="other")).members(TOP) == {"a"}


def test_as_a_share():
    rank = Rank(TraitValue("spent"), share=Decimal("0.2"), keep_share=Decimal("0.4"))
    assert Both(*PEOPLE, entries=was_in("b", "c")).members(rank) == {"a", "b"}


def test_an_entry_at_as_of_is_still_to_come():
    entries = [Entry("asked", "b", True, NOW.as_of, NOW.as_of)]
    assert Both(*PEOPLE, entries=entries).members(TOP) == {"a"}


def test_in_another_segment_the_same_rank_keeps_others():
    segments = {"other": SegmentDefinition("other", TOP)}
    both = Both(*PEOPLE, segments=segments, entries=[*was_in("b"), *was_in("c", segment="other")])
    assert both.members(TOP) == {"a", "b"}
    assert both.members("other") == {"a", "c"}


def test_inside_a_value_it_still_stands_in_its_segment():
    value = Case(((TOP, Constant(Decimal(1))),), Constant(Decimal(0)))
    both = Both(*PEOPLE, entries=was_in("b"))
    assert both.members(All((Compare(value, "is", Decimal(1)),))) == {"a", "b"}


def test_a_partition_that_is_too_small_keeps_nobody():
    assert Both(*PEOPLE, entries=was_in("b")).members(replace(TOP, at_least=6)) == set()


def test_about_other_people_it_keeps_nobody():
    both = Both(*PEOPLE, entries=was_in("b"))
    assert both.members(Related("account", "any", TOP)) == set()
