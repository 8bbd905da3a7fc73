"""Everything a row says besides its canonical columns, as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlglot import exp

from segmentary.sources.columns import ValueType
from segmentary.sources.values import node


def properties(attributes: Mapping[str, tuple[str, ValueType]], **more: exp.Expr) -> exp.Expr:
    """Return the JSON object of a row's attributes: numbers and booleans bare, missing ones left out; null if empty.

    more : further texts, by name.
    """
    members = [member(name, exp.column(place, table="staged"), kind) for name, (place, kind) in attributes.items()]
    members += [member(name, value, "text") for name, value in more.items()]
    if not members:
        return exp.null()
    if len(members) == 1:
        return node("'{' || $x || '}'", x=members[0])
    joined = exp.func("concat_ws", exp.Literal.string(","), *members, dialect="duckdb")
    return node("'{' || nullif($x, '') || '}'", x=joined)


def member(name: str, value: exp.Expr, kind: ValueType) -> exp.Expr:
    """Return ``"name":value`` as text, null where the value is missing."""
    head = json.dumps(name) + ":"
    if kind in ("number", "boolean", "list"):
        return node("$head || $x", head=head, x=value)
    return node("$head || cast(to_json($x) as varchar)", head=head, x=value)
