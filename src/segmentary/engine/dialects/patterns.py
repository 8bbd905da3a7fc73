r"""RE2 patterns said for other regular expression engines: what both understand alike, character by character.

Every character becomes a class of code points, so that no locale, flag or version of a database decides what it means:
``\d``, ``\s``, ``\w`` and ``\b`` are ASCII, ``.`` is everything but a line feed, ``^`` and ``$`` are the ends of the
text, and ``(?i)`` is spelled out with the letters RE2 itself takes for equal. Anything else is refused.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

Flavour = Literal["java", "postgres"]
Ranges = tuple[tuple[int, int], ...]

WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
SHORT: dict[str, Ranges] = {"d": ((48, 57),), "s": ((9, 10), (12, 13), (32, 32)), "w": WORD}
CONTROL = {"t": 9, "n": 10, "v": 11, "f": 12, "r": 13, "a": 7}
LAST = sys.maxunicode
NAMED = re.compile(r"\?P?<\w+>")
FLAGGED = re.compile(r"\?([ims]*)(?:-([ims]+))?([:)])")
MOST_REPEATS = 255  # PostgreSQL's limit


class PatternError(ValueError):
    """A part of a pattern that cannot be said on the other engine."""


@lru_cache(maxsize=1_000)
def translated(pattern: str, flavour: Flavour) -> str:
    """Return a pattern of another engine that is found in the same texts.

    Raises
    ------
    PatternError
        for what has no sure equal.
    """
    return Translation(pattern, flavour).whole()


@cache
def cased_letters() -> str:
    """Return every character that has another case."""
    points = (chr(n) for n in range(LAST + 1) if not 0xD800 <= n <= 0xDFFF)
    return "".join(c for c in points if c.lower() != c or c.upper() != c or unicodedata.category(c) in ("Lu", "Ll"))


@lru_cache(maxsize=10_000)
def folded(ranges: Ranges) -> Ranges:
    """Return a class with every character RE2 takes for equal to one of it under ``(?i)``."""
    import re2

    inside = "".join(f"\\x{{{low:x}}}-\\x{{{high:x}}}" for low, high in ranges)
    found = {ord(c) for c in re2.findall(f"(?i)[{inside}]", cased_letters())}
    return merged([*ranges, *((n, n) for n in found)])


@lru_cache(maxsize=100)
def class_of(pattern: str) -> Ranges:
    """Return the code points of a class RE2 knows by name."""
    import re2

    points = "".join(chr(n) for n in range(1, LAST + 1) if not 0xD800 <= n <= 0xDFFF)
    return merged([(ord(c), ord(c)) for c in re2.findall(pattern, points)])


def merged(ranges: list[tuple[int, int]]) -> Ranges:
    """Return ranges in order, those that touch made one."""
    done: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if done and low <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(high, done[-1][1]))
        else:
            done.append((low, high))
    return tuple(done)


def complement(ranges: Ranges) -> Ranges:
    """Return all other code points."""
    found, start = [], 1
    for low, high in ranges:
        if low > start:
            found.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        found.append((start, LAST))
    return tuple(found)


@dataclass
class Translation:
    """One pattern on its way."""

    text: str
    flavour: Flavour
    at: int = 0
    flags: frozenset[str] = frozenset()

    def whole(self) -> str:
        """Return the whole pattern."""
        found = self.alternatives()
        if self.at < len(self.text):
            raise PatternError(f"unexpected {self.text[self.at]!r}")
        return found

    def peek(self) -> str:
        """Return the next character; none at the end."""
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self) -> str:
        """Return the next character and go on."""
        if self.at >= len(self.text):
            raise PatternError("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def alternatives(self) -> str:
        """Return branches until the group ends."""
        branches = [self.branch()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.branch())
        return "|".join(branches)

    def branch(self) -> str:
        """Return atoms until the branch ends."""
        parts = []
        while self.peek() not in ("", "|", ")"):
            atom, repeatable = self.atom()
            parts.append(atom + self.repeat(repeatable))
        return "".join(parts)

    def atom(self) -> tuple[str, bool]:
        """Return one atom, and whether it can be repeated."""
        c = self.take()
        match c:
            case "(":
                found = self.group()
                return found, bool(found)
            case "[":
                return self.shown(self.bracket()), True
            case ".":
                return self.shown(complement(() if "s" in self.flags else ((10, 10),))), True
            case "^":
                return f"(?:\\A|(?<={self.point(10)}))" if "m" in self.flags else "\\A", False
            case "$":
                return f"(?:{self.end}|(?={self.point(10)}))" if "m" in self.flags else self.end, False
            case "\\":
                return self.escape()
            case "*" | "+" | "?":
                raise PatternError(f"nothing to repeat before {c!r}")
        return self.shown(self.cased(((ord(c), ord(c)),))), True

    @property
    def end(self) -> str:
        """The end of the text."""
        return "\\z" if self.flavour == "java" else "\\Z"

    def group(self) -> str:
        """Return a group; one that only sets flags sets them until the group around it ends."""
        before = self.flags
        opening = "("
        if named := NAMED.match(self.text, self.at):
            self.at = named.end()
        elif flagged := FLAGGED.match(self.text, self.at):
            self.at = flagged.end()
            self.flags = (self.flags | set(flagged[1])) - set(flagged[2] or "")
            if flagged[3] == ")":
                return ""
            opening = "(?:"
        elif self.peek() == "?":
            raise PatternError("a group of an unknown kind")
        inside = self.alternatives()
        if self.take() != ")":
            raise PatternError("a group does not end")
        self.flags = before
        return f"{opening}{inside})"

    def escape(self) -> tuple[str, bool]:
        """Return what a backslash begins, and whether it can be repeated."""
        c = self.take()
        if c in "bB":
            word = "".join(self.point(low) + "-" + self.point(high) for low, high in WORD)
            if c == "b":
                return f"(?:(?<![{word}])(?=[{word}])|(?<=[{word}])(?![{word}]))", False
            return f"(?:(?<![{word}])(?![{word}])|(?<=[{word}])(?=[{word}]))", False
        if c == "A":
            return "\\A", False
        if c == "z":
            return self.end, False
        self.at -= 1
        return self.shown(self.escaped()), True

    def escaped(self) -> Ranges:
        """Return the class after a backslash."""
        c = self.take()
        if c in "pP":
            name = self.take()
            if name == "{":
                close = self.text.index("}", self.at)
                name, self.at = "{" + self.text[self.at : close] + "}", close + 1
            return self.cased(class_of(f"\\{c}{name}"))
        if c in SHORT:
            return SHORT[c]
        if c.lower() in SHORT:
            return complement(SHORT[c.lower()])
        code = self.code(c)
        return self.cased(((code, code),))

    def code(self, c: str) -> int:
        """Return the code point of an escaped character."""
        if c in CONTROL:
            return CONTROL[c]
        if c == "x":
            if self.peek() == "{":
                close = self.text.find("}", self.at)
                digits, self.at = self.text[self.at + 1 : close], close + 1
            else:
                digits, self.at = self.text[self.at : self.at + 2], self.at + 2
            try:
                return int(digits, 16)
            except ValueError:
                raise PatternError(f"\\x{digits}") from None
        if c.isascii() and not c.isalnum():
            return ord(c)
        raise PatternError(f"\\{c}")

    def bracket(self) -> Ranges:
        """Return a class in brackets."""
        negated = self.peek() == "^"
        self.at += negated
        found: list[tuple[int, int]] = []
        first = True
        while first or self.peek() != "]":
            first = False
            c = self.take()
            if c == "[" and self.peek() == ":":
                close = self.text.index(":]", self.at)
                found += class_of(f"[[{self.text[self.at : close]}:]]")
                self.at = close + 2
                continue
            if c == "\\" and (self.peek().lower() in SHORT or self.peek() in ("p", "P")):
                found += self.escaped()
                continue
            low = self.code(self.take()) if c == "\\" else ord(c)
            high = low
            if self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                c = self.take()
                if c == "[" or (c == "\\" and self.peek().lower() in SHORT):
                    raise PatternError("a range of classes")
                high = self.code(self.take()) if c == "\\" else ord(c)
            if high < low:
                raise PatternError("a range backwards")
            found.append((low, high))
        self.at += 1
        ranges = self.cased(merged(found))
        return complement(ranges) if negated else ranges

    def repeat(self, repeatable: bool) -> str:
        """Return how often the last atom comes."""
        c = self.peek()
        found = ""
        if c and c in "*+?":
            found = self.take()
        elif c == "{" and (bounds := self.bounds()) is not None:
            found = bounds
        if not found:
            return ""
        if not repeatable:
            raise PatternError("an anchor repeated")
        if self.peek() == "?":
            self.at += 1  # whether few or many are preferred does not change whether it is found
            if self.flavour == "java":
                found += "?"
        if self.peek() and (self.peek() in "*+?" or (self.peek() == "{" and self.bounds() is not None)):
            raise PatternError("a repetition repeated")
        return found

    def bounds(self) -> str | None:
        """Return ``{n,m}``; None where the brace is a character."""
        close = self.text.find("}", self.at)
        inside = self.text[self.at + 1 : close] if close > 0 else ""
        low, comma, high = inside.partition(",")
        if not (low.isascii() and low.isdigit()) or (high and not (high.isascii() and high.isdigit())):
            return None
        if max(int(low), int(high or 0)) > MOST_REPEATS:
            raise PatternError(f"more than {MOST_REPEATS} repeats")
        self.at = close + 1
        return "{" + low + comma + high + "}"

    def cased(self, ranges: Ranges) -> Ranges:
        """Return a class with the other cases of its letters, where case does not matter."""
        return folded(ranges) if "i" in self.flags else ranges

    def shown(self, ranges: Ranges) -> str:
        """Return a class as the other engine writes it."""
        if not ranges:
            raise PatternError("an empty class")
        if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
            return self.point(ranges[0][0])
        inside = "".join(
            self.point(low) if low == high else f"{self.point(low)}-{self.point(high)}" for low, high in ranges
        )
        return f"[{inside}]"

    def point(self, code: int) -> str:
        """Return one character, escaped unless it is a plain letter or digit."""
        if code == 0 or 0xD800 <= code <= 0xDFFF or code > LAST:
            raise PatternError(f"the code point {code:x}")
        if code < 128 and chr(code).isalnum():
            return chr(code)
        if self.flavour == "java":
            return f"\\x{{{code:x}}}"
        return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
