import json

import pytest
from hypothesis import given
from tests.language.strategies import definitions

from segmentary.errors import DefinitionError
from segmentary.language.documents import parse_document, parse_rule, parse_value
from segmentary.language.tree import Compare, Constant, TraitDefinition, TraitValue
from segmentary.language.writing import to_document


@given(definition=definitions(segments=("gold",)))
def test_json_brings_back_the_same_tree(definition):
    assert parse_document(json.loads(json.dumps(to_document(definition)))) == definition


def test_rules_and_values_alone():
    assert parse_rule({"trait": "a", "exists": True}) == Compare(TraitValue("a"), "exists")
    assert parse_value({"constant": "x"}) == Constant("x")


def test_defaults_are_the_trees():
    made = parse_document({"trait": "t", "type": "text", "value": {"constant": "x"}})
    assert made == TraitDefinition("t", Constant("x"), "text")


@pytest.mark.parametrize("document", [None, [], "x", 3, {}, {"title": "x"}, {"segment": "a", "rule": {}}])
def test_what_is_no_definition(document):
    with pytest.raises(DefinitionError):
        parse_document(document)
