"""A typing tool elsewhere: the same people in the same segments, whatever computes it."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.market.questionnaires import answers
from tests.market.spreadsheet import Book

from segmentary.errors import UsageError
from segmentary.language.documents import parse_document
from segmentary.language.history import AttributeVersion, Person
from segmentary.language.oracle import Population
from segmentary.language.segmentations import expand
from segmentary.language.tree import Context
from segmentary.language.writing import to_document
from segmentary.market.typing_definitions import label_segmentation, label_segments, sheet_definitions
from segmentary.market.typing_exports import json_text, python_text, sql_text
from segmentary.market.typing_results import TypingTool
from segmentary.market.typing_tool import typing_tool
from segmentary.market.typing_workbook import typing_workbook
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.describe.rule_tests import operand, trait_type
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import TypedTable

KEYS = ("eco", "price", "other_people")
CONTEXT = Context(as_of=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


@pytest.fixture(scope="module", params=[False, True], ids=["levels", "numbers"])
def made(request: pytest.FixtureRequest) -> tuple[TypingTool, TypedTable]:
    """A tool, and people it did not see, some of whose answers are missing."""
    table, labels = answers(3, numbers=request.param, missing=0.05)
    tool = typing_tool(table, labels, keys=KEYS, wanted=0.99, most=5)
    return tool, answers(3, n=150, numbers=request.param, missing=0.3)[0].take(slice(0, 60))


def told(table: TypedTable, row: int) -> dict[str, object]:
    """One person's answers as people give them."""
    found: dict[str, object] = {}
    for column, x in zip(table.columns, table.values[row], strict=True):
        if not np.isnan(x):
            found[column.name] = column.levels[int(x)] if column.coded else float(x)
    return found


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


def test_the_workbook_shows_what_the_sheet_says(made):
    tool, people = made
    sheet, content = tool.sheet, typing_workbook(tool, titles=dict.fromkeys(KEYS[:1], "=Eco people"))
    assert content == typing_workbook(tool, titles=dict.fromkeys(KEYS[:1], "=Eco people"))
    names = ["=Eco people", "price", "other people"]
    labels, points, confidence = sheet.assign(people), sheet.points(people), sheet.confidence(people)
    count = len(sheet.questions)
    for row in range(12):
        book = Book(content)
        given = told(people, row)
        for place, question in enumerate(sheet.questions):
            book.enter("Questions", f"C{5 + place}", given.get(question.column.name))
        totals = [book.value("Questions", f"{letter}{5 + count}") for letter in "EFG"]
        assert totals == points[row].tolist()
        segment = book.value("Questions", f"C{7 + count}")
        assert segment == ("answer the questions" if labels[row] < 0 else names[labels[row]])
        if labels[row] >= 0:
            assert book.value("Questions", f"C{8 + count}") == pytest.approx(confidence[row])
            advice = book.value("Questions", f"C{9 + count}")
            assert (advice == "sure enough") == (confidence[row] >= 0.8)


def test_the_workbook_lets_only_answers_be_changed(made):
    tool, _ = made
    book = Book(typing_workbook(tool)).book
    for page in book.worksheets:
        assert page.protection.sheet
    page = book["Questions"]
    unlocked = [cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked]
    assert unlocked == [f"C{5 + place}" for place in range(len(tool.sheet.questions))]
    assert len(page.data_validations.dataValidation) == len(tool.sheet.questions)


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
    trait, segments = expand(definitions[-1])
    traits = {one.name: one for one in definitions[:-1]} | {trait.name: trait}
    types = {column.name: trait_type(column, None) for column in people.columns}
    population = Population(persons(people), CONTEXT, segments=segments, traits=traits, given_types=types)
    labels = tool.sheet.assign(people)
    for place, key in enumerate((*KEYS, "not_placed")):
        wanted = {f"p{row:03d}" for row in np.flatnonzero(labels == (place if place < 3 else -1))}
        assert population.members(f"attitude.{key}") == wanted


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
