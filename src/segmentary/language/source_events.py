"""The Python source of fixed values, windows, events and patterns of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import assert_never

from segmentary.language.durations import duration_text
from segmentary.language.scalars import number_text
from segmentary.language.tree import (
    Absolute,
    Between,
    Binding,
    Calendar,
    Duration,
    EventFilter,
    Last,
    Moment,
    Rule,
    Scalar,
    Sequence,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    Step,
    Window,
)
from segmentary.language.writing_events import path_document

RuleSource = Callable[[Rule], str]


def keywords(words: Mapping[str, object]) -> str:
    """Return the arguments that say something, each after a comma."""
    return "".join(f", {name}={content!r}" for name, content in words.items() if content)


def scalar_source(value: Scalar) -> str:
    match value:
        case bool() | str():
            return repr(value)
        case Decimal():
            text = number_text(value)
            return f"Decimal({text!r})" if "." in text else text
        case dt.datetime():
            moment = value.astimezone(dt.UTC)
            parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
            small = f", {moment.microsecond}" if moment.microsecond else ""
            return f"datetime({', '.join(map(str, parts))}{small}, tzinfo=UTC)"
        case dt.date():
            return f"date({value.year}, {value.month}, {value.day})"
        case _:
            assert_never(value)


def moment_source(moment: Moment) -> str:
    match moment:
        case Duration():
            return repr(duration_text(moment))
        case Calendar():
            return f"end_of({calendar_source(moment)})"
        case _:
            return scalar_source(moment)


def calendar_source(calendar: Calendar) -> str:
    count = "" if calendar.count == 1 else f", {calendar.count}"
    return f"{calendar.which}({calendar.unit!r}{count})"


# ---------------------------------------------------------------- events and windows


def events_source(events: EventFilter, rule: RuleSource) -> str:
    return f"events({filter_source(events, rule)})"


def filter_source(events: EventFilter, rule: RuleSource) -> str:
    """Return the arguments that choose these events."""
    names = "any" if not events.names else events.names[0] if is_alone(events) else list(events.names)
    return repr(names) if events.where is None else f"{names!r}, {rule(events.where)}"


def is_alone(events: EventFilter) -> bool:
    return len(events.names) == 1 and events.names[0] != "any"


def window_method(window: Window, rule: RuleSource) -> str:
    """Return the call that puts events into a window."""
    match window:
        case Sliding(length, within):
            return f".any({duration_text(length)!r}{inner_source(within, rule)})"
        case Session():
            return f".in_session({session_arguments(window, rule)})"
        case _:
            return f".{window_source(window, rule)}"


def window_source(window: Window, rule: RuleSource) -> str:
    """Return the call that makes a window."""
    match window:
        case Last(length):
            return f"last({duration_text(length)!r})"
        case Calendar():
            return calendar_source(window)
        case Between(older, newer):
            return f"between({duration_text(older)!r}, {duration_text(newer)!r})"
        case Absolute(since, until):
            bounds = {"since": since, "until": until}
            said = [f"{key}={scalar_source(bound)}" for key, bound in bounds.items() if bound is not None]
            return f"dates({', '.join(said)})"
        case SinceEvent(events, which):
            return f"since({events_source(events, rule)}, which={which!r})"
        case SinceEntry(segment, which):
            return f"since_entering({segment!r}, which={which!r})"
        case Sliding(length, within):
            return f"sliding({duration_text(length)!r}{inner_source(within, rule)})"
        case Session():
            return f"session({session_arguments(window, rule)})"
        case _:
            assert_never(window)


def inner_source(within: Window | None, rule: RuleSource, word: str = "within") -> str:
    return "" if within is None else f", {word}={window_source(within, rule)}"


def session_arguments(session: Session, rule: RuleSource, word: str = "within") -> str:
    gap = "" if session.gap is None else f", {duration_text(session.gap)!r}"
    return f"{gap}{keywords({'of': list(session.of)})}{inner_source(session.within, rule, word)}".removeprefix(", ")


def sessions_source(value: SessionMeasure, rule: RuleSource) -> str:
    arguments = session_arguments(value.session, rule, "during")
    if value.containing is not None:
        arguments = f"{arguments}, containing={events_source(value.containing, rule)}".removeprefix(", ")
    return f"sessions({arguments}).{value.measure}()"


# ---------------------------------------------------------------- sequences


def sequence_source(sequence: Sequence, rule: RuleSource) -> str:
    parts = [step_source(step, rule) for step in sequence.steps]
    if sequence.during is not None:
        parts.append(f"during={window_source(sequence.during, rule)}")
    if sequence.within is not None:
        parts.append(f"within={duration_text(sequence.within)!r}")
    if sequence.anchor is not None:
        parts.append(f"anchor={sequence.anchor!r}")
    if sequence.session is not None:
        parts.append(f"session=session({session_arguments(sequence.session, rule)})")
    return f"sequence({', '.join(parts)})"


def step_source(step: Step, rule: RuleSource) -> str:
    found = f"{'no' if step.absent else 'step'}({filter_source(step.event, rule)})"
    if step.min_gap is not None:
        found += f".after({duration_text(step.min_gap)!r})"
    if step.max_gap is not None:
        found += f".within({duration_text(step.max_gap)!r})"
    found += "".join(f".without({filter_source(other, rule)})" for other in step.without)
    found += "".join(f".same({binding_arguments(binding)})" for binding in step.same)
    return f"{found}.directly()" if step.directly else found


def binding_arguments(binding: Binding) -> str:
    other = None if binding.other is None else path_document(binding.other)
    return f"{path_document(binding.path)!r}{keywords({'step': binding.step, 'other': other})}"
