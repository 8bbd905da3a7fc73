"""Read values out of the objects of an export: whatever stands there, of the wanted type or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from segmentary.sources.jsonlines import Text, leaf, written
from segmentary.sources.names import lower_snake

LONGEST_TEXT = 100_000
LARGEST = Decimal(10) ** 14
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Before and after these a time is a fault of the writer's clock.
FIRST, LAST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?")
QUOTED = json.encoder.encode_basestring
CURRENCY = re.compile(r"[A-Za-z]{3}")
NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,12})?(?:[eE][+-]?\d{1,2})?")


def at(value: Any, *path: str | int) -> Any:
    """Return what stands at a path of keys and places, None where something on the way is missing."""
    for step in path:
        if type(value) is dict or isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list | tuple) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
        if value is None:
            return None
    return value


def text(value: Any, *path: str | int) -> str | None:
    """Return a text, number or boolean at a path as text without blanks around it; None for anything else."""
    found = at(value, *path) if path else value
    if found is None:
        return None
    if not isinstance(found, str):
        out = other_text(found)
        if out is None:
            return None
    else:
        out = found if type(found) is str else str.__str__(found)
    out = out.strip()
    if "\0" in out:
        out = out.replace("\0", "")
    return out[:LONGEST_TEXT] or None


def other_text(found: Any) -> str | None:
    """Return what is no text as text."""
    match found:
        case bool():
            return "true" if found else "false"
        case int() | Decimal():
            return str(found)
        case float():
            return repr(found) if found == found else ""
        case dt.datetime() | dt.date():
            return found.isoformat()
        case bytes():
            return found.decode("utf-8", errors="replace")
    return None


def first(value: Any, *names: str) -> str | None:
    """Return the first of several keys that holds a text."""
    for name in names:
        if (found := text(value, name)) is not None:
            return found
    return None


def objects(value: Any, *path: str | int) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list at a path."""
    found = at(value, *path)
    for each in found if isinstance(found, list | tuple) else ():
        if isinstance(each, Mapping):
            yield each


def table(value: Any, *path: str | int) -> Mapping[str, Any]:
    """Return the object at a path, an empty one where there is none."""
    found = at(value, *path)
    return found if isinstance(found, Mapping) else {}


def number(value: Any, *path: str | int) -> str | None:
    """Return a number at a path (also one written as text) as plain decimal text; None where it is none or huge."""
    found = text(value, *path)
    if found is None or not NUMBER.fullmatch(found):
        return None
    try:
        read = Decimal(found)
    except InvalidOperation:
        return None
    return None if abs(read) >= LARGEST else plain(read)


def plain(value: Decimal) -> str:
    """Return a decimal without needless digits.

    Examples
    --------
    >>> plain(Decimal("25.00")), plain(Decimal("1E+2")), plain(Decimal("0.50"))
    ('25', '100', '0.5')
    """
    out = f"{value:f}"
    return (out.rstrip("0").rstrip(".") or "0") if "." in out else out


def priced(amount: str | None, said: str | None) -> dict[str, str | None]:
    """Return an amount with its currency; an amount in what is no currency is none, and is not taken for home money.

    Examples
    --------
    >>> priced("5", "usd"), priced("5", None), priced("5", "coins")
    ({'amount': '5', 'currency': 'USD'}, {'amount': '5', 'currency': None}, {'amount': None, 'currency': None})
    """
    if said is None:
        return {"amount": amount, "currency": None}
    if not CURRENCY.fullmatch(said):
        return {"amount": None, "currency": None}
    return {"amount": amount, "currency": said.upper()}


def truth(value: Any, *path: str | int) -> bool | None:
    """Return yes or no at a path, None where neither stands there."""
    word = (text(value, *path) or "").lower()
    return True if word in ("true", "yes", "1") else False if word in ("false", "no", "0") else None


def moment(value: Any, *path: str | int) -> str | None:
    """Return a time at a path as ISO 8601 in UTC: ISO texts, or seconds, milli- or microseconds since 1970."""
    found = at(value, *path) if path else value
    if found is None:
        return None
    read = found if isinstance(found, dt.datetime) else read_moment(text(found))
    if read is None:
        return None
    try:
        read = read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None
    return iso(read) if FIRST <= read <= LAST else None


def iso(instant: dt.datetime) -> str:
    """Return an instant as text."""
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def read_moment(written_time: str | None) -> dt.datetime | None:
    """Return the instant a text says, in UTC where it names no zone."""
    if written_time is None:
        return None
    if NUMBER.fullmatch(written_time):
        count = Decimal(written_time)
        for unit, below in ((1, 10**11), (1_000, 10**14), (1_000_000, 10**17)):
            if 10**8 * unit <= count < below:
                return EPOCH + dt.timedelta(microseconds=int(count * 1_000_000 / unit))
        return None
    if not ISO.fullmatch(written_time):
        return None
    try:
        read = dt.datetime.fromisoformat(written_time)
    except ValueError:
        read = None
    if read is not None:
        return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read
    shaped = re.sub(r"\s*(?:Z|UTC|GMT)$", "+00:00", written_time.replace(",", "."))
    shaped = re.sub(r"(\.\d{6})\d+", r"\1", shaped)
    shaped = re.sub(r"([+-]\d{2})(\d{2})$", r"\1:\2", shaped.replace(" +", "+").replace(" -", "-"))
    try:
        read = dt.datetime.fromisoformat(shaped)
    except ValueError:
        return None
    return read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read


def typed(value: Any) -> tuple[str, str] | None:
    """Return a value as canonical text with its type, as attributes keep them; None where there is none."""
    match value:
        case None:
            return None
        case bool():
            return ("true" if value else "false"), "boolean"
        case Text() | int() | float() | Decimal():
            read = number(value)
            return None if read is None else (read, "number")
        case dt.datetime():
            when = moment(value)
            return None if when is None else (when, "time")
        case str():
            found = text(value)
            return None if found is None else (found, "text")
        case list() | tuple():
            return (leaf(list(value)) or "[]", "list") if value else None
    return None


@lru_cache(maxsize=10_000)
def snake(name: str) -> str:
    """Return a name in lower_snake; the same few names come again in every row."""
    return lower_snake(name)


def leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (lower_snake name, value) of every leaf of an object, nested names joined by _."""
    for key, inner in value.items():
        name = f"{prefix}_{snake(str(key))}" if prefix else snake(str(key))
        if isinstance(inner, Mapping):
            yield from leaves(inner, name)
        elif name:
            yield name, inner


def document(values: Mapping[str, Any]) -> str | None:
    """Return an object as JSON text: empty values left out, numbers as numbers; None where nothing is left."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        match value:
            case None | "" | {} | []:
                continue
            case Text():
                # Numbers that JSON readers cannot hold stay text.
                short = number(value)
                kept[name] = Text(short) if short is not None else str.__str__(value)
            case str():
                if found := text(value):
                    kept[name] = found
            case bool():
                kept[name] = value
            case int() | float() | Decimal():
                if (short := number(value)) is not None:
                    kept[name] = Text(short)
            case list() | tuple() | Mapping():
                kept[name] = leaf([jsonable(value)])[1:-1] if value else None  # type: ignore[index]
            case _:
                kept[name] = text(value)
    if not kept:
        return None
    members = (f"{QUOTED(name)}: {member(value)}" for name, value in kept.items())
    return f"{{{', '.join(members)}}}"


def member(value: Any) -> str:
    """Return one value of an object as JSON."""
    if isinstance(value, Text):
        return str.__str__(value)
    return QUOTED(value) if isinstance(value, str) else "".join(written(value))


def jsonable(value: Any) -> Any:
    """Return nested values with everything that JSON lacks as text."""
    match value:
        case Mapping():
            return {str(k): jsonable(v) for k, v in value.items()}
        case list() | tuple():
            return [jsonable(v) for v in value]
        case None | str() | bool() | int():
            return value
        case float() | Decimal():
            return Text(short) if (short := number(value)) is not None else None
    return text(value)


def row_id(record: Any, seen: dict[str, int]) -> str:
    """Return an id for a row without one: a hash of all it says, and which copy of it in the file it is.

    seen : how often each hash has occurred; kept by the caller over the rows of a file.
    """
    said = json.dumps(jsonable(record), sort_keys=True, ensure_ascii=False, default=str)
    digest = hashlib.sha256(said.encode("utf-8", errors="replace")).hexdigest()[:24]
    seen[digest] = seen.get(digest, 0) + 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def some(*values: str | None) -> str | None:
    """Return the first value that is there."""
    return next((value for value in values if value), None)


def joined(values: Iterable[str | None], between: str = ", ") -> str | None:
    """Return the values that are there as one text."""
    return between.join(value for value in values if value) or None
