"""Everything the language can say can be edited: all documents into the builder's controls and back, in one page load.

The documents: every example of docs/language.md and of the 27 examples, every ready-made segment, and definitions drawn
at random from the whole grammar.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from tests.language.strategies import rules
from tests.language.strategies_beyond import beyond

from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor
from segmentary.language.reading import read_rule, read_value
from segmentary.language.tree import SegmentationDefinition, SegmentDefinition
from segmentary.language.writing import rule_document, value_document
from segmentary.language.yaml import compose, laid_out, parse_yaml
from segmentary.segments.library import library

ROOT = Path(__file__).parents[3]
YAML = re.compile(r"^```yaml\n(.*?)^```$", re.M | re.S)
DRAWN = 120

CHECK = (Path(__file__).parent / "builder_check.js").read_text(encoding="utf-8")


def of_definition(definition: object) -> list[Any]:
    """The rules of a definition; a value is looked at as one that is known."""
    if isinstance(definition, SegmentDefinition):
        return [rule_document(definition.where)]
    if isinstance(definition, SegmentationDefinition):
        return [rule_document(part.where) for part in definition.parts]
    return [{"value": value_document(definition.value), "exists": True}]  # type: ignore[attr-defined]


def of_part(content: object) -> list[Any]:
    """The rule a list of examples holds: as it is written, and in the one form it is written back in."""
    try:
        return [plain(content), rule_document(read_rule(Cursor(content)))]
    except DefinitionError:
        return [{"value": value_document(read_value(Cursor(content))), "exists": True}]


def plain(content: object) -> Any:
    from segmentary.language.writing_events import scalar_document

    if isinstance(content, dict):
        return {key: plain(one) for key, one in content.items()}
    if isinstance(content, list):
        return [plain(one) for one in content]
    return scalar_document(content)  # type: ignore[arg-type]


def of_page(path: Path) -> list[Any]:
    found: list[Any] = []
    for text in YAML.findall(path.read_text(encoding="utf-8")):
        if text.startswith("- "):
            (listed,) = compose(text, None)
            for part in listed.content:
                found += of_part(laid_out(part, None)[0])
        else:
            for parsed in parse_yaml(text):
                found += of_definition(parsed.definition)
    return found


def drawn() -> list[Any]:
    """Rules drawn at random from the whole grammar, always the same ones."""
    found: list[Any] = []

    @seed(7)
    @settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(rule=rules(segments=("vip",)) | beyond(("vip",), people=True))
    def draw(rule: Any) -> None:
        found.append(rule_document(rule))

    draw()
    return found


@pytest.fixture(scope="module")
def documents() -> list[Any]:
    found = of_page(ROOT / "docs" / "language.md") + of_page(ROOT / "docs" / "guides" / "27-examples.md")
    found += [rule_document(one.where) for one in library().values()]
    return json.loads(json.dumps([*found, *drawn()]))


def test_everything_the_language_says_can_be_edited(site, browser, documents):
    assert len(documents) > 300
    page = site.page(browser)
    try:
        page.goto("/segments/new")
        page.wait_for_selector("#builder[data-ready]")
        found = page.evaluate(CHECK, documents)
    finally:
        page.context.close()
    assert found["wrong"] == []
    assert found["documents"] == len(documents)
    assert found["leaves"] > 1500
    assert found["typed"] > 1000


def test_the_documents_hold_every_word_of_the_language(documents):
    schema = json.loads((ROOT / "src/segmentary/language/segment.schema.json").read_text(encoding="utf-8"))["$defs"]
    wanted = words({name: part for name, part in schema.items() if not name.endswith("_definition")}, "properties")
    assert wanted - keys(documents) == set()


def words(schema: Any, head: str) -> set[str]:
    """The keys a schema gives objects."""
    if isinstance(schema, list):
        return set().union(*(words(one, head) for one in schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    own = set(schema[head]) if isinstance(schema.get(head), dict) else set()
    return own.union(*(words(one, head) for one in schema.values())) if schema else own


def keys(document: Any) -> set[str]:
    """The keys that stand in documents."""
    if isinstance(document, list):
        return set().union(*(keys(one) for one in document)) if document else set()
    if not isinstance(document, dict):
        return set()
    return set(document).union(*(keys(one) for one in document.values()))
