from __future__ import annotations

import pytest

from segmentary.profiles.places import Asked, City, Found, choose, look_up, urbanity_of


def city(country, population, division="", name="X"):
    return City(name, country, division, population, 0.0, 0.0)


@pytest.mark.parametrize(
    ("population", "urbanity"),
    [(0, None), (1, "rural"), (4_999, "rural"), (5_000, "town"), (49_999, "town"), (50_000, "urban")],
)
def test_urbanity_by_population(population, urbanity):
    assert urbanity_of(population) == urbanity


def test_the_country_decides_between_places_of_one_name():
    candidates = [city("US", 900_000), city("DE", 6_000)]
    assert choose(Asked("X", "DE"), candidates).urbanity == "town"
    assert choose(Asked("X"), candidates).city.country == "US"
    assert choose(Asked("X", "FR"), candidates) is None


def test_a_place_that_cannot_be_told_from_another_has_no_position():
    assert choose(Asked("X"), [city("DE", 20_000), city("AT", 10_000)]) == Found(None, "town")
    assert choose(Asked("X"), [city("DE", 60_000), city("AT", 40_000)]) == Found(None, None)
    assert choose(Asked("X"), [city("DE", 6_000), city("AT", 3_000)]) == Found(None, None)


def test_the_state_decides_in_the_united_states():
    candidates = [city("US", 160_000, "MO"), city("US", 114_000, "IL")]
    assert choose(Asked("X", "US", "Illinois"), candidates).city.division == "IL"
    assert choose(Asked("X", "US", "mo"), candidates).city.division == "MO"
    assert choose(Asked("X", "US", "Ohio"), candidates) is None


def test_real_places_under_any_of_their_names():
    wanted = {
        Asked("Paris"): ("FR", "urban"),
        Asked("München", "DE"): ("DE", "urban"),
        Asked("munich"): ("DE", "urban"),
        Asked("Köln", "DE"): ("DE", "urban"),
        Asked("St. Gallen", "CH"): ("CH", "urban"),
        Asked("Springfield", "US", "Illinois"): ("US", "urban"),
        Asked("Füssen", "DE"): ("DE", "town"),
        Asked("Lech", "AT"): ("AT", "rural"),
        Asked("St. Anton am Arlberg", "AT"): ("AT", "rural"),
        Asked("Gruyères", "CH"): ("CH", "rural"),
        Asked("gruyeres", "CH"): ("CH", "rural"),
    }
    found = look_up(wanted)
    assert {place: (f.city.country, f.urbanity) for place, f in found.items()} == wanted


def test_an_unknown_place_is_not_rural():
    assert look_up([Asked("Kleinkleckersdorf", "DE"), Asked(""), Asked("???", "FR")]) == {}


def test_nothing_asked():
    assert look_up([]) == {}
