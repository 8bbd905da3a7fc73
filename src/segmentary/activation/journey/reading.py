"""Journeys as documents: read with every mistake named where it stands, and written back the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from segmentary.activation.document_parts import in_order, moment_of, share_of
from segmentary.activation.journey.engine import WEEKDAYS
from segmentary.activation.journey.plan import (
    COMPLETED,
    Branch,
    Case,
    Condition,
    End,
    Entry,
    Happened,
    InSegment,
    Journey,
    Send,
    Step,
    Wait,
    ways_on,
)
from segmentary.language.cursor import Cursor
from segmentary.language.durations import duration_text, parse_duration

KEYS = (
    "journey", "channel", "purpose", "enter", "again", "exclude", "goal", "leave", "holdout", "alone", "paused", "from",
    "until", "offers", "sender", "reply_to", "owner", "notes", "steps",
)  # fmt: skip
NAME_PATTERN = r"[a-z][a-z0-9_]{0,63}"
HEADS = ("send", "wait", "branch", "end")
MOST_STEPS = 200
TEXTS = {"offers": "offers", "sender": "sender", "reply_to": "reply_to", "owner": "owner", "notes": "notes"}


def read_journey(cursor: Cursor) -> Journey:
    """Read a journey.

    Raises
    ------
    DefinitionError
        with the place, what is wrong, and what to do.
    """
    cursor.only(KEYS, "a journey")
    steps = cursor.required("steps", "a journey").items("steps")
    if len(steps) > MOST_STEPS:
        raise cursor.down("steps").wrong(f"{len(steps)} steps are more than {MOST_STEPS}", "make two journeys of it")
    journey = Journey(
        name=named(cursor.down("journey"), "journey"),
        channel=text_of(cursor, "channel", "email"),
        purpose=text_of(cursor, "purpose", "marketing"),
        enter=entry_of(cursor.required("enter", "a journey")),
        steps=tuple(map(step_of, steps)),
        again=length(cursor.optional("again"), never=True),
        exclude=tuple(part.name() for part in listed(cursor.optional("exclude"), "exclude")),
        goal=condition(part) if (part := cursor.optional("goal")) is not None else None,
        leave=tuple(condition(part) for part in listed(cursor.optional("leave"), "leave")),
        holdout=0.0 if (part := cursor.optional("holdout")) is None else share_of(part, at_most="90%"),
        alone=truth(cursor.optional("alone")),
        paused=truth(cursor.optional("paused")),
        starts=moment_of(cursor.optional("from")),
        ends=moment_of(cursor.optional("until")),
        **{field: cursor.optional_text(key) or "" for key, field in TEXTS.items()},
    )
    check(journey, cursor)
    return journey


def check(journey: Journey, cursor: Cursor) -> None:
    """Refuse steps that cannot be gone through: twice the same name, ways to nowhere, circles without a wait."""
    names = [one.id for one in journey.steps]
    for number, one in enumerate(journey.steps):
        place = cursor.down("steps").down(number)
        if names.index(one.id) != number:
            raise place.wrong(f"two steps are called {one.id!r}", "every step has a name of its own")
        for way in ways_on(journey, one):
            if way and way not in names:
                raise place.wrong(f"there is no step {way!r}", f"steps are: {', '.join(names)}")
    sending = {one.id for one in journey.steps if isinstance(one, Send)}
    for asked in journey.conditions:
        if isinstance(asked, Happened) and asked.of and asked.of not in sending:
            raise cursor.down("steps").wrong(
                f"{asked.event} of {asked.of!r}: no step of that name sends anything",
                f"sending are: {', '.join(sorted(sending)) or 'none'}",
            )
    refuse_circles(journey, cursor)
    reached = reachable(journey)
    for number, one in enumerate(journey.steps):
        if one.id not in reached:
            raise (
                cursor.down("steps")
                .down(number)
                .wrong(f"nobody ever comes to the step {one.id!r}", "lead a way there, or remove it")
            )
    in_order(cursor, journey.starts, journey.ends)


def refuse_circles(journey: Journey, cursor: Cursor) -> None:
    """Refuse a circle that nobody would ever stop in."""
    names = [one.id for one in journey.steps]
    done: set[str] = set()
    for start in names:
        trail: list[str] = []
        stack = [(start, 0)]
        while stack:
            name, depth = stack.pop()
            del trail[depth:]
            if name in trail:
                circle = " -> ".join([*trail[trail.index(name) :], name])
                raise (
                    cursor.down("steps")
                    .down(names.index(name))
                    .wrong(f"a circle without a wait: {circle}", "put a wait of some length into it")
                )
            one = journey.step(name)
            if name in done or (isinstance(one, Wait) and lasting(one)):
                continue
            trail.append(name)
            stack += [(way, depth + 1) for way in ways_on(journey, one) if way]
        done.add(start)


def lasting(wait: Wait) -> bool:
    """Say whether a wait takes time by itself: one for an event may be over at once, and so may one of no length."""
    text = wait.length or wait.at_most
    return wait.event is None and (bool(text) and parse_duration(text).amount > 0)


def reachable(journey: Journey) -> set[str]:
    found: set[str] = set()
    waiting = [journey.steps[0].id]
    while waiting:
        name = waiting.pop()
        if name and name not in found:
            found.add(name)
            waiting += ways_on(journey, journey.step(name))
    return found


# ---------------------------------------------------------------- parts


def entry_of(cursor: Cursor) -> Entry:
    cursor.only(("segment", "when", "event"), "enter")
    head = cursor.head(("segment", "event"), "enter")
    if head == "event":
        if cursor.optional("when") is not None:
            raise cursor.down("when").wrong("an event happens: it has no when", "remove it")
        return Entry(event=cursor.down("event").name())
    return Entry(cursor.down("segment").name(), cursor.optional_word("when", ("enters", "is"), "enters"))  # type: ignore[arg-type]


def step_of(cursor: Cursor) -> Step:
    parts = cursor.mapping("a step")
    if len(parts) != 1:
        raise cursor.wrong("a step is one name and what happens there", "- hello: {send: autumn}")
    name = next(iter(parts))
    inside = cursor.down(name)
    if not re.fullmatch(NAME_PATTERN, name):
        raise inside.wrong(f"{name!r} is not a name for a step", "lower case letters, digits and _")
    head = inside.head(HEADS, f"the step {name}")
    match head:
        case "send":
            inside.only(("send", "variant", "then"), "a send")
            return Send(name, inside.down("send").name(), *(inside.optional_text(k) or "" for k in ("variant", "then")))
        case "branch":
            inside.only(("branch", "otherwise"), "a branch")
            cases = tuple(map(case_of, inside.down("branch").items("branch")))
            return Branch(name, cases, inside.optional_text("otherwise") or "")
        case "end":
            inside.only(("end",), "an end")
            word = inside.down("end")
            return End(name, COMPLETED if word.content is True else named(word, "outcome"))
        case _:
            return wait_of(name, inside)


def wait_of(name: str, cursor: Cursor) -> Wait:
    cursor.only(("wait", "until", "at_most", "then", "otherwise"), "a wait")
    what = cursor.down("wait")
    then, otherwise = (cursor.optional_text(key) or "" for key in ("then", "otherwise"))
    until = clock(cursor.optional("until"))
    if isinstance(what.content, Mapping):
        event = condition(what)
        if not isinstance(event, Happened):
            raise what.wrong("a wait is for an event", "for a segment, wait a day and branch")
        at_most = length(cursor.required("at_most", "a wait for an event"))
        return Wait(name, until=until, event=event, at_most=at_most, then=then, otherwise=otherwise)
    for key in ("at_most", "otherwise"):
        if cursor.optional(key) is not None:
            raise cursor.down(key).wrong(f"{key} belongs to a wait for an event", "wait: {event: order_completed}")
    if isinstance(what.content, str) and (":" in what.content):
        return Wait(name, until=clock(what), then=then)
    return Wait(name, length(what), until, then=then)


def case_of(cursor: Cursor) -> Case:
    cursor.only(("when", "to"), "a case of a branch")
    return Case(condition(cursor.required("when", "a case of a branch")), cursor.required("to", "a case").name())


def condition(cursor: Cursor) -> Condition:
    cursor.only(("segment", "event", "of"), "a condition")
    if cursor.head(("segment", "event"), "a condition") == "segment":
        if cursor.optional("of") is not None:
            raise cursor.down("of").wrong("of belongs to an event")
        return InSegment(cursor.down("segment").name())
    return Happened(cursor.down("event").name(), cursor.optional_text("of") or "")


def listed(cursor: Cursor | None, what: str) -> list[Cursor]:
    return [] if cursor is None else cursor.items(what)


def named(cursor: Cursor, what: str) -> str:
    text = cursor.name()
    if not re.fullmatch(NAME_PATTERN, text):
        raise cursor.wrong(f"{text!r} is not a name for a {what}", "lower case letters, digits and _")
    return text


def text_of(cursor: Cursor, key: str, default: str) -> str:
    part = cursor.optional(key)
    return default if part is None else part.name()


def length(cursor: Cursor | None, *, never: bool = False) -> str:
    if cursor is None or (never and cursor.content == "never"):
        return ""
    return cursor.checked(lambda text: duration_text(parse_duration(text)))


def truth(cursor: Cursor | None) -> bool:
    if cursor is None:
        return False
    if not isinstance(cursor.content, bool):
        raise cursor.wrong(f"true or false belongs here, not {cursor.content!r}")
    return cursor.content


def clock(cursor: Cursor | None) -> str:
    """Return a time of day, with a weekday before it if one is said."""
    if cursor is None:
        return ""
    text = cursor.text().strip().lower()
    day, _, time = text.rpartition(" ")
    if (day and day not in WEEKDAYS) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time):
        raise cursor.wrong(f"{text!r} is not a time of day", "write 09:00 or monday 09:00, in quotes")
    return text


# ---------------------------------------------------------------- writing


def to_document(journey: Journey) -> dict[str, Any]:
    """Return a journey as JSON-able data that `read_journey` reads again."""
    document: dict[str, Any] = {
        "journey": journey.name, "channel": journey.channel, "purpose": journey.purpose,
        "enter": entry_document(journey.enter),
        "again": journey.again or None, "exclude": list(journey.exclude) or None,
        "goal": condition_document(journey.goal) if journey.goal else None,
        "leave": [condition_document(one) for one in journey.leave] or None,
        "holdout": f"{journey.holdout * 100:.10g}%" if journey.holdout else None,
        "alone": journey.alone or None, "paused": journey.paused or None,
        "from": journey.starts or None, "until": journey.ends or None,
        **{key: getattr(journey, field) or None for key, field in TEXTS.items()},
    }  # fmt: skip
    kept = {key: value for key, value in document.items() if value is not None}
    return {**kept, "steps": [{one.id: step_document(one)} for one in journey.steps]}


def entry_document(entry: Entry) -> dict[str, str]:
    return {"event": entry.event} if entry.event else {"segment": entry.segment, "when": entry.when}


def condition_document(asked: Condition) -> dict[str, str]:
    match asked:
        case InSegment(segment):
            return {"segment": segment}
        case Happened(event, of):
            return {"event": event, **({"of": of} if of else {})}


def step_document(step: Step) -> dict[str, Any]:
    found: dict[str, Any]
    match step:
        case Send():
            found = {"send": step.message, "variant": step.variant, "then": step.then}
        case Branch():
            cases = [{"when": condition_document(one.when), "to": one.to} for one in step.cases]
            found = {"branch": cases, "otherwise": step.otherwise}
        case End():
            found = {"end": step.outcome}
        case Wait(event=None, length=""):
            found = {"wait": step.until, "then": step.then}
        case Wait(event=None):
            found = {"wait": step.length, "until": step.until, "then": step.then}
        case Wait():
            event = condition_document(step.event) if step.event else {}
            ways = {"then": step.then, "otherwise": step.otherwise}
            found = {"wait": event, "at_most": step.at_most, "until": step.until, **ways}
    return {key: value for key, value in found.items() if value != ""}


def parse_journey(document: Mapping[str, Any]) -> Journey:
    """Return the journey that a kept document holds."""
    return read_journey(Cursor(document))
