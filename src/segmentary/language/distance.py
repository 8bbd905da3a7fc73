"""How far apart two points on the earth are: the great circle on a sphere, in whole metres, rounded down."""

from __future__ import annotations

import math
from decimal import Decimal

EARTH_RADIUS = 6_371_008.8
"""Metres: the mean radius of the earth (IUGG)."""
Point = tuple[Decimal, Decimal]


def on_earth(latitude: Decimal | None, longitude: Decimal | None) -> Point | None:
    """Return a point in degrees, None when a coordinate is missing or outside the globe."""
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def metres_between(one: Point, other: Point) -> int:
    """Return the distance between two points, latitude and longitude in degrees.

    >>> berlin, paris = (Decimal("52.52"), Decimal("13.405")), (Decimal("48.8566"), Decimal("2.3522"))
    >>> metres_between(berlin, paris)
    877464
    """
    north, other_north = math.radians(one[0]), math.radians(other[0])
    half_north = (other_north - north) / 2
    half_east = (math.radians(other[1]) - math.radians(one[1])) / 2
    square = math.sin(half_north) ** 2 + math.cos(north) * math.cos(other_north) * math.sin(half_east) ** 2
    return math.floor(2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, square))))
