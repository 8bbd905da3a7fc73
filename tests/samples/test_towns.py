"""Places of the generated people: on the side of every border that they are said to be."""

import pytest

from segmentary.profiles.places import Asked, look_up
from segmentary.samples.towns import CITIES, JUST_A_CITY, TOWNS, UNKNOWN, VILLAGES, WEIGHTED

URBANITY = {"city": "urban", "town": "town", "village": "rural"}


@pytest.fixture(scope="module")
def found():
    return look_up(Asked(town.city, town.country_code) for town in (*CITIES, JUST_A_CITY, *TOWNS, *VILLAGES, *UNKNOWN))


@pytest.mark.parametrize("town", [*CITIES, JUST_A_CITY, *TOWNS, *VILLAGES], ids=lambda t: t.city)
def test_the_gazetteer_agrees(town, found):
    assert found[Asked(town.city, town.country_code)].urbanity == URBANITY[town.size]


def test_unknown_places_are_in_no_gazetteer(found):
    assert all(Asked(town.city, town.country_code) not in found for town in UNKNOWN)


def test_every_kind_of_place_is_lived_in():
    assert {town.size for town, weight in WEIGHTED if weight > 0} == {"city", "town", "village", "unknown"}
