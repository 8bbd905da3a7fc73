"""Definitions as they come through the API."""

from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.workspace.given_definitions import definition_of


def test_json_and_yaml_mean_the_same():
    document = {"segment": "a", "where": {"trait": "x", "gte": 0.1}}
    found = definition_of(document)
    assert found == definition_of("segment: a\nwhere: {trait: x, gte: 0.1}\n")
    assert found.where.operand == Decimal("0.1")


@pytest.mark.parametrize(
    "wrong", [{"segment": "\ud800"}, {"a": float("nan")}, "", "a\0b", "segment: a", {"segment": "\0"}]
)
def test_what_cannot_be_read_is_refused(wrong):
    with pytest.raises(DefinitionError):
        definition_of(wrong)
