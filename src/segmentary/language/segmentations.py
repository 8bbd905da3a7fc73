"""What a segmentation stands for: a text trait of its own name, and one segment per part.

The trait is the name of the first part whose rule holds, else ``otherwise``; every part is the segment
``SEGMENTATION.PART`` of those with that name. So the parts exclude each other and leave nobody out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from segmentary.errors import DefinitionError, Place
from segmentary.language.cursor import nearest_place
from segmentary.language.tree import (
    Case,
    Compare,
    Constant,
    Definition,
    SegmentationDefinition,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
)


def expand(definition: SegmentationDefinition) -> tuple[TraitDefinition, dict[str, SegmentDefinition]]:
    """Return the trait a segmentation is and its segments by name, in the order of the parts, the rest last.

    Raises
    ------
    DefinitionError
        when two parts have one name.
    """
    check(definition)
    branches = tuple((part.where, Constant(part.name)) for part in definition.parts)
    trait = TraitDefinition(
        name=definition.name,
        value=Case(branches, Constant(definition.otherwise)),
        type="text",
        title=definition.title,
        base=definition.base,
        timezone=definition.timezone,
        description=definition.purpose,
    )
    titles = {part.name: part.title for part in definition.parts} | {definition.otherwise: ""}
    segments = {
        part_name(definition, part): SegmentDefinition(
            name=part_name(definition, part),
            where=Compare(TraitValue(definition.name), "is", part),
            title=title,
            purpose=definition.purpose,
            entity=definition.entity,
            timezone=definition.timezone,
            base=definition.base,
            tags=definition.tags,
            history=definition.history,
        )
        for part, title in titles.items()
    }
    return trait, segments


def part_name(definition: SegmentationDefinition, part: str) -> str:
    """Return what the segment of a part is called in the workspace."""
    return f"{definition.name}.{part}"


def expanded(definitions: Iterable[Definition]) -> list[SegmentDefinition | TraitDefinition]:
    """Return the definitions with every segmentation replaced by its trait and its segments.

    Raises
    ------
    DefinitionError
        when two parts of a segmentation have one name.
    """
    found: list[SegmentDefinition | TraitDefinition] = []
    for definition in definitions:
        if isinstance(definition, SegmentationDefinition):
            trait, segments = expand(definition)
            found += [trait, *segments.values()]
        else:
            found.append(definition)
    return found


def check(definition: SegmentationDefinition, places: Mapping[str, Place] | None = None) -> None:
    """Check that a segmentation has parts and every part a name of its own; the rules are left to `validate`.

    Raises
    ------
    DefinitionError
        otherwise, with its place.
    """
    known = places or {}

    def refuse(pointer: str, message: str, hint: str) -> None:
        raise DefinitionError(message, hint=hint, place=nearest_place(known, pointer), pointer=pointer or None)

    if not definition.parts:
        refuse("", "a segmentation without parts", "give it at least one part, or define a single segment")
    seen: set[str] = set()
    for i, part in enumerate(definition.parts):
        pointer = f"parts/{i}/segment"
        if not part.name.strip():
            refuse(pointer, "the name of a part is empty", "name it, such as champions")
        if part.name in seen:
            refuse(pointer, f"two parts are called {part.name!r}", "rename one of them, or join their rules with any")
        seen.add(part.name)
    if not definition.otherwise.strip():
        refuse("otherwise", "those in no part have no name", "name them, such as others")
    if definition.otherwise in seen:
        hint = "name the rest differently: a part says who is in, the rest is everybody else"
        refuse("otherwise", f"{definition.otherwise!r} is a part already", hint)
