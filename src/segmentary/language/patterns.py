"""The part of the tree about how events follow each other: sessions, sliding windows, periods, sequences.

Gaps, deadlines and lengths here are exact durations (minutes to weeks); months have no fixed length and are refused.
Events are ordered by (happened_at, source, sequence, message_id), a missing part counting as empty text or 0; "after"
and "between" mean in that order.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from segmentary.language.spans import Duration, PeriodUnit

if TYPE_CHECKING:
    from segmentary.language.tree import EventFilter, EventMeasure, FixedWindow, Window


@dataclass(frozen=True, slots=True)
class Sliding:
    """``any: 30d``: a window of this length anywhere in history.

    A measure over it is its largest value over all windows ``[e, e + length)`` that begin at a matching event ``e``;
    without one it is 0. Only for count, sum and distinct. ``within`` limits which events count at all. A window whose
    sum is beyond all numbers is left out; when every one is, the measure is missing.
    """

    length: Duration
    within: FixedWindow | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """``session: 30min``: one visit.

    As a window: a measure is its largest value over the customer's sessions that hold a matching event; without one it
    is 0.

    Sessions are made of the customer's events before as-of whose name is in ``of`` (empty: all events), in order; a new
    one begins where the time since the event before is ``gap`` or more. Without ``gap`` a session is the events that
    have the same ``session_id`` as normal text (events without one are in no session). ``within`` limits which events
    are measured, not how sessions are made. Only for count, sum and distinct.
    """

    gap: Duration | None = None
    of: tuple[str, ...] = ()
    within: FixedWindow | None = None


@dataclass(frozen=True, slots=True)
class SessionMeasure:
    """How many sessions, or how long they were in minutes (from first to last event, six decimals, cut).

    Counted are the sessions whose first event lies in ``session.within`` (if any) and which hold at least one event
    that matches ``containing`` (if any). ``count`` is 0 and ``total_minutes`` 0 without any; ``longest_minutes`` and
    ``mean_minutes`` are then missing. A total or mean is made of exact lengths and cut once.
    """

    session: Session
    measure: Literal["count", "longest_minutes", "total_minutes", "mean_minutes"]
    containing: EventFilter | None = None


@dataclass(frozen=True, slots=True)
class PeriodsWith:
    """In how many of the last ``last`` complete calendar periods a measure passes a test ("3 a week in 3 of 5 weeks").

    ``measure`` has no window of its own; in a period without events a count, distinct, sum or active_* is 0, any other
    measure missing and so the test false. Operators: is, lt, lte, gt, gte against a number.
    """

    measure: EventMeasure
    operator: Literal["is", "lt", "lte", "gt", "gte"]
    operand: Decimal
    unit: PeriodUnit
    last: int


@dataclass(frozen=True, slots=True)
class Binding:
    """``same: product_id`` (as in the step before) or ``{property: p, step: 1, as: q}``: equal to an earlier step's.

    ``step`` counts from 1; None is the step before. Both properties are compared as normal text; a missing one matches
    nothing (amounts and times are no text). ``other`` is the earlier event's property, None for the same path.
    """

    path: tuple[str, ...]
    step: int | None = None
    other: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence.

    min_gap, max_gap : time since the step before: ``min_gap <= gap < max_gap``.
    without : nothing that matches any of these lies strictly between the step before and this event.
    same : bindings to earlier steps.
    directly : the next event of the same session after the step before, whatever its name (the sequence has a session).
    absent : only as the last step, with ``max_gap``: no such event (one that would satisfy the step: filter, min_gap,
        bindings, ``without``, session and ``directly`` included) comes after the step before within the deadline
        ``[.., step before + max_gap)``, and the deadline has passed (it is <= as-of).

    The first step has no step before: gaps, ``without``, ``same``, ``directly`` and ``absent`` are refused on it.
    Events that tie in every part of the order are neither after nor between each other.
    """

    event: EventFilter
    min_gap: Duration | None = None
    max_gap: Duration | None = None
    without: tuple[EventFilter, ...] = ()
    same: tuple[Binding, ...] = ()
    directly: bool = False
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """Ordered steps: true when some choice of events, each after the one before, satisfies every step.

    during : every event of the steps lies in this window (events of ``without`` and of an absent last step need not).
        `Sliding` and `Session` are refused here: say ``within`` or ``session``.
    within : the last (present) event happens less than this after the first.
    anchor : which events may be the first step: any matching one in the window, only the first, or only the last of
        them (whether or not it is in a session). Mandatory with an absent step; else None means any.
    session : every step lies in one session (needed by ``directly``); its own ``within`` is not used.
    """

    steps: tuple[Step, ...]
    during: Window | None = None
    within: Duration | None = None
    anchor: Literal["any", "first", "last"] | None = None
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class SequenceCount:
    """How many events of the first step begin the sequence; of ``latest`` only the newest so many are looked at.

    "Opened 2 of the last 5 mails": steps mail_sent, mail_opened with the same mail, latest 5, at least 2.
    """

    sequence: Sequence
    latest: int | None = None
