"""Results become JSON documents: exact, typed, in one way."""

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.workspace.plain_json import document, to_json


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    amount: Decimal
    _own: str = "hidden"


@dataclass(frozen=True)
class Outer:
    name: str
    inner: Inner
    days: tuple[dt.date, ...] = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("é", "é"),
        (Decimal("1.50"), Decimal("1.50")),
        (0.25, 0.25),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
        (Colour.RED, "red"),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 12), "2026-03-01T12:00:00Z"),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=1))), "2026-03-01T11:00:00Z"),
        (dt.timedelta(minutes=1), 60.0),
        (Path("a/b"), "a/b"),
        ({1: {"b": 2}}, {"1": {"b": 2}}),
        ({"b", "a"}, ["a", "b"]),
        ((1, [2]), [1, [2]]),
        (pa.table({"a": [1, 2]}), [{"a": 1}, {"a": 2}]),
        (Inner(Decimal(1)), {"amount": Decimal(1)}),
        (
            Outer("x", Inner(Decimal("0.10")), (dt.date(2026, 1, 1),)),
            {"name": "x", "inner": {"amount": Decimal("0.10")}, "days": ["2026-01-01"]},
        ),
        (iter([1, 2]), [1, 2]),
        (object, "<class 'object'>"),
    ],
)
def test_values(value, expected):
    assert document(value) == expected


def test_a_definition_is_what_one_would_write():
    from segmentary.language.yaml import parse_yaml

    text = "segment: young\ntitle: Young\nwhere: {trait: age, lt: 30}\n"
    found = document(parse_yaml(text)[0].definition)
    assert found["segment"] == "young"
    assert found["where"]


def test_a_rule_about_the_past_is_a_sentence():
    from segmentary.language.tree import Duration, SegmentAt

    assert document({"rule": SegmentAt("vip", Duration(30, "day"))}) == {"rule": "in segment vip 30 days ago"}


def test_decimals_keep_every_digit():
    text = to_json({"total": Decimal("123456789012345678.9012"), "small": Decimal("1E-7"), "big": Decimal("1E+3")})
    assert "123456789012345678.9012" in text
    assert json.loads(text, parse_float=Decimal) == {
        "total": Decimal("123456789012345678.9012"),
        "small": Decimal("0.0000001"),
        "big": 1000,
    }


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.sampled_from([0, 2]))
def test_the_text_is_json_and_says_the_same(value, indent):
    assert json.loads(to_json(document(value), indent=indent)) == value


def test_it_looks_as_json_usually_does():
    value = {"a": [1, {"b": []}], "c": {}}
    assert to_json(value) == json.dumps(value, indent=2)
