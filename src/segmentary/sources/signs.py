"""Currencies that stand beside the number: "€ 12.00", "12.00 USD"."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segmentary.sources.arrival import Reader
from segmentary.sources.base import SourceMapping
from segmentary.sources.study import Note
from segmentary.sources.values import CURRENCIES, as_text, node

SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₩": "KRW", "₪": "ILS", "zł": "PLN"}
# Signs that several currencies share stand for the workspace's own where it is one of them.
SHARED_SIGNS = {
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"),
    "¥": ("JPY", "CNY"),
    "kr": ("SEK", "NOK", "DKK", "ISK"),
}
CODES = rf"(?:^|[^A-Za-z])({CURRENCIES})(?:$|[^A-Za-z])"
MONEY_COLUMNS = ("amount", "unit_price")


def written_currency(reader: Reader, mapping: SourceMapping, notes: Iterable[Note], usual: str) -> exp.Expr | None:
    """Return the currency that is written beside the money of a row; None when no row writes one."""
    signed = {note.column for note in notes if note.code == "money_text"}
    for name in MONEY_COLUMNS:
        source = mapping.columns.get(name)
        if source is None or source not in signed:
            continue
        text = as_text(reader.column(source))
        case = exp.Case()
        for sign, code in SIGNS.items():
            case = case.when(node("contains($x, $sign)", x=text, sign=sign), exp.Literal.string(code))
        for sign, shared in SHARED_SIGNS.items():
            code = usual if usual in shared else shared[0]
            case = case.when(node("contains($x, $sign)", x=text, sign=sign), exp.Literal.string(code))
        return case.else_(node("nullif(regexp_extract($x, $codes, 1), '')", x=text, codes=CODES))
    return None
