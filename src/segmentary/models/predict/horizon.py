"""What a rule means over the days after a moment: its events bound to them, everything unclear refused.

The rule is evaluated as of the end of the horizon; whatever it counts lies between the moment (included) and that end
(excluded): features know what happened before the moment, the outcome what happened from it on, and nothing is both.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from segmentary.errors import UsageError
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
    Duration,
    Elapsed,
    EventMeasure,
    FirstKnown,
    FixedWindow,
    Had,
    HasBeen,
    Last,
    ModelValue,
    Near,
    Not,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    Sliding,
    StaticList,
    TraitAtEvent,
    TraitValue,
    Value,
    Window,
)

EXAMPLE = "write events, such as `did order_completed`, or `segment NAME entered`"


def over_horizon(rule: Rule, days: int) -> Rule:
    """Return a rule whose events are those of the last so many days.

    ``did``, counts, sums and sequences get the window ``last N days`` where they have none (one of exactly that length
    may stand there). ``segment NAME entered`` means: not in it at the moment, in it at the end, both by the definition
    as it is now, not by the log. ``not`` is the complement.

    Raises
    ------
    UsageError
        when a part has another window, or is about a state, whose meaning over a horizon is not clear.
    """
    if days < 1:
        raise UsageError(f"a horizon of {days} days", hint="at least one day")
    return Horizon(days).rule(rule)


class Horizon:
    """Binds the parts of a rule to the last so many days."""

    def __init__(self, days: int) -> None:
        self.length = Duration(days, "day")
        self.days = days

    def rule(self, rule: Rule) -> Rule:
        """Return a rule bound to the days."""
        match rule:
            case All(rules=rules) | AnyOf(rules=rules):
                return replace(rule, rules=tuple(map(self.rule, rules)))
            case Not(rule=inner):
                return Not(self.rule(inner))
            case Compare(value=value):
                return replace(rule, value=self.value(value))
            case Sequence():
                session = rule.session and replace(rule.session, within=self.fixed(rule.session.within))
                return replace(rule, during=self.window(rule.during), session=session)
            case Had():
                return replace(rule, during=self.fixed(rule.during))
            case SegmentMoved():
                return self.moved(rule)
            case StaticList() | Sample():
                return rule
            case SegmentReference(name=name) | SegmentAt(name=name) | SegmentDuring(name=name):
                hint = f"who comes into it: `segment {name} entered`; or write its rule about events"
                raise UsageError(f"being in the segment {name} is a state, not something that happens", hint=hint)
            case HasBeen() | Rank() | Related() | Near() | Consent():
                what = type(rule).__name__
                raise UsageError(f"{what} says how somebody is, not what they do within {self.days} days", hint=EXAMPLE)
            case _:
                assert_never(rule)

    def value(self, value: Value) -> Value:
        """Return a value bound to the days."""
        match value:
            case EventMeasure():
                return replace(value, during=self.window(value.during))
            case SessionMeasure():
                return replace(value, session=replace(value.session, within=self.fixed(value.session.within)))
            case Arithmetic(left=left, right=right):
                return replace(value, left=self.value(left), right=self.value(right))
            case Band(of=of) | DatePart(of=of):
                return replace(value, of=self.value(of))
            case FirstKnown(values=values):
                return FirstKnown(tuple(map(self.value, values)))
            case Case(branches=branches, otherwise=otherwise):
                made = tuple((self.rule(test), self.value(one)) for test, one in branches)
                return Case(made, otherwise and self.value(otherwise))
            case Constant():
                return value
            case TraitValue(name=name) | ModelValue(model=name):
                hint = f"{EXAMPLE}; who has become so: make it a segment, and write `segment NAME entered`"
                raise UsageError(f"{name} says how somebody is, not what they do within {self.days} days", hint=hint)
            case Elapsed() | PeriodsWith() | SequenceCount() | PropertyValue() | TraitAtEvent() | ReferenceValue():
                what = {Elapsed: "time since", PeriodsWith: "calendar periods"}.get(type(value), "this value")
                raise UsageError(f"what {what} means within {self.days} days is not clear", hint=EXAMPLE)
            case _:
                assert_never(value)

    def window(self, during: Window | None) -> Window:
        """Return the window of the days; another is refused."""
        if isinstance(during, Sliding | Session):
            return replace(during, within=self.fixed(during.within))
        if during is None or isinstance(during, Last):
            return self.fixed(during)
        message = f"a window of its own does not fit a horizon of {self.days} days"
        raise UsageError(message, hint="leave the window out: the horizon is the window")

    def fixed(self, during: FixedWindow | None) -> Last:
        """Return the last days; a window of another length is refused."""
        if during is None or during == Last(self.length):
            return Last(self.length)
        message = f"a window of its own does not fit a horizon of {self.days} days"
        raise UsageError(message, hint=f"leave the window out: the horizon of {self.days} days is the window")

    def moved(self, rule: SegmentMoved) -> Rule:
        """Return an entry (exit) as two states by the definition: the log need not reach back so far."""
        if rule.nth is not None or rule.stayed is not None:
            raise UsageError(
                f"which entry into (exit from) {rule.name}, and how long a stay, is not clear over a horizon",
                hint=f"write `segment {rule.name} {rule.direction}`",
            )
        self.fixed(rule.during)
        then, now = SegmentAt(rule.name, self.length, evaluated=True), SegmentReference(rule.name)
        return All((now, Not(then))) if rule.direction == "entered" else All((then, Not(now)))
