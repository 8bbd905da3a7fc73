"""Other people in columns that are known already."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from segmentary.errors import UnknownNameError
from segmentary.models.table.coding import coded_as
from segmentary.models.table.columns import Column

TOWN = Column("town", "nominal", ("Kiel", "Ulm"))
AGREES = Column("agrees", "ordinal", ("1", "2", "3"))
MEMBER = Column("member", "binary", ("no", "yes"))
AGE = Column("age", "numeric")


def test_values_become_the_codes_they_had():
    frame = pa.table(
        {
            "id": ["a", "b", "c"],
            "town": ["Ulm", " Kiel ", "Bonn"],
            "agrees": pa.array([Decimal("1.0"), None, Decimal(7)], pa.decimal128(38, 10)),
            "member": [True, None, False],
            "age": [20.5, float("inf"), None],
        }
    )
    table = coded_as(frame, (AGE, TOWN, MEMBER, AGREES), ids="id")
    wanted = [[20.5, 1, 1, 0], [np.nan, 0, np.nan, np.nan], [np.nan, np.nan, 0, np.nan]]
    np.testing.assert_array_equal(table.values, wanted)
    assert table.ids == ("a", "b", "c")


def test_texts_of_numbers_are_numbers():
    frame = pa.table({"age": ["20", "x", None, "nan", "1e3"]})
    np.testing.assert_array_equal(coded_as(frame, (AGE,)).values[:, 0], [20, np.nan, np.nan, np.nan, 1000])


def test_nobody_and_nothing():
    assert coded_as(pa.table({"age": pa.array([], pa.float64())}), (AGE,)).values.shape == (0, 1)
    with pytest.raises(UnknownNameError, match="age"):
        coded_as(pa.table({"aged": [1.0]}), (AGE,))
