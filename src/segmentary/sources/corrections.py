"""What a person said about a delivery's columns, applied to what was found."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from segmentary.errors import MappingError
from segmentary.sources.base import Kind
from segmentary.sources.kinds import canonical_columns
from segmentary.sources.look import Look
from segmentary.sources.names import lower_snake

OPTIONS = ("timezone", "currency", "id_space", "event_name", "survey", "cancellation_prefix", "time_format")


def overridden(
    look: Look, kind: Kind, columns: Mapping[str, str], overrides: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Apply a person's decisions; return columns, options, and attributes named by the person."""
    allowed = canonical_columns(kind)
    out = dict(columns)
    options: dict[str, str] = {}
    extra: dict[str, str] = {}
    for name, value in overrides.items():
        if name in ("dates", "date_order", "decimal_mark", *OPTIONS) and value not in look.columns:
            options["date_order" if name == "dates" else name] = value
            continue
        if value == "":
            out.pop(name, None)
            continue
        column = existing(look, value)
        out = {k: v for k, v in out.items() if v != column}
        if name in allowed:
            out[name] = column
            continue
        near = difflib.get_close_matches(name, list(allowed), n=1, cutoff=0.77)
        if near:
            raise MappingError(f"{kind} have no column {name!r}", hint=f"did you mean {near[0]!r}?")
        extra[lower_snake(name)] = column
    return out, options, extra


def existing(look: Look, column: str) -> str:
    """Return a column of the delivery by its name, whatever the case."""
    if column in look.columns:
        return column
    same = [n for n in look.names if n.casefold() == column.casefold()]
    if len(same) == 1:
        return same[0]
    near = difflib.get_close_matches(column, look.names, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"columns are: {', '.join(look.names[:20])}"
    raise MappingError(f"{look.delivery.origin}: there is no column {column!r}", hint=hint)
