"""English for fixed values, names, lengths of time and windows."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from segmentary.language.scalars import number_text, time_text
from segmentary.language.tree import (
    Absolute,
    Between,
    Calendar,
    Duration,
    Last,
    Scalar,
    SinceEntry,
    Window,
)

PLAIN_WORD = re.compile(r"[\w][\w%+.&'’-]*")


def scalar_words(value: Scalar) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            return number_text(value)
        case dt.datetime():
            return time_text(value)
        case _:
            return value.isoformat()


def quoted(text: str) -> str:
    """Return a text as it is when it is one word, else in quotation marks."""
    return text if PLAIN_WORD.fullmatch(text) else f"“{text}”"


def spaced(name: str) -> str:
    words = name.replace("_", " ")
    return words if re.fullmatch(r"[\w -]+", words) else f"“{words}”"


def moment_words(moment: dt.datetime) -> str:
    return time_text(moment)


def length(span: Duration) -> str:
    return f"{span.amount} {span.unit}{'' if span.amount == 1 else 's'}"


def period_words(calendar: Calendar) -> str:
    unit = calendar.unit.replace("_", " ")
    if calendar.which == "this":
        return f"the current {unit}"
    return f"the previous {unit}" if calendar.count == 1 else f"the previous {calendar.count} complete {unit}s"


def window_words(window: Window | None) -> str:
    """Return a window that needs no words for events, with the blank in front of it."""
    match window:
        case Last(span):
            return f" in the last {length(span)}"
        case Calendar():
            return f" in {period_words(window)}"
        case Between(older, newer):
            return f" between {length(older)} and {length(newer)} ago"
        case Absolute(since, until):
            start = "" if since is None else f" from {scalar_words(since)}"
            return start + ("" if until is None else f" until before {scalar_words(until)}")
        case SinceEntry(segment, which):
            return f" since the {which} entry into segment {quoted(segment)}"
        case _:
            return ""
