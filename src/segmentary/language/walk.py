"""Walking a tree: parts with their place in the written form, and the names a tree mentions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    DatePart,
    Definition,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Not,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
    TraitValue,
    Value,
)

Node = Rule | Value | EventFilter | SinceEvent | Definition
SHORT = (TraitValue, PropertyValue, EventMeasure)
"""Values a condition names without the word ``value``."""


def branches(node: Node) -> tuple[tuple[str, Node], ...]:
    """Return the parts of a node, each with where it is written relative to the node ("" = on the same level)."""
    match node:
        case SegmentDefinition(where=rule):
            return (("where", rule),)
        case TraitDefinition(value=value):
            return (("value", value),)
        case All(rules):
            return tuple((f"all/{i}", rule) for i, rule in enumerate(rules))
        case AnyOf(rules):
            return tuple((f"any/{i}", rule) for i, rule in enumerate(rules))
        case Not(rule):
            return (("not", rule),)
        case Compare(value=value):
            return (("" if isinstance(value, SHORT) else "value", value),)
        case Rank():
            parts = (("rank/by", node.by), ("rank/within", node.within), ("rank/over", node.over))
            return tuple((name, part) for name, part in parts if part is not None)
        case SegmentReference() | StaticList() | Sample() | TraitValue() | PropertyValue() | Constant():
            return ()
        case SinceEvent(event=events):
            return (("since", events),)
        case EventFilter(where=condition):
            return () if condition is None else (("where", condition),)
        case _:
            return value_branches(node)


def value_branches(
    node: EventMeasure | Arithmetic | Elapsed | DatePart | Band | Case | FirstKnown,
) -> tuple[tuple[str, Node], ...]:
    match node:
        case EventMeasure(events=events, measure=measure, of=of, during=during):
            found: list[tuple[str, Node]] = [("", events)]
            if of is not None:
                found.append((f"{measure}/of", of))
            if isinstance(during, SinceEvent):
                found.append(("during", during))
            return tuple(found)
        case Arithmetic(operator=operator, left=left, right=right):
            return ((f"{operator}/0", left), (f"{operator}/1", right))
        case Elapsed(since=since):
            return (("elapsed/since", since),)
        case DatePart(of=part):
            return (("date_part/of", part),)
        case Band(of=part):
            return (("band/of", part),)
        case Case(branches=cases, otherwise=otherwise):
            found = []
            for i, (rule, value) in enumerate(cases):
                found += [(f"case/{i}/when", rule), (f"case/{i}/then", value)]
            return (*found, *((("otherwise", otherwise),) if otherwise is not None else ()))
        case FirstKnown(values):
            return tuple((f"first_known/{i}", value) for i, value in enumerate(values))
        case _:
            assert_never(node)


def children(node: Node) -> tuple[Node, ...]:
    """Return the direct parts of a node, in the order they are written."""
    return tuple(part for _, part in branches(node))


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything in it, each part after the whole it belongs to."""
    for _, part in located(node):
        yield part


def located(node: Node, pointer: str = "") -> Iterator[tuple[str, Node]]:
    """Yield the node and everything in it with its pointer, such as ``where/all/1``."""
    waiting = [(pointer, node)]
    while waiting:
        here, current = waiting.pop()
        yield here, current
        waiting.extend((joined(here, step), part) for step, part in reversed(branches(current)))


def joined(pointer: str, step: str) -> str:
    return f"{pointer}/{step}" if pointer and step else pointer or step


def depth(node: Node) -> int:
    """Return how many rules and values are nested in each other; a single leaf has depth 1."""
    deepest, waiting = 0, [(1, node)]
    while waiting:
        level, current = waiting.pop()
        deepest = max(deepest, level)
        step = 0 if isinstance(current, EventFilter | SinceEvent | SegmentDefinition | TraitDefinition) else 1
        waiting.extend((level + step, part) for part in children(current))
    return deepest


def traits_used(node: Node) -> frozenset[str]:
    """Return the names of all traits mentioned anywhere in it."""
    return frozenset(part.name for part in walk(node) if isinstance(part, TraitValue))


def segments_used(node: Node) -> frozenset[str]:
    """Return the names of all segments referred to anywhere in it."""
    return frozenset(part.name for part in walk(node) if isinstance(part, SegmentReference))


def events_used(node: Node) -> frozenset[str]:
    """Return the names of all events mentioned anywhere in it, those that open a window included."""
    return frozenset(name for part in walk(node) if isinstance(part, EventFilter) for name in part.names)


def lists_used(node: Node) -> frozenset[str]:
    """Return the names of all workspace lists mentioned anywhere in it."""
    return frozenset(
        part.list_name for part in walk(node) if isinstance(part, StaticList) and part.list_name is not None
    )
