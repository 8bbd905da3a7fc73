"""YAML, the spelling for files: read with every place remembered, written in one form.

The subset is small on purpose. Words mean what they look like: only ``true`` and ``false`` are booleans (``NO`` is
Norway), numbers are exact, an unquoted ``2026-03-01`` is a date. Anchors, aliases, tags and repeated keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from segmentary.errors import DefinitionError, Place
from segmentary.language.cursor import Cursor, kind_of, nearest_place
from segmentary.language.documents import parse_document, parse_rule, parse_value, read_definition
from segmentary.language.habits import curly, yaml_mend
from segmentary.language.scalars import plain_scalar
from segmentary.language.tree import Definition
from segmentary.language.writing import rule_document, to_document, value_document

__all__ = [
    "Parsed",
    "dump_yaml",
    "parse_document",
    "parse_rule",
    "parse_value",
    "parse_yaml",
    "rule_document",
    "to_document",
    "value_document",
]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST_NESTED = 400
"""Open brackets and indents in a file; rules and values inside each other are limited more strictly, by `cursor`."""
FLOW_WIDTH = 110
LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}(:\d{2})?")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A definition out of a file.

    places : pointer inside the definition, such as ``where/all/1/count`` -> where that stands.
    """

    definition: Definition
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, pointer: str) -> Place | None:
        """Return where a pointer stands, or the nearest part around it that is written down."""
        return nearest_place(self.places, pointer)


def parse_yaml(text: str, *, file: str | None = None) -> list[Parsed]:
    """Read the definitions of a YAML text: one, a list of them, or several documents divided by ``---``.

    Raises
    ------
    DefinitionError
        with file, line and column, what is wrong, and what to do.
    """
    return [Parsed(read_definition(cursor), cursor.places) for cursor in cursors(text, file=file)]


def cursors(text: str, *, file: str | None = None, local_times: bool = False) -> list[Cursor]:
    """Return what stands in a YAML text to be read: one part, those of a list, or documents divided by ``---``.

    local_times : a time without zone is a text, for documents whose times are those of the workspace's clock.

    Raises
    ------
    DefinitionError
        when it is not of the small YAML of definitions.
    """
    found: list[Cursor] = []
    for tree in compose(text, file, local_times=local_times):
        for part in tree.content if isinstance(tree.content, list) else [tree]:
            content, places, keys = laid_out(part, file)
            found.append(Cursor(content, places=places, keys=keys))
    return found


# ---------------------------------------------------------------- reading


@dataclass(slots=True)
class Part:
    """A piece of YAML: a scalar, a list of parts, or keys (with their marks) and parts."""

    mark: Any
    content: Any


def compose(text: str, file: str | None, *, local_times: bool = False) -> list[Part]:
    """Return the documents of a text as parts, without recursion: depth cannot exhaust the stack."""
    documents: list[Part] = []
    open_parts: list[tuple[Part, list[Part]]] = []
    try:
        for event in yaml.parse(text, Loader=LOADER):
            match event:
                case yaml.AliasEvent():
                    raise wrong("aliases are not part of the language", file, event.start_mark, "write the part again")
                case yaml.ScalarEvent() | yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    refuse_extras(event, file)
            match event:
                case yaml.ScalarEvent():
                    content = scalar(event, file, local_times=local_times)
                    if open_parts:
                        open_parts[-1][1].append(Part(event.start_mark, content))
                    elif content is not None:
                        hint = "begin with segment: NAME, a blank after the colon, and where: ..."
                        raise wrong("a definition is written as keys and values", file, event.start_mark, hint)
                case yaml.SequenceStartEvent():
                    open_parts.append((Part(event.start_mark, []), []))
                case yaml.MappingStartEvent():
                    open_parts.append((Part(event.start_mark, {}), []))
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    part, inside = open_parts.pop()
                    part.content = inside if isinstance(part.content, list) else keyed(inside, file)
                    (open_parts[-1][1] if open_parts else documents).append(part)
            if len(open_parts) > MOST_NESTED:
                raise wrong("nested too deeply", file, event.start_mark, "give the inner part a name and refer to it")
    except yaml.MarkedYAMLError as error:
        what = " ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark or error.context_mark
        letter = text[mark.index : mark.index + 1] if mark is not None else ""
        raise wrong(f"not valid YAML: {what}", file, mark, yaml_mend(what, letter)) from None
    except yaml.YAMLError as error:
        raise wrong(f"not valid YAML: {error}", file, None, "the file must be plain text in UTF-8") from None
    return documents


def refuse_extras(event: Any, file: str | None) -> None:
    if event.anchor is not None:
        raise wrong(
            "anchors are not part of the language", file, event.start_mark, "refer to a segment or trait by name"
        )
    if event.tag is not None:
        raise wrong(f"the tag {event.tag!r} is not part of the language", file, event.start_mark, "remove it")


def scalar(event: yaml.ScalarEvent, file: str | None, *, local_times: bool = False) -> object:
    if event.style is not None and event.style != "":
        return event.value
    if event.value in ("", "~", "null", "Null", "NULL"):
        return None
    if curly(event.value):
        hint = f'write "{event.value[1:-1]}" with straight ones'
        raise wrong("curly quotation marks do not quote", file, event.start_mark, hint)
    if local_times and LOCAL_TIME.fullmatch(event.value):
        return event.value
    try:
        return plain_scalar(event.value)
    except DefinitionError as error:
        raise wrong(error.reason, file, event.start_mark, error.hint) from None


def keyed(inside: list[Part], file: str | None) -> dict[str, tuple[Any, Part]]:
    found: dict[str, tuple[Any, Part]] = {}
    for key, content in zip(inside[::2], inside[1::2], strict=True):
        if not isinstance(key.content, str):
            what, hint = kind_of(key.content), "keys are words; put it in quotes if it is one"
            if isinstance(key.content, Decimal):
                hint = "decimals have a point, 1000.50: a comma begins the next key"
            raise wrong(f"{what} is not a key", file, key.mark, hint)
        if key.content in found:
            raise wrong(f"the key {key.content!r} stands here twice", file, key.mark, "remove one of the two")
        found[key.content] = (key.mark, content)
    return found


def laid_out(part: Part, file: str | None) -> tuple[object, dict[str, Place], dict[str, Place]]:
    """Return plain data, where each part of it stands, and where each key stands."""
    places: dict[str, Place] = {}
    keys: dict[str, Place] = {}

    def plain(here: Part, pointer: str) -> object:
        places[pointer] = place_of(file, here.mark)
        prefix = f"{pointer}/" if pointer else ""
        if isinstance(here.content, list):
            return [plain(item, f"{prefix}{i}") for i, item in enumerate(here.content)]
        if isinstance(here.content, dict):
            for key, (mark, _) in here.content.items():
                keys[f"{prefix}{key}"] = place_of(file, mark)
            return {key: plain(item, f"{prefix}{key}") for key, (_, item) in here.content.items()}
        return here.content

    return plain(part, ""), places, keys


def place_of(file: str | None, mark: Any) -> Place:
    return Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)


def wrong(message: str, file: str | None, mark: Any, hint: str | None = None) -> DefinitionError:
    return DefinitionError(message, hint=hint, place=place_of(file, mark))


# ---------------------------------------------------------------- writing


def dump_yaml(definitions: Iterable[Definition]) -> str:
    """Return definitions as YAML, one document each; conditions short enough stand on one line."""
    texts = [yaml.serialize(node_of(to_document(d), root=True), **EMITTER) for d in definitions]
    return "---\n".join(texts)


EMITTER: dict[str, Any] = {"Dumper": yaml.SafeDumper, "allow_unicode": True, "width": 10**9}
TYPED = {
    "number": "tag:yaml.org,2002:float",
    "date": "tag:yaml.org,2002:timestamp",
    "time": "tag:yaml.org,2002:timestamp",
}


def node_of(content: object, *, root: bool = False) -> yaml.Node:
    """Return a document as YAML nodes; typed values lose their wrapping."""
    match content:
        case bool():
            return yaml.ScalarNode("tag:yaml.org,2002:bool", str(content).lower())
        case int():
            return yaml.ScalarNode("tag:yaml.org,2002:int", str(content))
        case str():
            return text_node(content)
        case list():
            items = [node_of(item) for item in content]
            return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=fits(content))
        case dict() if is_typed(content):
            kind, text = next(iter(content.items()))
            return yaml.ScalarNode(TYPED[kind], text)
        case dict():
            pairs = [(text_node(key), node_of(item)) for key, item in content.items()]
            return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=not root and fits(content))
        case _:
            raise TypeError(f"{type(content).__name__} has no place in a document")


def is_typed(content: Mapping[str, object]) -> bool:
    """Say whether this is a number, date or time in the wrapping that JSON needs."""
    return len(content) == 1 and all(kind in TYPED and isinstance(text, str) for kind, text in content.items())


def text_node(text: str) -> yaml.ScalarNode:
    """Return a text so that it comes back as a text, here and in readers with other rules for words."""
    try:
        ours_is_text = plain_scalar(text) is text and text not in ("", "~", "null", "Null", "NULL") and not curly(text)
    except DefinitionError:
        ours_is_text = False
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style=None if ours_is_text else '"')


def fits(content: object) -> bool:
    """Say whether a part stands on one line: it is short, has no groups in it, and no time (colons need a line)."""
    text = str(content)
    return len(text) <= FLOW_WIDTH and not any(word in text for word in ("'all': [", "'any': [", "{'time': "))
