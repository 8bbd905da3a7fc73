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
    Consent,
    Constant,
    DatePart,
    Definition,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
    Part,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentationDefinition,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    StaticList,
    Step,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
    Value,
    Window,
)

OpenWindow = SinceEvent | SinceEntry | Session | Sliding
"""Windows that are not the same for everybody: they name events or segments, or are found person by person."""
Node = Rule | Value | EventFilter | OpenWindow | Step | Part | Definition
AROUND = (EventFilter, SinceEvent, SinceEntry, Session, Sliding, Step, Part)
"""Parts that are neither rules nor values, and do not count as a level."""
SHORT = (
    *(TraitValue, PropertyValue, EventMeasure, TraitAtEvent, ReferenceValue, ModelValue),
    *(SessionMeasure, PeriodsWith, SequenceCount),
)
"""Values a condition names without the word ``value``."""
Parts = tuple[tuple[str, Node], ...]


def branches(node: Node) -> Parts:
    """Return the parts of a node, each with where it is written relative to the node ("" = on the same level)."""
    match node:
        case SegmentDefinition(where=rule) | Part(where=rule):
            return (("where", rule),)
        case TraitDefinition(value=value):
            return (("value", value),)
        case SegmentationDefinition(parts=parts):
            return tuple((f"parts/{i}", part) for i, part in enumerate(parts))
        case SinceEvent(event=events):
            return (("since", events),)
        case SinceEntry() | Session() | Sliding():
            return ()
        case Step(event=events, without=without):
            inside = "not" if node.absent else ""
            # A lone one is written without a list around it.
            places = ["without"] if len(without) == 1 else [f"without/{i}" for i in range(len(without))]
            others = zip(places, without, strict=True)
            return ((inside, events), *((joined(inside, place), other) for place, other in others))
        case EventFilter(where=condition):
            return given(("where", condition))
        case (
            All()
            | AnyOf()
            | Not()
            | Compare()
            | Rank()
            | SegmentReference()
            | StaticList()
            | Sample()
            | Sequence()
            | HasBeen()
            | Had()
            | SegmentAt()
            | SegmentDuring()
            | SegmentMoved()
            | Related()
            | Near()
            | Consent()
        ):
            return rule_branches(node)
        case _:
            return value_branches(node)


def rule_branches(node: Rule) -> Parts:
    """Return the parts of a rule."""
    match node:
        case All(rules):
            return tuple((f"all/{i}", rule) for i, rule in enumerate(rules))
        case AnyOf(rules):
            return tuple((f"any/{i}", rule) for i, rule in enumerate(rules))
        case Not(rule):
            return (("not", rule),)
        case Compare(value=value):
            return (("" if isinstance(value, SHORT) else "value", value),)
        case Rank():
            return given(("rank/by", node.by), ("rank/within", node.within), ("rank/over", node.over))
        case Sequence(steps=steps, during=during, session=session):
            written = tuple((f"sequence/{i}", step) for i, step in enumerate(steps))
            return (*written, *opened("during", during), *given(("session", session)))
        case HasBeen(condition=condition) | Had(condition=condition):
            return (("", condition),)
        case Related(quantifier=quantifier, rule=rule):
            return (("where" if quantifier == "count" else quantifier, rule),)
        case Near():
            return given(("latitude", node.latitude), ("longitude", node.longitude))
        case SegmentReference() | StaticList() | Sample() | SegmentAt() | SegmentDuring() | SegmentMoved() | Consent():
            return ()
        case _:
            assert_never(node)


def value_branches(node: Value) -> Parts:
    """Return the parts of a value."""
    match node:
        case EventMeasure(events=events, measure=measure, of=of, during=during):
            return (("", events), *given((f"{measure}/of", of)), *opened("during", during))
        case Arithmetic(operator=operator, left=left, right=right):
            return ((f"{operator}/0", left), (f"{operator}/1", right))
        case Elapsed(since=since):
            return (("elapsed/since", since),)
        case DatePart(of=part):
            return (("date_part/of", part),)
        case Band(of=part):
            return (("band/of", part),)
        case Case(branches=cases, otherwise=otherwise):
            found: list[tuple[str, Node]] = []
            for i, (rule, value) in enumerate(cases):
                found += [(f"case/{i}/when", rule), (f"case/{i}/then", value)]
            return (*found, *given(("otherwise", otherwise)))
        case FirstKnown(values):
            return tuple((f"first_known/{i}", value) for i, value in enumerate(values))
        case SessionMeasure(session=session, containing=containing):
            return (("sessions", session), *given(("containing", containing)))
        case PeriodsWith(measure=inner):
            return (("", inner),)
        case SequenceCount(sequence=sequence):
            return (("", sequence),)
        case ReferenceValue(key=key):
            return (("by", key),)
        case TraitValue() | PropertyValue() | Constant() | TraitAtEvent() | ModelValue():
            return ()
        case _:
            assert_never(node)


def given(*parts: tuple[str, Node | None]) -> Parts:
    """Return the parts that are there."""
    return tuple((where, part) for where, part in parts if part is not None)


def opened(where: str, window: Window | None) -> Parts:
    """Return a window as a part, when it is not the same for everybody."""
    return ((where, window),) if isinstance(window, OpenWindow) else ()


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
        step = 0 if isinstance(current, (*AROUND, Definition)) else 1
        waiting.extend((level + step, part) for part in children(current))
    return deepest


# ---------------------------------------------------------------- names


def traits_used(node: Node) -> frozenset[str]:
    """Return the names of all traits mentioned anywhere in it, those of the moment of an event included."""
    return frozenset(part.name for part in walk(node) if isinstance(part, TraitValue | TraitAtEvent))


def segments_used(node: Node) -> frozenset[str]:
    """Return the names of all segments referred to anywhere in it, by the log or by their definition."""
    return segments_evaluated(node) | segments_remembered(node)


def segments_evaluated(node: Node) -> frozenset[str]:
    """Return the names of the segments whose definitions it depends on: these may not refer back to it."""
    named = (SegmentReference, SegmentAt)
    return frozenset(part.name for part in walk(node) if isinstance(part, named) and not from_the_log(part))


def segments_remembered(node: Node) -> frozenset[str]:
    """Return the names of the segments it asks the log of memberships about: no dependency on a definition."""
    by_name = (SegmentAt, SegmentDuring, SegmentMoved)
    parts = list(walk(node))
    named = {part.name for part in parts if isinstance(part, by_name) and from_the_log(part)}
    return frozenset(named | {part.segment for part in parts if isinstance(part, SinceEntry)})


def from_the_log(node: SegmentReference | SegmentAt | SegmentDuring | SegmentMoved) -> bool:
    """Say whether a reference to a segment is answered by the log of entries and exits."""
    match node:
        case SegmentReference():
            return False
        case SegmentAt(evaluated=evaluated):
            return not evaluated
        case _:
            return True


def events_used(node: Node) -> frozenset[str]:
    """Return the names of all events mentioned anywhere in it, those that open a window or make sessions included."""
    parts = list(walk(node))
    chosen = {name for part in parts if isinstance(part, EventFilter) for name in part.names}
    return frozenset(chosen | {name for part in parts if isinstance(part, Session) for name in part.of})


def lists_used(node: Node) -> frozenset[str]:
    """Return the names of all workspace lists mentioned anywhere in it."""
    return frozenset(
        part.list_name for part in walk(node) if isinstance(part, StaticList) and part.list_name is not None
    )


def places_used(node: Node) -> frozenset[str]:
    """Return the names of all lists of places mentioned anywhere in it."""
    return frozenset(part.places for part in walk(node) if isinstance(part, Near) and part.places is not None)


def references_used(node: Node) -> frozenset[tuple[str, str]]:
    """Return the facts of reference tables mentioned anywhere in it, as (table, fact)."""
    return frozenset((part.table, part.name) for part in walk(node) if isinstance(part, ReferenceValue))


def models_used(node: Node) -> frozenset[str]:
    """Return the names of all models mentioned anywhere in it."""
    return frozenset(part.model for part in walk(node) if isinstance(part, ModelValue))


def purposes_used(node: Node) -> frozenset[str]:
    """Return the purposes of consent asked about anywhere in it."""
    return frozenset(part.purpose for part in walk(node) if isinstance(part, Consent))
