"""Words and fixed values of the text form: when a name needs quotes, how a text is quoted, there and back."""

from __future__ import annotations

import re
from functools import cache

from segmentary.errors import DefinitionError
from segmentary.language.scalars import plain_scalar

PLAIN = re.compile(r"[^\W\d]\w*")
PERIOD = re.compile(r"(this|previous)_(\d+_)?(fiscal_)?(day|week|month|quarter|year)s?")
ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)
SHORT_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
WRITTEN = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}


@cache
def reserved() -> frozenset[str]:
    """Return the words that have a meaning of their own, and are quoted where they are names."""
    from segmentary.language.text_parser import words

    return frozenset(word for word in words().values() if PLAIN.fullmatch(word)) | {"true", "false"}


def name_text(name: str) -> str:
    """Return a name as it is written: bare, or in quotes."""
    bare = PLAIN.fullmatch(name) and name not in reserved() and not PERIOD.fullmatch(name)
    return name if bare and name.isprintable() else quoted(name)


def quoted(text: str) -> str:
    """Return a text in quotes, with everything that cannot be seen written out."""
    return '"' + "".join(letter_text(letter) for letter in text) + '"'


def letter_text(letter: str) -> str:
    if letter in WRITTEN:
        return WRITTEN[letter]
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def unquoted(written: str) -> str:
    """Return what a text in quotes says.

    Raises
    ------
    DefinitionError
        for an escape that does not exist.
    """

    def meaning(found: re.Match[str]) -> str:
        code = found[1]
        if len(code) > 1:
            number = int(code[1:], 16)
            if number > 0x10FFFF:
                raise DefinitionError(f"there is no letter {found[0]}", hint="use at most \\U0010ffff")
            return chr(number)
        if code not in SHORT_ESCAPES:
            raise DefinitionError(f"{found[0]!r} has no meaning in a text", hint='for a backslash write two: "\\\\"')
        return SHORT_ESCAPES[code]

    return ESCAPE.sub(meaning, written[1:-1])


def word_scalar(word: str) -> bool | str:
    """Return what a bare word means as a fixed value: true, false, or itself."""
    found = plain_scalar(word) if word in ("true", "false") else word
    return found if isinstance(found, bool) else word
