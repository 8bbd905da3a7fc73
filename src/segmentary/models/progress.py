"""How long work says how far it is; raising out of it cancels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Tell: TypeAlias = Callable[[str, float], None]
"""Called with a sentence and the share done, 0 to 1."""


def quiet(sentence: str, done: float) -> None:
    """Say nothing."""


def within(tell: Tell, start: float, end: float) -> Tell:
    """Return how a part of the work tells its own share: from `start` to `end` of the whole."""
    return lambda sentence, done: tell(sentence, start + (end - start) * done)
