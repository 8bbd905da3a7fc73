"""From the tree to a document: fixed values, windows, which events, and the order they follow each other in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, assert_never

from segmentary.language.durations import calendar_text, duration_text
from segmentary.language.scalars import number_text, time_text
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
    SinceEntry,
    SinceEvent,
    Sliding,
    Step,
    Window,
)

Document = dict[str, Any]
RuleWriter = Callable[[Rule], Document]
EXACT_IN_JSON = 2**53


# ---------------------------------------------------------------- fixed values


def scalar_document(value: Scalar) -> Any:
    match value:
        case bool() | str():
            return value
        case Decimal():
            whole = value == value.to_integral_value() and abs(value) < EXACT_IN_JSON
            return int(value) if whole else {"number": number_text(value)}
        case dt.datetime():
            return {"time": time_text(value)}
        case dt.date():
            return {"date": value.isoformat()}
        case _:
            assert_never(value)


def path_document(path: tuple[str, ...]) -> Any:
    """Return ``happened_at.hour``, or a list of steps where a step itself holds a dot."""
    plain = all(step and "." not in step for step in path)
    return ".".join(path) if plain else list(path)


def moment_document(moment: Moment) -> Any:
    """Return a day, an instant, ``30d`` or ``{end_of: previous_quarter}``."""
    match moment:
        case Duration():
            return duration_text(moment)
        case Calendar():
            return {"end_of": calendar_text(moment)}
        case _:
            return scalar_document(moment)


def durations_document(**lengths: Duration | None) -> Document:
    """Return the lengths that are given."""
    return {name: duration_text(length) for name, length in lengths.items() if length is not None}


# ---------------------------------------------------------------- events and windows


def filter_document(events: EventFilter, rule: RuleWriter) -> Document:
    """Return which events are meant."""
    names = events.names
    lone = len(names) == 1 and names[0] != "any"
    found: Document = {"event": "any" if not names else names[0] if lone else list(names)}
    if events.where is not None:
        found["where"] = rule(events.where)
    return found


def window_document(window: Window, rule: RuleWriter) -> Document:
    match window:
        case Last(length):
            return {"last": duration_text(length)}
        case Calendar():
            return {"calendar": calendar_text(window)}
        case Between(older, newer):
            return {"between": [duration_text(older), duration_text(newer)]}
        case Absolute(since, until):
            bounds = {"from": since, "until": until}
            return {key: scalar_document(bound) for key, bound in bounds.items() if bound is not None}
        case SinceEvent(events, which):
            return {"since": {**filter_document(events, rule), "which": which}}
        case SinceEntry(segment, which):
            return {"since": {"entered": segment, "which": which}}
        case Sliding(length, within):
            inner = {} if within is None else window_document(within, rule)
            return {"any": duration_text(length), **inner}
        case Session(within=within):
            inner = {} if within is None else window_document(within, rule)
            return {"session": session_document(window), **inner}
        case _:
            assert_never(window)


def session_document(session: Session) -> Any:
    """Return ``30min`` or ``id``, with the events that make sessions where they are not all; not its window."""
    gap = None if session.gap is None else duration_text(session.gap)
    if not session.of:
        return gap or "id"
    return {**({"by": "id"} if gap is None else {"gap": gap}), "of": list(session.of)}


# ---------------------------------------------------------------- sequences


def sequence_document(sequence: Sequence, rule: RuleWriter) -> Document:
    found: Document = {"sequence": [step_document(step, rule) for step in sequence.steps]}
    if sequence.during is not None:
        found["during"] = window_document(sequence.during, rule)
    found |= durations_document(within=sequence.within)
    if sequence.anchor is not None:
        found["anchor"] = sequence.anchor
    if sequence.session is not None:
        found["session"] = session_document(sequence.session)
    return found


def step_document(step: Step, rule: RuleWriter) -> Document:
    found = filter_document(step.event, rule)
    found |= durations_document(after=step.min_gap, within=step.max_gap)
    without = [filter_document(events, rule) for events in step.without]
    if without:
        found["without"] = without[0] if len(without) == 1 else without
    if step.same:
        same = [binding_document(binding) for binding in step.same]
        found["same"] = same[0] if len(same) == 1 and not isinstance(same[0], list) else same
    if step.directly:
        found["directly"] = True
    return {"not": found} if step.absent else found


def binding_document(binding: Binding) -> Any:
    """Return ``product_id`` where the step before has to have the same, else all that is said."""
    path = path_document(binding.path)
    if binding.step is None and binding.other is None:
        return path
    found: Document = {"property": path}
    if binding.step is not None:
        found["step"] = binding.step
    if binding.other is not None:
        found["as"] = path_document(binding.other)
    return found
