"""A typing tool in the segment language, judged by the oracle."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from tests.market.questionnaires import KEYS, tool_and_people

from segmentary.errors import UsageError
from segmentary.language.documents import parse_document
from segmentary.language.history import AttributeVersion, Person
from segmentary.language.oracle import Population
from segmentary.language.segmentations import expand
from segmentary.language.tree import Context
from segmentary.language.writing import to_document
from segmentary.language.yaml import dump_yaml, parse_yaml
from segmentary.market.typing_definitions import label_segmentation, label_segments, sheet_definitions
from segmentary.market.typing_results import TypingTool
from segmentary.models.describe.rule_tests import operand, trait_type
from segmentary.models.table.typed_table import TypedTable

CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


@pytest.fixture(scope="module", params=[False, True], ids=["levels", "numbers"])
def made(request: pytest.FixtureRequest) -> tuple[TypingTool, TypedTable]:
    """A tool, and people it did not see, some of whose answers are missing."""
    return tool_and_people(request.param)


def persons(table: TypedTable) -> list[Person]:
    """People with their answers as attributes, as a source would give them."""
    found = []
    for row in range(len(table)):
        own = []
        for column, x in zip(table.columns, table.values[row], strict=True):
            if not np.isnan(x):
                kind = trait_type(column, None)
                value = operand(column, kind, int(x)) if column.coded else Decimal(repr(float(x)))
                text = str(value).lower() if kind == "boolean" else str(value)
                own.append(AttributeVersion(column.name, text, kind))
        found.append(Person(f"p{row:03d}", attributes=tuple(own)))
    return found


def test_the_points_in_the_segment_language_place_people_as_the_sheet_does(made):
    tool, people = made
    definitions = sheet_definitions(tool.sheet, "attitude", titles={"eco": "Eco"})
    assert tuple(parse_document(json.loads(json.dumps(to_document(one)))) for one in definitions) == definitions
    assert tuple(one.definition for one in parse_yaml(dump_yaml(definitions))) == definitions
    trait, segments = expand(definitions[-1])
    least = replace(tool.sheet, least_known=3)
    strict = sheet_definitions(least, "strict")
    traits = {one.name: one for one in definitions[:-1]} | {trait.name: trait}
    types = {column.name: trait_type(column, None) for column in people.columns}
    population = Population(persons(people), CONTEXT, segments=segments, traits=traits, given_types=types)
    labels = tool.sheet.assign(people)
    for place, key in enumerate((*KEYS, "not_placed")):
        wanted = {f"p{row:03d}" for row in np.flatnonzero(labels == (place if place < 3 else -1))}
        assert population.members(f"attitude.{key}") == wanted
    trait, segments = expand(strict[-1])
    traits = {one.name: one for one in strict[:-1]} | {trait.name: trait}
    population = Population(persons(people), CONTEXT, segments=segments, traits=traits, given_types=types)
    unplaced = {f"p{row:03d}" for row in np.flatnonzero(least.assign(people) < 0)}
    assert population.members("strict.not_placed") == unplaced


def test_segments_by_the_models_label_and_confidence():
    segments = label_segments("attitude", KEYS, titles={"eco": "Eco"})
    whole = label_segmentation("attitude", KEYS, name="by_attitude")
    for one in (*segments, whole):
        assert parse_document(json.loads(json.dumps(to_document(one)))) == one
    sure = {"attitude.label": "price", "attitude.confidence": Decimal("0.8")}
    unsure = {**sure, "attitude.confidence": Decimal("0.79")}
    trait, parts = expand(whole)
    people = [Person(name, attributes=()) for name in ("a", "b", "c")]
    population = Population(
        people,
        CONTEXT,
        segments=parts | {one.name: one for one in segments},
        traits={trait.name: trait},
        given={"a": sure, "b": unsure},
        given_types={"attitude.label": "text", "attitude.confidence": "number"},
    )
    assert population.members("attitude_price") == {"a"}
    assert population.members("by_attitude.price") == {"a"}
    assert population.members("by_attitude.unsure") == {"b", "c"}
    assert label_segments("m", ["x"], least=None)[0].where.operand == "x"
    with pytest.raises(UsageError):
        label_segments("m", ["x"], least=Decimal(8))
