"""Why: the truth of every part of a rule for one person, the values compared and the events that decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from segmentary.language.findings import Leaf, finding, pending_deadline, rank_note, shown
from segmentary.language.history import Event
from segmentary.language.instants import instant_of
from segmentary.language.kinds import natural, wanted
from segmentary.language.periods import periods
from segmentary.language.references import referenced
from segmentary.language.sequencing import Search, counted_anchors
from segmentary.language.tree import (
    All,
    AnyOf,
    Compare,
    Consent,
    EventMeasure,
    Had,
    HasBeen,
    Near,
    Not,
    PeriodsWith,
    Rank,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    SessionMeasure,
    StaticList,
    TraitValue,
    Value,
)
from segmentary.language.visits import counted_sessions
from segmentary.language.walk import Node, children

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

MOST_EVENTS = 10
# How far a number is from what was asked, and in which direction.
SHORT = {"gte": "short", "gt": "short", "lte": "too many", "lt": "too many"}
WORDS = {"gte": "{} or more", "gt": "more than {}", "lte": "at most {}", "lt": "less than {}", "is": "exactly {}"}


@dataclass(frozen=True, slots=True)
class Trace:
    """One node of a rule, judged.

    Attributes
    ----------
    node : the rule; truth : whether it holds.
    value : what was compared, None when it is missing or the node compares nothing.
    evidence : the events that decided, newest first, at most ten; evidence_count : how many there were.
    through_missing : it is as it is only because something is unknown.
    note : how near it was, for people.
    parts : the nodes below: parts of a group, what is negated, the rule of a segment referred to.
    pending : when an absence becomes certain that is not yet: until then the node is false.
    """

    node: Rule
    truth: bool
    value: object = None
    evidence: tuple[Event, ...] = ()
    evidence_count: int = 0
    through_missing: bool = False
    note: str = ""
    parts: tuple[Trace, ...] = ()
    pending: dt.datetime | None = None


def traced(judge: Judge, rule: Rule) -> Trace:
    """Return why a rule holds, or does not, for a judge's customer."""
    match rule:
        case All(rules=rules) | AnyOf(rules=rules):
            parts = tuple(traced(judge, part) for part in rules)
            truth = judge.holds(rule)
            # The parts that made it so: all of them where all had to agree, any one where one was enough.
            agreed = [part.through_missing for part in parts if part.truth == truth]
            everyone = isinstance(rule, All) == truth
            unknown = any(agreed) if everyone else bool(agreed) and all(agreed)
            return Trace(rule, truth, through_missing=unknown, parts=parts)
        case Not(rule=inner):
            part = traced(judge, inner)
            return Trace(rule, not part.truth, through_missing=part.through_missing, parts=(part,))
        case Compare():
            return traced_compare(judge, rule)
        case SegmentReference():
            return traced_reference(judge, rule)
        case Rank(by=by):
            kind = natural(by, judge.population.types)
            value = judge.value(by, "number" if kind in ("text", "list") else kind)
            events = evidence(judge, by)
            note = rank_note(judge, rule)
            return Trace(rule, judge.holds(rule), value, newest(events), len(events), value is None, note)
        case StaticList() | Sample():
            return Trace(rule, judge.holds(rule))
        case (
            Sequence()
            | HasBeen()
            | Had()
            | SegmentAt()
            | SegmentDuring()
            | SegmentMoved()
            | Related()
            | Near()
            | Consent()
        ):
            return traced_leaf(judge, rule)
        case _:
            assert_never(rule)


def traced_leaf(judge: Judge, rule: Leaf) -> Trace:
    found = finding(judge, rule)
    events = sorted(found.events, key=lambda event: event.place)
    trace = Trace(
        rule,
        found.truth,
        found.value,
        newest(events),
        len(events),
        found.through_missing,
        found.note,
        pending=found.pending,
    )
    if not isinstance(rule, SegmentAt) or not rule.evaluated:
        return trace
    population = judge.population.at(instant_of(rule.at, judge.context, judge.timezone))
    if judge.customer not in population.people:
        return replace(trace, note=f"{trace.note}; not there yet")
    definition = population.segments[referenced(SegmentReference(rule.name, rule.version), population.segments)]
    inner = type(judge)(population, judge.customer, definition.timezone, segment=definition.name)
    part = traced(inner, definition.where)
    return replace(trace, through_missing=part.through_missing, parts=(part,))


def traced_reference(judge: Judge, rule: SegmentReference) -> Trace:
    population = judge.population
    truth = judge.holds(rule)
    if rule.name not in population.segments:
        return Trace(rule, truth)
    definition = population.segments[referenced(rule, population.segments)]
    inner = type(judge)(population, judge.customer, definition.timezone, segment=definition.name)
    part = traced(inner, definition.where)
    # Membership handed in from elsewhere is what counts; parts judged without the others might say otherwise.
    parts = (part,) if part.truth == truth else ()
    return Trace(rule, truth, through_missing=bool(parts) and part.through_missing, parts=parts)


def traced_compare(judge: Judge, rule: Compare) -> Trace:
    value = judge.value(rule.value, wanted(rule, judge.population.types))
    events = evidence(judge, rule.value)
    truth = judge.compare(rule)
    unknown = value is None and rule.operator not in ("exists", "missing")
    note = "" if truth else near_miss(rule, value)
    pending = None
    if isinstance(rule.value, SequenceCount):
        pending = pending_deadline(Search(judge, rule.value.sequence))
    if pending is not None:
        note = f"{note + '; ' if note else ''}pending: a deadline passes on {shown(judge, pending)}"
    return Trace(rule, truth, value, newest(events), len(events), unknown, note, pending=pending)


def newest(events: list[Event]) -> tuple[Event, ...]:
    return tuple(reversed(events[-MOST_EVENTS:]))


def evidence(judge: Judge, value: Value) -> list[Event]:
    """Return the events a value is made of, oldest first, each once; a computed trait is looked into."""
    population = judge.population
    found: dict[int, Event] = {}
    waiting: list[tuple[Node, str | None]] = [(value, judge.timezone)]
    seen: set[str] = set()
    while waiting:
        top, timezone = waiting.pop()
        inner = type(judge)(population, judge.customer, timezone, segment=judge.segment)
        events = directly_counted(inner, top)
        if events is not None:
            found.update((id(event), event) for event in events)
        elif isinstance(top, TraitValue) and top.name in population.traits and top.name not in seen:
            seen.add(top.name)
            definition = population.traits[top.name]
            waiting.append((definition.value, definition.timezone))
        else:
            waiting += [(part, timezone) for part in children(top)]
    return sorted(found.values(), key=lambda event: event.place)


def directly_counted(judge: Judge, node: Node) -> list[Event] | None:
    """Return the events a value counts itself, None when it is made of other values."""
    match node:
        case EventMeasure():
            return one_only(node, judge.matching(node.events, node.during))
        case PeriodsWith(measure=inner):
            spans = periods(judge, node)
            events = judge.matching(inner.events, None)
            return [e for e in events if any(since <= e.happened_at < until for since, until in spans)]
        case SessionMeasure():
            return [event for visit in counted_sessions(judge, node) for event in visit]
        case SequenceCount(sequence=sequence):
            search = Search(judge, sequence)
            chosen = (next(search.choices(anchor), ()) for anchor in counted_anchors(search, node))
            return [event for events in chosen for event in events]
    return None


def one_only(node: EventMeasure, events: list[Event]) -> list[Event]:
    """Return the events that decided: of first, last and n-th only that one."""
    match node.measure:
        case "first":
            return events[:1]
        case "last":
            return events[-1:]
        case "nth":
            return events[(node.nth or 1) - 1 : node.nth or 1]
    return events


def near_miss(rule: Compare, value: object) -> str:
    """Return how far a number was from passing, or an empty text."""
    if value is None:
        return "nothing is known" if rule.operator != "exists" else ""
    if isinstance(value, bool) or not isinstance(value, Decimal):
        return ""
    if rule.operator == "between" and isinstance(rule.operand, tuple):
        low, high = rule.operand[:2]
        if isinstance(low, Decimal) and isinstance(high, Decimal):
            apart = f"{plain(low - value)} short" if value < low else f"{plain(value - high)} too many"
            return f"value {plain(value)}, needs {plain(low)} to {plain(high)}: {apart}"
    operand = rule.operand
    if not isinstance(operand, Decimal) or rule.operator not in WORDS:
        return ""
    asked = f"value {plain(value)}, needs {WORDS[rule.operator].format(plain(operand))}"
    distance = abs(operand - value)
    return f"{asked}: {plain(distance)} {SHORT[rule.operator]}" if rule.operator in SHORT and distance else asked


def plain(number: Decimal) -> str:
    """Return a number without needless zeros."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
