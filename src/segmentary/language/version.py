"""What a definition is, as a hash: the same meaning has the same version, however it was spelt."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segmentary.language.scalars import number_text, plain_text, time_text
from segmentary.language.tree import (
    All,
    AnyOf,
    Binding,
    Definition,
    Near,
    Not,
    SegmentationDefinition,
    SegmentDefinition,
    Sequence,
    Step,
    TraitValue,
)

MEANING = {
    "SegmentDefinition": ("name", "where", "entity", "timezone"),
    "TraitDefinition": ("name", "value", "type", "timezone"),
    "SegmentationDefinition": ("name", "parts", "otherwise", "entity", "timezone"),
    "Part": ("name", "where"),
}
"""The fields that decide who belongs; the others are words for people."""


def version(definition: Definition) -> str:
    """Return the SHA-256 (hex) of the canonical form: the identity of one version of a definition."""
    text = json.dumps(canonical(definition), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def canonical(definition: Definition) -> dict[str, Any]:
    """Return the meaning as plain dictionaries, lists, texts, booleans and integers.

    Left out: titles, purposes, tags and everything else that does not change who belongs; fields at their default.
    ``all`` within ``all``, ``any`` within ``any``, a lone rule within either and double negation are written once.
    What a sequence or a distance means anyway is left out. The order of parts stays as written. Numbers are text
    without trailing zeros; text is NFC; times are UTC.
    """
    match definition:
        case SegmentDefinition():
            kind = "segment"
        case SegmentationDefinition():
            kind = "segmentation"
        case _:
            kind = "trait"
    return {"kind": kind, **encode_fields(definition)}


def encode(part: object) -> Any:
    match part:
        case bool() | None:
            return part
        case str():
            return plain_text(part)
        case Decimal():
            return {"number": number_text(part)}
        case int():
            return part
        case dt.datetime():
            return {"time": time_text(part)}
        case dt.date():
            return {"date": part.isoformat()}
        case tuple():
            return [encode(item) for item in part]
        case All() | AnyOf() | Not():
            return encode_group(unwrapped(part))
        case Sequence():
            return encode_fields(plain_sequence(part))
        case Near():
            return encode_fields(plain_distance(part))
        case _:
            return encode_fields(part)


def plain_sequence(sequence: Sequence) -> Sequence:
    """Return a sequence without what says nothing: any anchor where all steps happen, the step before by number."""
    steps = tuple(plain_step(step, number) for number, step in enumerate(sequence.steps))
    absent = any(step.absent for step in steps)
    anchor = None if sequence.anchor == "any" and not absent else sequence.anchor
    session = None if sequence.session is None else dataclasses.replace(sequence.session, within=None)
    return dataclasses.replace(sequence, steps=steps, anchor=anchor, session=session)


def plain_step(step: Step, before: int) -> Step:
    """Return a step whose bindings name neither the step before nor a property equal to their own."""

    def plain(binding: Binding) -> Binding:
        other = None if binding.other == binding.path else binding.other
        return Binding(binding.path, None if binding.step == before else binding.step, other)

    return dataclasses.replace(step, same=tuple(map(plain, step.same)))


def plain_distance(near: Near) -> Near:
    """Return a distance that does not name the traits it is taken from anyway."""
    latitude = None if near.latitude == TraitValue("latitude") else near.latitude
    longitude = None if near.longitude == TraitValue("longitude") else near.longitude
    return dataclasses.replace(near, latitude=latitude, longitude=longitude)


def encode_group(rule: object) -> Any:
    match rule:
        case All() | AnyOf():
            rules = flattened(rule)
            if len(rules) == 1:
                return encode(rules[0])
            return {"node": type(rule).__name__, "rules": [encode(part) for part in rules]}
        case Not(rule=inner):
            return {"node": "Not", "rule": encode(inner)}
        case _:
            return encode(rule)


def flattened(group: All | AnyOf) -> list[object]:
    """Return the rules of a group with groups of the same kind inside it taken apart."""
    found: list[object] = []
    for rule in group.rules:
        bare: object = unwrapped(rule)
        if isinstance(bare, type(group)):
            found.extend(flattened(bare))
        else:
            found.append(bare)
    return found


def unwrapped(rule: object) -> object:
    """Return a rule without double negations and groups of one around it."""
    match rule:
        case All(rules=(lone,)) | AnyOf(rules=(lone,)):
            return unwrapped(lone)
        case Not(rule=inner):
            bare = unwrapped(inner)
            return unwrapped(bare.rule) if isinstance(bare, Not) else Not(bare)  # type: ignore[arg-type]
        case _:
            return rule


def encode_fields(node: Any) -> Mapping[str, Any]:
    """Return a node as its name and those fields that differ from their defaults."""
    name = type(node).__name__
    chosen = MEANING.get(name)
    fields = [f for f in dataclasses.fields(node) if chosen is None or f.name in chosen]
    found = {"node": name}
    for field in fields:
        content = getattr(node, field.name)
        if field.default is dataclasses.MISSING or content != field.default:
            found[field.name] = encode(content)
    return found
