"""Whether the data already decides a condition for everybody: always true, never true, and why."""

from __future__ import annotations

import datetime as dt
import operator as py
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol, cast
from zoneinfo import ZoneInfo

from segmentary.language.facts import EventFacts, Facts, TraitFacts
from segmentary.language.scalars import number_text, plain_text, time_text
from segmentary.language.tree import (
    Absolute,
    All,
    AnyOf,
    Between,
    Calendar,
    Compare,
    Duration,
    EventMeasure,
    HasBeen,
    Last,
    Not,
    Operand,
    PeriodsWith,
    Rule,
    Sample,
    Scalar,
    SegmentReference,
    SequenceCount,
    SessionMeasure,
    TraitValue,
)
from segmentary.language.windows import add, bounds, local_day, subtract, zone_of

ZERO_WHEN_NOTHING = ("count", "distinct", "sum", "active_days", "active_weeks", "active_months")
COMPARISONS: Mapping[str, Callable[[object, object], bool]] = {
    "is": py.eq,
    "is_not": py.ne,
    "lt": cast(Callable[[object, object], bool], py.lt),
    "lte": cast(Callable[[object, object], bool], py.le),
    "gt": cast(Callable[[object, object], bool], py.gt),
    "gte": cast(Callable[[object, object], bool], py.ge),
    "before": cast(Callable[[object, object], bool], py.lt),
    "after": cast(Callable[[object, object], bool], py.gt),
}


class Ordered(Protocol):
    """Numbers, days, instants."""

    def __lt__(self, other: Ordered, /) -> bool: ...
    def __le__(self, other: Ordered, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for everybody, and the reason in words."""

    holds: Literal["always", "never"]
    reason: str


def verdict(rule: Rule, facts: Facts, timezone: str | None = None) -> Verdict | None:
    """Return whether a rule is always or never true in this data, or None when that depends on the person."""
    match rule:
        case All(rules):
            return of_group(rules, facts, timezone, decides="never", otherwise="always")
        case AnyOf(rules):
            return of_group(rules, facts, timezone, decides="always", otherwise="never")
        case Not(part):
            inner = verdict(part, facts, timezone)
            return None if inner is None else Verdict("never" if inner.holds == "always" else "always", inner.reason)
        case Compare(value=TraitValue(name=name, path=())) if name in facts.traits:
            return of_trait(rule, name, facts.traits[name], facts, timezone)
        case Compare(value=EventMeasure() as measure):
            return of_events(rule, measure, facts, timezone)
        case Compare(value=PeriodsWith(last=last)):
            return of_counts(rule) or of_most(rule, last, f"there are only {last} periods")
        case Compare(value=SequenceCount(latest=latest)):
            return of_counts(rule) or (
                None if latest is None else of_most(rule, latest, f"only {latest} are looked at")
            )
        case Compare(value=SessionMeasure(measure="count")):
            return of_counts(rule)
        case HasBeen(condition=condition):
            found = verdict(condition, facts, timezone)
            return found if found is not None and found.holds == "never" else None
        case SegmentReference(name=name) if facts.sizes.get(name) == 0:
            return Verdict("never", f"segment {name} has no members")
        case SegmentReference(name=name) if name in facts.sizes and facts.sizes[name] == facts.population:
            return Verdict("always", f"segment {name} holds everybody")
        case Sample(share=share) if share == 1:
            return Verdict("always", "the sample is everybody")
        case _:
            return None


def of_group(
    rules: Iterable[Rule],
    facts: Facts,
    timezone: str | None,
    *,
    decides: Literal["always", "never"],
    otherwise: Literal["always", "never"],
) -> Verdict | None:
    """Return the verdict of a group: one part can decide it, or all together."""
    found = [verdict(part, facts, timezone) for part in rules]
    deciding = [part for part in found if part is not None and part.holds == decides]
    if deciding:
        return deciding[0]
    known = [part for part in found if part is not None]
    if found and len(known) == len(found):
        return Verdict(otherwise, "; ".join(dict.fromkeys(part.reason for part in known)))
    return None


# ---------------------------------------------------------------- traits


def of_trait(rule: Compare, name: str, known: TraitFacts, facts: Facts, timezone: str | None) -> Verdict | None:
    """Return what the figures of a trait say of a condition on it."""
    full = known.filled is not None and known.filled == facts.population
    if known.filled == 0:
        reason = f"{shown_name(name)} is not known of any customer"
        return Verdict("always" if rule.operator == "missing" else "never", reason)
    if rule.operator in ("exists", "missing"):
        reason = f"{shown_name(name)} is known of every customer"
        return Verdict("always" if rule.operator == "exists" else "never", reason) if full else None
    if known.complete and known.type in ("text", "boolean"):
        return of_values(rule, name, known, full=full)
    if known.low is not None and known.high is not None:
        zone = zone_of(facts.context, timezone)
        return of_range(rule, name, known.low, known.high, facts, zone, full=full)
    return None


def of_values(rule: Compare, name: str, known: TraitFacts, *, full: bool) -> Verdict | None:
    """Return the verdict on text or a boolean all of whose values are known."""
    test = text_test(rule)
    if test is None:
        return None
    seen = [plain_text(value) for value, _ in known.top_values]
    holding = [value for value in seen if test(value)]
    listed = ", ".join(seen[:5]) + (", ..." if len(seen) > 5 else "")
    if not holding:
        return Verdict("never", f"values of {shown_name(name)} are {listed}")
    if full and len(holding) == len(seen):
        return Verdict("always", f"values of {shown_name(name)} are {listed}")
    return None


def text_test(rule: Compare) -> Callable[[str], bool] | None:
    """Return the plain test of a text, where ignoring case or a pattern leaves no room for other readings."""
    if rule.ignore_case:
        return None
    options = {as_text(part) for part in (rule.operand if isinstance(rule.operand, tuple) else (rule.operand,))}
    tests: Mapping[str, Callable[[str], bool]] = {
        "is": lambda value: value in options,
        "in": lambda value: value in options,
        "is_not": lambda value: value not in options,
        "not_in": lambda value: value not in options,
        "contains": lambda value: any(part in value for part in options),
        "starts_with": lambda value: any(value.startswith(part) for part in options),
        "ends_with": lambda value: any(value.endswith(part) for part in options),
    }
    return tests.get(rule.operator)


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, Decimal) else plain_text(str(value))


def of_range(
    rule: Compare, name: str, low: Scalar, high: Scalar, facts: Facts, zone: ZoneInfo, *, full: bool
) -> Verdict | None:
    """Return the verdict on a number, date or time between a known lowest and highest."""
    said = f"{shown_name(name)} goes from {shown(low)} to {shown(high)}"
    newest = f"newest {shown_name(name)} is {shown(high)}"
    if rule.operator in ("within_last", "within_next", "between_from_now"):
        start = first_moment(rule, facts.context.as_of, zone)
        return Verdict("never", newest) if day_of(high, zone) < local_day(start, zone) else None
    decided = range_test(rule.operator, rule.operand, low, high, zone)
    if decided == "never" or (decided == "always" and full):
        late = decided == "never" and rule.operator == "after"
        return Verdict(decided, newest if late else said)
    return None


def first_moment(rule: Compare, as_of: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return from when on a date has to be for a condition relative to as-of."""
    length = rule.operand[0] if isinstance(rule.operand, tuple) else rule.operand
    if not isinstance(length, Duration) or rule.operator == "within_next":
        return as_of
    return subtract(as_of, length, zone) if rule.operator == "within_last" else add(as_of, length, zone)


def range_test(
    operator: str, operand: Operand, low: Scalar, high: Scalar, zone: ZoneInfo
) -> Literal["always", "never"] | None:
    """Return whether everything from low to high meets a condition, or nothing does."""
    parts = operand if isinstance(operand, tuple) else (operand,)
    edges = [comparable(part, low, zone) for part in parts]
    if any(edge is None for edge in edges):
        return None
    first, last = comparable(low, edge_like(parts), zone), comparable(high, edge_like(parts), zone)
    if first is None or last is None:
        return None
    known = [edge for edge in edges if edge is not None]
    match operator:
        case "between":
            return either(first >= known[0] and last <= known[-1], last < known[0] or first > known[-1])
        case "is" | "in":
            return either(first == last and first in known, all(edge < first or last < edge for edge in known))
        case "is_not" | "not_in":
            return either(all(edge < first or last < edge for edge in known), first == last and first in known)
        case "lt" | "before" | "lte" | "gt" | "after" | "gte":
            compare = COMPARISONS[operator]
            ends = [compare(first, known[0]), compare(last, known[0])]
            return either(all(ends), not any(ends))
        case _:
            return None


def either(always: bool, never: bool) -> Literal["always", "never"] | None:
    return "always" if always else "never" if never else None


def edge_like(parts: tuple[object, ...]) -> object:
    return parts[0] if parts else None


def comparable(value: object, other: object, zone: ZoneInfo) -> Decimal | None:
    """Return a number, day or instant on one line; an instant beside a day counts as its local day."""
    match value, other:
        case (bool(), _):
            return None
        case (Decimal(), _):
            return value
        case (dt.datetime(), dt.datetime()):
            return Decimal(int((value - dt.datetime(1, 1, 1, tzinfo=dt.UTC)) / dt.timedelta(microseconds=1)))
        case (dt.datetime(), _):
            return Decimal(local_day(value, zone).toordinal())
        case (dt.date(), dt.datetime()) | (dt.date(), dt.date()):
            return Decimal(value.toordinal())
        case _:
            return None


def day_of(moment: Scalar, zone: ZoneInfo) -> dt.date:
    if isinstance(moment, dt.datetime):
        return local_day(moment, zone)
    return moment if isinstance(moment, dt.date) else dt.date.max


# ---------------------------------------------------------------- events


def of_events(rule: Compare, measure: EventMeasure, facts: Facts, timezone: str | None) -> Verdict | None:
    """Return the verdict on a measure: nothing happened in its window, or its number cannot be so small."""
    reason = nothing_in(measure, facts, timezone)
    if reason is not None:
        if measure.measure not in ZERO_WHEN_NOTHING:
            return Verdict("always" if rule.operator == "missing" else "never", reason)
        holds = judge(rule, Decimal(0))
        return None if holds is None else Verdict("always" if holds else "never", reason)
    if measure.measure in ZERO_WHEN_NOTHING and measure.measure != "sum":
        return of_counts(rule)
    return None


def nothing_in(measure: EventMeasure, facts: Facts, timezone: str | None) -> str | None:
    """Return why no event lies in the window of a measure, or None when some may."""
    known = [facts.events.get(name) for name in measure.events.names]
    if not known or any(part is None for part in known):
        return None
    there = [part for part in known if part is not None and part.count != 0]
    names = " or ".join(measure.events.names)
    if not there:
        return f"there is no {names} in the data"
    if not isinstance(measure.during, Last | Calendar | Between | Absolute):
        return None
    start, end = bounds(measure.during, facts.context, timezone)
    newest, oldest = newest_of(there), oldest_of(there)
    if start is not None and newest is not None and newest < start:
        return f"newest {names} is {shown(newest)}"
    if oldest is not None and oldest >= end:
        return f"oldest {names} is {shown(oldest)}"
    return None


def newest_of(known: list[EventFacts]) -> dt.datetime | None:
    moments = [part.newest for part in known if part.newest is not None]
    return max(moments) if len(moments) == len(known) else None


def oldest_of(known: list[EventFacts]) -> dt.datetime | None:
    moments = [part.oldest for part in known if part.oldest is not None]
    return min(moments) if len(moments) == len(known) else None


def judge(rule: Compare, number: Decimal) -> bool | None:
    """Return whether a number meets a condition."""
    operand = rule.operand
    if rule.operator in ("exists", "missing"):
        return rule.operator == "exists"
    if isinstance(operand, tuple):
        bounds_given = [part for part in operand if isinstance(part, Decimal)]
        if rule.operator == "between" and len(bounds_given) == 2:
            return bounds_given[0] <= number <= bounds_given[1]
        return (number in bounds_given) is (rule.operator == "in") if rule.operator in ("in", "not_in") else None
    if isinstance(operand, Decimal) and rule.operator in COMPARISONS:
        return COMPARISONS[rule.operator](number, operand)
    return None


def of_counts(rule: Compare) -> Verdict | None:
    """Return the verdict on a number that is never below zero."""
    if rule.operator in ("exists", "missing"):
        return Verdict("always" if rule.operator == "exists" else "never", "a number of events is always known")
    if isinstance(rule.operand, Decimal):
        bound, reason = rule.operand, "a number of events is never below 0"
        if (rule.operator == "lt" and bound <= 0) or (rule.operator in ("lte", "is") and bound < 0):
            return Verdict("never", reason)
        if (rule.operator == "gte" and bound <= 0) or (rule.operator == "gt" and bound < 0):
            return Verdict("always", reason)
    return None


def of_most(rule: Compare, most: int, reason: str) -> Verdict | None:
    """Return the verdict on a number that is never above another."""
    if isinstance(rule.operand, Decimal):
        bound = rule.operand
        if (rule.operator == "gt" and bound >= most) or (rule.operator in ("gte", "is") and bound > most):
            return Verdict("never", reason)
        if (rule.operator == "lt" and bound > most) or (rule.operator == "lte" and bound >= most):
            return Verdict("always", reason)
    return None


def shown_name(name: str) -> str:
    return name.replace("_", " ")


def shown(value: Scalar) -> str:
    match value:
        case dt.datetime():
            return time_text(value)[:10]
        case Decimal():
            return number_text(value)
        case bool() | str():
            return str(value)
        case _:
            return value.isoformat()
