"""What would have to be different for a rule's truth to be another: minimal plain statements."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice, product
from typing import TYPE_CHECKING

from segmentary.language.event_words import noun, plural
from segmentary.language.sentence import sentence
from segmentary.language.tree import All, AnyOf, Compare, Consent, EventMeasure, Near, Not, Rank, SegmentReference

if TYPE_CHECKING:
    from segmentary.language.trace import Trace

MOST = 10
"""At most so many ways are named."""
WHOLE = ("count", "distinct", "active_days", "active_weeks", "active_months")
NUMBER_OF = "the number of "


def would_change_if(trace: Trace) -> list[str]:
    """Return the ways in which a rule's truth would be another, each as one statement, simplest first.

    Of a group all of whose parts have to change, a way names one change of each part.
    """
    found = dict.fromkeys(ways(trace))
    return sorted(found, key=lambda one: one.count(" and "))[:MOST]


def ways(trace: Trace) -> list[str]:
    """Return the ways to change the truth of a node."""
    match trace.node:
        case Not():
            return ways(trace.parts[0])
        case All() | AnyOf():
            return group_ways(trace)
        case SegmentReference(name=name):
            if trace.parts:
                return ways(trace.parts[0])
            return [f"not in segment {name}" if trace.truth else f"in segment {name}"]
        case Compare():
            return compare_ways(trace.node, trace)
        case Rank() | Consent() | Near():
            return [special_way(trace)]
        case _:
            return [otherwise(trace)]


def group_ways(trace: Trace) -> list[str]:
    """Return the ways to change a group: one part is enough, or every part that made it so has to change."""
    deciding = [part for part in trace.parts if part.truth == trace.truth]
    one_is_enough = isinstance(trace.node, All) == trace.truth
    if not deciding:
        return []
    if one_is_enough:
        return [way for part in deciding for way in ways(part)]
    return joined([ways(part) for part in deciding])


def joined(parts: list[list[str]]) -> list[str]:
    """Return one way of each part together, the first few of all such."""
    return [" and ".join(dict.fromkeys(one)) for one in islice(product(*parts), MOST)]


def otherwise(trace: Trace) -> str:
    """Return the opposite of a condition."""
    if trace.pending is not None:
        return f"nothing happens until the deadline on {trace.pending:%Y-%m-%d %H:%M} UTC"
    words = sentence(trace.node)
    return f"this no longer held: {words}" if trace.truth else f"this held: {words}"


def special_way(trace: Trace) -> str:
    """Return how a rank, a decision or a distance would have to be."""
    match trace.node:
        case Consent(purpose=purpose, channel=channel, granted=granted):
            through = "" if channel is None else f" by {channel}"
            if not trace.truth:
                return f"consent to {purpose}{through} were {'given' if granted else 'refused'}"
            return f"consent to {purpose}{through} were {'withdrawn' if granted else 'given'}"
        case Near(kilometres=kilometres) if isinstance(trace.value, Decimal):
            apart = abs(trace.value - kilometres)
            return f"{plain(apart)} km {'farther away' if trace.truth else 'nearer'}"
        case Near():
            return "the coordinates were known"
        case Rank():
            return otherwise(trace)
    return otherwise(trace)


# ---------------------------------------------------------------- comparisons


def compare_ways(rule: Compare, trace: Trace) -> list[str]:
    """Return how a value would have to be."""
    value, operand = trace.value, rule.operand
    if isinstance(value, Decimal) and isinstance(operand, Decimal) and rule.operator in ("gte", "gt", "lte", "lt"):
        return [amount_way(rule, value, operand, truth=trace.truth)]
    if isinstance(value, Decimal) and rule.operator == "is" and isinstance(operand, Decimal) and not trace.truth:
        return [more_or_fewer(rule, operand - value)]
    if isinstance(value, Decimal) and rule.operator == "between" and not trace.truth:
        low, high = numbers(rule.operand)
        return [more_or_fewer(rule, (low if value < low else high) - value)]
    if trace.pending is not None:
        return [otherwise(trace)]
    return [words_of(rule, trace)]


def numbers(operand: object) -> tuple[Decimal, Decimal]:
    low, high = operand if isinstance(operand, tuple) else (operand, operand)
    return low, high


def amount_way(rule: Compare, value: Decimal, operand: Decimal, *, truth: bool) -> str:
    """Return by how much a number misses the other side of a bound; the smallest step of a count is one."""
    upwards = (rule.operator in ("gte", "gt")) != truth
    bound_counts = (rule.operator in ("gte", "lte")) != truth
    apart = abs(operand - value)
    whole = isinstance(rule.value, EventMeasure) and rule.value.measure in WHOLE
    if whole:
        target = Decimal(int(operand)) if operand == int(operand) else operand
        apart = abs(target - value) + (0 if bound_counts else 1)
        apart = Decimal(-(-apart // 1)) if apart != int(apart) else apart
    return more_or_fewer(rule, apart if upwards else -apart, over="" if bound_counts or whole else "more than ")


def more_or_fewer(rule: Compare, apart: Decimal, *, over: str = "") -> str:
    """Return "2 more orders in the last 90 days" or "the total amount of orders were 12.5 lower"."""
    subject = sentence(rule.value)
    if subject.startswith(NUMBER_OF):
        things = subject.removeprefix(NUMBER_OF)
        if abs(apart) == 1 and isinstance(rule.value, EventMeasure) and things.startswith(plural(rule.value.events)):
            things = noun(rule.value.events) + things.removeprefix(plural(rule.value.events))
        return f"{plain(abs(apart))} {'more' if apart > 0 else 'fewer'} {things}"
    return f"{subject} were {over}{plain(abs(apart))} {'higher' if apart > 0 else 'lower'}"


def words_of(rule: Compare, trace: Trace) -> str:
    """Return a comparison as a wish: "country were France or Germany"."""
    subject, said = sentence(rule.value), sentence(rule)
    if not said.startswith(f"{subject} "):
        return otherwise(trace)
    rest = said.removeprefix(f"{subject} ")
    if rest.startswith("is "):
        return f"{subject} were {'not ' if trace.truth else ''}{rest.removeprefix('is ')}"
    return f"{subject} were such that it {'no longer ' if trace.truth else ''}{rest}"


def plain(number: Decimal) -> str:
    """Return a number without needless zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
