"""How far one person gets now: pure, from where they stand, what is known of them, and the moment.

A wait that was over long ago (nobody ran ``tick``) ends now, and the next wait begins now: after a pause people get the
next message, not all that were missed at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from segmentary.activation.document_parts import bound
from segmentary.activation.journey.plan import (
    COMPLETED,
    LEFT,
    OVER,
    REACHED,
    Branch,
    Condition,
    End,
    Happened,
    InSegment,
    Journey,
    Send,
    Wait,
)
from segmentary.language.durations import parse_duration
from segmentary.language.windows import add

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Known(Protocol):
    """What is known of one person."""

    def in_segment(self, segment: str) -> bool:
        """Say whether they are a member, as served."""
        ...

    def happened(self, event: str, since: dt.datetime, message: str = "") -> bool:
        """Say whether the event happened at or after a moment; message: as a reaction to it."""
        ...

    def message_of(self, step: str) -> str:
        """Return the id of the message that a step sent them; empty: none."""
        ...


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is. since : when they came to the step. wake_at : when a wait of known length is over."""

    step: str
    entered_at: dt.datetime
    since: dt.datetime
    wake_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """How far they got.

    Attributes
    ----------
    position : where they are now. sends : the send steps passed. path : every step passed, in order.
    outcome : how it ended; empty: it goes on. because : what ended it, in words of the journey.
    """

    position: Position
    sends: tuple[Send, ...] = ()
    path: tuple[str, ...] = ()
    outcome: str = ""
    because: str = ""


def enter(journey: Journey, now: dt.datetime) -> Position:
    """Return the position of a person who enters."""
    return Position(journey.steps[0].id, now, now)


def advance(
    journey: Journey,
    position: Position,
    known: Known,
    now: dt.datetime,
    zone: ZoneInfo,
    own_zone: ZoneInfo | None = None,
) -> Moved:
    """Move a person on as far as it goes now.

    zone : where the business is, which decides when the journey is over. own_zone : where the person is, if that is
    known: ``09:00`` is then nine o'clock there.
    """
    outcome, because = ended_early(journey, position, known, now, zone)
    if outcome:
        return Moved(position, outcome=outcome, because=because)
    sends: list[Send] = []
    path: list[str] = []
    step, since, wake_at = position.step, position.since, position.wake_at
    # A circle without a wait is refused when a journey is read; a wait that was just entered is never over at once.
    while True:
        one = journey.step(step)
        following = journey.after(step)
        match one:
            case End(outcome=word):
                return Moved(Position(step, position.entered_at, since), tuple(sends), (*path, step), word, step)
            case Send():
                sends.append(one)
                following = one.then or following
            case Branch():
                held = (case.to for case in one.cases if holds(case.when, known, position.entered_at))
                following = next(held, one.otherwise or following)
            case Wait():
                wake_at = wake_at if wake_at is not None else waking(one, since, own_zone or zone)
                over = decided(one, known, since, wake_at, now)
                if not over:
                    place = Position(step, position.entered_at, since, wake_at)
                    return Moved(place, tuple(sends), tuple(path))
                following = way_on(one, over, following)
        path.append(step)
        since, wake_at = now, None
        if not following:
            return Moved(Position(step, position.entered_at, since), tuple(sends), tuple(path), COMPLETED, step)
        step = following


def way_on(wait: Wait, over: str, behind: str) -> str:
    """Return where a wait leads: `then` when its event happened or it has none, else `otherwise`."""
    if over == "late" and wait.event is not None and wait.otherwise:
        return wait.otherwise
    return wait.then or behind


def decided(wait: Wait, known: Known, since: dt.datetime, wake_at: dt.datetime | None, now: dt.datetime) -> str:
    """Return ``happened``, ``late`` (the time is over) or nothing: the wait goes on."""
    if wait.event is not None and holds(wait.event, known, since):
        return "happened"
    return "late" if wake_at is not None and now >= wake_at else ""


def ended_early(
    journey: Journey, position: Position, known: Known, now: dt.datetime, zone: ZoneInfo
) -> tuple[str, str]:
    """Return outcome and cause where the goal is reached, a way out is taken, or the journey is over."""
    if journey.goal is not None and holds(journey.goal, known, position.entered_at):
        return REACHED, words(journey.goal)
    for one in journey.leave:
        if holds(one, known, position.entered_at):
            return LEFT, words(one)
    ends = bound(journey.ends, zone, end=True)
    if ends is not None and now >= ends:
        return OVER, journey.ends
    return "", ""


def holds(condition: Condition, known: Known, since: dt.datetime) -> bool:
    """Say whether a condition holds for a person."""
    match condition:
        case InSegment(segment):
            return known.in_segment(segment)
        case Happened(event, of=""):
            return known.happened(event, since)
        case Happened(event, of=step):
            message = known.message_of(step)
            return bool(message) and known.happened(event, since, message)


def words(condition: Condition) -> str:
    """Return a condition as people read it."""
    match condition:
        case InSegment(segment):
            return f"is in {segment}"
        case Happened(event, of=""):
            return event
        case Happened(event, of=step):
            return f"{event} of {step}"


def waking(wait: Wait, since: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return when a wait is over by time alone."""
    length = wait.at_most if wait.event is not None else wait.length
    moment = add(since, parse_duration(length), zone) if length else since
    if wait.until:
        moment = next_time(moment, wait.until, zone)
    return moment if length or wait.until else None


def next_time(after: dt.datetime, until: str, zone: ZoneInfo) -> dt.datetime:
    """Return the first moment at or after one whose local time is ``09:00`` or ``monday 09:00``.

    In the night the clocks are set forward, a time that does not exist is as much later as the clocks jump.
    """
    *day, clock = until.split()
    wanted = dt.time.fromisoformat(clock)
    local = after.astimezone(zone)
    for ahead in range(9):
        date = local.date() + dt.timedelta(days=ahead)
        if day and date.weekday() != WEEKDAYS.index(day[0]):
            continue
        moment = dt.datetime.combine(date, wanted, zone).astimezone(dt.UTC)
        if moment >= after:
            return moment
    raise AssertionError("a week has every day")
