from __future__ import annotations

import pyarrow as pa
import pytest

from segmentary.sources.shapes import missing, profile, shape_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("12", "integer"),
        ("-3", "integer"),
        ("00123", "text"),
        ("4.0128e+10", "number"),
        ("1,234.50", "number"),
        ("1.234,50", "number"),
        ("0.5", "number"),
        ("2010-12-01", "date"),
        ("1/2/2010", "date"),
        ("12 Mar 2011", "date"),
        ("2010-12-01 08:26:00", "time"),
        ("2026-03-01T12:00:00Z", "time"),
        ("1/2/2010 8:26", "time"),
        ("Yes", "boolean"),
        ("[1, 2]", "list"),
        ("C536379", "text"),
        ("123456789012345678901234567890", "number"),
    ],
)
def test_shape_of_a_text(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_missing_words() -> None:
    assert all(missing(v) for v in (None, "", "  ", "NA", "null", "#N/A", "-"))
    assert not any(missing(v) for v in ("0", "no", "none of these"))


def test_profile_counts_what_is_filled() -> None:
    table = pa.table({"row_number": [1, 2, 3], "a": ["1", "", "1"], "b": [1.5, None, 2.0], "c": [None, None, None]})
    a, b, c = profile(table)
    assert (a.name, a.type, a.filled, a.distinct, a.examples) == ("a", "integer", 2, 1, ("1",))
    assert (b.type, b.filled, b.distinct) == ("number", 2, 2)
    assert (c.type, c.filled) == ("text", 0)


def test_profile_of_no_rows() -> None:
    (column,) = profile(pa.table({"row_number": pa.array([], pa.int64()), "a": pa.array([], pa.string())}))
    assert (column.type, column.filled, column.distinct, column.examples) == ("text", 0, 0, ())
