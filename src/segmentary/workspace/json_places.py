"""Where in a JSON document something is wrong: pointers (RFC 6901) from the pointers of definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from segmentary.errors import DefinitionError, UnknownNameError

QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def json_pointer(pointer: str | None, document: object) -> str:
    """Return the pointer to the nearest part of a document that is written down.

    >>> json_pointer("where/all/1/count", {"where": {"all": [{}, {"trait": "x"}]}})
    '/where/all/1'
    """
    found: list[str] = []
    here = document
    for step in (pointer or "").split("/"):
        if isinstance(here, Mapping) and step in here:
            here = here[step]
        elif isinstance(here, list | tuple) and step.isdecimal() and int(step) < len(here):
            here = here[int(step)]
        else:
            break
        found.append(step.replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in found)


def located_error(error: DefinitionError, document: object) -> DefinitionError:
    """Return the same complaint with a pointer into a JSON document, without repeating what stands there."""
    found = DefinitionError(quiet_reason(error, document), hint=error.hint)
    found.pointer = json_pointer(error.pointer, document)
    return found


def quiet_reason(error: DefinitionError, document: object) -> str:
    """Return what is wrong in one line, without repeating what was sent."""
    if isinstance(error, UnknownNameError):
        return f"unknown {error.kind}"
    return told(error.reason.partition("\n")[0], document)


def told(reason: str, document: object) -> str:
    """Return a reason with what is quoted out of the document left out: the pointer says where it stands."""
    words = set(texts(document))
    return QUOTED.sub(lambda quote: "this" if quote.group()[1:-1] in words else quote.group(), reason)


def texts(document: object) -> list[str]:
    """Return every text and key in a document."""
    found: list[str] = []
    waiting = [document]
    while waiting:
        match waiting.pop():
            case str() as text:
                found += [text, repr(text)[1:-1]]
            case Mapping() as keys:
                waiting += [*keys, *keys.values()]
            case list() | tuple() as parts:
                waiting += parts
            case bool() | None:
                continue
            case number:
                found.append(str(number))
    return found
