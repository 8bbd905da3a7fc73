"""One thing the quality account says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["info", "warn", "serious"]
ORDER: dict[Severity, int] = {"serious": 0, "warn": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the quality account says about a source.

    Attributes
    ----------
    code : lower_snake name of what was looked for, the same everywhere.
    count : rows, records or values it is true of; share : of all of them, 0 to 1.
    message : one sentence for people.
    example : one value, masked where it could identify a person.
    """

    code: str
    severity: Severity
    count: int
    share: float | None
    message: str
    example: str = ""


def share_of(count: int, total: int) -> float | None:
    """Return a share, None of nothing."""
    return count / total if total else None


def percent(count: int, total: int) -> str:
    """Return a share in words.

    Examples
    --------
    >>> percent(135080, 541909), percent(0, 0)
    ('24.9 %', '-')
    """
    return f"{100 * count / total:.1f} %" if total else "-"


def mask(text: str) -> str:
    """Return a text that still shows its shape but no longer the person.

    Examples
    --------
    >>> mask("MÃ¼ller"), mask("ann@example.org")
    ('MÃ¼***', 'an***@***')
    """
    head, at, _ = text.partition("@")
    if at:
        return f"{head[:2]}***@***"
    kept = 3 if len(text) > 4 else 1
    return f"{text[:kept]}***"


def many(count: int, one: str, several: str | None = None) -> str:
    """Return a number with its noun.

    Examples
    --------
    >>> many(1, "row"), many(1336, "row")
    ('1 row', '1,336 rows')
    """
    noun = one if count == 1 else several or f"{one}s"
    return f"{count:,} {noun}"
