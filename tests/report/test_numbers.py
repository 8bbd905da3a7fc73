"""Figures as people read them."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest

from segmentary.models.intervals import wilson
from segmentary.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *[(0, "0"), (-0.0, "0"), (0.01234, "0.0123"), (12.345, "12.3"), (Decimal("12345.6"), "12,346"), (-3.2, "-3.2")],
        *[(1e-9, "0"), (100, "100"), (None, "–"), (math.nan, "–"), (1e15, "1,000,000,000,000,000")],
    ],
)
def test_number(value: float | Decimal | None, text: str) -> None:
    assert numbers.number(value) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("8911407.904"), "GBP", "£8,911,408"),
        (Decimal("12.5"), "EUR", "€12.50"),
        (Decimal("480.87"), "GBP", "£481"),
        (Decimal("-1200"), "EUR", "-€1,200"),
        (Decimal("12"), "JPY", "JP¥12"),
        (None, "EUR", "hidden"),
    ],
)
def test_money(amount: Decimal | None, currency: str, text: str) -> None:
    assert numbers.money(amount, currency) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "£0"), (12, "£12"), (950, "£950"), (12_300, "£12.3K"), (952_800, "£953K"), (1_161_817, "£1.16M")],
)
def test_short_money(amount: float, text: str) -> None:
    assert numbers.short_money(amount, "GBP") == text


def test_cents_shares_dates() -> None:
    assert numbers.money(Decimal("480.8654"), "GBP", cents=True) == "£480.87"
    assert numbers.percent(0.12345) == "12.3%"
    assert numbers.percent(0.12345, digits=0) == "12%"
    assert numbers.percent(None) == "hidden"
    assert numbers.percent(math.nan) == "–"
    assert numbers.percent_interval(wilson(50, 100)) == "40.4 to 59.6%"
    assert numbers.percent_interval(None) == "hidden"
    assert numbers.count(None) == "hidden"
    assert numbers.day(dt.datetime(2026, 3, 9, 23, 30, tzinfo=dt.UTC), "Europe/Paris") == "10 March 2026"
    assert numbers.day(None) == "–"
    assert (numbers.month(dt.date(2026, 9, 1)), numbers.long_month(dt.date(2026, 9, 1))) == (
        "Sep 2026",
        "September 2026",
    )
    assert (numbers.p_value(0.0001), numbers.p_value(0.25)) == ("< 0.001", "0.250")
