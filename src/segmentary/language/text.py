"""The compact text form, for the command line, notebooks and people who type.

::

    segment vip during any previous_quarter and events order_completed in last 60d count <= 0 and not list key_accounts

Every rule and value of the tree has a text, and every text one tree; `format_text` writes the one canonical text of a
tree, and reading it gives the same tree. A bare name is a trait, inside an event's ``where (...)`` a property of the
event. Names with signs or blanks, and names that are words of the language, stand in quotes, as texts do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from segmentary.errors import DefinitionError
from segmentary.language.text_errors import TextError
from segmentary.language.text_parser import parsed
from segmentary.language.text_writing import format_text
from segmentary.language.tree import Rule, SegmentDefinition, Value
from segmentary.language.validate import DEEPEST, validate
from segmentary.language.walk import depth, located

if TYPE_CHECKING:
    from segmentary.language.vocabulary import Vocabulary

FIRST_WORD = re.compile(r"\w+|\"[^\"]*\"")
__all__ = ["TextError", "format_text", "parse_text", "parse_text_value", "read_where"]


def parse_text(text: str) -> Rule:
    """Return the rule a text says.

    Raises
    ------
    TextError
        where it cannot be read, with a mark under the place and what was expected.

    >>> format_text(parse_text("country is DE and did order_completed in last 30d"))
    'trait country = "DE" and events order_completed in last 30d count >= 1'
    """
    return read(text, "rule")[0]  # type: ignore[return-value]


def parse_text_value(text: str) -> Value:
    """Return the value a text says.

    Raises
    ------
    TextError
        where it cannot be read, with a mark under the place and what was expected.
    """
    return read(text, "value")[0]  # type: ignore[return-value]


def read_where(text: str, vocabulary: Vocabulary) -> Rule:
    """Return the rule a text says, if everything in it exists and fits.

    Raises
    ------
    TextError
        with a mark under the part that does not.
    """
    rule, places = read(text, "rule")
    where = {pointer: places[id(node)] for pointer, node in located(rule, "where") if id(node) in places}
    try:
        validate(SegmentDefinition("text", rule), vocabulary)  # type: ignore[arg-type]
    except DefinitionError as error:
        pointer = error.pointer or "where"
        while pointer and pointer not in where:
            pointer = pointer.rpartition("/")[0]
        start = where.get(pointer, 0)
        word = FIRST_WORD.match(text, start)
        raise TextError(text, start, start + 1 if word is None else word.end(), error.reason, error.hint) from None
    return rule  # type: ignore[return-value]


def read(text: str, start: Literal["rule", "value"]) -> tuple[Rule | Value, dict[int, int]]:
    """Return what a text says, and where each part of it begins by its `id`."""
    from segmentary.language.text_patterns import TextReader

    tree = parsed(text, start)
    reader = TextReader(text)
    found = reader.read(tree)
    if depth(found) > DEEPEST:
        hint = "give the inner part a name and refer to it"
        raise DefinitionError(f"more than {DEEPEST} levels inside each other", hint=hint)
    return found, {number: begin for number, (_, begin) in reader.seen.items()}
