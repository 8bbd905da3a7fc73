"""Since when the log of entries and exits knows a segment, and which definitions ask it about a time before that.

The log of a segment begins with its first run, as of that run's moment, or with the earliest moment backfilled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segmentary.errors import CoverageError
from segmentary.language.coverage import LogQuestion, log_questions
from segmentary.language.instants import instant_of
from segmentary.language.tree import Context, SegmentAt, SegmentDefinition, TraitDefinition
from segmentary.language.walk import segments_remembered, traits_used, walk
from segmentary.ledger.backfills import backfills
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.runs import runs
from segmentary.workspace.evaluation import definitions_used

if TYPE_CHECKING:
    from segmentary.workspace.evaluating import Definitions

Named = SegmentDefinition | TraitDefinition


@dataclass(frozen=True, slots=True)
class Gap:
    """A question the log cannot answer. ``begins`` is when the log of the segment does, if it is there at all.

    through : the definition that asks, where another one rests on it.
    """

    question: LogQuestion
    begins: dt.datetime | None
    through: str
    timezone: str

    @property
    def reason(self) -> str:
        """What is asked too early, and since when the log is there."""
        name = self.question.segment
        asked = f"asks who was in {name} {'before' if self.question.before else 'from'} {minute(self.question.moment)}"
        if self.begins is None:
            return f"{asked}, and {name} was not part of a run yet"
        return f"{asked}, and the log of {name} begins at {minute(self.begins)}"

    @property
    def hint(self) -> str:
        """The command that makes the log begin early enough."""
        moment = self.question.moment - dt.timedelta(microseconds=1 if self.question.before else 0)
        day, name = moment.astimezone(ZoneInfo(self.timezone)).date(), self.question.segment
        return f"segmentary segment backfill {name} --history 'since {day}', or history: all in its definition"

    def error(self, name: str) -> CoverageError:
        """Return the error for the definition that was to be evaluated."""
        through = f" (by {self.through})" if self.through != name else ""
        return CoverageError(f"{name}{through} {self.reason}", hint=self.hint, pointer=self.question.pointer or None)


def minute(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def beginnings(ledger: Ledger, known_at: dt.datetime | None = None) -> dict[str, dt.datetime]:
    """Return since when the log knows each segment, by what had been written at a moment."""
    found: dict[str, dt.datetime] = {}
    for run in runs(ledger):
        if known_at is None or run.known_at <= known_at:
            for name in run.segments:
                found.setdefault(name, run.as_of)
    for one in backfills(ledger):
        if known_at is None or one.detected_at <= known_at:
            found[one.segment] = min(one.since, found.get(one.segment, one.since))
    return found


class Coverage:
    """Looks for gaps in everything definitions rest on; what it has looked at it remembers."""

    def __init__(self, ledger: Ledger, known: Definitions, context: Context) -> None:
        self.known = known
        self.context = context
        self.found: dict[tuple[str, str, dt.datetime], Gap | None] = {}
        self.ledger = ledger

    @cached_property
    def begins(self) -> dict[str, dt.datetime]:
        """Since when the log knows each segment; read when the first question is asked."""
        return beginnings(self.ledger, self.context.known_at)

    def gap(self, name: str, definition: Named) -> Gap | None:
        """Return the first question of a definition, or of one it rests on, that has no answer."""
        return self.look("segment" if isinstance(definition, SegmentDefinition) else "trait", name, definition)

    def look(self, kind: str, name: str, definition: Named, as_of: dt.datetime | None = None) -> Gap | None:
        """Return the same as of another moment."""
        context = self.context if as_of is None else replace(self.context, as_of=as_of)
        key = (kind, name, context.as_of)
        if key not in self.found:
            # Circles are refused elsewhere; here they are only not followed.
            self.found[key] = None
            self.found[key] = self.own(name, definition, context) or self.below(definition, context)
        return self.found[key]

    def own(self, name: str, definition: Named, context: Context) -> Gap | None:
        """Return the first question it asks itself that has no answer."""
        for question in log_questions(definition, context):
            begins = self.begins.get(question.segment)
            if not question.answered(begins):
                return Gap(question, begins, name, definition.timezone or context.timezone)
        return None

    def below(self, definition: Named, context: Context) -> Gap | None:
        """Return the first that what it rests on asks."""
        then = {
            node.name: instant_of(node.at, context, definition.timezone)
            for node in walk(definition)
            if isinstance(node, SegmentAt) and node.evaluated
        }
        for name in sorted(definitions_used(definition, self.known.segments)):
            other = self.known.segments.get(name)
            if other is not None:
                gap = self.look("segment", name, other, then.get(name, context.as_of))
                if gap is not None:
                    return gap
        for name in sorted(traits_used(definition)):
            trait = self.known.traits.get(name)
            gap = self.look("trait", name, trait, context.as_of) if trait is not None else None
            if gap is not None:
                return gap
        return None


def refuse(ledger: Ledger, known: Definitions, asked: Mapping[str, SegmentDefinition], context: Context) -> None:
    """Refuse to evaluate what asks the log about a time before it begins.

    Raises
    ------
    CoverageError
        naming the moment the log begins at, and the command that mends it.
    """
    coverage = Coverage(ledger, replace_segments(known, asked), context)
    for name, definition in asked.items():
        gap = coverage.gap(name, definition)
        if gap is not None:
            raise gap.error(name)


def replace_segments(known: Definitions, asked: Mapping[str, SegmentDefinition]) -> Definitions:
    """Return the definitions with others in place of some."""
    return replace(known, segments={**known.segments, **asked})


def gaps(ledger: Ledger, known: Definitions, context: Context) -> dict[tuple[str, str], Gap]:
    """Return what cannot be answered, by kind and name."""
    # Most workspaces ask the log nothing.
    everything: tuple[Named, ...] = (*known.segments.values(), *known.traits.values())
    if not any(map(segments_remembered, everything)):
        return {}
    coverage = Coverage(ledger, known, context)
    kinds: tuple[tuple[str, Mapping[str, Named]], ...] = (("segment", known.segments), ("trait", known.traits))
    found = {}
    for kind, definitions in kinds:
        for name, definition in definitions.items():
            gap = coverage.gap(name, definition)
            if gap is not None:
                found[kind, name] = gap
    return found
