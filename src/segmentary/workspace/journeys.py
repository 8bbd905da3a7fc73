"""Journeys of a workspace: steps people go through over days; moved on by `segmentary tick`.

::

    workspace.journeys.apply(document)          # a journey as a document (YAML files: `segmentary apply`)
    workspace.ticking.tick()                    # who enters, who goes on, what leaves
    workspace.journeys.show("welcome_back")     # where everybody is, and how it ended for whom
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.journeys import counts, end_all, entries_of
from segmentary.ledger.records import Record, append_record, current_records, hash_of_document, records

if TYPE_CHECKING:
    from segmentary.activation.journey.plan import Journey
    from segmentary.language.cursor import Cursor
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class InForce:
    """A journey in force. since : from when on it is without a break; nobody enters for an earlier cause."""

    journey: Journey
    version: str
    since: dt.datetime
    paused: bool


@dataclass(frozen=True, slots=True)
class ShownStep:
    """One step: what happens there, and how many people stand there now."""

    step: str
    what: str
    waiting: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A journey with where its people are. came_in : how many, held out ones apart. outcomes : how it ended."""

    name: str
    version: str
    status: str
    came_in: int
    waiting: int
    steps: tuple[ShownStep, ...]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Trail:
    """One entry of a person into a journey, in words."""

    journey: str
    version: str
    entered_at: dt.datetime
    step: str
    since: dt.datetime
    wake_at: dt.datetime | None
    ended_at: dt.datetime | None
    outcome: str
    words: str


class Journeys:
    """Journeys of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    # ------------------------------------------------------------ documents

    def apply(self, document: Mapping[str, Any] | Cursor) -> Record:
        """Put a journey into force, or a new version of it: who is in it goes on by the version they entered.

        Raises
        ------
        DefinitionError, UnknownNameError
            where the document is wrong, or names segments or messages there are not.
        """
        from segmentary.activation.journey.reading import read_journey, to_document
        from segmentary.language.cursor import Cursor

        cursor = document if isinstance(document, Cursor) else Cursor(document)
        journey = read_journey(cursor)
        self.check(journey)
        if cursor.optional("paused") is None:
            # A file that does not speak of it leaves a paused journey paused.
            held = current_records(self.workspace.ledger, "journey").get(journey.name)
            journey = replace(journey, paused=bool(held is not None and held.document.get("paused")))
        kept = to_document(journey)
        return append_record(self.workspace.ledger, "journey", journey.name, kept, at=self.workspace.tick())

    def check(self, journey: Journey) -> None:
        """Refuse a journey that names what there is not."""
        from segmentary.activation.journey.plan import Send

        defined = self.workspace.segments_defined()
        for name in journey.segments:
            if name not in defined:
                raise UnknownNameError("segment", name, defined, see="see `segmentary segment list`")
        for step in journey.steps:
            if not isinstance(step, Send):
                continue
            variants = [one.name for one in self.workspace.messages.get(step.message).variants]
            if step.variant and step.variant not in variants:
                raise UnknownNameError(f"variant of {step.message}", step.variant, variants)

    def in_force(self) -> dict[str, InForce]:
        """Return every journey that is not retired, by name."""
        from segmentary.activation.journey.reading import parse_journey

        found = {}
        for name, held in current_records(self.workspace.ledger, "journey").items():
            journey = parse_journey(held.document)
            found[name] = InForce(journey, version_of(held.document), self.since(name), journey.paused)
        return found

    def since(self, name: str) -> dt.datetime:
        """Return when a journey came into force, after the last time it was stopped or paused."""
        since = None
        for held in records(self.workspace.ledger, "journey", name):
            if held.retired or held.document.get("paused"):
                since = None
            elif since is None:
                since = held.created_at
        return since or self.workspace.tick()

    def versions(self, name: str) -> dict[str, Journey]:
        """Return every version a journey ever had, by its hash."""
        from segmentary.activation.journey.reading import parse_journey

        return {
            version_of(held.document): parse_journey(held.document)
            for held in records(self.workspace.ledger, "journey", name)
        }

    def get(self, name: str) -> InForce:
        """Return a journey in force.

        Raises
        ------
        UnknownNameError
            when there is none of that name.
        """
        held = self.in_force()
        if name not in held:
            raise UnknownNameError("journey", name, held, see="see `segmentary journey list`")
        return held[name]

    # ------------------------------------------------------------ running

    def pause(self, name: str) -> None:
        """Let nobody enter and nobody go on, until `resume`."""
        self.set_paused(name, True)

    def resume(self, name: str) -> None:
        """Go on: waits that were over meanwhile end now; nobody enters for what happened meanwhile."""
        self.set_paused(name, False)

    def set_paused(self, name: str, paused: bool) -> None:
        """Keep whether a journey is paused."""
        held = self.get(name)
        if held.paused == paused:
            raise UsageError(f"{name} {'is paused already' if paused else 'is not paused'}")
        document = current_records(self.workspace.ledger, "journey")[name].document
        kept = {name: value for name, value in document.items() if name != "paused"}
        kept |= {"paused": True} if paused else {}
        append_record(self.workspace.ledger, "journey", name, kept, at=self.workspace.tick())

    def stop(self, name: str) -> int:
        """Retire a journey and end it for everybody who is in it; return how many they were."""
        from segmentary.activation.journey.plan import STOPPED

        held = self.get(name)
        at = self.workspace.tick()
        document = current_records(self.workspace.ledger, "journey")[held.journey.name].document
        with self.workspace.ledger.transaction():
            append_record(self.workspace.ledger, "journey", name, document, at=at, retired=True)
            return end_all(self.workspace.ledger, name, STOPPED, at=at)

    # ------------------------------------------------------------ reading

    def show(self, name: str) -> Shown:
        """Say where everybody is."""
        from segmentary.activation.journey.plan import HELD_OUT, ways_on

        held = self.get(name)
        at, ended = counts(self.workspace.ledger, name)
        own = [one.id for one in held.journey.steps]
        steps = [
            ShownStep(one.id, described(one, list(ways_on(held.journey, one))), at.get(one.id, 0))
            for one in held.journey.steps
        ]
        steps += [ShownStep(step, "a step of an older version", n) for step, n in at.items() if step not in own]
        status = "paused" if held.paused else "running"
        treated = sum(at.values()) + sum(n for outcome, n in ended.items() if outcome != HELD_OUT)
        return Shown(name, held.version, status, treated, sum(at.values()), tuple(steps), ended)

    def of(self, customer_id: str, name: str = "") -> list[Trail]:
        """Return every entry of one person, oldest first, in words."""
        return [
            Trail(one.journey, one.version, one.entered_at, one.step, one.since, one.wake_at, one.ended_at, one.outcome,
                  trail_words(one.step, one.wake_at, one.outcome))
            for one in entries_of(self.workspace.ledger, customer_id, name)
        ]  # fmt: skip

    def result(self, name: str, metric: str) -> Any:
        """Say what a journey with a holdout changed: declared once as an experiment of its exposures, then analysed."""
        held = self.get(name)
        if not held.journey.holdout:
            raise UsageError(f"{name} holds nobody out: what it changed cannot be known", hint="add holdout: 10%")
        experiments = self.workspace.experiments
        if name not in {one.name for one in experiments.kept()}:
            shares = {"treated": 1 - held.journey.holdout, "holdout": held.journey.holdout}
            experiments.declare(
                name, randomised="drawn by a salted hash when people entered the journey", primary=metric,
                arms=shares, control="holdout",
            )  # fmt: skip
        return experiments.analyze(name)


def version_of(document: Mapping[str, Any]) -> str:
    """Return the version people go through: the hash of the journey, paused or not."""
    return hash_of_document({name: value for name, value in document.items() if name != "paused"})


def described(step: Any, ways: list[str]) -> str:
    """Return one step as people read it."""
    from segmentary.activation.journey.engine import words
    from segmentary.activation.journey.plan import Branch, End, Send

    behind = f" → {ways[0]}" if ways and ways[0] else ""
    match step:
        case Send():
            return f"send {step.message}{f' ({step.variant})' if step.variant else ''}{behind}"
        case Branch():
            cases = "; ".join(f"{words(one.when)} → {one.to}" for one in step.cases)
            return f"if {cases}; else → {ways[-1] or 'the end'}"
        case End():
            return f"end: {step.outcome}"
        case _ if step.event is not None:
            late = ways[-1] or "the end"
            return f"wait for {words(step.event)}{behind}, at most {step.at_most} → {late}"
        case _:
            said = " and ".join(part for part in (step.length, f"until {step.until}" if step.until else "") if part)
            return f"wait {said}{behind}"


def trail_words(step: str, wake_at: dt.datetime | None, outcome: str) -> str:
    from segmentary.activation.journey.plan import OUTCOMES

    if outcome:
        return OUTCOMES.get(outcome, f"ended: {outcome}")
    return f"waits at {step}" + (f" until {wake_at:%Y-%m-%d %H:%M} UTC" if wake_at else "")
