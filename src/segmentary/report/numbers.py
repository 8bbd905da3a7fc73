"""Figures as people read them: grouped thousands, the currency's own decimals, whole or tenth percents."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import dates
from babel import numbers as babel_numbers

from segmentary.models.intervals import Interval

LOCALE = "en_GB"
HIDDEN = "hidden"


def count(value: float | Decimal | None) -> str:
    """Return a whole number with its thousands grouped."""
    return HIDDEN if value is None else str(babel_numbers.format_decimal(round(value), locale=LOCALE))


def people(value: int | None, below: int) -> str:
    """Return a number of people; a hidden one says from which size on it would be shown."""
    return f"hidden (small group, fewer than {below} or next to one)" if value is None else count(value)


def number(value: float | Decimal | None, *, digits: int = 3) -> str:
    """Return a number with about so many significant digits, never with an exponent."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "–"
    size = abs(float(value))
    places = 0 if size >= 10 ** (digits - 1) or size == 0 else digits - 1 - math.floor(math.log10(size))
    exact = round(Decimal(str(value)), min(places, 6)) + 0
    text = str(babel_numbers.format_decimal(exact, locale=LOCALE, decimal_quantization=False))
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: float | Decimal | None, currency: str, *, cents: bool = False) -> str:
    """Return an amount in its currency; without cents from 100 on unless asked."""
    if value is None:
        return HIDDEN
    exact = Decimal(str(value))
    if cents or abs(exact) < 100:
        return str(babel_numbers.format_currency(exact, currency, locale=LOCALE))
    whole = exact.quantize(Decimal(1))
    return str(babel_numbers.format_currency(whole, currency, locale=LOCALE, format="¤#,##0", currency_digits=False))


def short_money(value: float | Decimal, currency: str) -> str:
    """Return an amount for a small place: €1.2M."""
    size = abs(float(value))
    front = size / 1000 ** (math.floor(math.log10(size)) // 3) if size >= 1 else size
    digits = 0 if size < 1000 or front >= 100 else 1 if front >= 10 else 2
    exact = Decimal(str(value))
    return str(babel_numbers.format_compact_currency(exact, currency, locale="en", fraction_digits=digits))


def percent(share: float | None, *, digits: int = 1) -> str:
    """Return a share as percent."""
    if share is None or not math.isfinite(share):
        return HIDDEN if share is None else "–"
    pattern = "#,##0%" if digits == 0 else f"#,##0.{'0' * digits}%"
    return str(babel_numbers.format_percent(share, format=pattern, locale=LOCALE))


def percent_interval(interval: Interval | None) -> str:
    """Return the ends of a share's interval."""
    if interval is None:
        return HIDDEN
    return f"{percent(interval.low)[:-1]} to {percent(interval.high)}"


def day(value: dt.date | dt.datetime | None, zone: str = "UTC") -> str:
    """Return a date, of an instant as the zone has it."""
    if value is None:
        return "–"
    if isinstance(value, dt.datetime):
        value = value.astimezone(ZoneInfo(zone)).date()
    return str(dates.format_date(value, format="d MMMM y", locale=LOCALE))


def month(value: dt.date) -> str:
    """Return a month and its year."""
    return str(dates.format_date(value, format="MMM y", locale="en"))


def long_month(value: dt.date) -> str:
    """Return a month and its year, in full."""
    return str(dates.format_date(value, format="MMMM y", locale=LOCALE))


def p_value(p: float) -> str:
    """Return a p-value without false exactness."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"
