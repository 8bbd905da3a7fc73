"""Fixed values as text: exact numbers, shares in percent, dates, instants."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal

from segmentary.errors import DefinitionError
from segmentary.language.tree import Scalar, ValueType

WHOLE_DIGITS = 28
"""Digits a number may have before the decimal point: what an exact decimal(38, 10) holds."""
DECIMAL_DIGITS = 10
NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?) ?(Z|z|[-+][0-9]{2}:[0-9]{2})?"
)
SHARE_PATTERN = r"^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)%$"


def parse_number(text: str) -> Decimal:
    """Read an exact number: what is written is what is compared.

    Raises
    ------
    DefinitionError
        when the text is no number, or has more digits than a comparison can hold.
    """
    if not NUMBER.fullmatch(text):
        raise DefinitionError(
            f"{text!r} is not a number", hint="write digits with a decimal point, such as 1000 or 0.5"
        )
    return checked_number(Decimal(text))


def checked_number(number: Decimal) -> Decimal:
    """Return the number when it is finite and an exact decimal(38, 10) holds it.

    Raises
    ------
    DefinitionError
        otherwise.
    """
    if not number.is_finite():
        raise DefinitionError(f"{number} is not a number that can be compared", hint="use exists or missing")
    too_large = bool(number) and number.adjusted() >= WHOLE_DIGITS
    if too_large or len(number_text(number).partition(".")[2]) > DECIMAL_DIGITS:
        raise DefinitionError(
            f"{number if too_large else number_text(number)} has too many digits",
            hint=f"at most {WHOLE_DIGITS} before the decimal point and {DECIMAL_DIGITS} after it",
        )
    return number


def number_text(number: Decimal) -> str:
    """Return the one spelling of a number: no exponent, no trailing zeros, no minus before zero."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def parse_share(text: object) -> Decimal:
    """Read ``10%`` as the share 0.1.

    Raises
    ------
    DefinitionError
        when it is not a percentage above 0 and up to 100.
    """
    if not isinstance(text, str) or not re.fullmatch(SHARE_PATTERN.strip("^$"), text):
        raise DefinitionError(f"{text!r} is not a share", hint="write a percentage above 0 and up to 100, such as 10%")
    share = Decimal(text[:-1]).scaleb(-2)
    if not 0 < share <= 1:
        raise DefinitionError(f"{text} is out of range", hint="a share is above 0 % and up to 100 %")
    return share


def share_text(share: Decimal) -> str:
    return f"{number_text(share.scaleb(2))}%"


def parse_date(text: str) -> dt.date:
    """Read ``2026-03-01``.

    Raises
    ------
    DefinitionError
        when there is no such day.
    """
    try:
        if DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise DefinitionError(f"there is no day {text!r}", hint="write year-month-day, such as 2026-03-01")


def parse_time(text: str) -> dt.datetime:
    """Read ``2026-03-01T12:00:00Z`` or with an offset such as ``+02:00``, as UTC.

    Raises
    ------
    DefinitionError
        when there is no such moment, or its zone is not said.
    """
    found = TIME.fullmatch(text)
    if found is None:
        raise DefinitionError(f"{text!r} is not a time", hint="write it as 2026-03-01T12:00:00Z")
    if found[3] is None:
        raise DefinitionError(f"the time {text!r} does not say its zone", hint="end it with Z or +02:00")
    try:
        zone = "+00:00" if found[3] in "Zz" else found[3]
        return dt.datetime.fromisoformat(f"{found[1]}T{found[2]}{zone}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise DefinitionError(f"there is no time {text!r}", hint="write it as 2026-03-01T12:00:00Z") from None


def time_text(instant: dt.datetime) -> str:
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def plain_scalar(text: str) -> Scalar:
    """Return what an unquoted word in a definition means: a boolean, number, date, time, else the text itself."""
    if text in ("true", "True", "TRUE"):
        return True
    if text in ("false", "False", "FALSE"):
        return False
    if NUMBER.fullmatch(text):
        return parse_number(text)
    if DATE.fullmatch(text):
        return parse_date(text)
    if TIME.fullmatch(text):
        return parse_time(text)
    return text


def scalar_type(value: Scalar) -> ValueType:
    match value:
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case dt.datetime():
            return "time"
        case dt.date():
            return "date"
        case _:
            return "text"


def plain_text(text: str) -> str:
    """Return text in the form it is compared in: NFC."""
    return unicodedata.normalize("NFC", text)
