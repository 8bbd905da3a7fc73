"""Names that stand for something else: segments (and their pinned versions), lists, computed traits."""

from __future__ import annotations

from collections.abc import Mapping

from segmentary.errors import CycleError, DefinitionError, UnknownNameError
from segmentary.language.tree import SegmentAt, SegmentDefinition, SegmentReference, StaticList


def referenced(reference: SegmentReference | SegmentAt, segments: Mapping[str, SegmentDefinition]) -> str:
    """Return the key of the segment a reference means; ``name@version`` where an older version was given under it.

    Raises
    ------
    UnknownNameError
        when there is no such segment.
    DefinitionError
        when a pinned version is not the one there is.
    """
    from segmentary.language.version import version

    if reference.version is None:
        if reference.name not in segments:
            raise UnknownNameError("segment", reference.name, segments)
        return reference.name
    pinned = f"{reference.name}@{reference.version}"
    if pinned in segments:
        return pinned
    if reference.name not in segments:
        raise UnknownNameError("segment", reference.name, segments)
    current = version(segments[reference.name])
    if not current.startswith(reference.version):
        raise DefinitionError(
            f"segment {reference.name!r} is now at version {current[:12]}, not {reference.version}",
            hint="leave out the version, or bring the old definition back under another name",
        )
    return reference.name


def listed(rule: StaticList, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the ids of a static list.

    Raises
    ------
    UnknownNameError
        when the named list does not exist.
    """
    if rule.list_name is None:
        return rule.ids
    if rule.list_name not in lists:
        raise UnknownNameError("list", rule.list_name, lists)
    return (*rule.ids, *lists[rule.list_name])


def circle(path: tuple[str, ...], again: str) -> CycleError:
    """Return the error for definitions that refer to each other in a circle."""
    steps = " -> ".join((*path[path.index(again) :], again))
    return CycleError(f"definitions refer to each other in a circle: {steps}", hint="break one of the references")
