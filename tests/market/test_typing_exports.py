"""A typing tool elsewhere: the same people in the same segments, whatever computes it."""

from __future__ import annotations

import json
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.market.questionnaires import told, tool_and_people

from segmentary.errors import UsageError
from segmentary.market.typing_exports import json_text, python_text, sql_text
from segmentary.market.typing_results import TypingTool
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.describe.rule_tests import operand, trait_type
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import TypedTable


@pytest.fixture(scope="module", params=[False, True], ids=["levels", "numbers"])
def made(request: pytest.FixtureRequest) -> tuple[TypingTool, TypedTable]:
    """A tool, and people it did not see, some of whose answers are missing."""
    return tool_and_people(request.param)


def standing_alone(text: str) -> dict[str, object]:
    space: dict[str, object] = {"__name__": "placing"}
    exec(compile(text, "placing.py", "exec"), space)
    return space


def test_python_places_people_as_the_tool_does(made):
    tool, people = made
    place = standing_alone(python_text(tool.assigner))["place"]
    labels, chances = tool.assign(people), tool.assigner.probabilities(people)
    for row in range(len(people)):
        found = place(told(people, row))
        if labels[row] < 0:
            assert found["segment"] is None
            continue
        assert found["segment"] == tool.labels[labels[row]]
        assert list(found["probabilities"].values()) == pytest.approx(chances[row], abs=1e-9)
        assert found["confidence"] == pytest.approx(chances[row].max(), abs=1e-9)


def test_python_of_every_kind_of_term_and_transform():
    chance = np.random.default_rng(0)
    columns = (
        *(Column(name, "numeric") for name in "abcd"),
        Column("e", "count"),
        Column("f", "nominal", ("x", "y", "z")),
    )
    values = np.column_stack([chance.normal(0, 3, (80, 4)), chance.poisson(3, 80), chance.integers(0, 3, 80)])
    values[chance.random(values.shape) < 0.2] = np.nan
    knots = (-4.0, -1.0, -1.0, 0.5, 2.0, 6.0)
    transforms = (
        Transform("yeo_johnson", 0.3, 0.1, 1.2),
        Transform("yeo_johnson", 2.0, 0.1, 1.2),
        Transform("rank", 1.0, 0.5, 0.3, knots),
        Transform("log", 1.0, 0.2, 0.9),
    )
    features = (
        *tuple(Feature(column.name, how, None, 0.1) for column, how in zip(columns, transforms, strict=False)),
        Feature("f", Transform("none", 1.0, 0.3, 1.0), 1, -0.2),
    )
    cross = chance.normal(0, 0.2, (3, 5, 5))
    geometric = Terms(chance.normal(0, 1, 3), chance.normal(0, 1, (3, 5)), chance.normal(0, 0.1, (3, 5)), cross)
    mixture = Terms(
        chance.normal(0, 1, 3),
        np.zeros((3, 6)),
        np.zeros((3, 6)),
        lookups={5: chance.normal(0, 1, (3, 3))},
        counts={4: chance.normal(0, 0.3, (2, 3))},
        numbers={0: chance.normal(0, 0.3, (3, 3))},
    )
    labels = ("p", "q", "r")
    for assigner in (
        Assigner(labels, columns, Preparation(features, ("a", "c")), geometric, 3),
        Assigner(labels, columns, None, mixture, 2),
    ):
        table = TypedTable(columns, values)
        place = standing_alone(python_text(assigner))["place"]
        wanted, chances = assigner.assign(table), assigner.probabilities(table)
        for row in range(len(table)):
            found = place(told(table, row))
            assert found["segment"] == (None if wanted[row] < 0 else labels[wanted[row]])
            if wanted[row] >= 0:
                assert list(found["probabilities"].values()) == pytest.approx(chances[row], abs=1e-9)


def test_json_comes_back(made):
    tool, people = made
    again = TypingTool.from_document(json.loads(json_text(tool)))
    assert again.to_document() == tool.to_document()
    assert (again.assign(people) == tool.assign(people)).all()
    assert (again.sheet.assign(people) == tool.sheet.assign(people)).all()


def test_sql_places_people_as_the_tool_does(made):
    tool, people = made
    text = sql_text(tool.assigner, table="survey of 2026", key="id")
    kinds = {"number": pa.float64(), "text": pa.string(), "boolean": pa.bool_()}
    columns = {"id": [f"{row:03d}" for row in range(len(people))]}
    types = [pa.field("id", pa.string())]
    for column, x in zip(people.columns, people.values.T, strict=True):
        kind = trait_type(column, None)
        if column.coded:
            own = [None if np.isnan(one) else operand(column, kind, int(one)) for one in x]
            columns[column.name] = [float(one) if isinstance(one, Decimal) else one for one in own]
        else:
            columns[column.name] = [None if np.isnan(one) else float(one) for one in x]
        types.append(pa.field(column.name, kinds[kind]))
    engine = duckdb.connect()
    engine.register("survey of 2026", pa.table(columns, pa.schema(types)))
    rows = {row[0]: row[1:] for row in engine.sql(text).fetchall()}
    labels, confidence = tool.assign(people), tool.confidence(people)
    for row in range(len(people)):
        label, sure = rows[f"{row:03d}"][:2]
        assert label == (None if labels[row] < 0 else tool.labels[labels[row]])
        if labels[row] >= 0:
            assert float(sure) == pytest.approx(confidence[row], abs=2e-6)
    with pytest.raises(UsageError):
        sql_text(tool.assigner, dialect="cobol")
