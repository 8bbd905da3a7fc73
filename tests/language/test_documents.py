import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language.strategies import VOCABULARY, definitions

from segmentary.errors import DefinitionError
from segmentary.language.documents import parse_document, parse_rule, parse_value
from segmentary.language.tree import Compare, Constant, TraitDefinition, TraitValue
from segmentary.language.validate import validate
from segmentary.language.writing import to_document
from segmentary.language.yaml import parse_yaml


@given(definition=definitions(segments=("gold",)))
def test_json_brings_back_the_same_tree(definition):
    assert parse_document(json.loads(json.dumps(to_document(definition)))) == definition


JUNK = (None, [], {}, "", "x", 0, -1, 2.5, True, float("nan"), [[]], [{}], {"trait": "a"}, {"number": "1e999"}, "10%")


def containers(document: object) -> list:
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return ([document] if isinstance(document, dict | list) and document else []) + [
        found for part in inner for found in containers(part)
    ]


@given(definition=definitions(), data=st.data())
def test_a_broken_document_is_refused_in_words_or_read_and_checked(definition, data):
    document = to_document(definition)
    broken = data.draw(st.sampled_from(containers(document)))
    key = data.draw(st.sampled_from(sorted(broken) if isinstance(broken, dict) else range(len(broken))))
    broken[key] = data.draw(st.sampled_from(JUNK))
    with contextlib.suppress(DefinitionError):
        made = parse_document(document)
        validate(made, VOCABULARY)
        assert parse_document(to_document(made)) == made


@given(text=st.text(alphabet="segmnt:wharil{}[]- \n'\"#&*!|>%@`0.5,?~", max_size=60))
def test_any_text_is_read_or_refused_in_words(text):
    with contextlib.suppress(DefinitionError):
        parse_yaml(text)


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
