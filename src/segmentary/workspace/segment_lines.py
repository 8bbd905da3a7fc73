"""The list of segments as one works with it: sizes over the last runs, what changed, who uses each, what kind it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.language.tree import SegmentDefinition, StaticList
from segmentary.language.walk import models_used, traits_used
from segmentary.ledger.records import current_records
from segmentary.ledger.runs import RunEntry
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.workspace.reading import SegmentInfo, segment_list
from segmentary.workspace.status import FRESH, NEVER_RUN, RUNNING
from segmentary.workspace.used_by import Use, uses

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

RUNS_SHOWN = 30
KINDS = ("rules", "discovered", "scored", "list")


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One segment in the list.

    kind : rules, discovered (a solution places people), scored (a prediction decides), list (ids somebody gave).
    entity : customer, account or household. state : fresh, stale, running or never; status says it in words.
    change : people more or less than after the run before (None: there is none, or it is new in this one);
    series : sizes after the last runs, oldest first; used_by : who uses it.
    """

    name: str
    title: str
    purpose: str
    base: str
    entity: str
    kind: str
    sentence: str
    people: int | None
    share: float | None
    change: int | None
    series: tuple[int, ...]
    state: str
    status: str
    used_by: tuple[Use, ...]
    version: str
    version_number: int | None
    origin: str
    as_of: dt.datetime | None


def segment_lines(workspace: Workspace) -> list[SegmentLine]:
    """Return every segment in force, in the order of their names."""
    infos = segment_list(workspace)
    held, using = workspace.segments_defined(), uses(workspace)
    series = sizes_over_runs(workspace, {one.name: one.people for one in infos if one.people is not None})
    made = makers(workspace)
    found = [line(one, held[one.name], using[one.name], series.get(one.name, ()), made) for one in infos]
    return sorted(found, key=lambda one: one.name)


@dataclass(frozen=True, slots=True)
class Makers:
    """What decides for others who belongs: solutions in force by name, and traits that predictions score."""

    solutions: frozenset[str]
    scores: frozenset[str]


def makers(workspace: Workspace) -> Makers:
    """Return what places and scores people."""
    scored: set[str] = set()
    if current_records(workspace.ledger, "prediction"):
        scored = {trait for one in workspace.predictions.kept() for trait in one.outputs}
    return Makers(frozenset(current_records(workspace.ledger, "model")), frozenset(scored))


def line(
    info: SegmentInfo, definition: SegmentDefinition, used: list[Use], series: tuple[int, ...], made: Makers
) -> SegmentLine:
    return SegmentLine(
        info.name,
        info.title,
        info.purpose,
        info.base,
        definition.entity,
        kind_of(definition, made),
        info.sentence,
        info.people,
        info.share,
        series[-1] - series[-2] if len(series) > 1 else None,
        series,
        state_of(info.status),
        info.status,
        tuple(used),
        info.version,
        info.version_number,
        info.origin,
        info.as_of,
    )


def kind_of(definition: SegmentDefinition, made: Makers) -> str:
    """Say how a segment decides who belongs: rules, discovered, scored or list."""
    traits = traits_used(definition.where)
    asked = models_used(definition.where) | {one.partition(".")[0] for one in traits if "." in one}
    if asked & made.solutions:
        return "discovered"
    if asked or traits & made.scores:
        return "scored"
    if isinstance(definition.where, StaticList):
        return "list"
    return "rules"


def state_of(status: str) -> str:
    """Return fresh, stale, running or never.

    >>> state_of("stale: 2 loads came since the run"), state_of("never run: it asks too much")
    ('stale', 'never')
    """
    if status in (FRESH, RUNNING):
        return status
    return "never" if status.startswith(NEVER_RUN) else "stale"


def sizes_over_runs(workspace: Workspace, now: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Return the sizes of segments after each of the last runs that had them, oldest first.

    They are counted back from the sizes now with the entries and exits of each run, so that only the newest part of
    the log is read.
    """
    runs = workspace.runs()[-RUNS_SHOWN:]
    if not now or len(runs) < 2:
        return {name: (size,) for name, size in now.items()}
    moved: dict[tuple[int, str], int] = {}
    for run_id, segment, came, went in workspace.warehouse.rows(moves_since(runs[0].run_id)):
        moved[int(run_id), segment] = int(came) - int(went)
    return {name: counted_back(name, size, runs, moved) for name, size in now.items()}


def counted_back(name: str, size: int, runs: list[RunEntry], moved: Mapping[tuple[int, str], int]) -> tuple[int, ...]:
    sizes: list[int] = []
    for run in reversed(runs):
        if name not in run.segments:
            break
        sizes.append(size)
        size -= moved.get((run.run_id, name), 0)
    return tuple(reversed(sizes))


def moves_since(run_id: int) -> exp.Select:
    """Return run, segment, people who came and who went, of the runs after one."""

    def many(entered: bool) -> exp.Expr:
        test = column("entered") if entered else exp.not_(column("entered"))
        counted: Any = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=test))
        return counted.as_("came" if entered else "went", quoted=True)  # type: ignore[no-any-return]

    return (
        exp.select(column("run_id"), column("segment"), many(True), many(False))
        .from_(exp.table_(MEMBERSHIP_LOG.name, quoted=True))
        .where(column("run_id") > literal(run_id))
        .group_by(column("run_id"), column("segment"))
    )


def segment_line(workspace: Workspace, name: str) -> SegmentLine:
    """Return the line of one segment.

    Raises
    ------
    UnknownNameError
        when there is none of that name.
    """
    workspace.segment(name)
    return next(one for one in segment_lines(workspace) if one.name == name)


def wanted(
    lines: list[SegmentLine],
    *,
    search: str = "",
    base: str = "",
    kind: str = "",
    state: str = "",
    changed: bool = False,
) -> list[SegmentLine]:
    """Return the lines that fit: every word of the search in name, title, purpose or rule."""
    words = search.casefold().split()

    def fits(one: SegmentLine) -> bool:
        text = " ".join((one.name, one.title, one.purpose, one.sentence)).casefold()
        return (
            all(word in text for word in words)
            and (not base or one.base == base)
            and (not kind or one.kind == kind)
            and (not state or one.state == state)
            and (not changed or bool(one.change))
        )

    return [one for one in lines if fits(one)]
