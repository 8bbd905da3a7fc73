"""What values mean, in plain Python: normal forms of text, how other types are read from text, exact numbers.

Each function here has a twin in `compile_values`, and the agreement tests compare the two.

Numbers: below 10**18 in size, at most ten digits after the point. Text is a number when it is a plain decimal literal
(``-12.50``, no plus sign, no exponent, no blanks, no thousands marks); digits after the tenth are cut off. A result
outside these bounds is missing. A product is rounded half away from zero to ten digits, a quotient cut to six.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from hashlib import sha256
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError
from segmentary.language.kinds import DECIMALS, DIGITS, QUOTIENT_DECIMALS
from segmentary.language.tree import Scalar, ValueType
from segmentary.language.windows import local_day

EXACT = Context(prec=120)
LIMIT = Decimal(10) ** DIGITS
# The same texts are regular expressions of RE2 in SQL.
NUMBER = r"^(-?[0-9]{1,18}(?:$|\.[0-9]{1,10}))[0-9]*$"
DAY = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^([1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?)Z?$"
VERSION = r"^[vV]?([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:-([^+]*))?(?:\+.*)?$"

Known = Scalar | tuple[str, ...]


def normal(text: str) -> str:
    """Return text in the form it is compared in: NFC."""
    return unicodedata.normalize("NFC", text)


def lowered(text: str) -> str:
    """Return text with every letter replaced by its one-letter lower case, wherever it stands.

    ``İ`` becomes ``i``, ``ẞ`` becomes ``ß``, ``ß`` stays, ``Σ`` is always ``σ``: what SQL's lower() does.
    """
    return "".join(c if len(low := c.lower()) != 1 else low for c in text.replace("İ", "i"))


def number_of(text: str) -> Decimal | None:
    """Return the number a plain decimal literal writes."""
    found = re.search(NUMBER.replace("$", r"\Z"), text, re.ASCII)
    return None if found is None else Decimal(found[1])


def bounded(number: Decimal | Fraction | int, places: int = DECIMALS, rounding: str = ROUND_HALF_UP) -> Decimal | None:
    """Return a number with so many digits after the point; None when it is too large."""
    if isinstance(number, Fraction):
        scaled = abs(number) * 10**places
        digits = scaled.numerator // scaled.denominator
        if rounding == ROUND_HALF_UP and 2 * (scaled - digits) >= 1:
            digits += 1
        exact = Decimal(digits if number >= 0 else -digits).scaleb(-places, EXACT)
    else:
        exact = Decimal(number).quantize(Decimal(1).scaleb(-places), rounding, EXACT)
    return exact if abs(exact) < LIMIT else None


def quotient(left: Decimal, right: Decimal) -> Decimal | None:
    """Return left / right cut to six digits; dividing by zero is missing."""
    return None if right == 0 else bounded(Fraction(left) / Fraction(right), QUOTIENT_DECIMALS, ROUND_DOWN)


def exact_number(value: Scalar) -> Decimal:
    """Return a constant as an exact number within the bounds of all numbers.

    Raises
    ------
    DefinitionError
        for a number that is too large or too fine, or no number at all.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise DefinitionError(f"not a number: {value!r}")
    number = Decimal(value)
    if not number.is_finite() or abs(number) >= LIMIT or bounded(number, DECIMALS) != number:
        raise DefinitionError(
            f"the number {number} is too large or too fine",
            hint=f"at most {DIGITS} digits before the point and {DECIMALS} after it",
        )
    return number


def unscaled(number: Decimal) -> tuple[int, int]:
    """Return (n, places) with number == n / 10**places and places as small as can be, at least 0.

    Raises
    ------
    DefinitionError
        for a constant with more than ten digits: a ratio is compared by cross-multiplication, which needs the room.
    """
    places = max(0, -int(number.normalize(EXACT).as_tuple().exponent))
    whole = int(number.scaleb(places, EXACT))
    if abs(whole) >= 10**10:
        raise DefinitionError(
            f"a mean or ratio cannot be compared with {number}", hint="use a number of at most ten digits"
        )
    return whole, places


def day_of(text: str) -> dt.date | None:
    """Return the date an ISO 8601 calendar date (2026-03-01) writes."""
    if re.search(DAY.replace("$", r"\Z"), text) is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def moment_of(text: str) -> dt.datetime | None:
    """Return the instant an ISO 8601 time (2026-03-01T12:00:00Z) writes; without a zone it is UTC."""
    found = re.search(MOMENT.replace("$", r"\Z"), text)
    try:
        return None if found is None else dt.datetime.fromisoformat(found[1]).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def items_of(text: str) -> tuple[str, ...] | None:
    """Return the items of a JSON array as text, in normal form; null items are left out."""
    try:
        found = json.loads(text, parse_float=float, parse_constant=refuse)
    except ValueError:
        return None
    if not isinstance(found, list):
        return None
    return tuple(normal(item) for item in map(json_text, found) if item is not None)


def refuse(text: str) -> object:
    raise ValueError(text)


def json_text(value: object) -> str | None:
    """Return a scalar of a JSON document as text; None for null, objects and arrays."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case float() | Decimal():
            return float_text(float(value)) if not is_whole(value) else f"{value:f}"
    return None


def is_whole(value: float | Decimal) -> bool:
    return isinstance(value, Decimal) and int(value.as_tuple().exponent) >= 0


def float_text(value: float) -> str:
    """Return the shortest decimal text of a number, as JavaScript and SQL's JSON functions write it."""
    digits = Decimal(repr(value))
    if value == 0 or -7 < digits.adjusted() < 21:
        plain = f"{digits:f}"
        return plain if "." in plain else f"{plain}.0"
    return re.sub(r"e([+-])0?", r"e\1", repr(value)).replace("e+", "e")


def version_key(text: str) -> str | None:
    """Return a text that sorts as the version it stands for.

    Up to four numbers, missing ones are 0; a pre-release (``2.0-beta``) comes before its release, and
    pre-releases of one version are ordered as text; build data (``+...``) does not count.
    """
    found = re.search(VERSION.replace("$", r"\Z"), text, re.ASCII)
    if found is None:
        return None
    numbers = "".join((found[part] or "").rjust(9, "0") for part in (1, 2, 3, 4))
    return numbers + (f"0{found[5]}" if found[5] else "1")


def coerced(value: Known | None, kind: ValueType, target: ValueType, zone: ZoneInfo) -> Known | None:
    """Return a value of one type read as another; None when that has no meaning."""
    if isinstance(value, str):
        value = normal(value)
    if value is None or kind == target:
        return value
    match value:
        case str() if kind == "text":
            return read(value, target)
        case dt.datetime() if target == "date":
            return local_day(value, zone)
        case dt.date() if target == "time" and not isinstance(value, dt.datetime):
            # Where clocks are put back at midnight there are two: SQL takes the later.
            return dt.datetime.combine(value, dt.time(fold=fold_of(value, zone)), tzinfo=zone).astimezone(dt.UTC)
    return None


def fold_of(day: dt.date, zone: ZoneInfo) -> int:
    """Return 1 where a local day's midnight comes twice, else 0."""
    first, second = (dt.datetime.combine(day, dt.time(fold=fold), tzinfo=zone) for fold in (0, 1))
    offsets = first.utcoffset(), second.utcoffset()
    return int(offsets[0] is not None and offsets[1] is not None and offsets[0] > offsets[1])


def read(text: str, target: ValueType) -> Known | None:
    """Return what a text says, read as a type."""
    match target:
        case "text":
            return text
        case "number":
            return number_of(text)
        case "boolean":
            return {"true": True, "false": False}.get(text)
        case "date":
            return day_of(text)
        case "time":
            return moment_of(text)
        case "list":
            return items_of(text)


def drawn(salt: str, customer_id: str) -> str:
    """Return the fifteen hexadecimal digits that decide whether a customer is in a sample."""
    return sha256(f"{salt}:{customer_id}".encode()).hexdigest()[:15]


def drawn_below(share: Decimal) -> str | None:
    """Return the digits a sample of this share stays below; None when everybody is in it."""
    scaled = Fraction(share) * 16**15
    threshold = -(-scaled.numerator // scaled.denominator)
    return None if threshold >= 16**15 else f"{threshold:015x}"
