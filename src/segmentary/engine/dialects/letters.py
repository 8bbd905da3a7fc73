"""Lower case letter by letter, the same everywhere: a table of every letter whose lower case is one letter."""

from __future__ import annotations

import sys
from functools import cache


@cache
def letter_cases() -> tuple[str, str]:
    """Return the capitals and their small letters, place by place; ``İ`` becomes ``i``."""
    pairs = [("İ", "i")]
    for code in range(sys.maxunicode + 1):
        letter = chr(code)
        small = letter.lower()
        if letter != small and len(small) == 1 and letter != "İ":
            pairs.append((letter, small))
    return "".join(a for a, _ in pairs), "".join(b for _, b in pairs)
