from __future__ import annotations

import copy
import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.language.strategies import definitions
from tests.language.strategies_beyond import segmentations

from segmentary.language.json_schema import json_schema
from segmentary.language.writing import to_document

VALIDATOR = jsonschema.Draft202012Validator(json_schema())


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_published_copy_is_current():
    """To write it anew: ``python -m segmentary.language.json_schema``, into the file beside that module."""
    published = files("segmentary.language").joinpath("segment.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema()


@given(definition=st.one_of(definitions(segments=("gold",)), segmentations(segments=("gold",))))
def test_it_accepts_whatever_the_writer_writes(definition):
    VALIDATOR.validate(json.loads(json.dumps(to_document(definition))))


def mappings(document: object) -> list[dict]:
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return ([document] if isinstance(document, dict) else []) + [m for part in inner for m in mappings(part)]


@given(definition=definitions(), data=st.data())
def test_it_rejects_a_misspelt_key_anywhere(definition, data):
    document = copy.deepcopy(to_document(definition))
    broken = data.draw(st.sampled_from(mappings(document)))
    key = data.draw(st.sampled_from(sorted(broken)))
    broken[f"{key}x"] = broken.pop(key)
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "rule",
    [
        {"all": []},
        {"trait": "age"},
        {"trait": "age", "gte": 18, "lt": 30},
        {"all": [{"ids": ["a"]}], "any": [{"ids": ["a"]}]},
        {"event": "x"},
        {"event": "x", "count": True},
        {"event": "x", "sum": {"gt": 3}},
        {"event": "x", "during": {"last": "30 days"}, "did": True},
        {"event": "x", "during": {}, "did": True},
        {"rank": {"by": {"trait": "age"}}},
        {"rank": {"top": "110%", "by": {"trait": "age"}}},
        {"sample": {"share": 0.05, "salt": "x"}},
        {"trait": "age", "exists": False},
        None,
    ],
)
def test_it_rejects_what_the_reader_refuses(rule):
    assert not VALIDATOR.is_valid({"segment": "s", "where": rule})


def test_a_file_may_hold_a_list():
    one = {"segment": "s", "where": {"ids": ["a"]}}
    assert VALIDATOR.is_valid([one, one])
    assert not VALIDATOR.is_valid([])
