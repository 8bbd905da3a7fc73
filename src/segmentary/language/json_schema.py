"""The written form as a JSON Schema, for editors and other programs.

It knows shapes and words; names and types are the business of `validate`, which has better messages. A copy is
published as ``segment.schema.json`` beside this file; a test keeps the two equal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import get_args

from segmentary.language.bygone import MODEL_OUTPUTS
from segmentary.language.json_schema_events import (
    COUNT,
    FLAG,
    NAME,
    TEXT,
    Schema,
    closed,
    event_condition,
    event_parts,
    exactly_one,
    judged,
    pattern_parts,
    ref,
    sequence,
    sessions,
    several,
    small_parts,
    two,
    words,
)
from segmentary.language.reading_bygone import COUNT_TESTS
from segmentary.language.tree import Base, EntityType, Sensitivity, ValueType


def json_schema() -> Schema:
    """Return the schema (draft 2020-12) of a definition file: one definition, or a list of them."""
    one = [ref("segment_definition"), ref("segmentation_definition"), ref("trait_definition")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Segmentary definition",
        "description": "A segment (a named rule), a segmentation (several) or a computed trait (a named value).",
        "anyOf": [*one, {"type": "array", "minItems": 1, "items": {"anyOf": one}}],
        "$defs": {
            **definition_parts(),
            **rule_parts(),
            **value_parts(),
            **event_parts(),
            **pattern_parts(),
            **small_parts(),
        },
    }


# ---------------------------------------------------------------- definitions


def definition_parts() -> Schema:
    shared = {"title": TEXT, "base": words(get_args(Base)), "timezone": TEXT}
    about = {"purpose": TEXT, "entity": words(get_args(EntityType)), "tags": {"type": "array", "items": NAME}}
    since = closed({"since": ref("moment")}, ["since"])
    about["history"] = {"anyOf": [words(("all", "none")), since]}
    segment = {"segment": NAME, **about, "where": ref("rule")}
    part = closed({"segment": NAME, "title": TEXT, "where": ref("rule")}, ["segment", "where"])
    segmentation = {"segmentation": NAME, **about, "parts": several(part), "otherwise": NAME}
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
        "segmentation_definition": closed({**segmentation, **shared}, ["segmentation", "parts", "otherwise"]),
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
        "keep": ref("size"),
    }
    kinds = {
        "all": closed({"all": several(ref("rule"))}, ["all"]),
        "any": closed({"any": several(ref("rule"))}, ["any"]),
        "not": closed({"not": ref("rule")}, ["not"]),
        "trait_condition": judged({"trait": NAME, "path": several(NAME), **states()}, ["trait"]),
        "property_condition": judged({"property": ref("path")}, ["property"]),
        "fact_condition": judged(fact(), fact()),
        "model_condition": judged(model(), ["model", "output"]),
        "sessions_condition": sessions(is_judged=True),
        "sequence_count": sequence(judged({}, [])),
        "sequence": sequence(None),
        "value_condition": judged({"value": ref("value")}, ["value"]),
        "event_condition": event_condition(),
        "rank": closed({"rank": closed(rank, ["by"], **exactly_one(("top", "bottom")))}, ["rank"]),
        "segment": {"anyOf": list(segment_references())},
        "related": related(),
        "near": near(),
        "consent": closed({"consent": NAME, "channel": NAME, "is": words(("granted", "denied"))}, ["consent"]),
        "list": closed({"list": NAME}, ["list"]),
        "ids": closed({"ids": several(NAME)}, ["ids"]),
        "sample": closed({"sample": closed({"share": ref("share"), "salt": NAME}, ["share", "salt"])}, ["sample"]),
    }
    return {"rule": {"anyOf": [ref(f"rule_{name}") for name in kinds]}, **{f"rule_{n}": s for n, s in kinds.items()}}


def states() -> Schema:
    """Return what a condition on a trait may say about the past."""
    lengths = {"at_least": ref("duration"), "less_than": ref("duration")}
    lasting = {"anyOf": [ref("duration"), closed(lengths, [], minProperties=1)]}
    return {"for": lasting, "at_any_time": ref("fixed_window")}


def segment_references() -> Iterator[Schema]:
    """Yield the ways to refer to a segment."""
    pinned = {"segment": NAME, "version": NAME}
    end = closed({"end_of": ref("calendar")}, ["end_of"])
    moment = {"anyOf": [ref("duration"), ref("moment"), end]}
    moved = {"anyOf": [FLAG, ref("fixed_window")]}
    yield closed(pinned, ["segment"])
    yield closed({**pinned, "at": moment, "evaluated": FLAG}, ["segment", "at"])
    yield closed({"segment": NAME, "during": ref("stay_window")}, ["segment", "during"])
    yield closed({"segment": NAME, "entered": moved, "nth": COUNT, "stayed": ref("duration")}, ["segment", "entered"])
    yield closed({"segment": NAME, "exited": moved, "nth": COUNT}, ["segment", "exited"])


def related() -> Schema:
    group = words(("account", "household"))
    tests: Schema = {test: {"type": "integer", "minimum": 0} for test in COUNT_TESTS}
    count = closed(tests, [], **exactly_one(tests))
    counted = closed({"related": group, "count": count, "where": ref("rule")}, ["related", "count", "where"])
    plain = [closed({"related": group, word: ref("rule")}, ["related", word]) for word in ("any", "all", "none")]
    return {"anyOf": [*plain, counted]}


def near() -> Schema:
    of = {"anyOf": [NAME, two(ref("number"))]}
    own = {"within_km": ref("number"), "of": of, "latitude": ref("value"), "longitude": ref("value")}
    return closed(own, ["within_km", "of"])


def fact() -> Schema:
    return {"fact": NAME, "of": NAME, "by": ref("path")}


def model() -> Schema:
    return {"model": NAME, "output": words(MODEL_OUTPUTS), "of": NAME}


# ---------------------------------------------------------------- values


def value_parts() -> Schema:
    value = ref("value")
    simple = {
        "trait": closed({"trait": NAME, "path": several(NAME)}, ["trait"]),
        "property": closed({"property": ref("path")}, ["property"]),
        "fact": closed(fact(), fact()),
        "model": closed(model(), ["model", "output"]),
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
    options = [
        *(ref(f"value_{name}") for name in simple),
        ref("value_event"),
        ref("value_sessions"),
        ref("value_sequence"),
    ]
    return {"value": {"anyOf": options}, **{f"value_{name}": schema for name, schema in simple.items()}}


def wrapped(head: str, properties: Schema, required: list[str]) -> Schema:
    return closed({head: closed(properties, required)}, [head])


def main() -> None:
    """Print the schema."""
    sys.stdout.write(json.dumps(json_schema(), indent=2) + "\n")


if __name__ == "__main__":
    main()
