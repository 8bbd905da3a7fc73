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
NAMES = {
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds", "sterling", "pound sterling", "pounds sterling", "british pound", "british pounds"),
    "USD": ("us dollar", "us dollars", "u.s. dollar", "american dollar", "us$", "$us"),
    "CAD": ("canadian dollar", "canadian dollars", "ca$", "c$"),
    "AUD": ("australian dollar", "australian dollars", "au$", "a$"),
    "NZD": ("new zealand dollar", "nz$"),
    "CHF": ("swiss franc", "swiss francs", "franken", "schweizer franken", "fr.", "sfr", "sfr."),
    "JPY": ("yen", "japanese yen"),
    "CNY": ("yuan", "renminbi", "rmb", "chinese yuan"),
    "INR": ("rupee", "rupees", "indian rupee", "rs", "rs."),
    "SEK": ("swedish krona", "swedish kronor"),
    "NOK": ("norwegian krone", "norwegian kroner"),
    "DKK": ("danish krone", "danish kroner"),
    "PLN": ("zloty", "złoty", "polish zloty"),
    "CZK": ("czech koruna", "kč"),
    "BRL": ("real", "brazilian real", "r$"),
    "MXN": ("mexican peso", "mx$"),
}
SHARED_NAMES = {"dollar": "$", "dollars": "$"}
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


def named_currency(text: exp.Expr, usual: str) -> exp.Expr:
    """Return the ISO code of a currency that is written as code, sign or name; what is unknown in capitals."""
    case = exp.Case(this=node("lower($x)", x=text))
    spellings = {code: (*words, *(sign for sign, other in SIGNS.items() if other == code))
                 for code, words in NAMES.items()}  # fmt: skip
    spellings |= {code: (sign,) for sign, code in SIGNS.items() if code not in spellings}
    for code, words in spellings.items():
        for word in words:
            case = case.when(exp.Literal.string(word), exp.Literal.string(code), copy=False)
    for sign, shared in (*SHARED_SIGNS.items(), *((word, SHARED_SIGNS[s]) for word, s in SHARED_NAMES.items())):
        code = usual if usual in shared else shared[0]
        case = case.when(exp.Literal.string(sign), exp.Literal.string(code), copy=False)
    return case.else_(node("upper($x)", x=text))
