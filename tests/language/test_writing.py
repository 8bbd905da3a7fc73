import datetime as dt
from decimal import Decimal

import pytest

from segmentary.language.python import bottom, define_segment, define_trait, events, prop, trait
from segmentary.language.tree import All, Compare, SegmentReference, TraitValue
from segmentary.language.writing import rule_document, scalar_document, to_document, value_document


def test_only_what_says_something_is_written():
    assert to_document(define_segment("s", trait("age") >= 18)) == {
        "segment": "s",
        "where": {"trait": "age", "gte": 18},
    }
    assert to_document(define_trait("t", trait("age"), "number", unit="years")) == {
        "trait": "t",
        "type": "number",
        "unit": "years",
        "value": {"trait": "age"},
    }


def test_conditions_are_written_beside_what_they_judge():
    bought = events("product_purchased", prop("category") == "shoes").last("90d")
    assert rule_document((bought.sum("amount") > Decimal("99.9")).rule) == {
        "event": "product_purchased",
        "where": {"property": "category", "is": "shoes"},
        "during": {"last": "90d"},
        "sum": {"of": "amount", "gt": {"number": "99.9"}},
    }
    assert value_document(bought.count().value)["count"] is True
    assert rule_document(bottom(5, by=trait("a"), at_least=3).rule) == {
        "rank": {"bottom": 5, "by": {"trait": "a"}, "at_least": 3}
    }
    assert rule_document((trait("a") / trait("b") > 1).rule)["value"] == {"divide": [{"trait": "a"}, {"trait": "b"}]}


def test_a_step_with_a_dot_in_it_is_written_as_a_list():
    assert value_document(prop("happened_at.hour").value) == {"property": "happened_at.hour"}
    assert value_document(prop(["a.b"]).value) == {"property": ["a.b"]}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("3.0"), 3),
        (Decimal("0.50"), {"number": "0.5"}),
        (Decimal(2**53), {"number": "9007199254740992"}),
        (dt.date(2026, 3, 1), {"date": "2026-03-01"}),
        (dt.datetime(2026, 3, 1, tzinfo=dt.UTC), {"time": "2026-03-01T00:00:00Z"}),
        (True, True),
        ("x", "x"),
    ],
)
def test_nothing_is_lost_in_json(value, written):
    assert scalar_document(value) == written


def test_a_broken_tree_is_not_written():
    with pytest.raises(ValueError, match="validate the tree"):
        rule_document(All((Compare(TraitValue("a"), "gt", None),)))


def test_a_name_that_looks_like_a_version_is_not_written_as_one():
    with pytest.raises(ValueError, match="would be read as a version"):
        rule_document(SegmentReference("vip@v3"))
    assert rule_document(SegmentReference("vip@version")) == {"segment": "vip@version"}
