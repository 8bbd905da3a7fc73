"""Python source is read as data: what the writer writes comes back, anything else is refused with its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.language.strategies_beyond import beyond, counted
from tests.language.test_spellings import SEGMENTS, everything

from segmentary.errors import DefinitionError
from segmentary.language.python_reading import read_python
from segmentary.language.source import to_python
from segmentary.language.text import parse_text
from segmentary.language.tree import Compare, Rule, Value


@settings(max_examples=60)
@given(definition=everything)
def test_what_is_written_is_read_again(definition):
    assert read_python(to_python(definition)) == definition


@settings(max_examples=60)
@given(rule=beyond(SEGMENTS, people=True))
def test_every_leaf_is_read_again(rule: Rule):
    assert read_python(to_python(rule)) == rule


@settings(max_examples=30)
@given(value=counted())
def test_every_value_is_read_again(value: Value):
    rule = Compare(value, "exists")
    assert read_python(to_python(rule)) == rule


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('(events("order_completed").last("90d").count() >= 3) & ~segment("vip")',
         "events order_completed in last 90d count >= 3 and not segment vip"),
        ('sg.trait("clv") > 500.5', "clv > 500.5"),
        ('trait("temperature") <= -3', "temperature <= -3"),
        ('\n  events("a").did() | trait("b").exists()\n', "did a or b exists"),
    ],
)  # fmt: skip
def test_what_people_write_is_read(source, text):
    assert read_python(source) == parse_text(text)


@pytest.mark.parametrize(
    ("source", "line", "column"),
    [
        ('__import__("os").system("true")', 1, 1),
        ('trait("a").__class__', 1, 1),
        ('trait("a").value == 1', 1, 1),
        ('(trait("a") == 1).rule', 1, 1),
        ("().__class__.__bases__[0].__subclasses__()", 1, 1),
        ("[x for x in (1,)]", 1, 1),
        ('(lambda: trait("a"))() == 1', 1, 2),
        ('f"{trait}"', 1, 1),
        ('trait("a") == open("/etc/passwd")', 1, 15),
        ('trait("a") > 1 and trait("b") > 1', 1, 1),
        ('not trait("a").exists()', 1, 1),
        ('1 < trait("a") < 3', 1, 1),
        ('trait("a")', 1, 1),
        ("trait(", 1, 6),
        ("import os", 1, 1),
        ('all_of(\n  trait("é") > 1,\n  nothing("a"))', 3, 3),
        ('trait(*["a"]) > 1', 1, 7),
        ('trait(**{"name": "a"}) > 1', 1, 9),
        ("events(1).count() >= 1", 1, 1),
        ('events("a").last(5).count() >= 1', 1, 1),
        ("9 ** 9 ** 9", 1, 1),
        ('"a" * 99999', 1, 1),
        ('trait("a").measured("x") == 1', 1, 1),
        ("sg.os", 1, 1),
        ("date(2026, 13, 1)", 1, 1),
        ("((((((((((" * 40, 1, 1),
        ("~" * 5000 + 'trait("a").exists()', 1, 1),
        ("", 1, 1),
        ("\ud800", 1, 1),
    ],
    ids=range(29),
)
def test_anything_else_is_refused_with_its_place(source, line, column):
    with pytest.raises(DefinitionError) as found:
        read_python(source)
    place = found.value.place
    if place is not None and line == 3:
        assert (place.line, place.column) == (line, column)
    assert "Traceback" not in str(found.value)
