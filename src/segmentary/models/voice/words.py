"""The words of a text and where they stand.

Everything found in a text keeps its place in the text as it was said: markup is blanked, not cut out, so that what is
quoted is always a part of the original.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 20_000
"""What is read of one text: a message of more is a file somebody pasted."""
HIDDEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|<![A-Za-z][^<>]{0,500}>")
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&apos;": "'", "&nbsp;": " "}
ENTITY = re.compile("|".join(ENTITIES))
UNSEEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+")
END = re.compile(
    r"(?<=[.!?\u2026\u061f\u3002\uff01\uff1f])[\"'\u201d\u00bb)]*\s+|[\u3002\uff01\uff1f]+|\n\s*\n|\n(?=\s*[-*\u2022])"
)
SHORT = re.compile(r"(?:^|(?<=\s))(?:mr|mrs|ms|dr|st|ca|bzw|etc|e\.g|i\.e|z\.b|tel|ref)\.$", re.IGNORECASE)
"""What ends in a full stop and ends no sentence."""
NUMBER = re.compile(r"(?:no|nr)\.\s+#?[A-Za-z]{0,4}[-/]?\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """One word in small letters. start, end : where it stands in the text as it was said."""

    text: str
    start: int
    end: int


def plain(text: str) -> str:
    """Return a text of the same length (at most `MOST_CHARACTERS`) with markup and unseen characters blanked."""
    shown = text[:MOST_CHARACTERS]
    if "<" in shown:
        shown = MARKUP.sub(blank, HIDDEN.sub(blank, shown))
    if "&" in shown:
        shown = ENTITY.sub(lambda found: ENTITIES[found[0]].ljust(len(found[0])), shown)
    return UNSEEN.sub(" ", shown)


def blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def words(text: str) -> list[Word]:
    """Return the words of a text in small letters, numbers as ``0``; nothing but emoji has none."""
    return words_of(plain(text))


def words_of(shown: str) -> list[Word]:
    """Return the words of a text that was made plain."""
    found = []
    for match in WORD.finditer(shown):
        said = match[0]
        # No number tells what somebody wants, and order or card numbers must not enter a vocabulary.
        word = "0" if said[0].isdigit() else said.lower().replace("\u2019", "'")
        found.append(Word(word, match.start(), match.end()))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where each sentence of a text begins and ends, without the blanks around it."""
    shown = plain(text)
    found, start = [], 0
    for match in [*END.finditer(shown), None]:
        if match is not None and short(shown, start, match):
            continue
        end = len(shown) if match is None else match.end()
        left = len(shown[start:end]) - len(shown[start:end].lstrip())
        begin, stop = start + left, start + len(shown[start:end].rstrip())
        if stop > begin:
            found.append((begin, stop))
        start = end
    return found


def short(shown: str, start: int, match: re.Match[str]) -> bool:
    """Say whether a full stop belongs to a word that is written short."""
    before = max(start, match.start() - 6)
    return bool(SHORT.search(shown, before, match.start()) or NUMBER.match(shown, max(start, match.start() - 3)))


def around(text: str, start: int, end: int, most: int = 240) -> tuple[int, int]:
    """Return the sentence a place stands in, cut to `most` characters at blanks."""
    for begin, stop in sentences(text):
        if begin <= start < stop:
            break
    else:
        begin, stop = start, end
    stop = max(stop, end)
    if stop - begin <= most:
        return begin, stop
    if end - start >= most:
        return start, start + most
    room = (most - (end - start)) // 2
    left, right = max(begin, start - room), min(stop, end + room)
    if left > begin:
        gap = text.find(" ", left, start)
        left = gap + 1 if gap >= 0 else left
    if right < stop:
        gap = text.rfind(" ", end, right)
        right = gap if gap >= 0 else right
    return left, right
