from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.kinds import decimals, natural, ratio, scalar_type, wanted
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    PropertyValue,
    TraitValue,
    Value,
    ValueType,
)

TYPES: dict[str, ValueType] = {"age": "number", "city": "text", "born": "date"}
ORDER = EventFilter(("order_completed",))
SPENT = EventMeasure(ORDER, "sum", PropertyValue(("amount",)))
COUNT = EventMeasure(ORDER, "count")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (TraitValue("age"), "number"),
        (TraitValue("city", ("deep",)), "text"),
        (PropertyValue(("happened_at",)), "time"),
        (PropertyValue(("happened_at", "date")), "date"),
        (PropertyValue(("anything",)), "text"),
        (COUNT, "number"),
        (EventMeasure(ORDER, "last", PropertyValue(("happened_at",))), "time"),
        (EventMeasure(ORDER, "first", PropertyValue(("category",))), "text"),
        (Constant(True), "boolean"),
        (Constant(dt.date(2026, 1, 1)), "date"),
        (Elapsed(TraitValue("born")), "number"),
        (Band(TraitValue("age"), (), ("all",)), "text"),
        (Case(()), "text"),
        (FirstKnown((TraitValue("born"),)), "date"),
    ],
)
def test_natural_types(value: Value, kind: ValueType) -> None:
    assert natural(value, TYPES) == kind


def test_a_trait_nobody_knows_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="unknown trait 'ctiy'") as caught:
        natural(TraitValue("ctiy"), TYPES)
    assert caught.value.hint == "did you mean 'city'?"


def test_the_operand_decides_what_is_read() -> None:
    points = EventMeasure(ORDER, "max", PropertyValue(("points",)))
    assert wanted(Compare(points, "gt", Decimal(3)), TYPES) == "number"
    assert wanted(Compare(points, "is", "3"), TYPES) == "text"
    assert wanted(Compare(points, "exists"), TYPES) == "text"
    assert wanted(Compare(points, "has_any", ("a",)), TYPES) == "list"
    assert wanted(Compare(TraitValue("born"), "weekday_in", (Decimal(1),)), TYPES) == "date"


def test_floats_are_no_constants() -> None:
    with pytest.raises(DefinitionError):
        scalar_type(0.5)


def test_digits_after_the_point_are_known_beforehand() -> None:
    assert decimals(COUNT, TYPES) == 0
    assert decimals(SPENT, TYPES) == 4
    assert decimals(Arithmetic("multiply", SPENT, Constant(Decimal("0.25"))), TYPES) == 6
    assert decimals(Arithmetic("multiply", SPENT, TraitValue("age")), TYPES) == 10
    assert decimals(Arithmetic("divide", SPENT, COUNT), TYPES) == 6
    assert decimals(Arithmetic("add", SPENT, COUNT), TYPES) == 4


def test_only_quotients_and_means_are_ratios() -> None:
    assert ratio(Arithmetic("divide", SPENT, COUNT)) == (SPENT, COUNT)
    assert isinstance(ratio(EventMeasure(ORDER, "mean", PropertyValue(("amount",)))), EventMeasure)
    assert ratio(SPENT) is None


def test_types_and_decimals_of_patterns_and_models():
    from segmentary.language.text import parse_text_value

    types = {"typing.label": "text", "churn.probability.yes": "number"}
    for text, kind, digits in [
        ("sessions 30min count", "number", 0),
        ("sessions 30min longest_minutes", "number", 6),
        ("times (sequence (a then b))", "number", 0),
        ("periods (events a count > 1 per week of last 3)", "number", 0),
        ("model typing.label", "text", 10),
        ("model churn.probability.yes", "number", 10),
    ]:
        value = parse_text_value(text)
        assert (natural(value, types), decimals(value, types)) == (kind, digits)
    with pytest.raises(UnknownNameError, match="unknown model 'churm'"):
        natural(parse_text_value("model churm.score"), types)
