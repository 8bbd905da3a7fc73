"""What a journey is: who enters, which steps they go through, what ends it.

As a file::

    journey: welcome_back
    channel: email
    purpose: marketing
    enter: {segment: at_risk, when: enters}     # or when: is, or event: cart_abandoned
    again: 90d                                  # never, if nothing is said
    exclude: [staff]
    goal: {event: order_completed}              # ends it with the outcome "reached"
    leave: [{segment: complainers}]             # ends it with the outcome "left"
    holdout: 10%
    steps:
      - hello: {send: autumn, variant: come_back}
      - pause: {wait: 3d}
      - reacted:
          branch:
            - {when: {event: email_clicked, of: hello}, to: thanks}
            - {when: {segment: champions}, to: thanks}
          otherwise: reminder
      - reminder: {send: autumn, variant: reminder}
      - hold: {wait: {event: order_completed}, at_most: 7d, otherwise: over}
      - thanks: {send: autumn, variant: thanks}
      - over: {end: done}

Steps follow each other in the order they stand in, unless ``then`` names another. A person is in a journey at most once
at a time, and goes through the version they entered, whatever is changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

COMPLETED, REACHED, LEFT, OVER, STOPPED, HELD_OUT = "completed", "reached", "left", "over", "stopped", "holdout"
OUTCOMES: Mapping[str, str] = {
    COMPLETED: "went through all steps",
    REACHED: "did what the journey is for",
    LEFT: "did or became what ends the journey early",
    OVER: "the journey ended on its day",
    STOPPED: "somebody stopped the journey",
    HELD_OUT: "is held out, so that what the journey does can be measured",
}
"""How a journey ends for a person; an ``end`` step may say another word."""


@dataclass(frozen=True, slots=True)
class InSegment:
    """The person is a member, as served."""

    segment: str


@dataclass(frozen=True, slots=True)
class Happened:
    """The event happened since the person entered, or since the step they wait in.

    of : only as a reaction to the message that this step sent.
    """

    event: str
    of: str = ""


Condition = InSegment | Happened


@dataclass(frozen=True, slots=True)
class Send:
    """Put a message into the outbox and go on; whether it may leave is judged when it leaves."""

    id: str
    message: str
    variant: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay for a length of time, or until a time of day, or until something happens.

    Attributes
    ----------
    length : such as ``3d``, as in rules: a day is 24 hours, a month is one of the calendar.
    until : time of day the person is then kept to, ``09:00`` or ``monday 09:00``, where they are if that is known, else
        where the business is; after `length`.
    event : go on as soon as this happens, to `then`; not before `at_most` otherwise, to `otherwise`.
    """

    id: str
    length: str = ""
    until: str = ""
    event: Happened | None = None
    at_most: str = ""
    then: str = ""
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One way out of a branch."""

    when: Condition
    to: str


@dataclass(frozen=True, slots=True)
class Branch:
    """Go to the first case that holds, else to `otherwise` (empty: the next step)."""

    id: str
    cases: tuple[Case, ...]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """End here, with this word as the outcome."""

    id: str
    outcome: str = COMPLETED


Step = Send | Wait | Branch | End


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters. when : ``enters`` the segment while the journey runs, or ``is`` a member; or an event happens."""

    segment: str = ""
    when: Literal["enters", "is"] = "enters"
    event: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey as people wrote it.

    Attributes
    ----------
    again : after which time since their last entry people may enter once more; empty: never.
    exclude : segments whose members do not enter.
    goal : what it is for; ends it as reached. leave : what ends it early.
    holdout : share of those who would enter that goes through nothing, drawn once per person.
    alone : whether people in it enter no other journey that is alone, and the other way round.
    paused : nobody enters and nobody goes on.
    starts, ends : local times (ISO) before which nobody enters and after which it is over for everybody.
    """

    name: str
    channel: str
    purpose: str
    enter: Entry
    steps: tuple[Step, ...]
    again: str = ""
    exclude: tuple[str, ...] = ()
    goal: Condition | None = None
    leave: tuple[Condition, ...] = ()
    holdout: float = 0.0
    alone: bool = False
    paused: bool = False
    starts: str = ""
    ends: str = ""
    offers: str = ""
    sender: str = ""
    reply_to: str = ""
    owner: str = ""
    notes: str = ""

    def step(self, name: str) -> Step:
        """Return a step by its name."""
        return next(one for one in self.steps if one.id == name)

    def after(self, name: str) -> str:
        """Return the step that stands behind one; empty behind the last."""
        names = [one.id for one in self.steps]
        place = names.index(name) + 1
        return names[place] if place < len(names) else ""

    @property
    def segments(self) -> tuple[str, ...]:
        """Every segment it names, in order."""
        found = [self.enter.segment, *self.exclude]
        found += [one.segment for one in self.conditions if isinstance(one, InSegment)]
        return tuple(dict.fromkeys(one for one in found if one))

    @property
    def events(self) -> tuple[str, ...]:
        """Every event its goal, its ways out and its steps ask for."""
        return tuple(dict.fromkeys(one.event for one in self.conditions if isinstance(one, Happened)))

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Everything that is asked about people on their way."""
        found: list[Condition] = [*([self.goal] if self.goal else []), *self.leave]
        for one in self.steps:
            if isinstance(one, Branch):
                found += [case.when for case in one.cases]
            elif isinstance(one, Wait) and one.event is not None:
                found.append(one.event)
        return tuple(found)


def ways_on(journey: Journey, step: Step) -> tuple[str, ...]:
    """Return the steps that may come behind one; an empty name is the end."""
    behind = journey.after(step.id)
    match step:
        case Send():
            return (step.then or behind,)
        case Wait(event=None):
            return (step.then or behind,)
        case Wait():
            return tuple(dict.fromkeys((step.then or behind, step.otherwise or step.then or behind)))
        case Branch():
            return tuple(dict.fromkeys([*(case.to for case in step.cases), step.otherwise or behind]))
        case End():
            return ()
