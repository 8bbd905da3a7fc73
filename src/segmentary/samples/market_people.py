"""The people of a generated market: how they think, what they need, which shops they know, use and pay."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, TypeAlias

from segmentary.samples.people import ITEMS_A_SCALE
from segmentary.samples.personas import PERSONAS, SCALES, Persona

Row: TypeAlias = dict[str, Any]

ATTITUDE_GROUPS: Mapping[str, tuple[str, ...]] = {
    "loyal": ("regular",),
    "bargain": ("bargain_hunter",),
    "fit": ("sportsman",),
    "innovators": ("gadget_fan",),
    "green": ("green",),
    "disappointed": ("faded",),
    "moderate": ("beauty_lover", "family", "office_buyer", "once", "browser"),
}
"""Attitude group -> its personas. Personas whose mean attitudes are within 1 of each other (Euclidean distance over the
six scales, the nearest in a chain) are one group: a person's measured scale has a standard deviation of about 0.54, so
nearer groups could not be told apart by anybody. Newcomers and silent customers never answer and belong to none."""

BRANDS = ("ours", "nordhaus", "billigo", "atelier", "funkwerk")
"""Our shop, and four that do not exist."""
PERCEPTIONS = ("cheap", "modern", "green", "trusted", "helpful")
NEEDS = (
    "low_prices",
    "wide_choice",
    "fast_delivery",
    "good_advice",
    "lasting_quality",
    "easy_returns",
    "repair_service",
)
GAP_GROUP, GAP_NEED = "green", "repair_service"

# How attractive a brand is to a group, relative to the others; 1 where nothing is said. Our shop has no entry: who is a
# customer is drawn before.
LEANINGS: Mapping[str, Mapping[str, float]] = {
    "bargain": {"billigo": 4.0},
    "innovators": {"funkwerk": 4.0},
    "loyal": {"nordhaus": 2.0},
    "fit": {"nordhaus": 1.5},
    "moderate": {"nordhaus": 1.5, "atelier": 1.5},
    "green": {"atelier": 1.5},
}
# Share of those who know a brand and see it so.
SEEN_AS: Mapping[str, tuple[float, float, float, float, float]] = {
    "ours": (0.35, 0.45, 0.25, 0.60, 0.55),
    "nordhaus": (0.20, 0.30, 0.30, 0.65, 0.45),
    "billigo": (0.80, 0.30, 0.10, 0.30, 0.15),
    "atelier": (0.10, 0.65, 0.40, 0.45, 0.40),
    "funkwerk": (0.40, 0.75, 0.15, 0.40, 0.35),
}
KNOWN: Mapping[str, float] = {"nordhaus": 0.75, "billigo": 0.70, "atelier": 0.35, "funkwerk": 0.45}
IMPORTANT: Mapping[str, Mapping[str, float]] = {
    "bargain": {"low_prices": 4.7, "lasting_quality": 2.4},
    "loyal": {"good_advice": 4.2, "lasting_quality": 4.2, "low_prices": 2.7},
    "fit": {"wide_choice": 4.0, "fast_delivery": 3.9},
    "innovators": {"wide_choice": 4.4, "fast_delivery": 4.4, "low_prices": 2.8},
    "green": {"lasting_quality": 4.4, "fast_delivery": 2.2},
    "disappointed": {"easy_returns": 4.4, "good_advice": 3.9},
    "moderate": {"low_prices": 3.6},
}
PERSONS: Mapping[str, Persona] = {persona.name: persona for persona in PERSONAS}


def group_of(persona: str) -> str | None:
    """Return the attitude group of a persona; None where it has none."""
    return next((group for group, personas in ATTITUDE_GROUPS.items() if persona in personas), None)


def base_shares() -> dict[str, float]:
    """Return the share of each attitude group among the customers who belong to one."""
    sizes = {group: sum(PERSONS[name].share for name in names) for group, names in ATTITUDE_GROUPS.items()}
    return {group: size / sum(sizes.values()) for group, size in sizes.items()}


def likert(chance: random.Random, mean: float, spread: float = 0.5) -> int:
    """Draw an answer of 1 to 5."""
    return min(5, max(1, round(chance.gauss(mean, spread))))


def attitudes(chance: random.Random, persona: Persona, style: float) -> Row:
    """Draw the answers to the attitude items, as the customer survey draws them, and a readiness to agree on top."""
    row: Row = {}
    straight = likert(chance, 3 + style) if chance.random() < 0.01 else None
    for scale in SCALES:
        skipped = chance.random() < 0.03
        leaning = persona.attitudes.get(scale, 3.0) + chance.gauss(0, 0.45) + style
        for number in range(1, ITEMS_A_SCALE + 1):
            answer = likert(chance, leaning)
            missing = skipped or chance.random() < 0.04
            row[f"{scale}_{number}"] = None if missing else straight or answer
    return row


def needs(chance: random.Random, group: str, style: float, *, gap: bool) -> Row:
    """Draw how important each need is and how well it is satisfied by the shops in use.

    With a gap, the service that the gap group wants is satisfied by nobody; everything else is satisfied alike,
    whatever it is and whoever it is for.
    """
    row: Row = {}
    for need in NEEDS:
        wanted = IMPORTANT[group].get(need, 3.2)
        if need == GAP_NEED:
            wanted = 4.6 if group == GAP_GROUP else 2.4
        satisfied = 3.5
        if gap and need == GAP_NEED and group == GAP_GROUP:
            satisfied = 1.7
        row[f"importance_{need}"] = None if chance.random() < 0.03 else likert(chance, wanted + style, 0.8)
        row[f"satisfied_{need}"] = None if chance.random() < 0.05 else likert(chance, satisfied + style, 0.9)
    return row


def brands(chance: random.Random, group: str, *, customer: bool, aware_of_us: float) -> Row:
    """Draw which shops somebody knows, considers, uses and pays, and how they see those they know.

    aware_of_us : the probability for those who are not customers. Customers know and use us.
    """
    row: Row = {}
    leanings = LEANINGS.get(group, {})
    used: dict[str, float] = {}
    for brand in BRANDS:
        leaning = leanings.get(brand, 1.0)
        aware = chance.random() < (aware_of_us if brand == "ours" else KNOWN[brand])
        considers = chance.random() < min(0.9, 0.3 * leaning)
        uses = chance.random() < 0.55
        if brand == "ours":
            aware, considers, uses = customer or aware, customer or considers, customer
        row[f"aware_{brand}"] = aware
        row[f"considers_{brand}"] = aware and considers
        row[f"uses_{brand}"] = aware and considers and uses
        if row[f"uses_{brand}"]:
            used[brand] = leaning * chance.gammavariate(2.0, 0.5)
    spend = chance.lognormvariate(6.0, 0.6) if used else 0.0
    for brand in BRANDS:
        row[f"spend_{brand}"] = round(spend * used.get(brand, 0.0) / max(sum(used.values()), 1e-9), 2)
        for place, perception in enumerate(PERCEPTIONS):
            seen = chance.random() < SEEN_AS[brand][place]
            row[f"{brand}_{perception}"] = seen if row[f"aware_{brand}"] else None
    return row
