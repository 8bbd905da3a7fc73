"""Where customers are: country code, continent, and how urban their city is.

Works on what sources call ``country``, ``region`` and ``city``. What cannot be found stays missing: an unknown place is
never "rural".
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.profiles.countries import country_of
from segmentary.profiles.derived import Facts, append_mapped, distinct_raw, keep, raw_attribute
from segmentary.profiles.places import Asked, Found, look_up
from segmentary.schema import CUSTOMER_ATTRIBUTES

MODULE = "geography"
SEPARATOR = "\x1f"


def derive(engine: Engine, taken: frozenset[str], *, country: str = "") -> int:
    """Add what countries and cities tell; return how many rows.

    Parameters
    ----------
    taken : attributes the sources deliver themselves.
    country : ISO code assumed for cities of customers without a country; empty means none.
    """
    return derive_countries(engine, taken) + derive_cities(engine, taken, country)


def derive_countries(engine: Engine, taken: frozenset[str]) -> int:
    raw = raw_attribute("country")
    facts = {text: keep(country_facts(text), taken) for text in distinct_raw(engine, raw)}
    return append_mapped(engine, MODULE, raw, facts)


def country_facts(text: str) -> Facts:
    known = country_of(text)
    return {
        "country_code": (known.code if known else None, "text"),
        "country_name": (known.name if known else None, "text"),
        "continent": ((known.continent or None) if known else None, "text"),
    }


def derive_cities(engine: Engine, taken: frozenset[str], country: str) -> int:
    attributes = exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True)
    raw = query(Path(__file__).with_name("city_places.sql"), customer_attributes=attributes, separator=SEPARATOR)
    texts = distinct_raw(engine, raw)
    asked = dict(zip(texts, places_in(texts, country), strict=True))
    found = look_up(asked.values())
    facts = {text: keep(city_facts(found.get(place)), taken) for text, place in asked.items()}
    return append_mapped(engine, MODULE, raw, facts)


def places_in(texts: Iterable[str], country: str) -> list[Asked]:
    """Return what is asked for by "city, country, region", joined by a separator that no text holds.

    A country that is written but not known is still a country: the city is then looked for by its name alone.
    """
    places = []
    for text in texts:
        city, written, region = [*text.split(SEPARATOR), "", ""][:3]
        known = country_of(written)
        code = known.code if known else "" if written else country
        places.append(Asked(city.strip(), code, region.strip()))
    return places


def city_facts(found: Found | None) -> Facts:
    city = found.city if found else None
    return {
        "urbanity": (found.urbanity if found else None, "text"),
        "city_population": (str(city.population) if city and city.population else None, "number"),
        "region_code": (f"{city.country}-{city.division}" if city and city.division else None, "text"),
        "latitude": (f"{city.latitude:.5f}" if city else None, "number"),
        "longitude": (f"{city.longitude:.5f}" if city else None, "number"),
    }
