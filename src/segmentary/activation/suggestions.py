"""What to suggest to a person in a message: from their own next best offers, each with its reason in words.

Never what they bought just now, never what is not to be had. Where nothing is known of what goes together, the person's
favourite is all there is to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

FAVOURITES = {
    "category": ("favourite_category", "favorite_category", "top_category"),
    "brand": ("favourite_brand", "favorite_brand", "top_brand"),
    "product": ("favourite_product", "favorite_product", "top_product"),
}
"""Traits that say what somebody likes best, by what is suggested."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of the next best offers. list : ``buy again`` or ``discover``; reason : why, in words."""

    customer_id: str
    list: str
    rank: int
    item: str
    name: str
    reason: str


def suggestions(
    ranked: Iterable[Ranked],
    *,
    most: int,
    leave_out: Collection[str] = (),
    bought_lately: Mapping[str, Collection[str]] | None = None,
) -> dict[str, list[dict[str, str]]]:
    """Return what to suggest to each person: what is new to them and what they buy again in turn, best first.

    leave_out : items or names that are not to be had. bought_lately : customer to items they just bought.

    >>> rows = [Ranked("c", "discover", 1, "tea", "Tea", "often bought with scones"),
    ...         Ranked("c", "buy again", 1, "milk", "Milk", "you bought it 9 times"),
    ...         Ranked("c", "buy again", 2, "jam", "Jam", "you bought it 3 times")]
    >>> [one["name"] for one in suggestions(rows, most=2, bought_lately={"c": {"milk"}})["c"]]
    ['Tea', 'Jam']
    """
    never = {one.casefold() for one in leave_out}
    lately = bought_lately or {}
    lists: dict[str, dict[str, list[Ranked]]] = {}
    for one in ranked:
        if one.item.casefold() in never or one.name.casefold() in never:
            continue
        if one.item in lately.get(one.customer_id, ()):
            continue
        lists.setdefault(one.customer_id, {}).setdefault(one.list, []).append(one)
    return {person: in_turn(held, most) for person, held in lists.items()}


def in_turn(held: Mapping[str, Sequence[Ranked]], most: int) -> list[dict[str, str]]:
    waiting = [
        sorted(held[name], key=lambda one: one.rank) for name in sorted(held, key=lambda name: name != "discover")
    ]
    found: dict[str, dict[str, str]] = {}
    for place in range(max((len(one) for one in waiting), default=0)):
        for one in (line[place] for line in waiting if place < len(line)):
            found.setdefault(
                one.item, {"item": one.item, "name": one.name or one.item, "reason": one.reason, "list": one.list}
            )
    return list(found.values())[:most]


def favourite(name: str, of: str) -> list[dict[str, str]]:
    """Return the one suggestion for whom nothing but their favourite is known."""
    return [{"item": name, "name": name, "reason": f"your favourite {of}", "list": "buy again"}] if name else []
