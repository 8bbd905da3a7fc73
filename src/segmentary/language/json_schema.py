"""The written form as a JSON Schema, for editors and other programs.

It knows shapes and words; names and types are the business of `validate`, which has better messages. A copy is
published as ``segment.schema.json`` beside this file; a test keeps the two equal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any, get_args

from segmentary.language.durations import CALENDAR_PATTERN, DURATION_PATTERN
from segmentary.language.operators import COUNTED, MEASURED, OPERATORS, WEEKDAY_NAMES, OperandKind
from segmentary.language.scalars import SHARE_PATTERN
from segmentary.language.tree import Base, EntityType, Sensitivity, ValueType

Schema = dict[str, Any]
FLAG: Schema = {"const": True}
TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": ["string", "number"], "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 1}


def json_schema() -> Schema:
    """Return the schema (draft 2020-12) of a definition file: one definition, or a list of them."""
    one = [ref("segment_definition"), ref("trait_definition")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Segmentary definition",
        "description": "A segment (a named rule) or a computed trait (a named value).",
        "anyOf": [*one, {"type": "array", "minItems": 1, "items": {"anyOf": one}}],
        "$defs": {**definition_parts(), **rule_parts(), **value_parts(), **event_parts(), **small_parts()},
    }


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
    return {"properties": {**operators, "ignore_case": FLAG}, **exactly_one(OPERATORS)}


def judged(properties: Schema, required: Iterable[str]) -> Schema:
    """Return an object with these keys and one operator beside them."""
    open_object = {"type": "object", "properties": properties, "required": list(required)}
    return {**open_object, "allOf": [ref("judgement")], "unevaluatedProperties": False}


# ---------------------------------------------------------------- definitions


def definition_parts() -> Schema:
    shared = {"title": TEXT, "base": words(get_args(Base)), "timezone": TEXT}
    segment = {
        "segment": NAME,
        "purpose": TEXT,
        "entity": words(get_args(EntityType)),
        "tags": {"type": "array", "items": NAME},
        "where": ref("rule"),
    }
    trait = {
        "trait": NAME,
        "description": TEXT,
        "type": words(get_args(ValueType)),
        "unit": TEXT,
        "sensitivity": words(get_args(Sensitivity)),
        "value": ref("value"),
    }
    return {
        "segment_definition": closed({**segment, **shared}, ["segment", "where"]),
        "trait_definition": closed({**trait, **shared}, ["trait", "type", "value"]),
    }


# ---------------------------------------------------------------- rules


def rule_parts() -> Schema:
    rank = {
        "top": ref("size"),
        "bottom": ref("size"),
        "by": ref("value"),
        "within": ref("value"),
        "over": ref("rule"),
        "ties": words(("by_id", "include")),
        "at_least": COUNT,
    }
    kinds = {
        "all": closed({"all": several(ref("rule"))}, ["all"]),
        "any": closed({"any": several(ref("rule"))}, ["any"]),
        "not": closed({"not": ref("rule")}, ["not"]),
        "trait_condition": judged({"trait": NAME, "path": several(NAME)}, ["trait"]),
        "property_condition": judged({"property": ref("path")}, ["property"]),
        "value_condition": judged({"value": ref("value")}, ["value"]),
        "event_condition": event_condition(),
        "rank": closed({"rank": closed(rank, ["by"], **exactly_one(("top", "bottom")))}, ["rank"]),
        "segment": closed({"segment": NAME, "version": NAME}, ["segment"]),
        "list": closed({"list": NAME}, ["list"]),
        "ids": closed({"ids": several(NAME)}, ["ids"]),
        "sample": closed({"sample": closed({"share": ref("share"), "salt": NAME}, ["share", "salt"])}, ["sample"]),
    }
    return {"rule": {"anyOf": [ref(f"rule_{name}") for name in kinds]}, **{f"rule_{n}": s for n, s in kinds.items()}}


def event_condition() -> Schema:
    measures = {name: measure(name, is_judged=True) for name in (*COUNTED, *MEASURED)}
    said = {"did": FLAG, "did_not": FLAG}
    return closed({**event_keys(), **measures, **said}, ["event"], **exactly_one((*measures, *said)))


# ---------------------------------------------------------------- events


def event_keys() -> Schema:
    return {"event": {"anyOf": [NAME, several(NAME)]}, "where": ref("rule"), "during": ref("window")}


def measure(name: str, *, is_judged: bool) -> Schema:
    """Return what stands under the name of a measure: what it is taken of, and the operator if it is judged."""
    taken: Schema = {"of": ref("path")} if name in MEASURED else {}
    if name == "nth":
        taken["n"] = COUNT
    if not is_judged:
        return closed(taken, taken) if taken else FLAG
    return judged(taken, taken)


def event_parts() -> Schema:
    since = closed(
        {**{k: v for k, v in event_keys().items() if k != "during"}, "which": words(("first", "last"))}, ["event"]
    )
    windows = [
        closed({"last": ref("duration")}, ["last"]),
        closed({"calendar": ref("calendar")}, ["calendar"]),
        closed({"between": two(ref("duration"))}, ["between"]),
        closed({"from": ref("moment"), "until": ref("moment")}, [], minProperties=1),
        closed({"since": since}, ["since"]),
    ]
    measures = {name: measure(name, is_judged=False) for name in (*COUNTED, *MEASURED)}
    return {
        "window": {"anyOf": windows},
        "value_event": closed({**event_keys(), **measures}, ["event"], **exactly_one(measures)),
    }


# ---------------------------------------------------------------- values


def value_parts() -> Schema:
    value = ref("value")
    simple = {
        "trait": closed({"trait": NAME, "path": several(NAME)}, ["trait"]),
        "property": closed({"property": ref("path")}, ["property"]),
        "constant": closed({"constant": ref("scalar")}, ["constant"]),
        **{name: closed({name: two(value)}, [name]) for name in ("add", "subtract", "multiply", "divide")},
        "elapsed": wrapped("elapsed", {"since": value, "unit": words(("days", "months", "years"))}, ["since"]),
        "date_part": wrapped(
            "date_part", {"of": value, "part": words(("year", "month", "day", "weekday", "hour"))}, ["of", "part"]
        ),
        "band": wrapped(
            "band",
            {"of": value, "edges": several(ref("number")), "labels": several(NAME)},
            ["of", "edges", "labels"],
        ),
        "case": closed(
            {"case": several(closed({"when": ref("rule"), "then": value}, ["when", "then"])), "otherwise": value},
            ["case"],
        ),
        "first_known": closed({"first_known": several(value)}, ["first_known"]),
    }
    options = [*(ref(f"value_{name}") for name in simple), ref("value_event")]
    return {"value": {"anyOf": options}, **{f"value_{name}": schema for name, schema in simple.items()}}


def wrapped(head: str, properties: Schema, required: list[str]) -> Schema:
    return closed({head: closed(properties, required)}, [head])


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


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")


if __name__ == "__main__":
    main()
