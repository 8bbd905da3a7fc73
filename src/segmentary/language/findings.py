"""What the oracle found at a leaf: what was compared, the events that decided, and in plain words how it came out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence as Several
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from segmentary.language.history import Event
from segmentary.language.instants import instant_of
from segmentary.language.sequencing import Chosen, Essence, Search
from segmentary.language.states import held_since, passing_spans
from segmentary.language.stays import Stay, inside_before, moved_stays
from segmentary.language.surroundings import distances, is_inside, latest_decision, own_point, satisfying
from segmentary.language.tree import (
    Compare,
    Consent,
    Had,
    HasBeen,
    Near,
    Rank,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    Sequence,
)
from segmentary.language.windows import bounds

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

MOST_NAMES = 5
Leaf = Sequence | HasBeen | Had | SegmentAt | SegmentDuring | SegmentMoved | Related | Near | Consent


@dataclass(frozen=True, slots=True)
class Finding:
    """What a leaf came to.

    pending : when the deadline of an absence passes that is not certain yet; the leaf is false until then.
    """

    truth: bool
    value: object = None
    events: tuple[Event, ...] = ()
    through_missing: bool = False
    note: str = ""
    pending: dt.datetime | None = None


def finding(judge: Judge, rule: Leaf) -> Finding:
    """Return what the oracle found at a leaf."""
    truth = judge.holds(rule)
    match rule:
        case Sequence():
            return of_sequence(judge, rule, truth)
        case HasBeen():
            return of_state(judge, rule, truth)
        case Had():
            return of_past_state(judge, rule, truth)
        case SegmentAt():
            instant = instant_of(rule.at, judge.context, judge.timezone)
            known = [s for s in judge.stays(rule.name) if inside_before([s], instant)]
            by = "by its definition" if rule.evaluated else stays_words(judge, known)
            return Finding(truth, note=f"at {shown(judge, instant)}: {by}")
        case SegmentDuring():
            return Finding(truth, note=stays_words(judge, met_stays(judge, rule)))
        case SegmentMoved():
            found = moved_stays(judge, rule)
            count = len(judge.stays(rule.name))
            note = stays_words(judge, found) if found else f"of {count} known stays none fits"
            return Finding(truth, Decimal(len(found)), note=note)
        case Related():
            people, those = satisfying(judge, rule)
            names = f": {names_of(those)}" if those else ""
            others = " others" if judge.population.entity == "customer" else ""
            note = f"{len(those)} of {len(people)}{others} satisfy it{names}"
            return Finding(truth, Decimal(len(those)), note=note if people else "there is nobody to ask")
        case Near():
            return of_place(judge, rule, truth)
        case Consent():
            return of_consent(judge, rule, truth)
        case _:
            assert_never(rule)


def shown(judge: Judge, instant: dt.datetime) -> str:
    """Return an instant in the definition's zone, to the minute."""
    return f"{instant.astimezone(judge.zone):%Y-%m-%d %H:%M}"


def names_of(people: Several[str]) -> str:
    """Return the first few names."""
    more = f" and {len(people) - MOST_NAMES} more" if len(people) > MOST_NAMES else ""
    return ", ".join(people[:MOST_NAMES]) + more


# ---------------------------------------------------------------- sequences


def of_sequence(judge: Judge, rule: Sequence, truth: bool) -> Finding:
    """Say how far somebody came, and whether an absence is still pending."""
    search = Search(judge, rule)
    steps = len(rule.steps)
    for anchor in search.anchors():
        chosen = next(search.choices(anchor), None)
        if chosen is not None:
            passed = rule.steps[-1].absent
            when = search.deadline(rule.steps[-1], chosen) if passed else None
            note = f"the deadline passed on {shown(judge, when)}" if when is not None else ""
            return Finding(truth, f"{steps} of {steps} steps", chosen, note=note)
    furthest, pending = furthest_choice(search), pending_deadline(search)
    if pending is not None:
        note = f"pending: the deadline passes on {shown(judge, pending)}"
    elif not furthest:
        note = "the first step never happened"
    elif rule.steps[min(len(furthest), steps - 1)].absent:
        note = "what was to be absent happened"
    else:
        note = f"step {len(furthest) + 1} never followed"
    return Finding(truth, f"{len(furthest)} of {steps} steps", furthest, note=note, pending=pending)


def furthest_choice(search: Search) -> Chosen:
    """Return the choice of events that satisfies the most steps; of equals the first."""
    best: Chosen = ()
    waiting: list[Chosen] = [(anchor,) for anchor in reversed(search.anchors())]
    seen: set[Essence] = set()
    while waiting:
        chosen = waiting.pop()
        if search.essence(chosen) in seen:
            continue
        seen.add(search.essence(chosen))
        if len(chosen) > len(best):
            best = chosen
        if len(chosen) < len(search.sequence.steps) and not search.sequence.steps[len(chosen)].absent:
            waiting.extend((*chosen, event) for event in reversed(search.next_events(chosen)))
    return best


def pending_deadline(search: Search) -> dt.datetime | None:
    """Return when the first absence becomes certain that is only a matter of time; None when there is none."""
    last = search.sequence.steps[-1]
    if not last.absent:
        return None
    found: list[dt.datetime] = []
    waiting: list[Chosen] = [(anchor,) for anchor in search.anchors()]
    seen: set[Essence] = set()
    while waiting:
        chosen = waiting.pop()
        if search.essence(chosen) in seen:
            continue
        seen.add(search.essence(chosen))
        if len(chosen) < len(search.sequence.steps) - 1:
            waiting.extend((*chosen, event) for event in search.next_events(chosen))
        elif not search.has_passed(last, chosen) and search.is_absent(chosen):
            found.append(search.deadline(last, chosen))
    return min(found, default=None)


# ---------------------------------------------------------------- states and stays


def of_state(judge: Judge, rule: HasBeen, truth: bool) -> Finding:
    """Say since when it has been so."""
    value, unknown = now(judge, rule.condition)
    since = held_since(judge, rule.condition)
    if since is None:
        note = "nothing is known" if unknown else "it is not so now"
    else:
        note = "it has always been so" if since[0] is None else f"it has been so since {shown(judge, since[0])}"
    return Finding(truth, value, through_missing=unknown, note=note)


def now(judge: Judge, condition: Compare) -> tuple[object, bool]:
    """Return the value a condition compares at as-of, and whether it is false because that is missing."""
    from segmentary.language.kinds import wanted

    value = judge.value(condition.value, wanted(condition, judge.population.types))
    return value, value is None and condition.operator not in ("exists", "missing")


def of_past_state(judge: Judge, rule: Had, truth: bool) -> Finding:
    """Say when it was so."""
    value, _ = now(judge, rule.condition)
    spans = passing_spans(judge, rule.condition)
    if not spans:
        return Finding(truth, value, note="it was never so")
    begin, end = spans[-1]
    until = "now" if end == judge.context.as_of else shown(judge, end)
    since = "the beginning" if begin is None else shown(judge, begin)
    return Finding(truth, value, note=f"it was so from {since} until {until}")


def met_stays(judge: Judge, rule: SegmentDuring) -> list[Stay]:
    """Return the stays that meet the window of a rule."""
    since, until = bounds(rule.during, judge.context, judge.timezone)
    known = judge.stays(rule.name)
    return [s for s in known if s.entry < until and (s.exit is None or since is None or s.exit > since)]


def stays_words(judge: Judge, known: Several[Stay]) -> str:
    """Return stays in words: the newest ones, and how many more."""
    if not known:
        return "no stay is known then"
    parts = [
        f"from {shown(judge, s.entry)} " + ("until now" if s.exit is None else f"until {shown(judge, s.exit)}")
        for s in known[-2:]
    ]
    more = f", and {len(known) - 2} before" if len(known) > 2 else ""
    return f"member {' and '.join(parts)}{more}"


# ---------------------------------------------------------------- surroundings


def of_place(judge: Judge, rule: Near, truth: bool) -> Finding:
    """Say how far the nearest place is."""
    if own_point(judge, rule) is None:
        return Finding(truth, through_missing=True, note="no coordinates are known")
    found = distances(judge, rule)
    if not found:
        return Finding(truth, note="there is no place to be near to")
    metres, name = found[0]
    away = Decimal(metres).scaleb(-3)
    return Finding(truth, away, note=f"{name} is {away} km away")


def of_consent(judge: Judge, rule: Consent, truth: bool) -> Finding:
    """Say which decision counts."""
    decision = latest_decision(judge, rule)
    through = "" if rule.channel is None else f" by {rule.channel}"
    if decision is None:
        return Finding(truth, through_missing=True, note=f"no decision about {rule.purpose}{through} is known")
    said = "yes" if decision.granted else "no"
    when = "at an unknown time" if decision.happened_at is None else f"on {shown(judge, decision.happened_at)}"
    return Finding(truth, said, note=f"said {said} {when} ({decision.channel})")


def rank_note(judge: Judge, rank: Rank) -> str:
    """Say who is in only because a member may stay within a wider rank."""
    if rank.keep_share is None and rank.keep_number is None:
        return ""
    inside = judge.segment is not None and is_inside(judge, judge.segment)
    return "a member so far: the wider rank counts" if inside else "no member so far: the narrower rank counts"
