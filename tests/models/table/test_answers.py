from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from segmentary.models.table.answers import Answers, Wish, number_of, read_column
from segmentary.models.table.findings import Finding


def test_levels_of_a_new_sample_keep_the_codes_of_the_old() -> None:
    read = read_column("a", pa.array(["b", "c", None]), Wish(levels=("a", "b", "c", "d")))
    assert isinstance(read, Answers)
    assert read.column.levels == ("a", "b", "c", "d")
    assert np.array_equal(read.values, [1, 2, np.nan], equal_nan=True)


def test_numbers_with_given_levels() -> None:
    read = read_column("a", pa.array([3.0, 1.0, None]), Wish(levels=("1", "2", "3"), kind="ordinal"))
    assert isinstance(read, Answers)
    assert np.array_equal(read.values, [2, 0, np.nan], equal_nan=True)


def test_truth_values_can_be_numbers() -> None:
    read = read_column("a", pa.array([True, False]), Wish(kind="numeric"))
    assert isinstance(read, Answers)
    assert read.column.kind == "numeric"


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_all_spellings_of_text_types(kind: str) -> None:
    array = pa.array(["x", " y ", "x"]).cast(getattr(pa, kind)())
    read = read_column("a", array, Wish())
    assert isinstance(read, Answers)
    assert read.column.levels == ("x", "y")


@pytest.mark.parametrize("values", [pa.array([b"x"]), pa.array([{"a": 1}]), pa.array([[1]])])
def test_what_is_no_answer_is_refused(values: pa.Array) -> None:
    found = read_column("a", values, Wish())
    assert isinstance(found, Finding)
    assert (found.code, found.level, found.columns) == ("nested", "refusal", ("a",))


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("-2.5", -2.5), ("007", None), ("0.5", 0.5), ("1_000", None), ("inf", None), ("0", 0)],
)
def test_numbers_in_texts(text: str, number: float | None) -> None:
    assert number_of(text) == number
