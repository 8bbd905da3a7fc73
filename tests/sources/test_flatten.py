from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.sources.flatten import canonical, number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("x", "x"),
        (True, "true"),
        (12, "12"),
        (12.0, "12"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("1.50"), "1.50"),
        (Decimal("NaN"), None),
        (dt.date(2026, 3, 1), "2026-03-01"),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), "2026-03-01T12:00:00+00:00"),
        (b"ab", "ab"),
        (b"\xff", "ff"),
        (["a", Decimal("1.5")], '["a", "1.5"]'),
        ({"a": 1}, '{"a": 1}'),
    ],
)
def test_values_as_text(value: object, text: str | None) -> None:
    assert canonical(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_lose_nothing(value: float) -> None:
    text = number_text(value)
    assert text is not None
    assert float(text) == value
    assert "e" not in text.lower()
