from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (Column("a", "numeric"), Column("b", "binary", ("no", "yes")))
VALUES = np.array([[1.0, 0], [2, 1], [np.nan, 1]])


@pytest.mark.parametrize(
    ("columns", "values", "options", "match"),
    [
        (COLUMNS[:1], VALUES, {}, "do not fit"),
        (COLUMNS[:1] * 2, VALUES, {}, "one name"),
        (COLUMNS, np.full((3, 2), np.inf), {}, "infinite"),
        (COLUMNS, VALUES, {"weights": np.ones(2)}, "do not fit"),
        (COLUMNS, VALUES, {"weights": np.array([1.0, 0, 1])}, "zero"),
        (COLUMNS, VALUES, {"ids": ("x",)}, "do not fit"),
    ],
)
def test_parts_that_do_not_fit_are_refused(columns, values, options, match) -> None:
    with pytest.raises(DataError, match=match), np.errstate(invalid="ignore"):
        TypedTable(columns, values, **options)


def test_weights_have_mean_one_and_say_how_many_people_they_are_worth() -> None:
    table = TypedTable(COLUMNS, VALUES, np.array([1.0, 1, 2]))
    assert table.weight.mean() == pytest.approx(1)
    assert table.effective_n == pytest.approx(16 / 6)
    assert TypedTable(COLUMNS, VALUES).effective_n == 3
    assert TypedTable(COLUMNS, VALUES[:0]).effective_n == 0


def test_parts_of_a_table() -> None:
    table = TypedTable(COLUMNS, VALUES, np.array([1.0, 2, 3]), ("x", "y", "z"))
    part = table.select(["b"]).take(np.array([True, False, True]))
    assert part.names == ("b",)
    assert part.values.tolist() == [[0], [1]]
    assert part.ids == ("x", "z")
    assert part.weights is not None
    assert part.weights.tolist() == [1, 3]
    with pytest.raises(UnknownNameError):
        table.column("c")
