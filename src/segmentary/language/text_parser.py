"""The parser of the text form, made once: LALR, so that the time it takes grows with the text and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from segmentary.errors import DefinitionError
from segmentary.language.habits import text_mend, unfinished
from segmentary.language.text_errors import TextError, expectation, suggestion

if TYPE_CHECKING:
    from lark import Lark, ParseTree
    from lark.exceptions import UnexpectedToken

LONGEST = 100_000
"""Characters of a text; a longer list of ids belongs into a list of the workspace."""


@cache
def parser() -> Lark:
    """Return the parser of the grammar."""
    from lark import Lark

    grammar = files("segmentary.language").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        start=["rule", "value"],
        propagate_positions=True,
        maybe_placeholders=True,
    )


@cache
def words() -> Mapping[str, str]:
    """Return every word and sign of the grammar by the name of its terminal."""
    from lark.lexer import PatternStr

    return {one.name: one.pattern.value for one in parser().terminals if isinstance(one.pattern, PatternStr)}


def parsed(text: str, start: Literal["rule", "value"]) -> ParseTree:
    """Return the parse tree of a text.

    Raises
    ------
    TextError
        where it is not a text of the language, with what was expected.
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if not isinstance(text, str):
        raise DefinitionError(f"a text belongs here, not {type(text).__name__}")
    if len(text) > LONGEST:
        message = f"the text has {len(text):,} characters, and {LONGEST:,} is the most"
        raise DefinitionError(message, hint="give parts of it names, or put ids into a list")
    if not text.strip():
        raise TextError(text, len(text), len(text), "there is nothing to read", "for example: age >= 18")
    try:
        return parser().parse(text, start=start)
    except UnexpectedToken as error:
        raise at_token(text, error) from None
    except UnexpectedCharacters as error:
        position = error.pos_in_stream or 0
        letter = text[position]
        if letter in "\"'":
            message = "the quotation mark is never closed"
            raise TextError(text, position, position + 1, message, f"close it with {letter}") from None
        hint = text_mend(text, position, letter) or "names with signs or blanks, and texts, stand in quotes"
        raise TextError(text, position, position + 1, f"{letter!r} has no meaning here", hint) from None


def at_token(text: str, error: UnexpectedToken) -> TextError:
    """Return the complaint about a word that cannot stand where it does."""
    token = error.token
    accepted = frozenset(error.accepts or error.expected)
    expected = expectation(accepted, words())
    if token.type == "$END":
        end = len(text.rstrip())
        return TextError(text, end, end + 1, f"the text ends too early: {expected}", unfinished(text))
    start = token.start_pos or 0
    message = f"{str(token)[:60]!r} cannot stand here: {expected}"
    hint = text_mend(text, start, str(token)) or suggestion(str(token), accepted, words()) or fallback(accepted)
    return TextError(text, start, start + len(token), message, hint)


def fallback(accepted: frozenset[str]) -> str | None:
    """Return the hint where nothing is known but what may stand there."""
    said = {words().get(name) for name in accepted}
    if said == {"("}:
        return "what belongs to it stands in brackets"
    if {"and", "or"} <= said:
        return "conditions are joined by `and` or `or`; a text of several words stands in quotes"
    return None
