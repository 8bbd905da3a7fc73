"""Distances on the sphere, to the metre."""

from decimal import Decimal

import pytest

from segmentary.language.distance import metres_between, on_earth


def point(latitude, longitude):
    return on_earth(Decimal(latitude), Decimal(longitude))


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (("0", "0"), ("0", "0"), 0),
        (("0", "0"), ("0", "1"), 111_195),
        (("0", "0"), ("1", "0"), 111_195),
        (("0", "179.5"), ("0", "-179.5"), 111_195),
        (("90", "0"), ("90", "120"), 0),
        # Half the circumference: pi * 6371008.8.
        (("0", "0"), ("0", "180"), 20_015_114),
        (("90", "0"), ("-90", "0"), 20_015_114),
    ],
)
def test_the_great_circle(one, other, metres):
    assert metres_between(point(*one), point(*other)) == metres
    assert metres_between(point(*other), point(*one)) == metres


def test_what_is_not_on_earth_is_nowhere():
    assert on_earth(None, Decimal(0)) is None
    assert on_earth(Decimal(0), None) is None
    assert on_earth(Decimal("-90.1"), Decimal(0)) is None
    assert on_earth(Decimal(0), Decimal("180.0001")) is None
    assert on_earth(Decimal(-90), Decimal(-180)) is not None
