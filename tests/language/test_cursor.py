from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError, Place, UnknownNameError
from segmentary.language.cursor import Cursor, kind_of


def test_stepping_down_remembers_the_way():
    at = Cursor({"all": [{"trait": "age"}]}).down("all").down(0).down("trait")
    assert (at.content, at.pointer) == ("age", "all/0/trait")


def test_complaints_carry_the_place_if_there_is_one_else_the_pointer():
    placed = Cursor("x", "where", places={"where": Place("f.yaml", 3, 8)})
    assert str(placed.wrong("no", "do it")) == "f.yaml:3:8: no\n  hint: do it"
    assert str(Cursor("x", "where").wrong("no")) == "where: no"


def test_a_wrong_key_is_complained_about_where_the_key_stands():
    at = Cursor({"titel": "x"}, places={"titel": Place("f", 1, 9)}, keys={"titel": Place("f", 1, 2)})
    with pytest.raises(UnknownNameError, match="f:1:2: unknown key 'titel'\n  hint: did you mean 'title'"):
        at.only(("title", "tags"), "a thing")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("x", "x"),
        (True, True),
        (3, Decimal(3)),
        (0.1, Decimal("0.1")),
        (Decimal("1.50"), Decimal("1.5")),
        ({"number": "0.5"}, Decimal("0.5")),
        ({"date": "2026-03-01"}, dt.date(2026, 3, 1)),
        ({"time": "2026-03-01T12:00:00+01:00"}, dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC)),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 1)),
    ],
)
def test_fixed_values(content, value):
    assert Cursor(content).scalar() == value
    assert type(Cursor(content).scalar()) is type(value)


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        10**40,
        {"number": "x"},
        {"number": 1, "date": "2026-01-01"},
        {"nmber": "1"},
        dt.datetime(2026, 3, 1),
        object(),
    ],
)
def test_what_is_no_fixed_value(content):
    with pytest.raises(DefinitionError):
        Cursor(content).scalar()


def test_ids_and_names_may_be_written_as_numbers():
    assert Cursor(12346).text() == "12346"
    assert Cursor(Decimal("1.50")).text() == "1.50"
    with pytest.raises(DefinitionError, match="true is not a text"):
        Cursor(True).text()
    with pytest.raises(DefinitionError, match="a name is empty"):
        Cursor("  ").name()


def test_one_word_of_several():
    assert Cursor("last").word(("first", "last")) == "last"
    with pytest.raises(DefinitionError, match="did you mean 'last'"):
        Cursor("lst").word(("first", "last"))
    assert Cursor({}).optional_word("which", ("first", "last"), "last") == "last"


def test_keys_are_words():
    with pytest.raises(DefinitionError, match="1 is not a key"):
        Cursor({1: "x"}).mapping("a thing")


def test_kinds_in_words():
    assert [kind_of(c) for c in (None, "x", True, {}, [], 3)] == [
        "nothing",
        "the text 'x'",
        "the word true",
        "keys and values",
        "a list",
        "'3'",
    ]
