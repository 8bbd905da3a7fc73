"""What the pages of people show: facts in groups, a timeline with what was bought folded under its order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.web.rendering import environment
from segmentary.interfaces.web.segment_views import BASE_WORDS

if TYPE_CHECKING:
    from segmentary.workspace.person_view import Fact, PersonEvent

BASES = ("demographic", "firmographic", "geographic", "needs", "psychographic", "value", "behavioural", "loyalty")


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as text. hidden : there is a value, and the viewer may not see it."""

    title: str
    value: str
    hidden: bool
    source: str
    since: dt.datetime | None
    description: str
    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one base."""

    title: str
    facts: tuple[Told, ...]


def groups_of(
    facts: list[Fact], covered: frozenset[str], word: Callable[[str], str], language: str, currency: str
) -> list[Group]:
    """Return facts by base, in the order one reads about a person."""
    by_base: dict[str, list[Told]] = {}
    for one in facts:
        hidden = one.name in covered
        value = "" if hidden else said(one.value, one.unit, language, currency)
        told = Told(one.title.replace("Rfm ", "RFM "), value, hidden, one.source, one.since, one.description, one.name)
        by_base.setdefault(one.base, []).append(told)
    order = [*(one for one in BASES if one in by_base), *(one for one in by_base if one not in BASES)]
    return [Group(word(BASE_WORDS.get(one, one.capitalize())), tuple(by_base[one])) for one in order]


def said(value: Any, unit: str, language: str, currency: str) -> str:
    """Return a value with its unit."""
    filters = environment(language).filters
    match value:
        case bool():
            return "✓" if value else "✗"
        case int() | float() | Decimal():
            if unit.startswith("money"):
                return str(filters["money"](value, currency))
            if unit == "share":
                return str(filters["percent"](value))
            if unit.startswith(("hour of", "weekday")):
                return f"{filters['number'](value)} ({unit})"
            return f"{filters['number'](value, 2)} {unit}".rstrip()
        case dt.datetime() | dt.date():
            return str(filters["day"](value))
        case list() | tuple():
            return ", ".join(str(one) for one in value)
        case _:
            return str(value)


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the timeline: an event, and what belongs to it. text : what else is known in a few words."""

    title: str
    at: dt.datetime
    amount: Any
    text: str
    source: str
    inside: tuple[str, ...]


def happenings(events: tuple[PersonEvent, ...]) -> list[Happening]:
    """Return events, products folded under the order they were bought with."""
    orders = {
        (one.happened_at, one.order_id)
        for one in events
        if one.order_id is not None and one.name in ("order_completed", "order_refunded")
    }
    lines: dict[tuple[dt.datetime, str | None], list[str]] = {}
    found = []
    for one in events:
        key = (one.happened_at, one.order_id)
        if one.name in ("product_purchased", "product_returned") and key in orders:
            lines.setdefault(key, []).append(one.product or one.product_id or one.category or "")
    for one in events:
        key = (one.happened_at, one.order_id)
        if one.name in ("product_purchased", "product_returned") and key in orders:
            continue
        inside = tuple(text for text in lines.get(key, ()) if text) if one.name.startswith("order_") else ()
        found.append(
            Happening(
                one.name.replace("_", " ").capitalize(), one.happened_at, one.amount, words(one), one.source, inside
            )
        )
    return found


def words(event: PersonEvent) -> str:
    """Return what else is known of an event: product, category, channel, and short details."""
    parts = [event.product or "", event.category or "", event.channel or ""]
    parts += [f"{name.replace('_', ' ')} {value}" for name, value in short(event.details).items()]
    return " · ".join(part for part in parts if part)


def short(details: Mapping[str, Any]) -> dict[str, str]:
    """Return the first few details that are short enough to stand in a line."""
    found = {}
    for name, value in details.items():
        text = str(value)
        if not isinstance(value, dict | list) and value not in (None, "", 0) and len(text) <= 60:
            found[name] = text
        if len(found) == 4:
            break
    return found
