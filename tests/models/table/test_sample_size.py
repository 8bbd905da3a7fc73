from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import NoAnswerError
from segmentary.models.table.columns import Column
from segmentary.models.table.sample_size import correlated, correlation_findings, enough, inflation, size_findings
from segmentary.models.table.typed_table import TypedTable


def table(n: int, p: int, weights: np.ndarray | None = None) -> TypedTable:
    columns = tuple(Column(f"x{j}", "numeric") for j in range(p))
    return TypedTable(columns, np.random.default_rng(1).normal(size=(n, p)), weights)


@pytest.mark.parametrize(
    ("n", "code"), [(1000, None), (999, "few_people"), (700, "few_people"), (699, "too_few_people")]
)
def test_people_per_column(n: int, code: str | None) -> None:
    assert [one.code for one in size_findings(table(n, 10))] == ([code] if code else [])


def test_weights_make_people_fewer() -> None:
    weights = np.random.default_rng(2).lognormal(0, 1, 1000)
    found = size_findings(table(1000, 10, weights))
    assert [one.code for one in found] == ["too_few_people"]
    assert "effectively" in found[0].message


@pytest.mark.parametrize("n", [0, 1, 3])
def test_nobody_is_no_answer(n: int) -> None:
    with pytest.raises(NoAnswerError):
        enough(table(n, 2), segments=2)


def test_one_person_who_weighs_all_is_no_answer() -> None:
    with pytest.raises(NoAnswerError, match="weigh as much as"):
        enough(table(500, 2, np.append(np.full(499, 1e-6), 1.0)), segments=2)


def test_columns_that_say_the_same_twice() -> None:
    chance = np.random.default_rng(3)
    a, b, c = chance.normal(size=(3, 400))
    values = np.column_stack([a, b, a + 0.3 * c, a + b + c, c])
    built = TypedTable(tuple(Column(name, "numeric") for name in "abcde"), values)
    pairs = correlated(built)
    assert (pairs[0].one, pairs[0].other) == ("a", "c")
    assert pairs[0].r == pytest.approx(np.corrcoef(a, a + 0.3 * c)[0, 1])
    codes = {one.code: one.columns for one in correlation_findings(built)}
    assert set(codes) == {"correlated", "redundant"}
    assert codes["redundant"] == ("b", "e")
    assert inflation(built)["d"] == float("inf")
    assert correlation_findings(table(400, 5)) == ()
    expected = 1 / (1 - np.corrcoef(values[:, 0], values[:, 1])[0, 1] ** 2)
    assert inflation(built.select(["a", "b"]))["a"] == pytest.approx(expected)
