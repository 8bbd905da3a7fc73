"""Traits that drift by themselves: time passes, and counts of a whole life only grow. Said, not reported as news."""

from __future__ import annotations

from collections.abc import Mapping

from segmentary.language.tree import (
    Arithmetic,
    Band,
    Between,
    Case,
    Elapsed,
    EventMeasure,
    FirstKnown,
    Last,
    TraitDefinition,
    TraitValue,
    Value,
)
from segmentary.language.walk import walk

GROWING = frozenset({"count", "sum", "distinct", "max", "active_days", "active_weeks", "active_months"})
AGES = ("age", "age_years", "years", "tenure", "tenure_days", "tenure_months", "account_age", "customer_age_days")
SINCE_LAST = "days pass until somebody acts again"
SINCE = "time passes"
LIFE = "it counts a whole life, which only grows"
TOO_LONG = "its window reached back before the data begin"
UNIT_DAYS = {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.25}


def must_drift(
    traits: Mapping[str, TraitDefinition], attributes: Mapping[str, str], *, known_days: float | None = None
) -> dict[str, str]:
    """Return, of the traits that drift by themselves, why.

    attributes : name to type, of what sources say. known_days : how many days of data there were at the earlier moment:
    a window longer than that was cut short then.
    """
    short = {} if known_days is None else {n: TOO_LONG for n, one in traits.items() if reaches_days(one) > known_days}
    found = short | {name: reason for name, one in traits.items() if (reason := reason_of(one.value, traits, ()))}
    found |= {name: SINCE for name in attributes if name in AGES and name not in found}
    return found


def reaches_days(definition: TraitDefinition) -> float:
    """Return how far back the windows of a trait reach; 0 without one that goes by days."""
    far = 0.0
    for node in walk(definition):
        window = node.during if isinstance(node, EventMeasure) else None
        length = window.length if isinstance(window, Last) else window.older if isinstance(window, Between) else None
        if length is not None:
            far = max(far, length.amount * UNIT_DAYS.get(length.unit, 0))
    return far


def reason_of(value: Value, traits: Mapping[str, TraitDefinition], seen: tuple[str, ...]) -> str:
    """Return why a value drifts by itself; nothing when it need not."""
    match value:
        case Elapsed(since=EventMeasure(measure="last")):
            return SINCE_LAST
        case Elapsed():
            return SINCE
        case EventMeasure(measure=measure, during=None) if measure in GROWING:
            return LIFE
        case TraitValue(name=name) if name in traits and name not in seen:
            if isinstance(traits[name].value, EventMeasure) and traits[name].type == "time":
                return ""
            return reason_of(traits[name].value, traits, (*seen, name))
        case TraitValue(name=name) if name in AGES:
            return SINCE
        case Arithmetic(operator=operator, left=left, right=right) if operator != "divide":
            return reason_of(left, traits, seen) or reason_of(right, traits, seen)
        case Band(of=of):
            return reason_of(of, traits, seen)
        case FirstKnown(values=values):
            return next((r for one in values if (r := reason_of(one, traits, seen))), "")
        case Case(branches=branches, otherwise=otherwise):
            parts = [one for _, one in branches] + ([otherwise] if otherwise is not None else [])
            return next((r for one in parts if (r := reason_of(one, traits, seen))), "")
    return ""
