"""Complaints about a text: the line, a mark under what is wrong, what was expected there, what was perhaps meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping

from segmentary.errors import DefinitionError, Place
from segmentary.language.habits import OTHER_WORDS

LONGEST_SHOWN = 100
MOST_EXPECTED = 8
KINDS: Mapping[str, str] = {
    "WORD": "a name",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "DATE": "a date",
    "TIME": "a time",
    "DURATION": "a length such as 30d",
    "CALENDAR": "a period such as previous_month",
    "PERCENT": "a share such as 10%",
    "KILOMETRES": "a distance such as 25km",
    "SIGN": "an operator such as >=",
    "_AT_LEAST": "`at least`",
    "_LESS_THAN": "`less than`",
    "_AT_ANY_TIME": "`at any time`",
    "TIES": "`ties included`",
    "$END": "the end",
}


class TextError(DefinitionError):
    """Something in a text cannot be read; the message shows where."""

    def __init__(self, text: str, start: int, end: int, message: str, hint: str | None = None) -> None:
        line, column, shown = marked(text, start, end)
        place = Place("<text>", line, column)
        super().__init__(f"{message}\n{shown}", hint=hint, place=place)
        self.reason = message


def marked(text: str, start: int, end: int) -> tuple[int, int, str]:
    """Return line and column, from 1, and the part of the line around them with marks under what is meant."""
    start = min(max(start, 0), len(text))
    before = text.rfind("\n", 0, start) + 1
    after = text.find("\n", start)
    line = text[before : len(text) if after < 0 else after]
    column = start - before
    first = max(0, column - LONGEST_SHOWN // 2)
    part = "".join(letter if letter.isprintable() else " " for letter in line[first : first + LONGEST_SHOWN])
    length = max(1, min(end - start, len(line) - column, LONGEST_SHOWN - (column - first)))
    return text.count("\n", 0, start) + 1, column + 1, f"  {part}\n  {' ' * (column - first)}{'^' * length}"


def expectation(accepted: Collection[str], words: Mapping[str, str]) -> str:
    """Say what may stand somewhere: kinds of things first, then words."""
    kinds = [said for name, said in KINDS.items() if name in accepted]
    literal = sorted(f"`{words[name]}`" for name in accepted if name in words)
    every = [*kinds, *literal]
    listed = ", ".join(every[:MOST_EXPECTED])
    return f"expected {listed}{', ...' if len(every) > MOST_EXPECTED else ''}" if every else "nothing fits here"


def suggestion(found: str, accepted: Collection[str], words: Mapping[str, str]) -> str | None:
    """Return which word was perhaps meant, or that a word of the language is quoted where it is a name."""
    options = {words[name] for name in accepted if name in words}
    near = difflib.get_close_matches(found.lower(), sorted(options), n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if found in words.values() and found.isidentifier() and {"WORD", "STRING"} & set(accepted):
        kind = "trait " if "EVENTS" in accepted else ""
        return f'`{found}` is a word of the language: as a name it stands in quotes, {kind}"{found}"'
    return None


def nearest(found: str, options: Collection[str]) -> str:
    """Return a hint at the nearest of several words, or all of them."""
    if OTHER_WORDS.get(found.lower()) in options:
        return f"the word is `{OTHER_WORDS[found.lower()]}`"
    near = difflib.get_close_matches(found.lower(), sorted(options), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"one of: {', '.join(options)}"
