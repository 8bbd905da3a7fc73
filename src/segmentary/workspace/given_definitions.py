"""Definitions as they come through the API: a JSON document, or text in YAML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segmentary.errors import DefinitionError
from segmentary.language.tree import Definition
from segmentary.language.yaml import parse_document, parse_yaml


def definition_of(document: Mapping[str, Any] | str) -> Definition:
    """Return the one definition of a document.

    Raises
    ------
    DefinitionError
        where it is wrong, with the place in it.
    """
    if isinstance(document, str):
        found = parse_yaml(checked(document))
        if len(found) != 1:
            raise DefinitionError(
                f"there are {len(found)} definitions in this text", hint="send one", pointer="document"
            )
        return found[0].definition
    return parse_document(plain(document))


def plain(document: Mapping[str, Any]) -> Any:
    """Return JSON values with exact numbers.

    Raises
    ------
    DefinitionError
        where numbers are no numbers, texts no text, or it is nested too deeply.
    """
    try:
        text = checked(json.dumps(document, allow_nan=False, ensure_ascii=False))
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise DefinitionError(
            "this document cannot be read", hint="numbers must be finite, texts valid, nesting moderate"
        ) from None


def checked(text: str) -> str:
    """Refuse text that cannot be stored.

    Raises
    ------
    DefinitionError
        for halves of characters and NUL.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise DefinitionError("this text holds halves of characters", hint="send valid Unicode") from None
    if "\0" in text or "\\u0000" in text:
        raise DefinitionError("this text holds a NUL character", hint="take it out")
    return text
