from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.table.reading import Reading, typed_table

FIVE = {"mood": ["low", "high", "medium", None, "low"], "spend": [1.5, 2.0, None, 7.25, 3.0]}


def codes(reading: Reading) -> dict[str, str]:
    return {one.columns[0] if one.columns else "": one.code for one in reading.findings}


@pytest.mark.parametrize(
    "frame",
    [
        FIVE,
        pd.DataFrame(FIVE),
        pl.DataFrame(FIVE),
        pl.DataFrame(FIVE).lazy(),
        pa.table(FIVE),
        pa.table(FIVE).to_batches()[0],
        [dict(zip(FIVE, row, strict=True)) for row in zip(*FIVE.values(), strict=True)],
    ],
    ids=["dict", "pandas", "polars", "lazy", "arrow", "batch", "records"],
)
def test_every_table_in_memory_reads_alike(frame: object) -> None:
    table = typed_table(frame).table
    assert [(one.name, one.kind, one.levels) for one in table.columns] == [
        ("mood", "ordinal", ("low", "medium", "high")),
        ("spend", "numeric", ()),
    ]
    expected = np.array([[0, 1.5], [2, 2], [1, np.nan], [np.nan, 7.25], [0, 3]])
    assert np.array_equal(table.values, expected, equal_nan=True)


def test_an_array_has_numbered_columns_unless_named() -> None:
    values = np.random.default_rng(1).normal(size=(30, 2))
    assert typed_table(values).table.names == ("x1", "x2")
    named = typed_table(values, columns=["a", "b"]).table
    assert named.names == ("a", "b")
    assert np.array_equal(named.values, values)
    with pytest.raises(DataError, match="no table"):
        typed_table(values[0])


def test_ordered_categories_keep_their_order() -> None:
    frame = pd.DataFrame(
        {
            "size": pd.Categorical(["b", "a", "c", "a"], categories=["c", "b", "a"], ordered=True),
            "town": pd.Categorical(["x", "y", "z", "x"]),
        }
    )
    table = typed_table(frame).table
    assert [(one.kind, one.levels) for one in table.columns] == [
        ("ordinal", ("c", "b", "a")),
        ("nominal", ("x", "y", "z")),
    ]
    assert table.values[:, 0].tolist() == [1, 2, 0, 2]
    enum = pl.DataFrame({"size": pl.Series(["b", "a", "c"], dtype=pl.Enum(["c", "b", "a"]))})
    assert typed_table(enum).table.columns[0].levels == ("c", "b", "a")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([True, False, None], "binary"),
        (["yes", "no", "yes"], "binary"),
        ([0, 1, 1], "binary"),
        ([1, 2, 3, 4, 5], "ordinal"),
        ([1, 2, 4, 5, 7], "ordinal"),
        (list(range(11)), "ordinal"),
        ([-2, -1, 0, 1, 2], "ordinal"),
        ([3, 7, 8, 10], "ordinal"),
        ([0, 0, 0, 0, 1, 1, 2, 0, 0, 0, 1, 1, 2, 3, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 4], "count"),
        ([0, 3, 17, 240, 3], "count"),
        ([18, 40, 64, 33, 21], "numeric"),
        ([20_000, 31_000, 42_500], "numeric"),
        ([0.5, 1.5, 2.5], "numeric"),
        ([Decimal("1.50"), Decimal("2.25"), None], "numeric"),
        (["1", "2", "3"], "ordinal"),
        (["10.5", "20.25", ""], "numeric"),
        (["04109", "10115", "80331"], "nominal"),
        (["Berlin", "Paris", "Rome"], "nominal"),
        (["strongly agree", "neutral", "Disagree"], "ordinal"),
        (["strongly agree", "agree", "neutral", "disagree", "agree"], "ordinal"),
        (["1 - not at all", "2 - a bit", "3 - fully"], "ordinal"),
    ],
)
def test_kinds_are_guessed(values: list[object], kind: str) -> None:
    assert typed_table({"a": values}).table.columns[0].kind == kind


def test_a_scale_has_the_levels_nobody_chose() -> None:
    table = typed_table({"a": [1, 2, 4, 5]}).table
    assert table.columns[0].levels == ("1", "2", "3", "4", "5")
    assert table.values[:, 0].tolist() == [0, 1, 3, 4]


def test_an_item_whose_lowest_answer_nobody_gave_is_on_the_scale_of_the_others() -> None:
    chance = np.random.default_rng(1)
    frame = {f"i{j}": chance.integers(1, 6, 60) for j in range(5)}
    fun = chance.integers(2, 6, 60)
    table = typed_table({**frame, "fun": fun, "children": chance.poisson(1, 60)}).table
    assert table.column("fun").levels == ("1", "2", "3", "4", "5")
    assert np.array_equal(table.values[:, table.place("fun")], fun - 1)
    assert table.column("children").kind == "count"
    assert typed_table({**frame, "fun": fun}, kinds={"fun": "count"}).table.column("fun").kind == "count"


def test_no_comes_first() -> None:
    frame = {
        "a": ["Yes", "No"],
        "b": [True, False],
        "c": ["non-smoker", "smoker"],
        "d": ["married", "not married"],
        "e": ["m", "f"],
    }
    levels = [one.levels for one in typed_table(frame).table.columns]
    assert levels == [("No", "Yes"), ("no", "yes"), ("non-smoker", "smoker"), ("not married", "married"), ("f", "m")]


def test_wishes_go_before_guesses() -> None:
    frame = {"a": [1, 2, 3, 3], "b": ["x", "z", "x", ""], "c": [1, 2, 9, 1]}
    reading = typed_table(
        frame,
        kinds={"a": "nominal"},
        levels={"b": ["z", "y", "x"]},
        missing={"c": [9]},
        titles={"a": "Town"},
    )
    a, b, c = reading.table.columns
    assert (a.kind, a.levels, a.label) == ("nominal", ("1", "2", "3"), "Town")
    assert (b.kind, b.levels) == ("ordinal", ("z", "y", "x"))
    town = typed_table({"b": ["x", "z", "x"]}, kinds={"b": "nominal"}, levels={"b": ["z", "y", "x"]}).table.columns[0]
    assert (town.kind, town.levels) == ("nominal", ("z", "y", "x"))
    assert c.kind == "binary"
    assert np.isnan(reading.table.values[2, 2])


@pytest.mark.parametrize(
    ("wish", "match"),
    [
        ({"kinds": {"b": "numeric"}}, "'x' is none"),
        ({"kinds": {"b": "binary"}}, "binary"),
        ({"kinds": {"a": "count"}}, "count"),
        ({"levels": {"b": ["x", "y"]}}, "none of its levels: 'z'"),
        ({"weights": [1, -1, 1, 1]}, "negative"),
        ({"weights": [1, 1]}, "do not fit"),
        ({"weights": "b"}, "no numbers"),
        ({"ids": [1]}, "do not fit"),
    ],
)
def test_wishes_against_the_data_are_refused(wish: dict[str, object], match: str) -> None:
    with pytest.raises(DataError, match=match):
        typed_table({"a": [1.5, 2, 3, 3], "b": ["x", "y", "z", "x"]}, **wish)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wish", [{"columns": ["q"]}, {"kinds": {"q": "count"}}, {"weights": "q"}, {"kinds": {"a": "odd"}}]
)
def test_unknown_names_are_refused(wish: dict[str, object]) -> None:
    with pytest.raises(UnknownNameError):
        typed_table({"a": [1.5, 2, 3]}, **wish)  # type: ignore[arg-type]


def test_what_cannot_be_segmented_by_is_refused_with_its_reason() -> None:
    n = 60
    chance = np.random.default_rng(3)
    frame = {
        "fine": chance.normal(size=n),
        "same": [3] * n,
        "same_text": ["a"] * n,
        "empty": [None] * n,
        "blank": [" "] * n,
        "moment": pd.date_range("2026-01-01", periods=n).to_numpy(),
        "day": [f"2026-01-{1 + i % 28:02d}" for i in range(n)],
        "parts": [[1, 2]] * n,
        "mail": [f"{i}@example.org" for i in range(n)],
        "customer_id": chance.permutation(n * 3)[:n],
        "row": range(100, 100 + n),
    }
    reading = typed_table(frame)
    assert reading.table.names == ("fine",)
    assert codes(reading) == {
        "same": "constant",
        "same_text": "constant",
        "empty": "empty",
        "blank": "empty",
        "moment": "moments",
        "day": "moments",
        "parts": "nested",
        "mail": "identifier",
        "customer_id": "identifier",
        "row": "identifier",
    }
    assert set(reading.refused) == set(frame) - {"fine"}
    assert all(one.hint and one.message for one in reading.findings)


def test_nothing_left_is_no_answer() -> None:
    with pytest.raises(NoAnswerError, match="'a' is '1' for everybody"):
        typed_table({"a": [1, 1]})
    with pytest.raises(NoAnswerError):
        typed_table({"a": pa.array([], pa.float64())})


def test_codes_for_no_answer_are_suspected() -> None:
    chance = np.random.default_rng(4)
    likert = chance.integers(1, 6, 200)
    frame = {
        "likert": np.where(np.arange(200) % 9 == 0, 99, likert),
        "age": np.where(np.arange(200) % 9 == 0, 999, chance.integers(18, 90, 200)),
        "days": np.where(np.arange(200) % 3 == 0, -1, chance.integers(0, 400, 200)),
        "job": np.where(np.arange(200) % 9 == 0, "unknown", np.where(likert > 2, "clerk", "cook")),
        "honest": chance.integers(0, 100, 200),
        "scale": likert,
    }
    reading = typed_table(frame)
    assert codes(reading) == {"likert": "sentinel", "age": "sentinel", "days": "sentinel", "job": "sentinel"}
    mended = typed_table(frame, missing={"likert": [99], "age": [999], "days": [-1], "job": ["unknown"]})
    assert {one.code for one in mended.findings} == {"missing"}
    assert mended.table.column("likert").kind == "ordinal"


def test_rows_without_weight_are_left_out_and_counted() -> None:
    frame = {"a": [1.5, 2, 3, 4], "w": [1.0, 0.0, None, 2.0], "who": ["p", "q", "r", "p"]}
    reading = typed_table(frame, weights="w", ids="who")
    assert reading.table.names == ("a",)
    assert reading.table.weights is not None
    assert reading.table.weights.tolist() == [1, 2]
    assert reading.table.ids == ("p", "p")
    assert reading.rows.tolist() == [0, 3]
    assert [one.code for one in reading.findings] == ["no_weight", "repeated_ids"]
    assert "2 of 4 rows" in reading.findings[0].message


def test_doubtful_columns_and_rows_are_named() -> None:
    n = 400
    frame = {
        "rare": [1.5] + [None] * (n - 2) + [2.5],
        "almost": [0] * (n - 1) + [1],
        "endless": [float("inf")] + [float(i) + 0.5 for i in range(n - 1)],
    }
    reading = typed_table(frame)
    assert codes(reading) == {
        "rare": "mostly_missing",
        "almost": "nearly_constant",
        "endless": "infinite",
        "": "missing",
    }
    empty = typed_table({"a": [1.5, None, 2.5], "b": [None, None, "x"], "c": ["x", None, "y"]})
    assert "empty_rows" in {one.code for one in empty.findings}
    assert len(empty.table) == 3


def test_hostile_names_survive() -> None:
    names = ['"; drop table x --', "", "naïve 名前", "a'b", "{x}"]
    table = typed_table({name: [1.5, 2.5, 3.0] for name in names}).table
    assert table.names == tuple(names)


@pytest.mark.real_data
def test_real_surveys_are_typed(real_data: Path) -> None:
    mcdonalds = typed_table(pd.read_csv(real_data / "statistics" / "mcdonalds.csv")).table
    assert [one.kind for one in mcdonalds.columns] == ["binary"] * 11 + ["ordinal", "numeric", "ordinal", "binary"]
    assert mcdonalds.column("VisitFrequency").levels[0] == "Never"
    assert mcdonalds.column("Like").levels[0] == "-5" or "hate" in mcdonalds.column("Like").levels[0]
    assert round(float(mcdonalds.values[:, 0].mean()), 4) == 0.5526
    young = typed_table(pd.read_csv(real_data / "surveys_psychographic" / "young_people_survey.csv.gz"))
    kinds = [one.kind for one in young.table.columns]
    assert kinds.count("ordinal") >= 134
    assert len(young.table) == 1010
