"""Fixed values, paths, windows and moments as the text form writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import assert_never

from segmentary.errors import DefinitionError
from segmentary.language.durations import calendar_text, duration_text
from segmentary.language.scalars import number_text, time_text
from segmentary.language.text_words import name_text, quoted
from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Duration,
    FixedWindow,
    Last,
    Moment,
    Operand,
    Scalar,
    Session,
    SinceEntry,
    Sliding,
)


def scalar_text(value: Scalar) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            return signed_text(value)
        case dt.datetime():
            return time_text(value)
        case _:
            return value.isoformat()


def signed_text(number: Decimal) -> str:
    return number_text(number)


def operand_text(operand: Operand) -> str:
    """Return one part of an operand."""
    match operand:
        case Duration():
            return duration_text(operand)
        case Calendar():
            return calendar_text(operand)
        case None | tuple():
            hint = "validate the tree before writing it"
            raise DefinitionError("an operand is missing or nested", hint=hint)
        case _:
            return scalar_text(operand)


def path_text(path: tuple[str, ...]) -> str:
    return ".".join(map(name_text, path))


def fixed_text(window: FixedWindow) -> str:
    """Return a window that is the same for everybody, without the word in front."""
    match window:
        case Last(length):
            return f"last {duration_text(length)}"
        case Calendar():
            return calendar_text(window)
        case Between(older, newer):
            return f"between {duration_text(older)} and {duration_text(newer)} ago"
        case Absolute(None, None):
            raise DefinitionError("a period between dates needs from, until or both")
        case Absolute(since, until):
            start = "" if since is None else f"from {scalar_text(since)}"
            end = "" if until is None else f"until {scalar_text(until)}"
            return f"{start} {end}".strip()
        case _:
            assert_never(window)


def in_front(window: FixedWindow) -> str:
    """Return it with the word in front that it needs beside other words."""
    return f"in {fixed_text(window)}" if isinstance(window, Last | Calendar) else fixed_text(window)


def window_text(window: FixedWindow | Sliding | SinceEntry) -> str:
    match window:
        case Sliding(length, within):
            return f"in any {duration_text(length)}" + ("" if within is None else f" {in_front(within)}")
        case SinceEntry(segment, which):
            return f"since {which} entry into {name_text(segment)}"
        case _:
            return in_front(window)


def session_text(session: Session) -> str:
    """Return what makes a session."""
    of = ""
    if session.of:
        names = ", ".join(map(name_text, session.of))
        of = f" of {names}" if len(session.of) == 1 else f" of ({names})"
    return f"{'by id' if session.gap is None else duration_text(session.gap)}{of}"


def moment_text(moment: Moment) -> str:
    match moment:
        case Duration():
            return f"{duration_text(moment)} ago"
        case Calendar():
            return f"end of {calendar_text(moment)}"
        case _:
            return scalar_text(moment)
