"""How soon a definition follows what happens: with every event, by the clock as well, or only at the next run.

streamable
    only an event or attribute of this very customer changes it: it can follow each one as it arrives.
timer
    time alone changes it too (windows age, deadlines pass), at a moment known beforehand: `next_change_at`.
snapshot
    other people, a model or a past evaluation decide: it is as of the last run.

A whole is as fresh as its least fresh part, through everything it refers to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from segmentary.language.lineage import by_name
from segmentary.language.tree import (
    Between,
    Calendar,
    Compare,
    Definition,
    Elapsed,
    EventMeasure,
    Had,
    HasBeen,
    Last,
    ModelValue,
    PeriodsWith,
    Rank,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    Session,
    SinceEntry,
    Sliding,
    TraitValue,
    Window,
)
from segmentary.language.walk import Node, located

Kind = Literal["streamable", "timer", "snapshot"]
KINDS: tuple[Kind, ...] = ("streamable", "timer", "snapshot")
PROMISES: Mapping[Kind, str] = {
    "streamable": "follows every event and attribute as it arrives",
    "timer": "follows every event as it arrives, and changes by itself at moments known beforehand",
    "snapshot": "as of the last run: between runs it stays as it was",
}
BY_THE_CLOCK = (
    *("within_last", "within_next", "between_from_now", "anniversary_within_next", "anniversary_within_last"),
    "in_period",
)


@dataclass(frozen=True, slots=True)
class Freshness:
    """How fresh a definition can be, what that promises, and the first part that makes it no fresher.

    because : pointer of that part, such as ``where/all/1``; reason : what about it, in words.
    """

    kind: Kind
    promise: str
    because: str
    reason: str


def freshness(
    definition: Definition, definitions: Iterable[Definition] = (), *, given: Collection[str] = ()
) -> Freshness:
    """Return how fresh a definition can be.

    Parameters
    ----------
    definitions : all others there are; names nothing here defines are attributes.
    given : the traits that models put out.
    """
    known: dict[tuple[str, str], Kind] = {}
    made = by_name(definitions)
    for key in order_of(definition, made):
        known[key] = worst(parts(made[key], known, given))[1]
    pointer, kind, reason = worst(parts(definition, known, given))
    return Freshness(kind, PROMISES[kind], pointer, reason)


def by_node(
    definition: Definition, definitions: Iterable[Definition] = (), *, given: Collection[str] = ()
) -> list[tuple[str, Kind, str]]:
    """Return of every part that is not streamable where it stands, how fresh it is, and why."""
    known: dict[tuple[str, str], Kind] = {}
    made = by_name(definitions)
    for key in order_of(definition, made):
        known[key] = worst(parts(made[key], known, given))[1]
    return [part for part in parts(definition, known, given) if part[1] != "streamable"]


def parts(
    definition: Definition, known: Mapping[tuple[str, str], Kind], given: Collection[str]
) -> list[tuple[str, Kind, str]]:
    return [(pointer, *of_node(node, known, given)) for pointer, node in located(definition)]


def worst(found: Iterable[tuple[str, Kind, str]]) -> tuple[str, Kind, str]:
    """Return the first of the least fresh parts."""
    return max(found, key=lambda part: KINDS.index(part[1]))


def order_of(definition: Definition, made: Mapping[tuple[str, str], Definition]) -> list[tuple[str, str]]:
    """Return what a definition refers to, what is referred to first; in a circle every part stands once."""
    done: dict[tuple[str, str], None] = {}
    waiting: list[tuple[tuple[str, str], bool]] = [(key, False) for key in below(definition, made)]
    begun: set[tuple[str, str]] = set()
    while waiting:
        key, finished = waiting.pop()
        if finished:
            done[key] = None
        elif key not in begun:
            begun.add(key)
            waiting.append((key, True))
            waiting.extend((inner, False) for inner in below(made[key], made))
    return list(done)


def below(definition: Definition, made: Mapping[tuple[str, str], Definition]) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for _, node in located(definition):
        match node:
            case TraitValue(name=name):
                found["trait", name] = None
            case SegmentReference(name=name) | SegmentDuring(name=name) | SegmentMoved(name=name):
                found["segment", name] = None
            case SinceEntry(segment=name):
                found["segment", name] = None
    return [key for key in found if key in made]


# ---------------------------------------------------------------- one node


def of_node(node: Node, known: Mapping[tuple[str, str], Kind], given: Collection[str]) -> tuple[Kind, str]:
    """Return how fresh a node is, its parts apart."""
    match node:
        case Rank():
            return "snapshot", "a rank depends on everybody else"
        case Related():
            return "snapshot", "it depends on other people"
        case ModelValue(model=model):
            return "snapshot", f"the model {model} says it when it is run"
        case SegmentAt():
            return "snapshot", "a membership of another moment is looked up when it is run"
        case TraitValue(name=name) if name in given:
            return "snapshot", f"a model says {name} when it is run"
        case TraitValue(name=name) if ("trait", name) in known:
            return known["trait", name], f"the computed trait {name}"
        case SegmentReference(name=name):
            return known.get(("segment", name), "streamable"), f"the segment {name}"
        case SegmentDuring(name=name, during=window) | SegmentMoved(name=name, during=window):
            return remembered(name, known, ages=(window is not None and ages(window)) or stays(node))
        case SinceEntry(segment=name):
            return remembered(name, known, ages=False)
        case _:
            return by_the_clock(node)


def by_the_clock(node: Node) -> tuple[Kind, str]:
    """Return whether time alone changes a node."""
    match node:
        case Compare(operator=operator) if operator in BY_THE_CLOCK:
            return "timer", f"{operator} moves with the clock"
        case Elapsed(unit=unit):
            return "timer", f"{unit} pass"
        case PeriodsWith():
            return "timer", "periods end"
        case HasBeen():
            return "timer", "a state lasts longer every day"
        case Had(during=window) | EventMeasure(during=window) if ages(window):
            return "timer", "its window moves with the clock"
        case Session(within=window) | Sliding(within=window) if ages(window):
            return "timer", "its window moves with the clock"
        case Sequence(steps=steps, during=window):
            if any(step.absent for step in steps):
                return "timer", "an absence holds once its deadline has passed"
            return ("timer", "its window moves with the clock") if ages(window) else ("streamable", "")
        case _:
            return "streamable", ""


def ages(window: Window | None) -> bool:
    """Say whether events leave (or enter) a window as time goes by."""
    return isinstance(window, Last | Calendar | Between)


def stays(node: Node) -> bool:
    """Say whether the length of a stay counts."""
    return (isinstance(node, SegmentMoved) and node.stayed is not None) or (
        isinstance(node, SegmentDuring) and node.quantifier == "at_least"
    )


def remembered(name: str, known: Mapping[tuple[str, str], Kind], *, ages: bool) -> tuple[Kind, str]:
    """Return how fresh the log of a segment is: as fresh as the segment, and the window of the question."""
    kind = known.get(("segment", name), "streamable")
    if kind == "snapshot":
        return kind, f"the log of {name} is written when it is run"
    return ("timer", f"its window on the log of {name} moves with the clock") if ages else (kind, f"the log of {name}")
