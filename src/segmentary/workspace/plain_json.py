"""Results as JSON documents: one converter for every frozen result, exact numbers, ISO 8601 times in UTC."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import PurePath

Json = None | bool | int | float | Decimal | str | list["Json"] | dict[str, "Json"]


TREE = frozenset(f"segmentary.language.{part}" for part in ("tree", "definitions", "patterns", "bygone"))


def document(value: object) -> Json:
    """Return a result as plain JSON values.

    A frozen dataclass becomes an object of its fields (those beginning with ``_`` are its own business), a table a list
    of rows, a set a sorted list, an instant ISO 8601 text in UTC, a definition the document one would write in a file.
    """
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Decimal() if value.is_finite():
            return value
        case float() if value == value and abs(value) != float("inf"):
            return value
        case float() | Decimal():
            return None
        case Enum():
            return document(value.value)
        case dt.datetime():
            instant = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
            return instant.isoformat().replace("+00:00", "Z")
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case PurePath():
            return str(value)
        case Mapping():
            return {str(key): document(part) for key, part in value.items()}
        case set() | frozenset():
            return [document(part) for part in sorted(value, key=str)]
        case list() | tuple():
            return [document(part) for part in value]
    return of_object(value)


def of_object(value: object) -> Json:
    if hasattr(value, "to_pylist"):
        return document(value.to_pylist())
    if hasattr(value, "to_document"):
        return document(value.to_document())
    if is_dataclass(value) and not isinstance(value, type):
        if type(value).__module__ in TREE:
            return of_language(value)
        return {f.name: document(getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_")}
    if hasattr(value, "__iter__"):
        return [document(part) for part in value]
    return str(value)


def of_language(node: object) -> Json:
    from segmentary.language import tree

    if isinstance(node, (tree.SegmentDefinition, tree.TraitDefinition, tree.SegmentationDefinition)):
        from segmentary.language.yaml import to_document

        return document(to_document(node))
    from segmentary.language.sentence import sentence

    return str(sentence(node))  # type: ignore[arg-type]


def to_json(value: Json, *, indent: int = 2) -> str:
    """Return JSON text. Decimals are written digit for digit, which the standard encoder cannot do.

    >>> print(to_json({"amount": Decimal("8911407.90"), "ids": ["a", "b"], "none": []}, indent=0))
    {"amount": 8911407.90, "ids": ["a", "b"], "none": []}
    """
    return "".join(pieces(value, indent, 0))


def pieces(value: Json, indent: int, depth: int) -> Iterator[str]:
    match value:
        case dict() if value:
            inside = ((json.dumps(key, ensure_ascii=False) + ": ", part) for key, part in value.items())
            yield from block("{", inside, "}", indent, depth)
        case list() if value:
            yield from block("[", (("", part) for part in value), "]", indent, depth)
        case Decimal():
            yield f"{value:f}"
        case _:
            yield json.dumps(value, ensure_ascii=False, allow_nan=False)


def block(start: str, parts: Iterator[tuple[str, Json]], end: str, indent: int, depth: int) -> Iterator[str]:
    margin = "\n" + " " * (indent * (depth + 1)) if indent else ""
    yield start
    for number, (label, part) in enumerate(parts):
        if number:
            yield "," if indent else ", "
        yield margin + label
        yield from pieces(part, indent, depth + 1)
    yield "\n" + " " * (indent * depth) + end if indent else end
