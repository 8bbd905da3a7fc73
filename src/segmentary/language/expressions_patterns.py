"""The Python spelling of patterns of events: sequences and sessions.

::

    sequence(step("cart"), step("pay").within("1h").same("product_id"), no("refund").within("7d"), anchor="last")
    sessions("30min", containing=events("product_viewed")).longest_minutes() >= 20
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Several
from dataclasses import dataclass, replace
from typing import Literal

from segmentary.language.durations import parse_duration
from segmentary.language.expressions import Condition, Quantity, path_of
from segmentary.language.expressions_events import Events, chosen
from segmentary.language.expressions_windows import any_window_of, session, window_of
from segmentary.language.tree import (
    Binding,
    EventFilter,
    FixedWindow,
    Rule,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    Step,
    Window,
)


@dataclass(frozen=True, slots=True)
class Steps:
    """One step of a sequence under construction."""

    tree: Step

    def within(self, length: str) -> Steps:
        """Require that it follows less than this after the step before."""
        return Steps(replace(self.tree, max_gap=parse_duration(length)))

    def after(self, length: str) -> Steps:
        """Require that it follows no sooner than this after the step before."""
        return Steps(replace(self.tree, min_gap=parse_duration(length)))

    def without(self, name: str | Several[str] | Events, *conditions: Condition | Rule) -> Steps:
        """Require that nothing like this lies between the step before and this one; may be said several times."""
        other = filter_of(name, conditions)
        return Steps(replace(self.tree, without=(*self.tree.without, other)))

    def same(
        self, of: str | Several[str], *, step: int | None = None, other: str | Several[str] | None = None
    ) -> Steps:
        """Require that a property equals that of the step before, or of a step by number, or its ``other`` property."""
        binding = Binding(path_of(of), step, None if other is None else path_of(other))
        return Steps(replace(self.tree, same=(*self.tree.same, binding)))

    def directly(self) -> Steps:
        """Require that it is the next event of the same session, whatever its name."""
        return Steps(replace(self.tree, directly=True))


def step(name: str | Several[str] | Events, *conditions: Condition | Rule) -> Steps:
    """Return a step: an event that happens."""
    return Steps(Step(filter_of(name, conditions)))


def no(name: str | Several[str] | Events, *conditions: Condition | Rule) -> Steps:
    """Return the absence of an event as the last step; give it a deadline with ``within``."""
    return Steps(Step(filter_of(name, conditions), absent=True))


def filter_of(name: str | Several[str] | Events, conditions: Iterable[Condition | Rule]) -> EventFilter:
    return name.chosen if isinstance(name, Events) else chosen(name, conditions)


@dataclass(frozen=True, slots=True)
class SequenceCondition(Condition):
    """A sequence: a condition as it is; ``count`` asks how often it begins."""

    def count(self, *, latest: int | None = None) -> Quantity:
        """Measure how many events of the first step begin it, among the ``latest`` so many."""
        if not isinstance(self.rule, Sequence):
            raise TypeError("only a sequence begins")
        return Quantity(SequenceCount(self.rule, latest))


def sequence(
    *steps: Steps,
    during: Window | str | None = None,
    within: str | None = None,
    anchor: Literal["any", "first", "last"] | None = None,
    session: Session | str | None = None,
) -> SequenceCondition:
    """Return that the steps happen in this order.

    ``during`` a window, all ``within`` a length of time, inside one ``session``; the ``anchor`` says which event begins
    it where several may, and has to be there with an absence.
    """
    rule = Sequence(
        tuple(one.tree for one in steps),
        None if during is None else any_window_of(during),
        None if within is None else parse_duration(within),
        anchor,
        None if session is None else visit(session),
    )
    return SequenceCondition(rule)


def visit(given: Session | str) -> Session:
    return session(given) if isinstance(given, str) else given


@dataclass(frozen=True, slots=True)
class Sessions:
    """The visits of a customer; measure them to go on."""

    session: Session
    containing: EventFilter | None = None

    def count(self) -> Quantity:
        """Measure how many."""
        return Quantity(SessionMeasure(self.session, "count", self.containing))

    def longest_minutes(self) -> Quantity:
        """Measure how long the longest was."""
        return Quantity(SessionMeasure(self.session, "longest_minutes", self.containing))

    def total_minutes(self) -> Quantity:
        """Measure how long all were together."""
        return Quantity(SessionMeasure(self.session, "total_minutes", self.containing))

    def mean_minutes(self) -> Quantity:
        """Measure how long they were on average."""
        return Quantity(SessionMeasure(self.session, "mean_minutes", self.containing))


def sessions(
    gap: str | None = None,
    *,
    of: str | Iterable[str] = (),
    during: FixedWindow | str | None = None,
    containing: Events | None = None,
) -> Sessions:
    """Return the visits that began in a window and hold at least one of these events."""
    visits = session(gap, of=of, within=None if during is None else window_of(during))
    return Sessions(visits, None if containing is None else containing.chosen)
