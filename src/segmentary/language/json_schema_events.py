"""The JSON Schema of windows, events and patterns of events, and what all schemas are built of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from segmentary.language.durations import CALENDAR_PATTERN, DURATION_PATTERN
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS, WEEKDAY_NAMES, OperandKind
from segmentary.language.reading import AGAINST
from segmentary.language.reading_patterns import PERIOD_TESTS, SESSION_MEASURES
from segmentary.language.scalars import SHARE_PATTERN
from segmentary.language.tree import PeriodUnit

Schema = dict[str, Any]
FLAG: Schema = {"const": True}
TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": ["string", "number"], "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 1}
ENDS = ("first", "last")


# ---------------------------------------------------------------- building


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def closed(properties: Schema, required: Iterable[str], **more: Any) -> Schema:
    """Return an object that may have these keys and no others."""
    shape = {"type": "object", "properties": properties, "required": list(required)}
    return {**shape, "additionalProperties": False, **more}


def several(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, "minItems": 1, **more}


def two(items: Schema) -> Schema:
    return several(items, minItems=2, maxItems=2)


def words(options: Iterable[str]) -> Schema:
    return {"enum": list(options)}


def exactly_one(keys: Iterable[str]) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys]}


OPERANDS: dict[OperandKind, Schema] = {
    "scalar": ref("scalar"),
    "number": ref("number"),
    "scalars": several(ref("scalar")),
    "pair": two(ref("scalar")),
    "text": TEXT,
    "version": NAME,
    "flag": FLAG,
    "moment": ref("moment"),
    "duration": ref("duration"),
    "durations": two(ref("duration")),
    "weekdays": several(words(WEEKDAY_NAMES)),
    "period": ref("calendar"),
}


def judging() -> Schema:
    """Return the keys of operators, exactly one of which has to be there."""
    operators = {name: OPERANDS[facts.takes] for name, facts in OPERATORS.items()}
    operators |= {name: {"anyOf": [operators[name], ref("value")]} for name in AGAINST}
    return {"properties": {**operators, "ignore_case": FLAG}, **exactly_one(OPERATORS)}


def judged(properties: Schema, required: Iterable[str]) -> Schema:
    """Return an object with these keys and one operator beside them."""
    open_object = {"type": "object", "properties": properties, "required": list(required)}
    return {**open_object, "allOf": [ref("judgement")], "unevaluatedProperties": False}


# ---------------------------------------------------------------- windows


def fixed_windows() -> list[tuple[Schema, list[str]]]:
    """Return the windows that are the same for everybody: the keys of each, and which have to be there."""
    moments = {"from": ref("moment"), "until": ref("moment")}
    return [
        ({"last": ref("duration")}, ["last"]),
        ({"calendar": ref("calendar")}, ["calendar"]),
        ({"between": two(ref("duration"))}, ["between"]),
        (moments, ["from"]),
        ({"until": ref("moment")}, ["until"]),
    ]


def beside_windows(properties: Schema, required: list[str]) -> list[Schema]:
    """Return an object that has these keys beside one of the windows that are the same for everybody."""
    return [closed({**properties, **keys}, [*required, *needed]) for keys, needed in fixed_windows()]


def window_parts() -> Schema:
    since_event = closed({"event": ref("events"), "where": ref("rule"), "which": words(ENDS)}, ["event"])
    since_entry = closed({"entered": NAME, "which": words(ENDS)}, ["entered"])
    windows = [
        ref("fixed_window"),
        closed({"since": {"anyOf": [since_event, since_entry]}}, ["since"]),
        closed({"any": ref("duration")}, ["any"]),
        *beside_windows({"any": ref("duration")}, ["any"]),
        closed({"session": ref("session")}, ["session"]),
        *beside_windows({"session": ref("session")}, ["session"]),
    ]
    of = {"of": {"anyOf": [NAME, several(NAME)]}}
    sessions = [
        {"const": "id"},
        ref("duration"),
        closed({"gap": ref("duration"), **of}, ["gap"]),
        closed({"by": {"const": "id"}, **of}, ["by"]),
    ]
    quantifier = {"anyOf": [words(("any", "all", "at_end")), closed({"at_least": ref("duration")}, ["at_least"])]}
    return {
        "fixed_window": {"anyOf": beside_windows({}, [])},
        "window": {"anyOf": windows},
        "stay_window": {"anyOf": beside_windows({"quantifier": quantifier}, [])},
        "session": {"anyOf": sessions},
    }


# ---------------------------------------------------------------- events


def event_keys() -> Schema:
    return {"event": ref("events"), "where": ref("rule"), "during": ref("window")}


def measure(name: str, *, is_judged: bool) -> Schema:
    """Return what stands under the name of a measure: what it is taken of, and the operator if it is judged."""
    taken: Schema = {"of": ref("path")} if name in MEASURED else {}
    if name == "nth":
        taken["n"] = COUNT
    if not is_judged:
        return closed(taken, taken) if taken else FLAG
    return judged(taken, taken)


def event_condition() -> Schema:
    """Return a condition on events: a judged measure, did, did_not, or in how many periods a measure passes."""
    measures = {name: measure(name, is_judged=True) for name in (*COUNTED, *MEASURED)}
    said = {"did": FLAG, "did_not": FLAG}
    plain = closed({**event_keys(), **measures, **said}, ["event"], **exactly_one((*measures, *said)))
    judging_periods = {"periods": judged({}, []), "at_least": COUNT}
    return {"anyOf": [plain, per_period(judging_periods, anyOf=[{"required": [key]} for key in judging_periods])]}


def per_period(properties: Schema, **more: Any) -> Schema:
    """Return a measure that is taken of every one of the last calendar periods."""
    measures = {name: period_test(name) for name in (*COUNTED, *MEASURED)}
    periods = {"per": words(get_args(PeriodUnit)), "in_last": COUNT}
    own = {"event": ref("events"), "where": ref("rule"), **measures, **periods, **properties}
    return closed(own, ["event", "per", "in_last"], **exactly_one(measures), **more)


def period_test(name: str) -> Schema:
    """Return what stands under the name of a measure that is compared with a number in every period."""
    taken: Schema = {"of": ref("path")} if name in MEASURED else {}
    if name == "nth":
        taken["n"] = COUNT
    tests = {test: ref("number") for test in PERIOD_TESTS}
    return closed({**taken, **tests}, taken, **exactly_one(tests))


def event_parts() -> Schema:
    measures = {name: measure(name, is_judged=False) for name in (*COUNTED, *MEASURED)}
    value = closed({**event_keys(), **measures}, ["event"], **exactly_one(measures))
    return {
        "events": {"anyOf": [NAME, several(NAME)], "description": "names of events; any is every event"},
        "filter": closed({"event": ref("events"), "where": ref("rule")}, ["event"]),
        "value_event": {"anyOf": [value, per_period({})]},
        **window_parts(),
    }


# ---------------------------------------------------------------- patterns


def sessions(*, is_judged: bool) -> Schema:
    """Return a measure of sessions."""
    measures: Schema = {name: judged({}, []) if is_judged else FLAG for name in SESSION_MEASURES}
    own = {"sessions": ref("session"), "during": ref("fixed_window"), "containing": ref("filter")}
    return closed({**own, **measures}, ["sessions"], **exactly_one(measures))


def sequence(count: Schema | None) -> Schema:
    """Return a sequence, or with what stands under ``count`` how often it begins."""
    own = {
        "sequence": several(ref("step")),
        "during": ref("window"),
        "within": ref("duration"),
        "anchor": words(("any", "first", "last")),
        "session": ref("session"),
    }
    if count is None:
        return closed(own, ["sequence"])
    return closed({**own, "latest": COUNT, "count": count}, ["sequence", "count"])


def pattern_parts() -> Schema:
    binding = closed({"property": ref("path"), "step": COUNT, "as": ref("path")}, ["property"])
    own = {
        "event": ref("events"),
        "where": ref("rule"),
        "after": ref("duration"),
        "within": ref("duration"),
        "without": {"anyOf": [ref("filter"), several(ref("filter"))]},
        "same": {"anyOf": [NAME, binding, several({"anyOf": [ref("path"), binding]})]},
        "directly": FLAG,
    }
    present = closed(own, ["event"])
    return {
        "step": {"anyOf": [ref("present_step"), closed({"not": ref("present_step")}, ["not"])]},
        "present_step": present,
        "value_sessions": sessions(is_judged=False),
        "value_sequence": sequence(FLAG),
    }


# ---------------------------------------------------------------- small things


def small_parts() -> Schema:
    date, time = closed({"date": TEXT}, ["date"]), closed({"time": TEXT}, ["time"])
    number = closed({"number": TEXT}, ["number"])
    return {
        "judgement": judging(),
        "scalar": {"anyOf": [{"type": ["string", "number", "boolean"]}, number, date, time]},
        "number": {"anyOf": [{"type": "number"}, number]},
        "moment": {"anyOf": [TEXT, date, time]},
        "duration": {"type": "string", "pattern": DURATION_PATTERN, "description": "30min, 12h, 30d, 6w, 3mo, 1q, 2y"},
        "calendar": {"type": "string", "pattern": CALENDAR_PATTERN, "description": "this_week, previous_5_weeks, ..."},
        "share": {"type": "string", "pattern": SHARE_PATTERN, "description": "10%"},
        "size": {"anyOf": [ref("share"), COUNT]},
        "path": {"anyOf": [NAME, several(TEXT)], "description": "category, or happened_at.hour"},
    }
