"""From a document to what is about events: which ones, in which window, measured how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, cast

from segmentary.language.cursor import Cursor, kind_of
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS
from segmentary.language.tree import (
    Absolute,
    Between,
    Duration,
    EventFilter,
    EventMeasure,
    FixedWindow,
    Last,
    Measure,
    PropertyValue,
    Rule,
    Session,
    SinceEntry,
    SinceEvent,
    Sliding,
    Window,
)

EVENT_KEYS = ("event", "where", "during", *COUNTED, *MEASURED, "per", "in_last")
FIXED_WINDOWS = ("last", "calendar", "between", "from", "until")
WINDOWS = (*FIXED_WINDOWS, "since", "any", "session")
EVERY_EVENT = "any"
"""``event: any`` is every event; one that is really called so is written as a list, ``event: [any]``."""
RuleReader = Callable[[Cursor], Rule]


def without(at: Cursor, *keys: str) -> Cursor | None:
    """Return what stands here beside these keys, if anything does."""
    content = cast(Mapping[str, object], at.content)
    rest = {key: part for key, part in content.items() if key not in keys}
    return replace(at, content=rest) if rest else None


def pair(at: Cursor, what: str) -> tuple[Cursor, Cursor]:
    if not isinstance(at.content, list | tuple):
        raise at.wrong(f"{what!r} takes two, not {kind_of(at.content)}", f"write {what}: [first, second]")
    parts = at.items(f"what follows {what!r}")
    if len(parts) != 2:
        raise at.wrong(f"{what!r} takes two, not {len(parts)}", f"write {what}: [first, second]")
    return parts[0], parts[1]


def read_path(at: Cursor) -> tuple[str, ...]:
    if isinstance(at.content, list | tuple):
        return tuple(part.text() for part in at.items("a property"))
    steps = tuple(at.name().split("."))
    if not all(steps):
        raise at.wrong(f"{at.content!r} is not the name of a property", "write name or name.part")
    return steps


# ---------------------------------------------------------------- events


def read_filter(at: Cursor, rule: RuleReader) -> EventFilter:
    """Read which events are meant: ``event`` and ``where``."""
    event, where = at.down("event"), at.optional("where")
    names = () if event.content == EVERY_EVENT else read_names(event, "'event'")
    return EventFilter(names, None if where is None else rule(replace(where, of_event=True)))


def read_names(at: Cursor, what: str) -> tuple[str, ...]:
    """Read one name, or several."""
    several = isinstance(at.content, list | tuple)
    return tuple(part.name() for part in at.items(what)) if several else (at.name(),)


def read_lone_filter(at: Cursor, what: str, rule: RuleReader, *beside: str) -> EventFilter:
    """Read which events are meant where nothing else is asked about them."""
    at.only(("event", "where", *beside), what)
    at.required("event", what)
    return read_filter(at, rule)


def read_measure(at: Cursor, rule: RuleReader) -> tuple[EventMeasure, Cursor]:
    """Return the measure that stands here and where its operator would stand."""
    found = [measure for measure in (*COUNTED, *MEASURED) if measure in at.mapping("a measure of events")]
    if not found:
        raise at.wrong("what about the event?", "add did: true, did_not: true, count: {gte: 3} or another measure")
    if len(found) > 1:
        raise at.wrong(
            f"{' and '.join(repr(m) for m in found)} in one measure", "one measure says one thing: write two"
        )
    name = cast(Measure, found[0])
    inner = at.down(name)
    events, during = read_filter(at, rule), read_during(at, rule)
    if inner.content is True and name in COUNTED:
        return EventMeasure(events, name, during=during), inner
    if not isinstance(inner.content, dict):
        example = f"{name}: {{of: amount}}" if name in MEASURED else f"{name}: {{gte: 3}}"
        raise inner.wrong(f"{name!r} takes keys and values", f"write for example {example}")
    extra = ("n",) if name == "nth" else ()
    inner.only((*(("of",) if name in MEASURED else ()), *extra, *OPERATORS, "ignore_case"), f"'{name}'")
    of = PropertyValue(read_path(inner.required("of", f"'{name}'"))) if name in MEASURED else None
    nth = inner.required("n", "'nth'").whole() if name == "nth" else None
    return EventMeasure(events, name, of, during, nth), inner


# ---------------------------------------------------------------- windows


def read_during(at: Cursor, rule: RuleReader) -> Window | None:
    during = at.optional("during")
    return None if during is None else read_window(during, rule)


def read_window(at: Cursor, rule: RuleReader) -> Window:
    """Read any window; ``any`` and ``session`` may have a fixed one beside them."""
    keys = at.mapping("'during'")
    if "any" in keys:
        at.only(("any", *FIXED_WINDOWS), "a window of this length anywhere")
        return Sliding(read_length(at.down("any")), read_inner(at, "any"))
    if "session" in keys:
        at.only(("session", *FIXED_WINDOWS), "a window of one session")
        return replace(read_session(at.down("session")), within=read_inner(at, "session"))
    if "since" in keys:
        at.only(("since",), "'during'")
        return read_since(at.down("since"), rule)
    return read_fixed_window(at, WINDOWS)


def read_inner(at: Cursor, head: str) -> FixedWindow | None:
    rest = without(at, head)
    return None if rest is None else read_fixed_window(rest)


def read_fixed_window(at: Cursor, heads: tuple[str, ...] = FIXED_WINDOWS) -> FixedWindow:
    """Read a window that is the same for everybody."""
    keys = at.mapping("a window")
    if "from" in keys or "until" in keys:
        at.only(("from", "until"), "a period between dates")
        since, until = at.optional("from"), at.optional("until")
        return Absolute(None if since is None else read_bound(since), None if until is None else read_bound(until))
    head = at.head(heads, "'during'" if heads is WINDOWS else "a window here")
    at.only((head,), "'during'")
    inside = at.down(head)
    match head:
        case "last":
            return Last(read_length(inside))
        case "calendar":
            return inside.checked(parse_calendar)
        case _:
            older, newer = pair(inside, "between")
            return Between(older.checked(parse_duration), newer.checked(parse_duration))


def read_length(at: Cursor) -> Duration:
    length = at.checked(parse_duration)
    if length.amount == 0:
        raise at.wrong("a window of no length holds nothing", "write 1d or longer")
    return length


def read_bound(at: Cursor) -> dt.date:
    bound = at.scalar()
    if not isinstance(bound, dt.date):
        raise at.wrong(f"{at.content!r} is not a date or time", "write 2026-03-01 or 2026-03-01T12:00:00Z")
    return bound


def read_since(at: Cursor, rule: RuleReader) -> SinceEvent | SinceEntry:
    entered = at.mapping("'since'").get("entered") is not None
    if entered:
        at.only(("entered", "which"), "'since'")
    else:
        at.only(("event", "where", "which", "entered"), "'since'")
        at.required("event", "'since'")
    which = at.optional("which")
    ends: tuple[Literal["first", "last"], ...] = ("first", "last")
    chosen = "last" if which is None else which.word(ends)
    if entered:
        return SinceEntry(at.down("entered").name(), chosen)
    return SinceEvent(read_filter(at, rule), chosen)


def read_session(at: Cursor) -> Session:
    """Read what makes a session: ``30min`` of nothing, or ``id``; ``of`` says which events make it."""
    if not isinstance(at.content, Mapping):
        return Session() if at.content == "id" else Session(read_length(at))
    at.only(("gap", "by", "of"), "a session")
    gap, by, of = at.optional("gap"), at.optional("by"), at.optional("of")
    if (gap is None) == (by is None):
        hint = "write gap: 30min (that long without an event ends it), or by: id (events with one session_id)"
        raise at.wrong("a session has either 'gap' or 'by'", hint)
    if by is not None:
        by.word(("id",))
    return Session(None if gap is None else read_length(gap), () if of is None else read_names(of, "'of'"))
