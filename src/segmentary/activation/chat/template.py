"""Texts with slots: ``Your parcel is {{ last_order_status | default: "on its way" }}.`` No logic, no nesting.

A slot holds a person's own trait, or ``offer.words``, ``offer.code``, ``offer.until``, or what they said themselves in
a script (``slot.NAME``, numbers, dates and chosen labels only).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from segmentary.errors import DefinitionError

SLOT = re.compile(
    r"\{\{\s*(?P<name>[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\s*(?:\|\s*default:\s*(?P<quote>[\"'])(?P<default>[^\"'{}]*)(?P=quote)\s*)?\}\}"
)
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}")
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a fact. default : what stands there when the fact is not known; None: then the text is not said."""

    name: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """An approved text: literal pieces and slots."""

    source: str
    parts: tuple[str | Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places for facts."""
        return tuple(one for one in self.parts if isinstance(one, Slot))

    @property
    def needs(self) -> frozenset[str]:
        """The facts without which it cannot be said."""
        return frozenset(one.name for one in self.slots if one.default is None)

    @property
    def literal(self) -> str:
        """The words that stand there whoever is spoken to, fall-backs included."""
        return " ".join(one if isinstance(one, str) else one.default or "" for one in self.parts)


def template(text: str) -> Template:
    """Read a text with slots.

    Raises
    ------
    DefinitionError
        when a brace opens something that is no slot, or the text is empty or too long.
    """
    text = text.strip()
    if not text:
        raise DefinitionError("a text to say is empty", hint="write what the bot says")
    if len(text) > LONGEST:
        raise DefinitionError(f"a text to say has {len(text):,} characters, more than {LONGEST:,}", hint="shorten it")
    parts: list[str | Slot] = []
    place = 0
    for found in SLOT.finditer(text):
        parts += literal(text[place : found.start()])
        parts.append(Slot(found["name"], found["default"]))
        place = found.end()
    parts += literal(text[place:])
    return Template(text, tuple(parts))


def literal(text: str) -> list[str | Slot]:
    if LEFT_OVER.search(text):
        raise DefinitionError(
            "a text has braces that are no slot",
            hint='a slot is {{ trait }} or {{ trait | default: "..." }}; there is no logic in the texts of a bot',
        )
    return [text] if text else []
