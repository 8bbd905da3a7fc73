"""Distances as SQL: within so many kilometres of a point, or of any place of a list."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.distance import EARTH_RADIUS, on_earth
from segmentary.language.relations import customers_of, given
from segmentary.language.sql import binary, cast, column, constant, every, some, true_only
from segmentary.language.tree import Near, TraitValue

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.inputs import Inputs

LIMITS = {"latitude": 90, "longitude": 180}


def near(row: Row, rule: Near) -> exp.Expr:
    """Return whether the row's entity is within so many kilometres.

    Raises
    ------
    DefinitionError
        when neither a point nor a list of places is named.
    """
    if rule.point is None and rule.places is None:
        raise DefinitionError("near what is missing", hint="name a point or a list of places")
    latitude = TraitValue("latitude") if rule.latitude is None else rule.latitude
    longitude = TraitValue("longitude") if rule.longitude is None else rule.longitude
    metres = math.floor(rule.kilometres * 1000)
    north, east = (row.value_column(value, "number") for value in (latitude, longitude))
    found = []
    if rule.places is not None:
        found.append(near_places(row, rule.places, metres, north, east))
    point = None if rule.point is None else on_earth(*rule.point)
    if point is not None:
        here = row.used(north), row.used(east)
        there = double(literal(point[0])), double(literal(point[1]))
        found.append(true_only(every((on_earth_sql(*here), within(metres, doubles(here), there)))))
    return some(found)


def near_places(row: Row, places: str, metres: int, north: str, east: str) -> exp.Expr:
    """Return whether the row's entity is near any place of a list."""

    def build(inputs: Inputs, below: exp.Table) -> exp.Select:
        here = column(north), column(east)
        there = column("latitude", "places"), column("longitude", "places")
        # No place further north or south than this is near: what the distance has to be computed for at all.
        reach = literal(Decimal(metres + 1) / Decimal(110_000))
        band = (
            binary(exp.GTE, there[0].copy(), binary(exp.Sub, here[0].copy(), reach)),
            binary(exp.LTE, there[0].copy(), binary(exp.Add, here[0].copy(), reach.copy())),
        )
        listed = binary(exp.EQ, column("list_name", "places"), constant(places))
        on = every((listed, *band))
        query = customers_of(below, "people")
        query.join(exp.alias_(given(inputs.places, "places").copy(), "places", table=True), on=on, copy=False)
        close = within(metres, doubles(here), doubles(there))
        return query.where(every((on_earth_sql(*here), on_earth_sql(*there), close)), copy=False)

    return row.joined(("near", places, metres, north, east), build, frozenset({north, east}))


def on_earth_sql(latitude: exp.Expr, longitude: exp.Expr) -> exp.Expr:
    """Return whether coordinates are on the globe."""
    return every(
        exp.Between(this=value.copy(), low=literal(-limit), high=literal(limit))
        for value, limit in zip((latitude, longitude), LIMITS.values(), strict=True)
    )


def double(value: exp.Expr) -> exp.Expr:
    return cast(value.copy(), "double")


def doubles(point: tuple[exp.Expr, exp.Expr]) -> tuple[exp.Expr, exp.Expr]:
    return double(point[0]), double(point[1])


def within(metres: int, one: tuple[exp.Expr, exp.Expr], other: tuple[exp.Expr, exp.Expr]) -> exp.Expr:
    """Return whether two points, latitude and longitude in degrees, are at most so many whole metres apart."""
    north, other_north = radians(one[0]), radians(other[0])

    def half(to: exp.Expr, since: exp.Expr) -> exp.Expr:
        return binary(exp.Mul, exp.Paren(this=binary(exp.Sub, to, since)), exp.Literal.number("5e-1"))

    def squared_sine(angle: exp.Expr) -> exp.Expr:
        return exp.Pow(this=function("sin", angle), expression=literal(2))

    cosines = binary(exp.Mul, function("cos", north.copy()), function("cos", other_north.copy()))
    east = squared_sine(half(radians(other[1]), radians(one[1])))
    square = binary(exp.Add, squared_sine(half(other_north, north)), binary(exp.Mul, cosines, east))
    root = exp.Sqrt(this=exp.Least(this=exp.Literal.number("1e0"), expressions=[square]))
    apart = binary(exp.Mul, exp.Literal.number(f"{2 * EARTH_RADIUS!r}e0"), function("asin", root))
    return binary(exp.LTE, exp.Floor(this=apart), literal(metres))


def function(name: str, value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[value])


def radians(degrees: exp.Expr) -> exp.Expr:
    return function("radians", degrees.copy())
