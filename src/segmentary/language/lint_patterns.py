"""What is probably not meant in sequences, windows, memberships and places: findings from the tree alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from segmentary.language.fit import MINUTES
from segmentary.language.tree import (
    Absolute,
    All,
    Consent,
    Definition,
    Duration,
    EventMeasure,
    Last,
    Near,
    Rank,
    Related,
    Rule,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    Sequence,
    SessionMeasure,
    Sliding,
)
from segmentary.language.walk import Node, branches, joined

Said = tuple[str, str, str, Literal["warning", "note"]]
"""Pointer, message, hint, severity."""


def pattern_findings(pointer: str, node: Node) -> Iterator[Said]:
    """Yield what is odd about one node."""
    match node:
        case Sequence():
            yield from sequence_findings(pointer, node)
        case Sliding(length=length, within=Last(longest)) if at_least_as_long(length, longest):
            message = "a window anywhere that is as long as what it lies in is just that window"
            yield pointer, message, "leave out any", "note"
        case SegmentDuring(during=Last(window), length=Duration() as stays) if longer(stays, window):
            yield (
                pointer,
                "never true: a stay in the window cannot be longer than it",
                "make the window longer",
                "warning",
            )
        case SegmentDuring(during=Absolute(since=None), quantifier="all"):
            hint = "add from to the window"
            yield pointer, "never true: no stay covers a window without a beginning", hint, "warning"
        case SegmentMoved(during=Last(window), stayed=Duration() as stays) if longer(stays, window):
            message = "never true: nobody who came within the window has stayed longer than it"
            yield pointer, message, "make the window longer", "warning"
        case Near(kilometres=kilometres) if kilometres == 0:
            yield (
                joined(pointer, "within_km"),
                "only who is on the very spot",
                "write for example within_km: 25",
                "warning",
            )
        case Related(quantifier="count", operator=operator, operand=int() as bound):
            if (operator == "gte" and bound == 0) or (operator == "lt" and bound == 0):
                outcome = "always" if operator == "gte" else "never"
                yield pointer, f"{outcome} true: a number of people is never below 0", "count from 1", "warning"
        case All(rules):
            yield from consent_findings(pointer, rules)


def sequence_findings(pointer: str, node: Sequence) -> Iterator[Said]:
    """Yield gaps that do not fit into the whole, and what has no effect."""
    gaps = [minutes(step.min_gap) for step in node.steps if not step.absent and step.min_gap is not None]
    whole = minutes(node.within)
    if whole is not None and gaps and sum(gap for gap in gaps if gap is not None) >= whole:
        message = "never true: the gaps between the steps are together as long as within"
        yield joined(pointer, "within"), message, "make within longer, or the gaps shorter", "warning"
    for i, step in enumerate(node.steps):
        if whole is not None and not step.absent and step.max_gap is not None and (minutes(step.max_gap) or 0) > whole:
            where = f"{joined(pointer, 'sequence')}/{i}"
            yield where, "this step may come later than within allows for all of them", "make it shorter", "note"
    if len(node.steps) == 1:
        yield pointer, "one step is no sequence", "ask about the event itself", "note"
    if node.session is not None and node.session.within is not None:
        yield (
            joined(pointer, "session"),
            "a window of the session has no effect in a sequence",
            "write during",
            "warning",
        )


def consent_findings(pointer: str, rules: Iterable[Rule]) -> Iterator[Said]:
    """Yield decisions that cannot both be the latest."""
    seen: dict[tuple[str, str | None], bool] = {}
    for rule in rules:
        if isinstance(rule, Consent):
            asked = rule.purpose, rule.channel
            if seen.setdefault(asked, rule.granted) != rule.granted:
                yield pointer, f"never true: consent to {rule.purpose} both given and refused", "keep one", "warning"


def whole_pattern_findings(definition: Definition) -> Iterator[Said]:
    """Yield what has no effect, or another than meant, in this kind of definition."""
    entity = getattr(definition, "entity", "customer")
    waiting: list[tuple[str, Node]] = [("", definition)]
    while waiting:
        pointer, node = waiting.pop()
        if (
            isinstance(node, Rank)
            and not isinstance(definition, SegmentDefinition)
            and (node.keep_share or node.keep_number)
        ):
            yield joined(pointer, "rank"), "keep has no effect outside a segment", "remove it", "warning"
        if entity in ("account", "household") and isinstance(node, EventMeasure | Sequence | SessionMeasure):
            message = f"{entity}s have no events of their own: nothing ever happened to them"
            yield pointer, message, f"ask about their people: related: {entity}", "warning"
            continue
        if not isinstance(node, Related):
            waiting.extend((joined(pointer, step), part) for step, part in reversed(branches(node)))


def minutes(length: Duration | None) -> int | None:
    """Return an exact length in minutes."""
    return None if length is None or length.unit not in MINUTES else length.amount * MINUTES[length.unit]


def longer(one: Duration, other: Duration) -> bool:
    """Say whether one is certainly longer; False where they cannot be compared."""
    first, second = minutes(one), minutes(other)
    return first is not None and second is not None and first > second


def at_least_as_long(one: Duration, other: Duration) -> bool:
    return longer(one, other) or (minutes(one) is not None and minutes(one) == minutes(other))
