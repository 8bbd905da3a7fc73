from __future__ import annotations

from profiles_warehouse import at

from segmentary.profiles.geography import derive


def test_country_and_city(warehouse):
    warehouse.customers("c", "d")
    warehouse.attribute("c", "country", "EIRE")
    warehouse.attribute("c", "city", "Dublin")
    warehouse.attribute("d", "country", "Austria")
    warehouse.attribute("d", "city", "Lech")
    derive(warehouse.engine, frozenset())
    dublin = warehouse.derived("c")
    assert dublin["country_code"] == "IE"
    assert dublin["country_name"] == "Ireland"
    assert dublin["continent"] == "Europe"
    assert dublin["urbanity"] == "urban"
    assert int(dublin["city_population"]) > 1_000_000
    assert dublin["latitude"].startswith("53.")
    assert warehouse.derived("d")["urbanity"] == "rural"


def test_an_unknown_place_is_missing_and_nothing_else(warehouse):
    warehouse.customers("c", "d", "e")
    warehouse.attribute("c", "city", "Kleinkleckersdorf")
    warehouse.attribute("d", "country", "Unspecified")
    assert derive(warehouse.engine, frozenset()) == 0
    assert warehouse.derived("c") == warehouse.derived("d") == warehouse.derived("e") == {}


def test_moving(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "city", "Paris", valid_to=at("2026-01-15"))
    warehouse.attribute("c", "city", "Nowhere at all", valid_from=at("2026-01-15"), valid_to=at("2026-02-15"))
    warehouse.attribute("c", "city", "Gordes", valid_from=at("2026-02-15"))
    warehouse.attribute("c", "country", "FR")
    derive(warehouse.engine, frozenset())
    moments = ("2026-01-15", "2026-01-16", "2026-02-16")
    assert [warehouse.derived("c", when).get("urbanity") for when in moments] == ["urban", None, "rural"]
    assert [warehouse.derived("c", when).get("country_code") for when in moments] == ["FR"] * 3


def test_the_country_beside_the_city_decides(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "city", "London", source="shop")
    warehouse.attribute("c", "country", "Canada", source="shop")
    warehouse.attribute("c", "country", "United Kingdom", source="crm")
    derive(warehouse.engine, frozenset())
    assert warehouse.derived("c")["region_code"].startswith("CA-")


def test_what_a_city_and_its_country_tell_is_known_when_both_are(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "city", "Paris", known_at=at("2026-01-01"))
    warehouse.attribute("c", "country", "FR", known_at=at("2026-01-05"))
    derive(warehouse.engine, frozenset())
    rows = warehouse.query("select distinct known_at from customer_attributes where name = 'urbanity'")
    assert rows == [(at("2026-01-05"),)]


def test_the_assumed_country_is_for_those_without_one(warehouse):
    warehouse.customers("c", "d")
    warehouse.attribute("c", "city", "London")
    warehouse.attribute("d", "city", "London")
    warehouse.attribute("d", "country", "UK")
    derive(warehouse.engine, frozenset(), country="CA")
    assert warehouse.derived("c")["region_code"].startswith("CA-")
    assert warehouse.derived("d")["region_code"] == "GB-ENG"


def test_what_a_source_says_itself_is_left_alone(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "country", "France")
    derive(warehouse.engine, frozenset({"continent"}))
    assert set(warehouse.derived("c")) == {"country_code", "country_name"}
