"""Named lists of ids: kept, and taken away where nothing uses them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from segmentary.errors import ConflictError, DataError, UsageError
from segmentary.language.tree import SegmentDefinition, StaticList, TraitDefinition
from segmentary.language.walk import walk
from segmentary.workspace.definitions import LONGEST_NAME, UNFIT

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def put_list(workspace: Workspace, name: str, ids: Iterable[str]) -> tuple[str, ...]:
    """Keep a list; return its ids, each once.

    Raises
    ------
    UsageError, DataError
        when the name, or an id, cannot be kept.
    """
    if not name.strip() or len(name.encode("utf-8", "replace")) > LONGEST_NAME or UNFIT.search(name):
        raise UsageError("this cannot be the name of a list", hint=f"at most {LONGEST_NAME} bytes, without slashes")
    found = tuple(dict.fromkeys(one.strip() for one in ids if one.strip()))
    for one in (name, *found):
        if "\0" in one or (not one.isascii() and one != one.encode("utf-8", "replace").decode()):
            raise DataError("an id holds letters that are none", hint="ids are text in UTF-8 without NUL")
    workspace.add_list(name, found)
    return found


def drop_list(workspace: Workspace, name: str) -> None:
    """Take a list away.

    Raises
    ------
    ConflictError
        naming what uses it.
    """
    from segmentary.workspace.definitions import current_traits

    everything: list[SegmentDefinition | TraitDefinition] = [
        *workspace.segments_defined().values(),
        *current_traits(workspace.ledger).values(),
    ]
    users = [
        one.name
        for one in everything
        if any(isinstance(node, StaticList) and node.list_name == name for node in walk(one))
    ]
    if users:
        raise ConflictError("a definition uses this list", hint=f"change first: {', '.join(sorted(users)[:5])}")
    from segmentary.ledger.definitions import retire_list

    with workspace.ledger.transaction():
        retire_list(workspace.ledger, name, at=workspace.tick())
