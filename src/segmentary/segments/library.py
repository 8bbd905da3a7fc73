"""The library: ready segments over all seven bases, as definitions in ``library/<base>.yaml``.

They are ordinary definitions that name standard traits, attributes and events; `suggest` says which of them a data set
supports. Copy one into your own ``segments/`` folder to change it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.tree import Base, SegmentDefinition
from segmentary.language.yaml import parse_yaml

FOLDER = Path(__file__).with_suffix("")
BASES: tuple[Base, ...] = (
    "demographic",
    "geographic",
    "psychographic",
    "behavioural",
    "technographic",
    "firmographic",
    "value",
)


def library() -> Mapping[str, SegmentDefinition]:
    """Return all library segments by name, base by base."""
    return read()


def library_segment(name: str) -> SegmentDefinition:
    """Return one library segment.

    Raises
    ------
    UnknownNameError
        when the library has no such segment, with the nearest names.
    """
    found = read().get(name)
    if found is None:
        raise UnknownNameError("library segment", name, read(), see="`segmentary segment suggest` lists them")
    return found


@cache
def read() -> Mapping[str, SegmentDefinition]:
    found: dict[str, SegmentDefinition] = {}
    for base in BASES:
        path = FOLDER / f"{base}.yaml"
        for parsed in parse_yaml(path.read_text(encoding="utf-8"), file=path.name):
            definition = parsed.definition
            if not isinstance(definition, SegmentDefinition) or definition.base != base:
                raise DefinitionError(
                    f"{definition.name!r} is not a segment on the {base} base", place=parsed.place("")
                )
            if definition.name in found:
                raise DefinitionError(f"{definition.name!r} stands in the library twice", place=parsed.place(""))
            found[definition.name] = definition
    return MappingProxyType(found)
