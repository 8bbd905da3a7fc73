"""Results as JSON values and back: every frozen result of this room is a record."""

from __future__ import annotations

import math
import types
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, Self, Union, cast, get_args, get_origin, get_type_hints

from segmentary.errors import DataError


class Record:
    """A frozen dataclass of plain values, other records, tuples and mappings of them.

    JSON has no "not a number" and no infinity: unknown numbers are written as null and read as NaN, infinite ones as
    the texts "infinity" and "-infinity". Where a record has a ``sentence``, the document carries it for readers.
    """

    __slots__ = ()

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return cast("dict[str, Any]", written(self))

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the record a document describes.

        Raises DataError where a part is missing or of another shape.
        """
        try:
            return cast(Self, read(cls, document))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"this is no {cls.__name__}: {error}", hint="it was written by another version") from error


def written(value: Any) -> Any:
    """Return a value as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        found = {one.name: written(getattr(value, one.name)) for one in fields(value)}
        sentence = getattr(value, "sentence", None)
        return found | {"sentence": sentence} if isinstance(sentence, str) else found
    if isinstance(value, (tuple, list)):
        return [written(one) for one in value]
    if isinstance(value, dict):
        return {str(key): written(one) for key, one in value.items()}
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return float(value) if math.isfinite(value) else ("infinity" if value > 0 else "-infinity")
    return int(value) if isinstance(value, int) else value


@lru_cache(maxsize=256)
def hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def read(kind: Any, value: Any) -> Any:
    """Return the value of a type that JSON values describe."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else read(next(one for one in get_args(kind) if one is not type(None)), value)
    if origin is tuple:
        parts = get_args(kind)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(read(parts[0], one) for one in value)
        return tuple(read(part, one) for part, one in zip(parts, value, strict=True))
    if origin is dict:
        return {key: read(get_args(kind)[1], one) for key, one in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        known = hints(kind)
        return kind(**{one.name: read(known[one.name], value[one.name]) for one in fields(kind) if one.name in value})
    if kind is float:
        return math.nan if value is None else float(str(value).replace("infinity", "inf"))
    if kind in (int, bool, str) and not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind.__name__}")
    if origin is Literal and value not in get_args(kind):
        raise ValueError(f"{value!r} is none of {get_args(kind)}")
    return value
