"""Numbers, money and dates in the language of a message (Babel), as Liquid filters.

Runs in the caged child, where nothing can be read any more: `Localised` reads all it needs when it is made.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

WIDTHS = ("short", "medium", "long", "full")
DIRECTIVES = {
    "a": "ccc", "A": "cccc", "b": "LLL", "B": "LLLL", "d": "dd", "-d": "d", "e": "d", "m": "MM", "-m": "M", "y": "yy",
    "Y": "yyyy", "H": "HH", "-H": "H", "I": "hh", "-I": "h", "M": "mm", "p": "a", "j": "D",
    "S": "ss",
}  # fmt: skip
DIRECTIVE = re.compile(r"%(-?[a-zA-Z%])")


class Localised:
    """Filters of one language.

    Parameters
    ----------
    language : such as ``en``, ``de_AT``. currency : of amounts that do not say theirs. zone : of times.
    """

    def __init__(self, language: str, currency: str, zone: dt.tzinfo) -> None:
        from babel import Locale
        from babel.numbers import get_decimal_symbol, get_group_symbol

        self.language = Locale.parse(language.replace("-", "_"))
        self.currency = currency
        self.signs = get_group_symbol(self.language), get_decimal_symbol(self.language)
        self.zone = zone
        self.dated = lru_cache(4096)(self.date_of)
        self.priced = lru_cache(4096)(self.money_of)
        self.counted = lru_cache(4096)(self.number_of)
        self.framed = lru_cache(64)(self.frame_of)
        self.warm()

    def warm(self) -> None:
        """Read what is read on first use."""
        for width in WIDTHS:
            self.date(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC).astimezone(self.zone), width)
        self.date(dt.date(2026, 3, 1), "%A %a %B %b %d %p %H:%M %y")
        self.money(Decimal("1234.50"))
        self.number(Decimal("1234.5"), 2)
        self.percent(Decimal("0.1"))

    def date(self, value: Any, form: Any = "medium") -> str:
        """Return a date or time: ``short``, ``medium``, ``long``, ``full``, ``time``, or ``%d %B %Y`` and the like."""
        if not isinstance(value, str | dt.date):
            return str(value)
        return self.dated(value, str(form)[:200])

    def date_of(self, value: str | dt.date, form: str) -> str:
        """Return the same, worked out."""
        from babel.dates import format_date, format_datetime, format_time

        if isinstance(value, str):
            text = value
            try:
                value = dt.datetime.fromisoformat(text) if len(text) > 10 else dt.date.fromisoformat(text)
            except ValueError:
                return text
        if isinstance(value, dt.datetime) and value.tzinfo is not None:
            value = value.astimezone(self.zone)
        whole = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
        if form in WIDTHS:
            return str(format_date(value, form, self.language))
        if form == "time":
            return str(format_time(whole.time(), "short", locale=self.language))
        pattern = pattern_of(form, self.language.language)
        return str(format_datetime(whole.replace(tzinfo=None), pattern, locale=self.language))

    def money(self, value: Any, currency: Any = "") -> str:
        """Return an amount with its currency; whole amounts without decimals."""
        amount = exact(value)
        if amount is None:
            return str(value)
        code = str(currency or self.currency)
        whole = amount == amount.to_integral_value()
        frame = self.framed(code, whole)
        if frame is not None and amount >= 0:
            return f"{frame[0]}{self.grouped(amount, 0 if whole else 2)}{frame[1]}"
        return self.priced(amount, code)

    def grouped(self, amount: Decimal, places: int) -> str:
        """Return a number with the separators of a language that groups by threes."""
        plain = f"{amount:,.{places}f}"
        comma, point = self.signs
        return (
            plain if (comma, point) == (",", ".") else plain.replace(",", "\0").replace(".", point).replace("\0", comma)
        )

    def frame_of(self, code: str, whole: bool) -> tuple[str, str] | None:
        """Return what stands before and after an amount; nothing where this language or currency does it otherwise."""
        from babel.numbers import format_decimal

        samples = (
            [Decimal("1234567"), Decimal("4")] if whole else [Decimal("1234567.89"), Decimal("0.50"), Decimal("4.125")]
        )
        found = set()
        for amount in samples:
            text, number = self.money_of(amount, code), self.grouped(amount, 0 if whole else 2)
            if text.count(number) != 1 or number != format_decimal(
                amount, digits_pattern(0 if whole else 2), locale=self.language
            ):
                return None
            before, _, after = text.partition(number)
            found.add((before, after))
        return found.pop() if len(found) == 1 else None

    def money_of(self, amount: Decimal, code: str) -> str:
        """Return the same, worked out."""
        from babel.numbers import format_currency

        if amount == amount.to_integral_value():
            return str(format_currency(amount, code, locale=self.language, format=self.whole(), currency_digits=False))
        return str(format_currency(amount, code, locale=self.language))

    def whole(self) -> str:
        """Return the pattern of amounts without decimals."""
        pattern = self.language.currency_formats["standard"].pattern
        return re.sub(r"([.])0+", "", pattern)

    def number(self, value: Any, digits: Any = None) -> str:
        """Return a number with the separators of the language; ``digits`` after the point, all where not given."""
        amount = exact(value)
        return str(value) if amount is None else self.counted(amount, digits)

    def number_of(self, amount: Decimal, digits: Any) -> str:
        """Return the same, worked out."""
        from babel.numbers import format_decimal

        if digits is None:
            return str(format_decimal(amount, locale=self.language, decimal_quantization=False))
        places = max(0, min(int(digits), 9))
        return str(format_decimal(amount, digits_pattern(places), locale=self.language))

    def percent(self, value: Any, digits: Any = 0) -> str:
        """Return a share such as 0.1 as 10%."""
        from babel.numbers import format_percent

        amount = exact(value)
        if amount is None:
            return str(value)
        places = max(0, min(int(digits), 6))
        pattern = self.language.percent_formats[None].pattern.replace("#,##0", digits_pattern(places))
        return str(format_percent(amount, pattern, locale=self.language))

    def plain(self, value: Any) -> str:
        """Return how a value looks where no filter was asked for."""
        match value:
            case None:
                return ""
            case bool():
                return str(value).lower()
            case dt.datetime() | dt.date():
                return self.date(value)
            case Decimal():
                return format(value.normalize(), "f")
            case list() | tuple():
                return ", ".join(self.plain(one) for one in value)
            case dict():
                return str(value.get("words") or value.get("name") or "")
        return str(value)


def exact(value: Any) -> Decimal | None:
    """Return a number, of digits too; nothing for other texts."""
    if type(value) is int:
        return Decimal(value)
    try:
        amount = value if type(value) is Decimal else Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() <= 30 else None


def pattern_of(form: str, language: str) -> str:
    """Return Babel's pattern for one of ``strftime``.

    A month beside a day is declined where the language does so.

    >>> pattern_of("%d %B %Y", "en"), pattern_of("at %H:%M", "en")
    ("dd' 'MMMM' 'yyyy", "'at 'HH':'mm")
    """
    with_day = bool(re.search(r"%-?[de]", form))
    found: list[str] = []
    words, end = "", 0
    for match in DIRECTIVE.finditer(form):
        words += form[end : match.start()]
        end = match.end()
        letter = match.group(1)
        if letter == "%":
            words += "%"
            continue
        shape = DIRECTIVES.get(letter, "")
        if not shape:
            continue
        found += [quoted(words), shape.replace("L", "M") if with_day else shape]
        words = ""
    return "".join([*found, quoted(words + form[end:])])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'" if text else ""


def digits_pattern(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")
