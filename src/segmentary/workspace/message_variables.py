"""Which trait each variable of a template is, of which type, and whether it may be named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.activation.cheat_sheet import ENDINGS, GIVEN
from segmentary.activation.templates import Message, place_in, wrong_at
from segmentary.errors import UnknownNameError
from segmentary.workspace.message_facts import sensitivities, vocabulary

if TYPE_CHECKING:
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace

Uses = Mapping[tuple[str, ...], tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a template.

    path : the way to it, such as ``clv, value``. trait : which it is; empty: given by us (offer, campaign, ...).
    type : of the trait. where : part and line of each use.
    """

    path: tuple[str, ...]
    trait: str
    type: str
    where: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        """How it is written."""
        return ".".join(self.path)


def variables(workspace: Workspace, message: Message, variant: str, uses: Uses, at: Cursor) -> tuple[Variable, ...]:
    """Return the variables of one variant.

    Raises
    ------
    UnknownNameError
        when one is no trait, with the nearest names. DefinitionError : a sensitive one is not allowed.
    """
    types = vocabulary(workspace)
    found: dict[tuple[str, ...], Variable] = {}
    for path, where in uses.items():
        one = given(path, where, message, variant, at) or trait_of(path, where, types)
        if one is None:
            part, line = where[0]
            name = path[1] if path[0] == "traits" and len(path) > 1 else ".".join(path)
            see = "see `segmentary traits`; beside them there are " + ", ".join(GIVEN)
            raise UnknownNameError(
                "trait", name, [*types, *GIVEN], place=place_in(at, variant, part, line),
                pointer=f"{variant}/{part}", see=see,
            )  # fmt: skip
        before = found.get(one.path)
        found[one.path] = one if before is None else Variable(one.path, one.trait, one.type, before.where + where)
    guard(workspace, message, variant, found, at)
    for name in message.fallbacks:
        if name not in {one.name for one in found.values()} and name not in types and name not in GIVEN:
            place = at.places.get(f"fallbacks/{name}")
            raise UnknownNameError("trait", name, types, place=place, pointer=f"fallbacks/{name}")
    return tuple(found.values())


def given(
    path: tuple[str, ...], where: tuple[tuple[str, int], ...], message: Message, variant: str, at: Cursor
) -> Variable | None:
    """Return a variable that is ours; fields of it that do not exist are refused."""
    head = path[0]
    if head not in GIVEN:
        return None
    fields = GIVEN[head]
    if fields and len(path) > 1 and path[1] not in (*fields, "*"):
        part, line = where[0]
        raise UnknownNameError(
            f"field of {head}", path[1], fields, place=place_in(at, variant, part, line),
            pointer=f"{variant}/{part}", see=f"{head} has: {', '.join(fields)}",
        )  # fmt: skip
    del message
    kind = {"offer": "offer", "unsubscribe_url": "text", "suggestions": "plain"}.get(head, "")
    return Variable((head,), "", kind, where)


def trait_of(path: tuple[str, ...], where: tuple[tuple[str, int], ...], types: Mapping[str, str]) -> Variable | None:
    """Return the trait a way leads to: by its whole name, by ``traits["its name"]``, or with an ending of lists."""
    if path[0] == "traits":
        return Variable(path[:2], path[1], types[path[1]], where) if len(path) > 1 and path[1] in types else None
    for length in range(len(path), 0, -1):
        name = ".".join(path[:length])
        rest = path[length:]
        if name in types and all(step in ENDINGS or step.isdecimal() or step == "*" for step in rest):
            return Variable(path[:length], name, types[name], where)
    return None


def guard(
    workspace: Workspace, message: Message, variant: str, found: Mapping[tuple[str, ...], Variable], at: Cursor
) -> None:
    """Refuse sensitive traits that the author did not allow by name."""
    special = sensitivities(workspace, [one.trait for one in found.values() if one.trait])
    for one in found.values():
        if special.get(one.trait) == "special" and one.trait not in message.allow_sensitive:
            part, line = one.where[0]
            raise wrong_at(
                at, variant, part, line, f"{one.trait} is sensitive: a text that names it tells whoever reads along",
                f"leave it out, or write allow_sensitive: [{one.trait}]",
            )  # fmt: skip
