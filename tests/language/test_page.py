"""docs/language.md: every example is read, and what stands in YAML says the same as the Python below it."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from segmentary.errors import DefinitionError
from segmentary.language import python
from segmentary.language.cursor import Cursor
from segmentary.language.documents import SEGMENTATION_KEYS
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS
from segmentary.language.python import Condition, Quantity
from segmentary.language.reading import ARITHMETIC, RULE_HEADS, VALUE_HEADS, read_rule, read_value
from segmentary.language.reading_bygone import SEGMENT_KEYS, STATE_KEYS
from segmentary.language.reading_events import EVENT_KEYS
from segmentary.language.reading_patterns import SEQUENCE_KEYS, SESSION_KEYS, STEP_KEYS
from segmentary.language.tree import Rule, SegmentDefinition, TraitDefinition, Value
from segmentary.language.yaml import compose, laid_out, parse_yaml

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text(encoding="utf-8")
BLOCKS = [(m["kind"], m["text"]) for m in re.finditer(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", PAGE, re.M | re.S)]
NAMES = {**vars(python), "Decimal": Decimal, "date": date, "datetime": datetime, "UTC": UTC}
PAIRS = [(first[1], second[1]) for first, second in pairwise(BLOCKS) if (first[0], second[0]) == ("yaml", "python")]


def from_yaml(text: str) -> list[object]:
    if text.startswith(("segment:", "segmentation:", "trait:")):
        return [parsed.definition for parsed in parse_yaml(text)]
    (listed,) = compose(text, None)
    return [part_of(laid_out(part, None)[0]) for part in listed.content]


def part_of(document: object) -> Rule | Value:
    try:
        return read_rule(Cursor(document))
    except DefinitionError:
        return read_value(Cursor(document))


def from_python(text: str) -> list[object]:
    made = [eval(ast.unparse(line), dict(NAMES)) for line in ast.parse(text).body]
    return [m.rule if isinstance(m, Condition) else m.value if isinstance(m, Quantity) else m for m in made]


def test_every_yaml_example_has_its_python():
    assert len(PAIRS) == sum(kind == "yaml" for kind, _ in BLOCKS) >= 10


@pytest.mark.parametrize(("written", "spelt"), PAIRS, ids=[written.splitlines()[0] for written, _ in PAIRS])
def test_yaml_and_python_say_the_same(written, spelt):
    left, right = from_yaml(written), from_python(spelt)
    assert len(left) == len(right)
    for ours, theirs in zip(left, right, strict=True):
        assert ours == theirs


def test_the_page_begins_with_a_segment_and_a_trait():
    kinds = [type(parsed.definition) for parsed in parse_yaml(BLOCKS[0][1])]
    assert kinds == [SegmentDefinition, TraitDefinition]


def test_every_word_of_the_language_is_shown():
    shown = "\n".join(text for kind, text in BLOCKS if kind == "yaml")
    words = [*OPERATORS, *COUNTED, *MEASURED, *RULE_HEADS, *VALUE_HEADS, *ARITHMETIC]
    words += ["last", "calendar", "between", "from", "until", "since", "top", "bottom", "over", "ties", "at_least"]
    words += [*SESSION_KEYS, *SEQUENCE_KEYS, *STEP_KEYS, *STATE_KEYS, *SEGMENT_KEYS, *EVENT_KEYS, *SEGMENTATION_KEYS]
    words += [
        "gap",
        "by",
        "of",
        "step",
        "as",
        "periods",
        "end_of",
        "quantifier",
        "less_than",
        "entered",
        "which",
        "keep",
    ]
    words += ["channel", "output", "latitude", "longitude"]
    words = [word for word in words if word not in ("purpose", "entity", "timezone", "tags")]
    missing = [word for word in dict.fromkeys(words) if not re.search(rf"(?<![\w]){word}:", shown)]
    assert missing == []
