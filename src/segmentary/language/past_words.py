"""English for patterns of events, other moments, other people, places and consent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import assert_never

from segmentary.language.event_words import either, noun, plural, verb
from segmentary.language.scalars import number_text
from segmentary.language.span_words import length, moment_words, period_words, quoted, spaced, window_words
from segmentary.language.tree import (
    Binding,
    Calendar,
    Consent,
    Duration,
    EventFilter,
    EventMeasure,
    Had,
    HasBeen,
    Near,
    PeriodsWith,
    Related,
    Rule,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEvent,
    Sliding,
    Step,
    Value,
    Window,
)

RuleWords = Callable[[Rule], str]
ValueWords = Callable[[Value], str]
TESTS = {"is": "exactly {}", "lt": "fewer than {}", "lte": "at most {}", "gt": "more than {}", "gte": "at least {}"}
PEOPLE = {"account": "the same account", "household": "the same household"}


def filter_words(events: EventFilter, say: RuleWords) -> str:
    return "" if events.where is None else f" ({say(events.where)})"


def in_window(window: Window | None, say: RuleWords) -> str:
    """Return a window with the blank in front of it, or nothing."""
    match window:
        case SinceEvent(events, which):
            return f" since the {which} {noun(events)}{filter_words(events, say)}"
        case Sliding(span, within):
            return f" in any {length(span)}{in_window(within, say)}"
        case Session():
            return f" in one session {session_words(window)}{in_window(window.within, say)}"
        case _:
            return window_words(window)


def session_words(session: Session) -> str:
    """Return what divides one session from the next."""
    of = "" if not session.of else f" of {either(map(quoted, session.of))}"
    return f"({'by its id' if session.gap is None else f'{length(session.gap)} apart'}{of})"


# ---------------------------------------------------------------- sequences


def sequence_words(sequence: Sequence, say: RuleWords) -> str:
    """Return the steps in order, then what holds for all of them."""
    steps = "; then ".join(step_words(step, i, say) for i, step in enumerate(sequence.steps))
    notes = []
    if sequence.within is not None:
        notes.append(f"all within {length(sequence.within)}")
    if sequence.session is not None:
        notes.append(f"in one session {session_words(sequence.session)}")
    if sequence.during is not None:
        notes.append(f"all{in_window(sequence.during, say)}")
    if sequence.anchor in ("first", "last"):
        notes.append(f"beginning with the {sequence.anchor} {noun(sequence.steps[0].event)}")
    elif sequence.anchor == "any":
        notes.append(f"beginning with any {noun(sequence.steps[0].event)}")
    return f"[{'; '.join((steps, *notes))}]"


def step_words(step: Step, i: int, say: RuleWords) -> str:
    words = f"no {noun(step.event)}" if step.absent else verb(step.event)
    words += filter_words(step.event, say)
    if step.directly:
        words = f"directly {words}"
    words += "".join(f" with the same {same_words(binding, i)}" for binding in step.same)
    if step.min_gap is not None and step.max_gap is not None:
        words += f" at least {length(step.min_gap)} and less than {length(step.max_gap)} later"
    elif step.min_gap is not None:
        words += f" at least {length(step.min_gap)} later"
    elif step.max_gap is not None:
        words += f" less than {length(step.max_gap)} later"
    return words + "".join(f", without any {noun(o)}{filter_words(o, say)} between" for o in step.without)


def same_words(binding: Binding, i: int) -> str:
    """Return what has to be the same; the step before goes without saying."""
    words = " ".join(map(spaced, binding.path))
    if binding.other is not None:
        words += f" as the {' '.join(map(spaced, binding.other))}"
    if binding.step is not None and binding.step != i:
        return f"{words} of step {binding.step}" if binding.other is not None else f"{words} as in step {binding.step}"
    return words


# ---------------------------------------------------------------- values


def session_measure_words(value: SessionMeasure, say: RuleWords) -> str:
    holding = value.containing
    held = "" if holding is None else f" with {noun(holding)}{filter_words(holding, say)}"
    sessions = f"sessions {session_words(value.session)}{held}{in_window(value.session.within, say)}"
    match value.measure:
        case "count":
            return f"the number of {sessions}"
        case "longest_minutes":
            return f"the minutes of the longest of the {sessions}"
        case "total_minutes":
            return f"the minutes of all {sessions} together"
        case "mean_minutes":
            return f"the average minutes of the {sessions}"
        case _:
            assert_never(value.measure)


def periods_words(value: PeriodsWith, say: ValueWords) -> str:
    test = TESTS[value.operator].format(number_text(value.operand))
    unit = value.unit.replace("_", " ")
    return f"of the last {value.last} complete {unit}s the number in which {say(value.measure)} is {test}"


def begun_words(value: SequenceCount, say: RuleWords) -> str:
    first = value.sequence.steps[0].event if value.sequence.steps else EventFilter(())
    among = f"the latest {value.latest}" if value.latest is not None else "all"
    return f"how many of {among} {plural(first)} begin {sequence_words(value.sequence, say)}"


def counted_measure(value: EventMeasure) -> bool:
    """Say whether a count can be told as a deed ("ordered at least 3 times"), and is no largest of many."""
    return not isinstance(value.during, Sliding | Session)


# ---------------------------------------------------------------- rules


def state_words(rule: HasBeen | Had, say: RuleWords) -> str:
    if isinstance(rule, Had):
        return f"at some time{in_window(rule.during, say)}: {say(rule.condition)}"
    parts = []
    if rule.at_least is not None:
        parts.append(f"at least {length(rule.at_least)}")
    if rule.less_than is not None:
        parts.append(f"less than {length(rule.less_than)}")
    return f"{say(rule.condition)}, and so for {' but '.join(parts)}"


def membership_words(rule: SegmentAt | SegmentDuring | SegmentMoved) -> str:
    match rule:
        case SegmentAt(name, at, evaluated, version):
            pinned = "" if version is None else f" (version {version})"
            how = " by its definition now, evaluated for then" if evaluated else ""
            return f"in segment {quoted(name)}{pinned} {at_words(at)}{how}"
        case SegmentDuring(name, during, quantifier, span):
            when = window_words(during).strip()
            asked = {
                "any": f"at some time {when}",
                "all": f"without a break {when}",
                "at_end": f"at the end of the time {when}",
            }.get(quantifier)
            if asked is None:
                asked = f"for at least {length(span) if span is not None else 'no time'} in all {when}"
            return f"in segment {quoted(name)} {asked}"
        case SegmentMoved(name, direction, moved, nth, stayed):
            words = f"{'entered' if direction == 'entered' else 'left'} segment {quoted(name)}"
            if nth is not None:
                words += f" for the {ordinal(nth)} time ever"
            words += window_words(moved)
            return words + ("" if stayed is None else f", staying at least {length(stayed)}")
        case _:
            assert_never(rule)


def ordinal(number: int) -> str:
    from segmentary.language.event_words import last_of

    return last_of("nth", number)


def at_words(at: object) -> str:
    match at:
        case Duration():
            return f"{length(at)} ago"
        case Calendar():
            return f"at the end of {period_words(at)}"
        case dt.datetime():
            return f"at {moment_words(at)}"
        case _:
            return f"at the start of {at}"


def related_words(rule: Related, say: RuleWords) -> str:
    people = f"people of {PEOPLE[rule.group]}"
    inner = f"({say(rule.rule)})"
    match rule.quantifier:
        case "any":
            return f"for at least one of the {people}: {inner}"
        case "all":
            return f"for every one of the {people}, and there is one: {inner}"
        case "none":
            return f"for none of the {people}: {inner}"
        case "count":
            test = TESTS[rule.operator or "is"].format(rule.operand)
            return f"for {test} of the {people}: {inner}"
        case _:
            assert_never(rule.quantifier)


def near_words(rule: Near, say: ValueWords) -> str:
    if rule.point is not None:
        what = f"({number_text(rule.point[0])}, {number_text(rule.point[1])})"
    else:
        what = f"any place of {quoted(rule.places or '')}"
    by = ""
    if rule.latitude is not None and rule.longitude is not None:
        by = f" (by {say(rule.latitude)} and {say(rule.longitude)})"
    return f"at most {number_text(rule.kilometres)} km from {what}{by}"


def consent_words(rule: Consent) -> str:
    channel = "" if rule.channel is None else f" by {quoted(rule.channel)}"
    return f"{'agreed to' if rule.granted else 'refused'} {quoted(rule.purpose)}{channel}"
