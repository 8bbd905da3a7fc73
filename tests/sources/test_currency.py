"""Rates tables as people write them, and what is said of currencies that have none; conversion is in test_mishaps."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal

import pytest

from segmentary.errors import SettingsError
from segmentary.settings import Settings
from segmentary.sources.currency import currency_error, rates_of, toml_key


def test_dates_and_rates_are_read_exactly():
    found = rates_of("USD", {"2026-01-01": "0.75", "2025-06-30": "1e-3"})
    assert found == {dt.date(2026, 1, 1): Decimal("0.75"), dt.date(2025, 6, 30): Decimal("0.001")}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "is empty"),
        ({"January": "1"}, "January"),
        ({"2026-02-30": "1"}, "2026-02-30"),
        ({"2026-01-01": "dear"}, "dear"),
        ({"2026-01-01": "0"}, "not above zero"),
        ({"2026-01-01": "-1"}, "not above zero"),
        ({"2026-01-01": "NaN"}, "not above zero"),
        ({"2026-01-01": "Infinity"}, "not above zero"),
    ],
)
def test_a_rate_that_means_nothing_is_refused(table, said):
    with pytest.raises(SettingsError, match=said) as told:
        rates_of("USD", table)
    assert "[rates.USD]" in told.value.message
    assert "2011-01-01" in told.value.hint


def test_one_foreign_currency_may_be_the_workspaces_own():
    error = currency_error(["GBP"], ["GBP"], Settings(currency="EUR"))
    assert "in GBP, the workspace counts in EUR" in error.message
    assert 'set currency = "GBP"' in error.hint
    unknown = currency_error(["ƒ"], ["ƒ"], Settings(currency="EUR"))
    assert "set currency" not in unknown.hint
    assert '[rates."ƒ"]' in unknown.hint


def test_of_several_only_those_without_rates_are_asked_for_in_order():
    error = currency_error(["USD", "EUR", "GBP"], ["USD", "GBP"], Settings(currency="EUR"))
    assert (error.found, error.without) == (("EUR", "GBP", "USD"), ("GBP", "USD"))
    assert "[rates.GBP], [rates.USD] in segmentary.toml" in error.hint
    assert "[rates.EUR]" not in error.hint


@pytest.mark.parametrize("name", ["USD", "€", "a.b", "", 'say "x"', "two words"])
def test_any_name_is_a_key_of_toml(name):
    assert tomllib.loads(f"{toml_key(name)} = 1") == {name: 1}
