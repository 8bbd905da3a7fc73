"""What a job was asked for, read value by value: each of its kind and within its limits, nothing unknown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from segmentary.errors import UnknownNameError, UsageError

LONGEST = 200
MOST_NAMES = 200
LONGEST_RULE = 20_000


class AskedArguments:
    """The arguments of a job.

    Parameters
    ----------
    given : JSON values, as the caller sent them.
    known : the names there are.

    Raises
    ------
    UnknownNameError
        when an argument is unknown; the readers raise `UsageError` where a value is of another kind, or out of bounds.
    """

    def __init__(self, given: Mapping[str, Any], known: Collection[str]) -> None:
        self.given = given
        for name in given:
            if name not in known:
                raise UnknownNameError("argument", name[:LONGEST], known)

    def text(self, name: str, default: str = "", *, longest: int = LONGEST) -> str:
        """Return a text without the blanks around it."""
        value = self.given.get(name)
        if value is None:
            return default
        if not isinstance(value, str) or len(value) > longest or not written(value):
            raise UsageError(f"{name} is a text of at most {longest:,} letters")
        return value.strip() or default

    def needed(self, name: str, why: str, *, longest: int = LONGEST) -> str:
        """Return a text that must be there."""
        found = self.text(name, longest=longest)
        if not found:
            raise UsageError(f"{name} is missing", hint=why)
        return found

    def maybe(self, name: str, *, longest: int = LONGEST) -> str | None:
        """Return a text, or None where nothing is said."""
        return self.text(name, longest=longest) or None

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, each once; one text alone is a list of one."""
        value = self.given.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            value = [value]
        wrong = not isinstance(value, list) or len(value) > MOST_NAMES
        if wrong or not all(isinstance(one, str) and 0 < len(one) <= LONGEST and written(one) for one in value):
            raise UsageError(f"{name} is a list of at most {MOST_NAMES} names")
        return list(dict.fromkeys(value))

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise UsageError(f"{name} is a whole number from {least:,} to {most:,}")
        return value

    def share(self, name: str, default: float) -> float:
        """Return a number from 0 to 1."""
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise UsageError(f"{name} is a number from 0 to 1")
        return float(value)

    def yes(self, name: str) -> bool:
        """Return yes or no; nothing said is no."""
        value = self.given.get(name, False)
        if not isinstance(value, bool):
            raise UsageError(f"{name} is true or false")
        return value

    def one_of(self, name: str, choices: Collection[str], default: str) -> str:
        """Return one of some words."""
        found = self.text(name, default)
        if found not in choices:
            raise UsageError(f"there is no such {name}", hint="one of " + ", ".join(choices))
        return found

    def mapping(self, name: str) -> dict[str, str]:
        """Return texts by name."""
        value = self.given.get(name)
        if value is None:
            return {}
        wrong = not isinstance(value, dict) or len(value) > MOST_NAMES
        texts = [one for pair in value.items() for one in pair] if not wrong else []
        if wrong or not all(isinstance(one, str) and len(one) <= LONGEST and written(one) for one in texts):
            raise UsageError(f"{name} is an object of at most {MOST_NAMES} texts")
        return dict(value)

    def seed(self) -> int:
        """Return the seed of everything that is drawn."""
        return self.whole("seed", 0, least=0, most=2**31 - 1)


def written(text: str) -> bool:
    """Say whether a text holds letters only: no control signs but line ends and tabs, no half of a pair."""
    return not any((one < 32 and one not in (9, 10, 13)) or 0xD800 <= one <= 0xDFFF for one in map(ord, text))
