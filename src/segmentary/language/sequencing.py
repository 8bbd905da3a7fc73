"""Sequences in the oracle: every choice of events is tried, one step after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from segmentary.errors import DefinitionError
from segmentary.language.history import Event, property_value
from segmentary.language.tree import Binding, Sequence, SequenceCount, Session, Sliding, Step
from segmentary.language.visits import sessions, time_of

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

Chosen = tuple[Event, ...]
Essence = tuple[int, ...]


def checked(sequence: Sequence) -> None:
    """Refuse a sequence that has no meaning.

    Raises
    ------
    DefinitionError
        for what its docstring and that of `Step` refuse.
    """
    steps = sequence.steps
    if not steps:
        raise DefinitionError("a sequence has no steps", hint="name at least one event")
    first = steps[0]
    if first.min_gap or first.max_gap or first.without or first.same or first.directly or first.absent:
        raise DefinitionError("the first step of a sequence has no step before it", hint="give it an event only")
    if any(step.absent for step in steps[:-1]):
        raise DefinitionError(
            "only the last step of a sequence can be absent", hint="say `without` for what lies between"
        )
    if steps[-1].absent and (steps[-1].max_gap is None or sequence.anchor is None):
        raise DefinitionError("an absent step needs a deadline and an anchor", hint="max_gap: 24h, anchor: last")
    if any(step.directly for step in steps) and sequence.session is None:
        raise DefinitionError("`directly` needs a session", hint="say what a session is, for example 30min")
    if isinstance(sequence.during, Sliding | Session):
        raise DefinitionError("a sequence has no such window", hint="say `within` or `session` of the sequence")
    for place, step in enumerate(steps):
        for binding in step.same:
            if binding.step is not None and not 1 <= binding.step <= place:
                raise DefinitionError(
                    f"step {place + 1} is bound to step {binding.step}", hint="bind to an earlier one"
                )


class Search:
    """The search of one customer for one sequence."""

    def __init__(self, judge: Judge, sequence: Sequence) -> None:
        checked(sequence)
        self.judge = judge
        self.sequence = sequence
        self.events = judge.events
        self.allowed = {id(event) for event in judge.inside_window(self.events, sequence.during)}
        self.visit_of: dict[int, int] = {}
        if sequence.session is not None:
            for number, visit in enumerate(sessions(sequence.session, self.events)):
                self.visit_of |= {id(event): number for event in visit}
        self.matching = [[e for e in self.events if judge.passes(step.event, e)] for step in sequence.steps]
        self.bound = sorted({one.step for step in sequence.steps for one in step.same if one.step is not None})
        self.dead_ends: set[Essence] = set()
        self.kept_barred: dict[Step, list[Event]] = {}

    def anchors(self) -> list[Event]:
        """Return the events that may be the first step, oldest first."""
        matching = [event for event in self.matching[0] if id(event) in self.allowed]
        if matching and self.sequence.anchor == "first":
            matching = [event for event in matching if event.place == matching[0].place]
        elif matching and self.sequence.anchor == "last":
            matching = [event for event in matching if event.place == matching[-1].place]
        return [event for event in matching if self.sequence.session is None or id(event) in self.visit_of]

    def choices(self, anchor: Event) -> Iterator[Chosen]:
        """Yield every choice of events that satisfies all steps and begins with this one."""
        yield from self.continued((anchor,))

    def continued(self, chosen: Chosen) -> Iterator[Chosen]:
        """Yield every way to satisfy the steps that are left; a dead end is not walked into twice."""
        essence = self.essence(chosen)
        if essence in self.dead_ends:
            return
        found = False
        for whole in self.ways_on(chosen):
            found = True
            yield whole
        if not found:
            self.dead_ends.add(essence)

    def essence(self, chosen: Chosen) -> Essence:
        """Return what the steps that are left see of those chosen: how many, the last, the first, those bound to."""
        first = 0 if self.sequence.within is None else id(chosen[0])
        return len(chosen), id(chosen[-1]), first, *(id(chosen[n - 1]) for n in self.bound if n <= len(chosen))

    def ways_on(self, chosen: Chosen) -> Iterator[Chosen]:
        """Yield every way to satisfy the steps that are left, trying each event in turn."""
        if len(chosen) == len(self.sequence.steps):
            yield chosen
            return
        step = self.sequence.steps[len(chosen)]
        if step.absent:
            if self.has_passed(step, chosen) and self.is_absent(chosen):
                yield chosen
            return
        for event in self.next_events(chosen):
            yield from self.continued((*chosen, event))

    def next_events(self, chosen: Chosen) -> list[Event]:
        """Return the events that may be the next step, which is a present one, oldest first."""
        step = self.sequence.steps[len(chosen)]
        allowed = [event for event in self.matching[len(chosen)] if id(event) in self.allowed]
        return [event for event in allowed if self.in_time(event, chosen) and self.fits(step, event, chosen)]

    def is_absent(self, chosen: Chosen) -> bool:
        """Say whether nothing satisfies the last step, which is an absent one."""
        return not any(self.fits(self.sequence.steps[-1], event, chosen) for event in self.matching[-1])

    def in_time(self, event: Event, chosen: Chosen) -> bool:
        """Say whether an event is near enough to the first step."""
        within = self.sequence.within
        return within is None or event.happened_at - chosen[0].happened_at < time_of(within)

    def deadline(self, step: Step, chosen: Chosen) -> dt.datetime:
        """Return when an absence is certain."""
        if step.max_gap is None:
            raise DefinitionError("an absent step needs a deadline", hint="max_gap: 24h")
        try:
            return chosen[-1].happened_at + time_of(step.max_gap)
        except OverflowError:
            return dt.datetime.max.replace(tzinfo=dt.UTC)

    def has_passed(self, step: Step, chosen: Chosen) -> bool:
        """Say whether the deadline of an absence has passed."""
        return self.deadline(step, chosen) <= self.judge.context.as_of

    def fits(self, step: Step, event: Event, chosen: Chosen) -> bool:
        """Say whether an event that passes a step's filter satisfies the step after those chosen."""
        before = chosen[-1]
        if not event.place > before.place:
            return False
        gap = event.happened_at - before.happened_at
        if step.min_gap is not None and gap < time_of(step.min_gap):
            return False
        if step.max_gap is not None and gap >= time_of(step.max_gap):
            return False
        if self.sequence.session is not None and self.visit_of.get(id(event)) != self.visit_of[id(before)]:
            return False
        if step.directly and not self.is_next(event, before):
            return False
        if any(before.place < other.place < event.place for other in self.barred(step)):
            return False
        return all(self.is_bound(binding, event, chosen) for binding in step.same)

    def barred(self, step: Step) -> list[Event]:
        """Return the events that may not lie before a step."""
        if step not in self.kept_barred:
            self.kept_barred[step] = [e for e in self.events if any(self.judge.passes(o, e) for o in step.without)]
        return self.kept_barred[step]

    def is_next(self, event: Event, before: Event) -> bool:
        """Say whether no event of the session lies between two."""
        visit = self.visit_of[id(before)]
        return not any(
            before.place < other.place < event.place for other in self.events if self.visit_of.get(id(other)) == visit
        )

    def is_bound(self, binding: Binding, event: Event, chosen: Chosen) -> bool:
        """Say whether a property equals that of an earlier step."""
        earlier = chosen[-1] if binding.step is None else chosen[binding.step - 1]
        mine = property_value(event, binding.path, "text", self.judge.zone)
        theirs = property_value(earlier, binding.other or binding.path, "text", self.judge.zone)
        return mine is not None and mine == theirs


def begins(search: Search, anchor: Event) -> bool:
    """Say whether an event begins the sequence."""
    return next(search.choices(anchor), None) is not None


def sequence_holds(judge: Judge, sequence: Sequence) -> bool:
    """Say whether some choice of events satisfies every step."""
    search = Search(judge, sequence)
    return any(begins(search, anchor) for anchor in search.anchors())


def sequence_count(judge: Judge, node: SequenceCount) -> int:
    """Return how many of the (latest) events of the first step begin the sequence."""
    search = Search(judge, node.sequence)
    return sum(begins(search, anchor) for anchor in counted_anchors(search, node))


def counted_anchors(search: Search, node: SequenceCount) -> list[Event]:
    """Return the (latest) events of the first step, oldest first."""
    anchors = search.anchors()
    if node.latest is None:
        return anchors
    return anchors[-node.latest :] if node.latest > 0 else []
