"""What an event knows through something else: both evaluators, at the boundaries."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from tests.language.histories import NOW, Both, happened, utc

from segmentary.errors import DefinitionError
from segmentary.language.history import AttributeVersion, Entry, Person
from segmentary.language.tree import (
    Compare,
    Constant,
    EventFilter,
    EventMeasure,
    Not,
    PropertyValue,
    ReferenceValue,
    SinceEntry,
    SinceEvent,
    TraitAtEvent,
    TraitDefinition,
    Value,
)

WHEN = utc(2026, 3, 10, 12)
SECOND = dt.timedelta(seconds=1)


def lived(value: str, since: dt.datetime | None = None, until: dt.datetime | None = None, known: int = 1):
    return AttributeVersion("city", value, "text", since, until, utc(2026, 1, known))


def ordered_in(city: str, measure: str = "count", of: PropertyValue | None = None) -> EventMeasure:
    return EventMeasure(EventFilter(("order",), Compare(TraitAtEvent("city"), "is", city)), measure, of)  # type: ignore[arg-type]


def in_paris(*versions: AttributeVersion) -> bool:
    person = Person("a", versions, (happened("order", WHEN),))
    return Both(person, types={"city": "text"}).values(ordered_in("Paris"), "number")["a"] == 1


def test_a_version_holds_from_its_very_instant_until_just_before_its_end() -> None:
    assert in_paris(lived("Paris"))
    assert in_paris(lived("Paris", WHEN))
    assert not in_paris(lived("Paris", WHEN + SECOND))
    assert not in_paris(lived("Paris", None, WHEN))
    assert in_paris(lived("Paris", None, WHEN + SECOND))
    assert not in_paris()


def test_of_several_versions_the_latest_begun_holds_then_the_latest_known() -> None:
    begun = utc(2026, 3, 1)
    assert in_paris(lived("Rome"), lived("Paris", begun))
    assert not in_paris(lived("Paris"), lived("Rome", begun))
    assert in_paris(lived("Paris"), lived("Rome", begun, WHEN))
    assert in_paris(lived("Rome", begun, known=1), lived("Paris", begun, known=2))
    assert in_paris(lived("Paris", begun), lived("Rome", WHEN, WHEN))


def test_every_measure_can_ask_for_the_attribute_of_the_event() -> None:
    events = (
        happened("order", WHEN, amount=Decimal(5), category="a"),
        happened("order", WHEN + 2 * SECOND, amount=Decimal(7), category="b"),
        happened("order", WHEN + 4 * SECOND, amount=Decimal(11), category="b"),
    )
    both = Both(
        Person("a", (lived("Rome"), lived("Paris", WHEN + SECOND)), events), Person("b"), types={"city": "text"}
    )
    amount, category = PropertyValue(("amount",)), PropertyValue(("category",))
    assert both.values(ordered_in("Paris", "sum", amount), "number") == {"a": 18, "b": 0}
    assert both.values(ordered_in("Paris", "mean", amount), "number") == {"a": 9, "b": None}
    assert both.values(ordered_in("Paris", "most_frequent", category), "text") == {"a": "b", "b": None}
    assert both.values(ordered_in("Paris", "median_gap_days"), "number") == {"a": Decimal("0.000023"), "b": None}
    assert both.values(ordered_in("Rome", "last", category), "text") == {"a": "a", "b": None}
    since = SinceEvent(EventFilter(("order",), Compare(TraitAtEvent("city"), "is", "Paris")), "first")
    assert both.values(EventMeasure(EventFilter(("order",)), "count", None, since), "number") == {"a": 1, "b": 0}


def test_a_computed_trait_has_no_past() -> None:
    computed = {"loud": TraitDefinition("loud", Constant("yes"), "text")}
    asked = EventMeasure(EventFilter(("order",), Compare(TraitAtEvent("loud"), "is", "yes")), "count")
    both = Both(Person("a", (), (happened("order", WHEN),)), traits=computed)
    with pytest.raises(DefinitionError, match="no past"):
        both.values(asked, "number")


def test_facts_of_references_are_found_by_normal_text_and_may_be_missing() -> None:
    kind: Value = ReferenceValue("stores", PropertyValue(("channel",)), "kind")
    events = tuple(
        happened("order", WHEN, i, channel=store) for i, store in enumerate(("é", "e\u0301", "x", None, "z", "é"))
    )
    references = {"stores": {"é": {"kind": "flagship"}, "x": {"city": "Paris"}}, "other": {"z": {"kind": "flagship"}}}
    both = Both(Person("a", (), events), references=references)

    def count(rule):
        return both.values(EventMeasure(EventFilter(("order",), rule), "count"), "number")["a"]

    assert count(Compare(kind, "is", "flagship")) == 3
    assert count(Compare(kind, "missing")) == 3
    assert count(Not(Compare(kind, "is_not", "flagship"))) == 6


def test_since_the_entry_begins_with_it_and_an_entry_while_inside_is_none() -> None:
    def entry(entered: bool, when: dt.datetime, who: str = "a") -> Entry:
        return Entry("vip", who, entered, when, when)

    people = [Person(who, (), (happened("order", WHEN), happened("order", WHEN + SECOND))) for who in "abc"]
    log = (
        entry(True, WHEN - SECOND),
        entry(True, WHEN),
        entry(False, WHEN + SECOND),
        entry(True, WHEN + SECOND),
        entry(True, NOW.as_of, "b"),
        entry(False, WHEN, "b"),
    )
    both = Both(*people, entries=log)

    def orders(which: str):
        return both.values(
            EventMeasure(EventFilter(()), "count", None, SinceEntry("vip", which)),  # type: ignore[arg-type]
            "number",
        )

    assert orders("first") == {"a": 2, "b": 0, "c": 0}
    assert orders("last") == {"a": 1, "b": 0, "c": 0}
