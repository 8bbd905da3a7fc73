"""Looking at a definition nobody has saved: how many people it holds for, and what they are like.

A preview is the ordinary evaluation of one more segment beside those in force, at one moment that stays the same until
something is loaded or run: the newest run's, before the first run that of the first question about the data.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.errors import UsageError
from segmentary.language.lint import Finding
from segmentary.language.sentence import sentence
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.language.walk import located
from segmentary.segments.waterfall import Fall, spots, steps, waterfall
from segmentary.workspace.judging import Judged, judging
from segmentary.workspace.moments import Moment

if TYPE_CHECKING:
    from segmentary.workspace.preview_parts import Breakdown, Difference, Sample, Worth
    from segmentary.workspace.workspace import Workspace

PARTS = ("breakdown", "sample", "waterfall", "reach", "value", "findings", "difference")
SUBJECT_STEP = "preview step "


@dataclass(frozen=True, slots=True)
class Step:
    """One condition of a preview's waterfall, as `segments.waterfall.Fall` has it, and where it stands."""

    pointer: str
    condition: str
    remaining: int
    removed: int
    alone: int
    without: int
    group: str
    parts: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a definition would give. Parts nobody asked for are missing.

    people, base : of how many; seconds : all of it; engine_seconds : of it, waiting for the warehouse.
    """

    people: int
    base: int
    share: float | None
    as_of: dt.datetime
    sentence: str
    waterfall: tuple[Step, ...] | None = None
    breakdown: Breakdown | None = None
    sample: Sample | None = None
    reach: Mapping[str, int] | None = None
    value: Worth | None = None
    findings: tuple[Finding, ...] | None = None
    difference: Difference | None = None
    seconds: float = 0.0
    engine_seconds: float = 0.0

    def to_document(self) -> dict[str, Any]:
        """Return it as plain data, without the parts nobody asked for."""
        from segmentary.workspace.plain_json import document

        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: document(part) for name, part in told.items() if part is not None or name == "share"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of a definition.

    against : a saved segment to compare with; breakdown_by : a trait; small : groups of fewer people are not told.
    """

    definition: SegmentDefinition
    parts: Sequence[str] = ()
    against: str | None = None
    breakdown_by: str | None = None
    as_of: Moment = None
    small: int = 0
    examples: int = 5


def preview(workspace: Workspace, wanted: Wanted, *, check: Callable[[], None] = lambda: None) -> Preview:
    """Count whom a definition holds for, and whatever else is wanted.

    check : called before every question to the warehouse; what it raises ends the work.

    Raises
    ------
    DefinitionError
        when it is wrong, with a pointer into it.
    UsageError
        when a part is wanted that there is not.
    """
    from segmentary.workspace import preview_parts

    began = time.perf_counter()
    for part in wanted.parts:
        if part not in PARTS:
            raise UsageError("there is no such part of a preview", hint=f"one of: {', '.join(PARTS)}")
    definition = wanted.definition
    workspace.check([definition])
    context = preview_context(workspace, wanted.as_of)
    asked = {definition.name: definition}
    falling = "waterfall" in wanted.parts
    if falling:
        asked |= {SUBJECT_STEP + name: one for name, one in steps(definition).items()}
    traits = [wanted.breakdown_by] if "breakdown" in wanted.parts and wanted.breakdown_by else []
    found: dict[str, Any] = {}
    with judging(workspace, asked, context, traits=traits, check=check) as judged:
        people, base = judged.people(definition.name), judged.base(definition)
        if falling:
            found["waterfall"] = falls(definition, judged)
        for part in wanted.parts:
            if part in preview_parts.MAKERS and definition.entity == "customer":
                found[part] = preview_parts.MAKERS[part](workspace, wanted, judged)
    if "findings" in wanted.parts:
        from segmentary.workspace.linting import findings

        found["findings"] = tuple(findings(workspace, definition))
    return Preview(
        people,
        base,
        people / base if base else None,
        context.as_of,
        sentence(definition),
        **found,
        seconds=round(time.perf_counter() - began, 4),
        engine_seconds=round(judged.engine_seconds, 4),
    )


def preview_context(workspace: Workspace, as_of: Moment) -> Context:
    """Return the moment previews judge at: the newest run's, or the one asked for."""
    if as_of is None:
        run = workspace.last_run()
        if run is not None:
            return workspace.context(run.as_of)
        fixed = workspace.derived.learnt("preview moment", workspace.tick)
        return workspace.context(fixed)
    return workspace.context(as_of)


def falls(definition: SegmentDefinition, judged: Judged) -> tuple[Step, ...]:
    """Return the waterfall with every condition's place in the definition."""
    counts = {name: judged.people(SUBJECT_STEP + name) for name in steps(definition)}
    rules = {id(node): pointer for pointer, node in located(definition.where, "where")}
    places: dict[tuple[int, ...], str] = {}
    whole = waterfall(definition, counts, judged.base(definition))
    from segmentary.segments.waterfall import conditions

    for spot in spots(conditions(definition.where)):
        places[spot.path] = rules.get(id(spot.rule), "where")
    return tuple(step_of(fall, (number,), places) for number, fall in enumerate(whole.steps))


def step_of(fall: Fall, path: tuple[int, ...], places: Mapping[tuple[int, ...], str]) -> Step:
    parts = tuple(step_of(part, (*path, number), places) for number, part in enumerate(fall.parts))
    pointer = "/" + places.get(path, "where")
    return Step(pointer, fall.condition, fall.remaining, fall.removed, fall.alone, fall.without, fall.group, parts)
