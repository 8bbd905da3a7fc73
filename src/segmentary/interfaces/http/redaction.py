"""Rows of people for those who may see rows but not who they are: contact data, names, birth dates, places, free text.

Who has the permission ``personal`` sees everything. For all others a hidden value is missing, never a part of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from segmentary.interfaces.http.access import Caller
from segmentary.workspace.access.sensitive import COLUMNS, sensitive_traits
from segmentary.workspace.workspace import Workspace

HIDDEN = None
SAID = frozenset(("customer_id", "direction", "conversation_id", "message_id"))
"""A row with one of these and a text holds what somebody said."""


def hidden_traits(caller: Caller, workspace: Workspace) -> frozenset[str]:
    """Return the names of the traits a caller does not see the values of."""
    return frozenset() if caller.may("personal") else sensitive_traits(workspace)


def redacted(caller: Caller, workspace: Workspace, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without what the caller may not see.

    rows : names of traits and columns to values; objects and lists inside are gone through as well. What has the
        fields ``name`` (of a hidden trait) and ``value`` loses the value.
    """
    if caller.may("personal"):
        return [dict(row) for row in rows]
    hidden = sensitive_traits(workspace) | COLUMNS
    return [without(row, hidden) for row in rows]


def without(row: Mapping[str, Any], hidden: frozenset[str], *, listed: bool = False) -> dict[str, Any]:
    """Return one row without what is hidden. listed : it is one of a list inside a row, where ``name`` is a label."""
    named = row.get("trait", row.get("name"))
    if isinstance(named, str) and "value" in row:
        gone: tuple[str, ...] = ("value", "raw_value") if named in hidden else ("raw_value",)
    else:
        gone = ("name",) if "name" in hidden and not listed else ()
    if "text" in row and SAID & row.keys():
        gone = (*gone, "text")
    return {
        key: HIDDEN if key in gone or (key in hidden and key != "name") else inside(part, hidden)
        for key, part in row.items()
    }


def inside(value: Any, hidden: frozenset[str]) -> Any:
    match value:
        case Mapping():
            return without(value, hidden)
        case list() | tuple():
            return [
                without(one, hidden, listed=True) if isinstance(one, Mapping) else inside(one, hidden) for one in value
            ]
    return value
