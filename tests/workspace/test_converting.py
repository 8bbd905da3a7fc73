"""A definition in every spelling, and back."""

from __future__ import annotations

import pytest

from segmentary.errors import DefinitionError, UsageError
from segmentary.language.yaml import parse_document
from segmentary.workspace.converting import convert, read_source

DOCUMENT = {
    "segment": "both",
    "where": {"all": [{"trait": "city", "is": "Bonn"}, {"event": "order_completed", "count": {"gte": 2}}]},
}


def test_every_spelling_leads_back(preview_shop):
    definition = parse_document(DOCUMENT)
    found = convert(preview_shop, definition, ("json", "yaml", "text", "python", "sql", "sentence"))
    assert found.document == DOCUMENT
    assert read_source(found.yaml, "yaml") == read_source(found.python, "python") == definition
    assert read_source(found.text, "text", name="both") == definition
    assert set(found.sql) == {"duckdb", "postgres", "spark"}
    assert all('"order_completed"' not in sql and "'order_completed'" in sql for sql in found.sql.values())
    assert convert(preview_shop, definition, ["text"]).to_document() == {"text": found.text}


@pytest.mark.parametrize(
    ("source", "spelling", "line"),
    [
        ("segment: x\nwhere: {tait: a}\n", "yaml", 2),
        ("", "yaml", None),
        ("a: b\n---\nc: d", "yaml", 1),
        ("city is is", "text", 1),
        ('trait("a") == 1 and 2', "python", 1),
        ('{"segment": "x",\n "where": }', "json", 2),
        ("[" * 100_000, "json", None),
        ("9" * 5000, "json", None),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(source, spelling, line):
    with pytest.raises(DefinitionError) as found:
        read_source(source, spelling)
    assert (found.value.place.line if found.value.place else None) == line


def test_an_unknown_spelling_is_refused(preview_shop):
    with pytest.raises(UsageError):
        convert(preview_shop, parse_document(DOCUMENT), ["latin"])
