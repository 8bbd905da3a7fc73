"""Problems never repeat what was sent: it may be personal data, or hostile. Values of the request become an ellipsis.

What stands in quotes is replaced whatever its length; what has six characters or more also without quotes. Words of the
API's own description (names of fields, what they may hold) stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from fastapi import Request

ELLIPSIS = "…"
PLAIN = 6
QUOTES = ("'", '"', "`")
MOST = 2000
LONGEST = 400


def values_of(request: Request) -> set[str]:
    """Return every value of a request as text: of its path, its query, its body; keys of objects too."""
    found: set[str] = {str(one) for one in request.path_params.values()}
    query = request.scope.get("query_string", b"").decode("latin-1")
    for pair in parse_qsl(query, keep_blank_values=True, errors="replace")[:MOST]:
        found |= set(pair)
    found |= set(texts_of(getattr(request.state, "body_read", None)))
    return {one for one in found if one.strip()}


def texts_of(value: object) -> Iterator[str]:
    """Yield every text and number of a JSON document."""
    waiting, seen = [value], 0
    while waiting and seen < MOST:
        one = waiting.pop()
        seen += 1
        match one:
            case str():
                yield one
            case bool() | None:
                pass
            case int() | float():
                yield str(one)
            case dict():
                waiting.extend(one.values())
                waiting.extend(one.keys())
            case list():
                waiting.extend(one)


def own_words(request: Request) -> frozenset[str]:
    """Return the words of the API's description and of the language: names of fields, and what they may hold."""
    held: frozenset[str] | None = getattr(request.app.state, "own_words", None)
    if held is None:
        from segmentary.language.json_schema import json_schema

        held = frozenset((*described(request.app.openapi()), *described(json_schema())))
        request.app.state.own_words = held
    return held


def described(value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, part in value.items():
                if key == "enum" and isinstance(part, list):
                    yield from (one for one in part if isinstance(one, str))
                elif key == "const" and isinstance(part, str):
                    yield part
                elif key == "properties" and isinstance(part, dict):
                    yield from part
                elif key == "paths" and isinstance(part, dict):
                    yield from (word for path in part for word in path.split("/") if "{" not in word)
                yield from described(part)
        case list():
            for part in value:
                yield from described(part)


def without_values(text: str, values: set[str], kept: frozenset[str]) -> str:
    """Return a sentence without the values of a request."""
    for value in sorted(values, key=len, reverse=True):
        if value in kept or value == ELLIPSIS:
            continue
        for form in {
            value,
            value.strip(),
            repr(value)[1:-1],
            json.dumps(value)[1:-1],
            json.dumps(value, ensure_ascii=False)[1:-1],
        }:
            if not form:
                continue
            for quote in QUOTES:
                text = text.replace(f"{quote}{form}{quote}", f"{quote}{ELLIPSIS}{quote}")
            if len(form) >= PLAIN and form[:PLAIN] in text:
                text = bare(text, form)
    return text


def bare(text: str, form: str) -> str:
    """Replace a value where it stands as a word of its own, and its beginning where it was cut short."""
    edges = (r"(?<!\w)" if form[0].isalnum() else "", r"(?!\w)" if form[-1].isalnum() else "")
    text = re.sub(f"{edges[0]}{re.escape(form)}{edges[1]}", ELLIPSIS, text)
    if len(form) > 2 * PLAIN:
        start = text.find(form[: 2 * PLAIN])
        while start >= 0:
            end = start
            while end < len(text) and end - start < len(form) and text[end] == form[end - start]:
                end += 1
            text = text[:start] + ELLIPSIS + text[end:]
            start = text.find(form[: 2 * PLAIN], start + 1)
    return text
