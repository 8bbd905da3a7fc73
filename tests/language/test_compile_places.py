"""Nearness at its edges, in both evaluators."""

from decimal import Decimal

import pytest
from tests.language.histories import Both, attribute

from segmentary.errors import DefinitionError
from segmentary.language.oracle import Person, Place
from segmentary.language.tree import Constant, Near

BERLIN, PARIS = (Decimal("52.52"), Decimal("13.405")), (Decimal("48.8566"), Decimal("2.3522"))


def at(latitude, longitude, name="a"):
    kinds = {"latitude": latitude, "longitude": longitude}
    return Person(name, tuple(attribute(key, value, "number") for key, value in kinds.items() if value is not None))


def near(kilometres, *people, point=None, **places):
    rule = Near(Decimal(kilometres), point, "stores" if point is None else None)
    listed = tuple(Place(name, *where) for name, where in places.items())
    types = {"latitude": "number", "longitude": "number"}
    return Both(*people, types=types, places={"stores": listed}).members(rule)


def test_the_bound_is_included_in_whole_metres():
    person = at("48.8566", "2.3522")
    assert near("877.464", person, point=BERLIN) == {"a"}
    assert near("877.463", person, point=BERLIN) == set()
    assert near("877.464", person, berlin=BERLIN) == {"a"}
    assert near("877.463", person, berlin=BERLIN) == set()


def test_any_place_of_the_list_will_do():
    people = at("52.5", "13.4"), at("48.86", "2.35", "b"), at("0", "0", "c")
    assert near("25", *people, berlin=BERLIN, paris=PARIS) == {"a", "b"}
    assert near("25", *people) == set()


def test_across_the_date_line_and_over_the_pole():
    assert near("25", at("0", "179.9"), point=(Decimal(0), Decimal("-179.9"))) == {"a"}
    assert near("25", at("89.95", "0"), pole=(Decimal("89.95"), Decimal(180))) == {"a"}
    assert near("20016", at("0", "0"), other_side=(Decimal(0), Decimal(180))) == {"a"}


def test_coordinates_that_are_missing_or_nowhere_are_near_nothing():
    people = at(None, "0"), at("91", "0", "b"), at("0", "181", "c"), at("nonsense", "0", "d")
    assert near("99999", *people, point=(Decimal(0), Decimal(0))) == set()
    assert near("99999", *people, here=(Decimal(0), Decimal(0)), nowhere=(Decimal(95), Decimal(0))) == set()
    assert near("99999", at("0", "0"), nowhere=(Decimal(95), Decimal(0))) == set()


def test_other_coordinates_than_the_usual():
    rule = Near(Decimal(25), BERLIN, None, Constant(Decimal("52.5")), Constant(Decimal("13.4")))
    assert Both(Person("a")).members(rule) == {"a"}


def test_near_nothing_means_nothing():
    with pytest.raises(DefinitionError):
        Both(at("0", "0")).members(Near(Decimal(25)))
