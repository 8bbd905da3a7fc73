"""One definition in all its spellings: document, YAML, the text form, Python, SQL of each engine, plain English."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from segmentary.errors import DefinitionError, UsageError
from segmentary.language.tree import Definition, SegmentDefinition

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Spelling = Literal["json", "yaml", "text", "python"]
TARGETS = ("json", "yaml", "text", "python", "sql", "sentence")
DIALECTS = ("duckdb", "postgres", "spark")


@dataclass(frozen=True, slots=True)
class Converted:
    """A definition in the spellings asked for; the others are missing.

    sql : per engine, what the compiler makes of it now: the pass over the events, computed traits, memberships.
    """

    document: dict[str, Any] | None = None
    yaml: str | None = None
    text: str | None = None
    python: str | None = None
    sql: dict[str, str] | None = None
    sentence: str | None = None

    def to_document(self) -> dict[str, Any]:
        """Return what was asked for."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: part for name, part in told.items() if part is not None}


def read_source(source: object, spelling: Spelling, *, name: str = "unnamed") -> Definition:
    """Read one definition.

    name : of the segment, where the spelling has none (text).

    Raises
    ------
    DefinitionError
        with a pointer (json) or line and column (the others).
    """
    from segmentary.language.yaml import parse_document, parse_yaml

    if spelling == "json":
        return parse_document(json_of(source))
    if not isinstance(source, str):
        raise UsageError("the source of this spelling is a text")
    if spelling == "yaml":
        found = parse_yaml(source)
        if len(found) != 1:
            raise DefinitionError("one definition belongs here", hint="take out the others")
        return found[0].definition
    if spelling == "text":
        from segmentary.language.text import parse_text

        return SegmentDefinition(name, parse_text(source))
    from segmentary.language.python_reading import read_python

    found_here = read_python(source)
    if isinstance(found_here, Definition):
        return found_here
    return SegmentDefinition(name, found_here)


def json_of(source: object) -> object:
    """Return a JSON text as plain data with exact numbers; data stay as they are."""
    if not isinstance(source, str):
        return source
    try:
        return json.loads(source, parse_float=Decimal)
    except json.JSONDecodeError as error:
        from segmentary.errors import Place

        raise DefinitionError(f"not JSON: {error.msg}", place=Place(None, error.lineno, error.colno)) from None
    except (ValueError, RecursionError):
        raise DefinitionError("not JSON that can be read") from None


def convert(workspace: Workspace, definition: Definition, to: Iterable[str]) -> Converted:
    """Write a definition in other spellings."""
    from segmentary.language.sentence import sentence
    from segmentary.language.source import to_python
    from segmentary.language.text import format_text
    from segmentary.language.yaml import dump_yaml, to_document

    wanted = set(to)
    if not wanted <= set(TARGETS):
        raise UsageError("there is no such spelling", hint=f"one of: {', '.join(TARGETS)}")
    return Converted(
        document=to_document(definition) if "json" in wanted else None,
        yaml=dump_yaml([definition]) if "yaml" in wanted else None,
        text=format_text(definition.where) if "text" in wanted and isinstance(definition, SegmentDefinition) else None,
        python=to_python(definition) if "python" in wanted else None,
        sql=sql_of(workspace, definition) if "sql" in wanted and isinstance(definition, SegmentDefinition) else None,
        sentence=sentence(definition) if "sentence" in wanted and isinstance(definition, SegmentDefinition) else None,
    )


def sql_of(workspace: Workspace, definition: SegmentDefinition) -> dict[str, str]:
    """Return what is run for a segment, per engine; where an engine cannot do it, the reason as a comment."""
    from segmentary.workspace.showing_sql import shown

    workspace.check([definition])
    return shown(workspace, definition, DIALECTS)
