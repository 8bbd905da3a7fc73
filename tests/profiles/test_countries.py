from __future__ import annotations

import pytest

from segmentary.profiles.countries import CONTINENTS, EVERYDAY, countries, country_of, plain


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EIRE", "IE"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("RSA", "ZA"),
        ("the Netherlands", "NL"),
        ("Holland", "NL"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("Deutschland", "DE"),
        ("Österreich", "AT"),
        ("España", "ES"),
        ("日本", "JP"),
        ("Côte d'Ivoire", "CI"),
        ("Philipines", "PH"),
        ("  france ", "FR"),
        ("Korea", "KR"),
    ],
)
def test_whatever_a_country_is_called(text, code):
    found = country_of(text)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("text", ["", " ", "?", "Unspecified", "European Community", "Channel Islands", "XX", "n/a"])
def test_what_is_no_country_is_missing(text):
    assert country_of(text) is None


def test_near_names_are_not_mixed_up():
    assert [country_of(t).code for t in ("Austria", "Australia", "Niger", "Nigeria", "Iran", "Iraq")] == [
        *("AT", "AU", "NE", "NG", "IR", "IQ")
    ]


def test_every_country_knows_itself_and_its_continent():
    for code, country in countries().items():
        assert country_of(code).code == code
        assert country_of(country.name).code == code
        assert country.continent in CONTINENTS.values()


def test_everyday_names_are_of_countries():
    assert EVERYDAY.keys() <= countries().keys()


@pytest.mark.real_data
def test_every_country_of_online_retail(real_data):
    import pyarrow.parquet as pq

    path = next((real_data / "online_retail").glob("*.parquet"))
    names = set(pq.read_table(path).to_pandas()["Country"])
    unknown = {name for name in names if country_of(name) is None}
    assert len(names) == 38
    assert unknown == {"Channel Islands", "European Community", "Unspecified"}


def test_plain():
    assert plain("  Île-de-France! ") == "ile de france"
