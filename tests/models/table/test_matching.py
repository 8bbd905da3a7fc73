from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.table.coding import coded_as
from segmentary.models.table.columns import Column
from segmentary.models.table.matching import matched, unmatched
from segmentary.models.table.reading import typed_table

COLUMNS = (
    Column("mood", "ordinal", ("1", "2", "3", "4", "5")),
    Column("member", "binary", ("no", "yes")),
    Column("town", "nominal", ("Berlin", "Köln")),
    Column("age", "numeric"),
)


def test_new_people_get_the_codes_of_the_old() -> None:
    table = typed_table(
        {
            "age": [20.5, 30, 40, 50],
            "town": ["köln", "Wien", "Berlin", None],
            "member": [0, 1, 1, 0],
            "mood": [2, 3, 5, 2],
            "more": ["x", "y", "x", "y"],
        }
    ).table
    found, findings = matched(table, COLUMNS)
    expected = [[1, 0, 1, 20.5], [2, 1, np.nan, 30], [4, 1, 0, 40], [1, 0, np.nan, 50]]
    assert np.array_equal(found.values, expected, equal_nan=True)
    assert found.columns == COLUMNS
    assert [(one.code, one.columns) for one in findings] == [("unknown_level", ("town",))]


def test_numbers_and_levels_of_numbers_are_one() -> None:
    wide = typed_table({"mood": [1.0, 5, 17, None]}, kinds={"mood": "numeric"}).table
    found, findings = matched(wide, COLUMNS[:1])
    assert np.array_equal(found.values[:, 0], [0, 4, np.nan, np.nan], equal_nan=True)
    assert len(findings) == 1
    coded = typed_table({"age": [1, 2, 3, 4]}).table
    assert coded.columns[0].coded
    assert matched(coded, COLUMNS[3:])[0].values[:, 0].tolist() == [1, 2, 3, 4]


def test_the_same_columns_stay_as_they_are() -> None:
    table = typed_table({"mood": [1, 2, 5]}).table
    assert np.array_equal(matched(table, COLUMNS[:1])[0].values, table.values)
    assert matched(table, COLUMNS[:1])[1] == ()


def test_what_cannot_be_matched_is_refused() -> None:
    table = typed_table({"age": ["old", "young", "old"]}).table
    with pytest.raises(DataError, match="is to be numeric"):
        matched(table, COLUMNS[3:])
    with pytest.raises(UnknownNameError):
        matched(table, COLUMNS[:1])


def test_what_coding_loses_is_said() -> None:
    frame = pa.table({"town": ["Berlin", "Wien", None, "Ulm"], "age": ["20", "old", None, "30"]})
    columns = (COLUMNS[2], COLUMNS[3])
    found = unmatched(frame, coded_as(frame, columns))
    assert [(one.code, one.columns) for one in found] == [("unknown_level", ("town",)), ("unknown_level", ("age",))]
    assert "2 of 4 answers are none of its levels" in found[0].message
    assert "1 of 4 answers are no numbers" in found[1].message
    assert unmatched(frame.take([0]), coded_as(frame.take([0]), columns)) == ()
