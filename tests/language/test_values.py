"""What values mean in plain Python: numbers out of texts, exact bounds."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segmentary.errors import DefinitionError
from segmentary.language.values import exact_number, number_of, version_key


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", "12"),
        ("-3.50", "-3.50"),
        ("+1", None),
        ("1e3", None),
        (" 1", None),
        ("1,000", None),
        ("", None),
        ("०", None),
    ],
)
def test_a_plain_decimal_is_a_number(text, found):
    assert number_of(text) == (None if found is None else Decimal(found))


def test_numbers_have_bounds():
    assert exact_number(Decimal("0.0000000001")) == Decimal("1e-10")
    for wrong in (Decimal("1e-11"), Decimal(10) ** 18, True, "1", Decimal("NaN")):
        with pytest.raises(DefinitionError):
            exact_number(wrong)


def test_versions_sort():
    ordered = ["1.0-alpha", "1.0", "1.0.1", "1.2", "1.10", "2-beta", "v2"]
    assert sorted(ordered, key=version_key) == ordered
    assert version_key("one") is None
