"""Values of the wanted type, or nothing: whatever stands in a field."""

import datetime as dt
import json

import pytest

from segmentary.sources.exports.fields import (
    document,
    iso,
    leaves,
    moment,
    number,
    objects,
    row_id,
    text,
    truth,
    typed,
)
from segmentary.sources.jsonlines import Text


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
        ("2026-03-01 10:00:00.123456789", "2026-03-01T10:00:00.123456Z"),
        ("2026-03-01T10:00:00+0200", "2026-03-01T08:00:00Z"),
        ("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        (Text("1772359200"), "2026-03-01T10:00:00Z"),
        ("1772359200123", "2026-03-01T10:00:00.123000Z"),
        (1772359200123456, "2026-03-01T10:00:00.123456Z"),
        (Text("1772359200.5"), "2026-03-01T10:00:00.500000Z"),
        (dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC), "2026-03-01T10:00:00Z"),
        ("2026-13-01", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("01/03/2026", None),
        (Text("5"), None),
        (Text("9" * 400), None),
        (float("nan"), None),
        ([], None),
        (None, None),
    ],
)
def test_moments(said, expected):
    assert moment(said) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("12.50", "12.5"), (Text("1e3"), "1000"), (7, "7"), (0.1, "0.1"), ("1e99", None), ("12,5", None), (True, None),
     (float("inf"), None), ("9" * 30, None), ({}, None)],
)  # fmt: skip
def test_numbers(said, expected):
    assert number(said) == expected


def test_texts_and_truths():
    assert text({"a": [" x\0 "]}, "a", 0) == "x"
    assert text({"a": {}}, "a") is text({"a": "  "}, "a") is text("a", "b") is text([1], 5) is None
    assert [truth(each) for each in ("true", True, Text("0"), "no", "maybe", None)] == [
        True,
        True,
        False,
        False,
        None,
        None,
    ]
    assert list(objects({"a": [{"b": 1}, 2, None]}, "a")) == [{"b": 1}]


def test_typed_values_and_leaves():
    assert [typed(each) for each in (True, Text("5.0"), "x", ["a"], {}, "", None)] == [
        ("true", "boolean"), ("5", "number"), ("x", "text"), ('["a"]', "list"), None, None, None]  # fmt: skip
    assert dict(leaves({"firstName": 1, "address": {"postalCode": 2}, "": 3})) == {"column": 3,
        "first_name": 1, "address_postal_code": 2}  # fmt: skip


def test_documents_are_json_whatever_they_hold():
    odd = {"n": float("nan"), "big": Text("9" * 400), "deep": {"a": [{"b": Text("1.50")}]}, "empty": "", "b": b"\xff",
           "when": dt.date(2026, 3, 1), "inf": [float("inf")], "yes": True}  # fmt: skip
    read = json.loads(document(odd) or "")
    assert read["big"] == "9" * 400
    assert read["yes"] is True
    assert read["when"] == "2026-03-01"
    assert "n" not in read
    assert document({"a": None}) is None


def test_rows_without_an_id_are_told_apart_by_what_they_say():
    seen: dict[str, int] = {}
    first, other, again = (row_id(each, seen) for each in ({"a": 1}, {"a": 2}, {"a": 1}))
    assert again == f"{first}-2"
    assert other != first
    assert row_id({"a": 1}, {}) == first


def test_iso_ends_in_z():
    assert iso(dt.datetime(2026, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=1)))) == "2026-02-28T23:00:00Z"
