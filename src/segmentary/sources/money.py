"""Money and numbers written as text: ``$1,234.50``, ``1.234,50 €``, ``(12.00)``, ``1 234,5``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from segmentary.sources.base import DecimalMark
from segmentary.sources.shapes import missing

SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "r$": "BRL",
    "us$": "USD",
    "c$": "CAD",
    "a$": "AUD",
    "$": "",  # dollars of many countries
    "kr": "",  # crowns of several
}
CODES = ("USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "INR",
         "BRL", "MXN", "CNY", "HKD", "SGD", "ZAR", "TRY", "KRW", "THB", "ILS", "AED")  # fmt: skip
SPACES = " \u00a0\u202f\u2009'’"
DIGITS = re.compile(r"\d[\d.,]*|[.,]\d+")
LONGEST = 40


@dataclass(frozen=True, slots=True)
class MoneyText:
    """One amount taken apart: sign, digits with their marks, and the currency it names."""

    negative: bool
    digits: str
    currency: str
    symbol: str


def take_apart(text: str) -> MoneyText | None:
    """Return the parts of an amount; None where the text is no amount."""
    if len(text) > LONGEST:
        return None
    rest = text.strip()
    for space in SPACES:
        rest = rest.replace(space, "")
    rest = rest.replace("−", "-")  # the typographic minus
    negative = False
    if rest.startswith("(") and rest.endswith(")"):
        negative, rest = True, rest[1:-1]
    currency = symbol = ""
    lowered = rest.casefold()
    for mark, code in (*SYMBOLS.items(), *((code.casefold(), code) for code in CODES)):
        if mark in lowered:
            place = lowered.index(mark)
            currency, symbol = code, mark
            rest = rest[:place] + rest[place + len(mark) :]
            break
    if rest.startswith(("-", "+")):
        negative, rest = negative or rest[0] == "-", rest[1:]
    elif rest.endswith("-"):
        negative, rest = True, rest[:-1]
    return MoneyText(negative, rest, currency, symbol) if DIGITS.fullmatch(rest) else None


def parse_money(text: str, *, decimal_mark: DecimalMark = ".") -> Decimal | None:
    """Return an amount exactly; None where the text is no amount under that decimal mark.

    Examples
    --------
    >>> parse_money("$1,234.50"), parse_money("1.234,50 €", decimal_mark=","), parse_money("(12.00)")
    (Decimal('1234.50'), Decimal('1234.50'), Decimal('-12.00'))
    """
    parts = take_apart(text)
    if parts is None:
        return None
    other = "," if decimal_mark == "." else "."
    whole, mark, fraction = parts.digits.partition(decimal_mark)
    if other in fraction or decimal_mark in fraction or not groups_of_three(whole, other):
        return None
    number = Decimal((whole.replace(other, "") or "0") + ("." + fraction if mark and fraction else ""))
    return -number if parts.negative else number


def groups_of_three(whole: str, mark: str) -> bool:
    """Say whether thousands marks stand where they may (Indian grouping in twos included)."""
    if mark not in whole:
        return True
    first, *groups = whole.split(mark)
    return 1 <= len(first) <= 3 and len(groups[-1]) == 3 and all(len(g) in (2, 3) for g in groups)


@dataclass(frozen=True, slots=True)
class MarkDecision:
    """The decimal mark of a column, with its evidence.

    Attributes
    ----------
    share : of the values, how many are amounts under this mark.
    symbols : whether values carry currency signs; `currency` where all name the same one.
    doubtful : no value decides between decimal and thousands mark.
    """

    mark: DecimalMark
    share: float
    symbols: bool
    currency: str
    doubtful: bool
    reason: str


def decide_mark(values: Iterable[str]) -> MarkDecision:
    """Return the decimal mark the values of a column are written with."""
    given = [v for v in values if not missing(v)]
    parts = [p for v in given if (p := take_apart(v)) is not None]
    votes = [vote for p in parts if (vote := mark_of(p.digits))]
    point, comma = votes.count("."), votes.count(",")
    mark: DecimalMark = "," if comma > point else "."
    undecided = [p.digits for p in parts if ("." in p.digits or "," in p.digits) and not mark_of(p.digits)]
    doubtful = not votes and any("." in digits for digits in undecided) and any(len(d) > 4 for d in undecided)
    fits = sum(1 for v in given if parse_money(v, decimal_mark=mark) is not None)
    currencies = {p.currency for p in parts if p.symbol}
    currency = currencies.pop() if len(currencies) == 1 else ""
    decided = f"{max(point, comma)} values can be read no other way" if votes else "no value says otherwise"
    return MarkDecision(
        mark=mark,
        share=fits / len(given) if given else 0.0,
        symbols=any(p.symbol for p in parts),
        currency=currency,
        doubtful=doubtful,
        reason=f"the decimal mark is {'a comma' if mark == ',' else 'a point'}: {decided}",
    )


def mark_of(digits: str) -> DecimalMark | None:
    """Return the decimal mark one number proves, or None.

    Examples
    --------
    >>> mark_of("1.234,50"), mark_of("12,5"), mark_of("1,234"), mark_of("1,234,567")
    (',', ',', None, '.')
    """
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        return "." if digits.rfind(".") > digits.rfind(",") else ","
    if not points and not commas:
        return None
    mark: DecimalMark = "." if points else ","
    other: DecimalMark = "," if points else "."
    if points + commas > 1:
        return other  # repeated: it groups thousands
    whole, _, fraction = digits.partition(mark)
    return None if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole.strip("0") else mark
