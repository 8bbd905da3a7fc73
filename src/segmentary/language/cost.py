"""What evaluating a definition takes: an estimate from the tree and from counts, before anything runs.

It counts what the shared plan would have to do for this definition alone; together with others much of it is shared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from segmentary.language.facts import Facts
from segmentary.language.lineage import by_name, closure
from segmentary.language.tree import (
    Compare,
    Consent,
    Definition,
    EventFilter,
    EventMeasure,
    Had,
    HasBeen,
    Near,
    PeriodsWith,
    Rank,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    Sequence,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    StaticList,
    TraitAtEvent,
)
from segmentary.language.walk import Node, events_used, walk

APART = (Sliding, Session, SinceEvent, SinceEntry)
"""Windows that are found customer by customer, and so in a pass of their own."""


@dataclass(frozen=True, slots=True)
class Cost:
    """An estimate of the work of one definition.

    Attributes
    ----------
    aggregates : different measures of events.
    passes : readings of the events: one that all plain measures share, and one for each pattern.
    joins : other tables that are looked up: histories of attributes, logs, lists, places, groups, consent.
    sorts : rankings of everybody.
    event_rows : rows of the named events in all passes together; None when nobody counted them.
    conditions : comparisons made for every customer.
    """

    aggregates: int
    passes: int
    joins: int
    sorts: int
    conditions: int
    event_rows: int | None

    @property
    def words(self) -> str:
        """The estimate in words."""
        parts = [
            counted(self.aggregates, "measure"),
            f"{counted(self.passes, 'pass', 'passes')} over the events",
            counted(self.joins, "join"),
            counted(self.sorts, "ranking"),
        ]
        shown = [part for part in parts if not part.startswith("0 ")]
        rows = "" if self.event_rows is None or not self.passes else f", about {self.event_rows:,} rows read"
        done = ", ".join(shown) if shown else "no events are read"
        return f"estimated: {done}{rows}; {counted(self.conditions, 'condition')} per customer"


def counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def cost(definition: Definition, definitions: Iterable[Definition] = (), facts: Facts | None = None) -> Cost:
    """Return an estimate of what a definition takes, everything it depends on included."""
    nodes = [node for part in closure(definition, by_name(definitions)) for node in walk(part)]
    inside = {id(node.measure) for node in nodes if isinstance(node, PeriodsWith)}
    measures = {node for node in nodes if isinstance(node, EventMeasure) and id(node) not in inside}
    plain = {node for node in measures if not isinstance(node.during, APART)}
    patterns: set[EventMeasure | Sequence | SessionMeasure | PeriodsWith] = (measures - plain) | {
        node for node in nodes if isinstance(node, Sequence | SessionMeasure | PeriodsWith)
    }
    passes: list[Iterable[Node]] = ([plain] if plain else []) + [[pattern] for pattern in patterns]
    return Cost(
        aggregates=len(measures) + sum(not isinstance(pattern, EventMeasure) for pattern in patterns),
        passes=len(passes),
        joins=len({key for node in nodes if (key := joined_to(node)) is not None}),
        sorts=len({node for node in nodes if isinstance(node, Rank)}),
        conditions=sum(isinstance(node, Compare) for node in nodes),
        event_rows=rows(passes, facts),
    )


def joined_to(node: Node) -> object:
    """Return what a node looks up beside events and profile: the same for two nodes that share one look-up."""
    match node:
        case HasBeen(condition=condition) | Had(condition=condition):
            return "history", condition.value
        case TraitAtEvent(name=name):
            return "history at events", name
        case ReferenceValue(table=table, name=name):
            return table, name
        case SegmentDuring() | SegmentMoved() | SegmentAt() | SinceEntry():
            return node
        case StaticList() | Consent() | Related():
            return node
        case Near(places=str() as places):
            return "places", places
        case _:
            return None


def rows(passes: Iterable[Iterable[Node]], facts: Facts | None) -> int | None:
    """Return how many rows all passes read together, where every one of the events was counted."""
    if facts is None or not facts.events:
        return None
    total = 0
    for nodes in passes:
        several = list(nodes)
        every = any(reads_all(node) for node in several)
        names = set(facts.events) if every else {name for node in several for name in events_used(node)}
        counts = [facts.events[name].count if name in facts.events else 0 for name in names]
        if any(count is None for count in counts):
            return None
        total += sum(count for count in counts if count is not None)
    return total


def reads_all(node: Node) -> bool:
    """Say whether every event is read: for a filter without names, and for sessions made of all events."""
    return any(
        (isinstance(part, EventFilter) and not part.names) or (isinstance(part, Session) and not part.of)
        for part in walk(node)
    )
