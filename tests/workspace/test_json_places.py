"""Pointers into JSON documents, and complaints that repeat nothing of them."""

from __future__ import annotations

import pytest

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.workspace.json_places import json_pointer, located_error, quiet_reason

DOCUMENT = {"where": {"all": [{"trait": "secret"}, {"a/b~c": 1}]}}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("where/all/0/trait", "/where/all/0/trait"),
        ("where/all/7/trait", "/where/all"),
        ("where/all/x", "/where/all"),
        ("segment 'x'", ""),
        (None, ""),
    ],
)
def test_a_pointer_leads_to_what_is_written(pointer, found):
    assert json_pointer(pointer, DOCUMENT) == found


def test_nothing_of_the_document_is_repeated():
    error = located_error(UnknownNameError("trait", "secret", ["secrets"], pointer="where/all/0/trait"), DOCUMENT)
    assert (error.message, error.pointer) == ("unknown trait", "/where/all/0/trait")
    assert (
        quiet_reason(DefinitionError("'secret' is not possible here\nsecond"), DOCUMENT) == "this is not possible here"
    )
