"""Definitions that arrive over HTTP cannot become code: hostile text in names and values leaves the SQL's shape alone.

The strings are those of `tests.language.hostile`. In every place where a value may stand they compile to the SQL of a
harmless word, texts apart; in every place where a name stands that has to exist they are refused; the engine runs some.
"""

from __future__ import annotations

import gc

import pytest
from sqlglot import parse_one
from tests.language.hostile import words
from tests.language.test_injection import shape, tokens

from segmentary.engine.sqlfile import text
from segmentary.errors import DefinitionError, SegmentaryError, UsageError
from segmentary.language.tree import SegmentDefinition
from segmentary.workspace.converting import read_source
from segmentary.workspace.previewing import preview_context
from segmentary.workspace.showing_sql import statements_of

HARMLESS = "harmless"
ENOUGH = 500


def written(word: str, other: str, trait: str, *, own: bool = True) -> dict:
    """A definition with the words in every place for a value, and (`own`) in names of properties nobody described."""
    event = {"event": "order_completed", "where": {"all": [
        {"property": "order_id", "is": word},
        {"property": "currency", "in": [other, "other"]},
        *([{"property": [word, "deep"], "contains": other}] if own else []),
        {"property": "name", "not_in": [other]},
    ]}}  # fmt: skip
    return {
        "segment": f"about {HARMLESS}",
        "title": word,
        "purpose": other,
        "tags": [f"t {word}"],
        "where": {"any": [
            {"trait": trait, "is": other},
            {"trait": trait, "starts_with": word},
            {"trait": trait, "ends_with": other, "ignore_case": True},
            {"trait": trait, "in": [word, "x"]},
            {"not": {"trait": trait, "not_in": [other]}},
            {"ids": [f"id {word}"]},
            {"sample": {"share": "10%", "salt": f"salt {other}"}},
            {"consent": f"purpose {word}"},
            {**event, "during": {"last": "30d"}, "count": {"gte": 1}},
        ]},
    }  # fmt: skip


def named(word: str) -> list[dict]:
    """Definitions with the word where a name stands that has to exist."""
    return [
        {"trait": word, "is": "x"},
        {"segment": word},
        {"segment": word, "at": "2026-01-01"},
        {"list": word},
        {"model": word, "output": "score", "gte": 1},
        {"near": {"km": 5, "places": word}},
        {"trait": "recency", word: 1},
        {word: "recency"},
    ]


@pytest.fixture(scope="module")
def trait(site):
    """A text everybody may have."""
    with site.serving.reading() as workspace:
        return next(name for name, kind in sorted(workspace.derived.attribute_types().items()) if kind == "text")


@pytest.fixture(scope="module")
def compiled(site):
    """What makes the statements of a document, or None where it is refused."""
    gc.disable()
    with site.serving.reading() as workspace:
        context = preview_context(workspace, None)

        def compiled(document: dict) -> list | None:
            try:
                definition = read_source(document, "json")
                assert isinstance(definition, SegmentDefinition)
                return list(statements_of(workspace, definition, context).values())
            except (DefinitionError, UsageError):
                return None

        yield compiled
    gc.enable()


def test_no_value_changes_the_shape_of_the_sql(compiled, trait):
    template = compiled(written(HARMLESS, HARMLESS, trait))
    expected = [shape(tree) for tree in template]
    assert len(expected) >= 2
    chosen = words()[:: len(words()) // (ENOUGH + 20)]
    # A NUL is refused, and nothing but blanks where a name belongs.
    sayable = [word for word in chosen if "\0" not in word and word.strip()]
    assert len(sayable) >= ENOUGH
    for i, (word, other) in enumerate(zip(sayable[::2], sayable[1::2], strict=False)):
        trees = compiled(written(*((word, other) if i % 2 else (other, word)), trait))
        assert trees is not None, (word, other)
        assert [shape(tree) for tree in trees] == expected, (word, other)
        if i % 50 == 0:
            for tree, harmless in zip(trees, template, strict=True):
                sql, harmless_sql = text(tree, "duckdb"), text(harmless.copy(), "duckdb")
                assert tokens(sql, "duckdb") == tokens(harmless_sql, "duckdb"), (word, other)
                assert shape(parse_one(sql, dialect="duckdb")) == shape(parse_one(harmless_sql, dialect="duckdb"))
            gc.collect()
    assert [compiled(written(word, word, trait)) for word in ("a\0b", "\0' --")] == [None, None]


def test_no_name_that_does_not_exist_becomes_sql(site):
    with site.serving.reading() as workspace:
        for word in words()[:: len(words()) // 15]:
            for rule in named(word):
                try:
                    workspace.check([read_source({"segment": "x", "where": rule}, "json")])
                except SegmentaryError:
                    continue
                raise AssertionError(rule)


def test_the_engine_runs_them_as_values(site, trait):
    with site.client() as client:
        for word in words()[5 :: len(words()) // 8]:
            document = written(word, word, trait, own=False)
            sayable = "\0" not in word and word.strip()
            asked = client.post("/api/v1/segments/preview", json={"document": document})
            assert asked.status_code == (200 if sayable else 422), (word, asked.text)
            if not sayable:
                continue
            told = convert(client, "json", ["json", "yaml", "python", "text", "sql"], document)
            for spelling in ("yaml", "python"):
                again = convert(client, spelling, ["json"], told[spelling])
                assert again["document"] == told["document"], (word, spelling)
            assert convert(client, "text", ["json"], told["text"])["document"]["where"] == told["document"]["where"]
        answer = client.get(f"/api/v1/traits/{trait}/values", params={"search": "%_' or 1=1 --"})
        assert (answer.status_code, answer.json()["values"]) == (200, [])


def convert(client, spelling, to, source):
    answer = client.post("/api/v1/definitions/convert", json={"from": spelling, "to": to, "source": source})
    assert answer.status_code == 200, answer.text
    return answer.json()
