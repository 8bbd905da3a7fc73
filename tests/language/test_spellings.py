"""One tree, one hash, whatever it is spelt in: YAML, JSON, Python and the compact text, over every node there is."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.language.strategies import definitions, values
from tests.language.strategies_beyond import beyond, counted, segmentations

from segmentary.language import python
from segmentary.language.python import rule_of, value_of
from segmentary.language.segmentations import expand
from segmentary.language.source import to_python
from segmentary.language.text import parse_text, parse_text_value
from segmentary.language.text_writing import format_text
from segmentary.language.tree import Rule, SegmentDefinition, TraitDefinition, Value
from segmentary.language.version import version
from segmentary.language.yaml import (
    dump_yaml,
    parse_document,
    parse_rule,
    parse_value,
    parse_yaml,
    rule_document,
    to_document,
    value_document,
)

NAMES = {**vars(python), "Decimal": Decimal, "date": date, "datetime": datetime, "UTC": UTC}
SEGMENTS = ("gold", "silver@x", "NO")
everything = st.one_of(definitions(segments=SEGMENTS), segmentations(segments=SEGMENTS))


def through_json(document: object) -> object:
    return json.loads(json.dumps(document))


@given(definition=everything)
def test_every_spelling_of_a_definition_gives_the_same_tree_and_hash(definition):
    text = dump_yaml([definition])
    (parsed,) = parse_yaml(text)
    spelt = [
        parsed.definition,
        parse_document(through_json(to_document(definition))),
        eval(to_python(definition), dict(NAMES)),
    ]
    assert spelt == [definition] * 3
    assert {version(again) for again in spelt} == {version(definition)}
    assert dump_yaml([parsed.definition]) == text


@settings(max_examples=100)
@given(rule=beyond(SEGMENTS, people=True))
def test_every_leaf_comes_back_from_every_spelling(rule: Rule):
    assert parse_rule(through_json(rule_document(rule))) == rule
    assert rule_of(eval(to_python(rule), dict(NAMES))) == rule
    assert parse_text(format_text(rule)) == rule


@settings(max_examples=100)
@given(value=counted())
def test_every_number_out_of_patterns_comes_back_from_every_spelling(value: Value):
    assert parse_value(through_json(value_document(value))) == value
    assert value_of(eval(to_python(value), dict(NAMES))) == value
    assert parse_text_value(format_text(value)) == value


@given(left=values("number", 1), right=values("number", 1))
def test_a_value_against_a_value_is_the_same_in_yaml_and_python(left: Value, right: Value):
    asked = python.Quantity(left) > python.Quantity(right)
    written = {"value": value_document(left), "gt": value_document(right)}
    assert parse_rule(through_json(written)) == asked.rule


@given(definition=segmentations())
def test_what_a_segmentation_stands_for_is_written_like_everything_else(definition):
    trait, segments = expand(definition)
    made = [trait, *segments.values()]
    assert [parsed.definition for parsed in parse_yaml(dump_yaml(made))] == made
    assert isinstance(trait, TraitDefinition)
    assert all(isinstance(segment, SegmentDefinition) for segment in segments.values())
