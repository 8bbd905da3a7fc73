"""Versions of definitions: what an edit would change before it is published, how two differ, and the way back."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.errors import UsageError
from segmentary.language.sentence import sentence
from segmentary.language.tree import SegmentDefinition
from segmentary.language.version import version
from segmentary.language.yaml import dump_yaml, parse_document
from segmentary.ledger.versions import Numbered, numbered, resolve
from segmentary.workspace import definitions as defining
from segmentary.workspace.evaluating import evaluate_segments
from segmentary.workspace.evaluation import counts

if TYPE_CHECKING:
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.workspace import Workspace

NOTHING = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a segment. ``number`` 3 is written ``v3``; ``current`` is the one in force."""

    segment: str
    number: int
    version: str
    created_at: dt.datetime
    origin: str
    sentence: str
    current: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of a segment at one moment: who enters, who leaves, and what changed in the definition.

    change : added, changed, retired, rests on (only what it refers to changed), or compared;
    entering, leaving : ids in order, the first so many; the counts are of all;
    sentence_before, sentence_after : both versions in plain English; diff : lines of YAML, with ``-`` and ``+``.
    """

    segment: str
    change: str
    before: str
    after: str
    number_before: int | None
    number_after: int | None
    as_of: dt.datetime
    people_before: int
    people_after: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    entering_count: int
    leaving_count: int
    sentence_before: str
    sentence_after: str
    diff: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two definitions to compare: what it is, and the number it has or would have."""

    definition: SegmentDefinition | None
    number: int | None

    @property
    def version(self) -> str:
        """Its hash; empty when there is no definition."""
        return version(self.definition) if self.definition is not None else NOTHING

    @property
    def sentence(self) -> str:
        """It in plain English."""
        return sentence(self.definition) if self.definition is not None else NOTHING


def versions_of(workspace: Workspace, name: str) -> list[Version]:
    """Return every version of a segment, oldest first."""
    held = known(workspace, name)
    return [
        Version(
            name,
            one.number,
            one.entry.version,
            one.entry.created_at,
            one.entry.origin,
            sentence(parsed(one)),
            one is held[-1] and not one.retired,
        )
        for one in held
    ]


def known(workspace: Workspace, name: str) -> list[Numbered]:
    """Return the numbered versions of a segment there is or was."""
    held = numbered(workspace.ledger, "segment", name)
    if not held:
        workspace.segment(name)  # names what there is instead
        raise UsageError(f"{name} is part of a segmentation", hint="its versions are those of the segmentation's file")
    return held


def parsed(one: Numbered) -> SegmentDefinition:
    definition = parse_document(one.entry.document)
    if not isinstance(definition, SegmentDefinition):
        raise UsageError(f"{one.entry.name} is not a segment")
    return definition


def side_of(workspace: Workspace, name: str, wanted: str) -> Side:
    """Return the version somebody means by ``v3`` or the beginning of a hash."""
    one = resolve(workspace.ledger, "segment", name, wanted)
    return Side(parsed(one), one.number)


def between(
    workspace: Workspace, name: str, before: Side, after: Side, as_of: Moment, *, limit: int = 1000
) -> Difference:
    """Compare two definitions of a segment at the newest run's moment, or another."""
    context = workspace.context(as_of if as_of is not None else moment_of(workspace))
    pair: dict[str, SegmentDefinition] = {}
    for key, side in (("before", before), ("after", after)):
        if side.definition is not None:
            # A name no person can give: the definitions may refer to segments of any name.
            pair[f"/{key}"] = replace(side.definition, name=f"/{key}")
    evaluation = evaluate_segments(workspace, pair, context)
    found = counts(workspace.warehouse, evaluation)
    flags = {key: flag_of(evaluation.segment_columns.get(f"/{key}")) for key in ("before", "after")}
    table = exp.table_(evaluation.flags, quoted=True)
    entering = exp.select(column("customer_id")).from_(table).where(flags["after"], exp.not_(flags["before"]))
    leaving = exp.select(column("customer_id")).from_(table).where(flags["before"], exp.not_(flags["after"]))
    sizes = found.get("/before", 0), found.get("/after", 0)
    moved = Moved(*sizes, entering, leaving)
    return difference(workspace, name, "compared", before, after, context.as_of, moved, limit)


@dataclass(frozen=True, slots=True)
class Moved:
    """People before and after, and the queries of who enters and who leaves."""

    before: int
    after: int
    entering: exp.Select
    leaving: exp.Select


def difference(
    workspace: Workspace,
    name: str,
    change: str,
    before: Side,
    after: Side,
    as_of: dt.datetime,
    moved: Moved,
    limit: int,
) -> Difference:
    entering, leaving = ids(workspace, moved.entering, limit), ids(workspace, moved.leaving, limit)
    entered = moved.after - moved.before + counted(workspace, moved.leaving, leaving, limit)
    return Difference(
        name,
        change,
        before.version,
        after.version,
        before.number,
        after.number,
        as_of,
        moved.before,
        moved.after,
        entering,
        leaving,
        entered,
        entered - moved.after + moved.before,
        before.sentence,
        after.sentence,
        yaml_diff(before.definition, after.definition),
    )


def ids(workspace: Workspace, query: exp.Select, limit: int) -> tuple[str, ...]:
    return tuple(row[0] for row in workspace.warehouse.rows(query.copy().order_by("customer_id").limit(limit)))


def counted(workspace: Workspace, query: exp.Select, seen: Sequence[str], limit: int) -> int:
    if len(seen) < limit:
        return len(seen)
    return int(workspace.warehouse.value(exp.select(exp.Count(this=exp.Star())).from_(query.subquery("people"))))


def flag_of(name: str | None) -> exp.Expr:
    return column(name) if name is not None else exp.false()


def yaml_diff(before: SegmentDefinition | None, after: SegmentDefinition | None) -> tuple[str, ...]:
    """Return the lines of two definitions' YAML: `` `` in both, ``-`` only before, ``+`` only after."""
    old = dump_yaml([before]).splitlines() if before is not None else []
    new = dump_yaml([after]).splitlines() if after is not None else []
    return tuple(f"{line[0]} {line[2:]}".rstrip() for line in difflib.ndiff(old, new) if not line.startswith("? "))


def moment_of(workspace: Workspace) -> dt.datetime | None:
    """Return the moment of the newest run; nothing (now) before the first."""
    run = workspace.last_run()
    return run.as_of if run is not None else None


def preview(
    workspace: Workspace, path: Path, *, prune: bool = False, as_of: Moment = None, limit: int = 10
) -> list[Difference]:
    """Say what applying files would change: per segment whose meaning changes, both versions and who comes and goes.

    Segments that only refer to something that changes are among them. Everything is evaluated twice at one moment, with
    the definitions in force and with those that would be.
    """
    from segmentary.workspace.evaluating import Definitions, in_force

    files = defining.read_files(path)
    workspace.check(files.parsed, also_lists=files.lists)
    held = in_force(workspace)
    changes = defining.apply(
        workspace.ledger, [one.definition for one in files.parsed], origins={}, at=workspace.tick(), prune=prune,
        dry_run=True,
    )  # fmt: skip
    segments, own = defining.would_be(workspace.ledger, [one.definition for one in files.parsed], changes)
    coming = Definitions(segments, workspace.derived.traits(own), {**held.lists, **files.lists})
    old = defining.fingerprints(held.segments, held.traits, held.lists)
    new = defining.fingerprints(coming.segments, coming.traits, coming.lists)
    names = sorted(name for name in {*old, *new} if old.get(name) != new.get(name))
    if not names:
        return []
    context = workspace.context(as_of if as_of is not None else moment_of(workspace))
    two = []
    for prefix, known_then in (("before", held), ("after", coming)):
        asked = {name: known_then.segments[name] for name in names if name in known_then.segments}
        two.append(evaluate_segments(workspace, asked, context, definitions=known_then, prefix=prefix))
    sizes = [counts(workspace.warehouse, one) for one in two]
    found = []
    for name in names:
        sides = Side(held.segments.get(name), None), Side(coming.segments.get(name), None)
        sides = with_numbers(workspace, name, *sides)
        moved = Moved(
            sizes[0].get(name, 0),
            sizes[1].get(name, 0),
            only(two[1].flags, two[1].segment_columns.get(name), two[0].flags, two[0].segment_columns.get(name)),
            only(two[0].flags, two[0].segment_columns.get(name), two[1].flags, two[1].segment_columns.get(name)),
        )
        word = change_of(name, held.segments, coming.segments)
        found.append(difference(workspace, name, word, *sides, context.as_of, moved, limit))
    return found


def change_of(name: str, held: Mapping[str, SegmentDefinition], coming: Mapping[str, SegmentDefinition]) -> str:
    if name not in held:
        return "added"
    if name not in coming:
        return "retired"
    return "changed" if version(held[name]) != version(coming[name]) else "rests on"


def with_numbers(workspace: Workspace, name: str, before: Side, after: Side) -> tuple[Side, Side]:
    """Say which numbers two sides have: the newest there is, and the next one where the meaning differs."""
    held = numbered(workspace.ledger, "segment", name)
    newest = held[-1] if held else None
    old = newest.number if newest is not None and before.definition is not None else None
    if after.definition is None:
        return replace(before, number=old), after
    same = newest is not None and newest.entry.version == after.version
    following = len(held) if same else len(held) + 1
    return replace(before, number=old), replace(after, number=following)


def only(inside: str, flag: str | None, outside: str, other: str | None) -> exp.Select:
    """Return the ids flagged in one table and not in another."""
    query = exp.select(column("customer_id", "inside")).from_(exp.table_(inside, quoted=True, alias="inside"))
    if flag is None:
        return query.where(exp.false())
    query = query.where(column(flag, "inside"))
    if other is None:
        return query
    same = exp.EQ(this=column("customer_id", "outside"), expression=column("customer_id", "inside"))
    return query.join(exp.table_(outside, quoted=True, alias="outside"), on=same, join_type="left").where(
        exp.not_(exp.func("coalesce", column(other, "outside"), exp.false()))
    )


def compare_versions(
    workspace: Workspace, name: str, first: str | None, second: str | None, as_of: Moment, limit: int
) -> Difference:
    """Compare two versions; without names the newest with the one before it, with one name that one with the newest."""
    held = known(workspace, name)
    after = side_of(workspace, name, second) if second else Side(parsed(held[-1]), held[-1].number)
    if first is None:
        if len(held) < 2:
            raise UsageError(f"{name} has one version only", hint="compare with a file: --against FILE")
        before = Side(parsed(held[-2]), held[-2].number)
    else:
        before = side_of(workspace, name, first)
    return between(workspace, name, before, after, as_of, limit=limit)


def compare_file(workspace: Workspace, name: str, path: Path, as_of: Moment, limit: int) -> Difference:
    """Say what a file would make of a segment."""
    for one in defining.read_files(path).parsed:
        if isinstance(one.definition, SegmentDefinition) and one.definition.name == name:
            workspace.check([one])
            held = workspace.segments_defined().get(name)
            before, after = with_numbers(workspace, name, Side(held, None), Side(one.definition, None))
            return between(workspace, name, before, after, as_of, limit=limit)
    raise UsageError(f"{path} does not define segment {name!r}")


def rollback(workspace: Workspace, name: str, to: str) -> defining.Change:
    """Put an older version into force again, as a new version equal to it; nothing is removed.

    Raises
    ------
    UnknownNameError
        when there is no such version.
    UsageError
        when it is the one in force.
    """
    held = known(workspace, name)
    wanted = resolve(workspace.ledger, "segment", name, to)
    if wanted.entry.version == held[-1].entry.version and not held[-1].retired:
        raise UsageError(f"{name} is at {to} already", hint=f"`segmentary segment versions {name}` lists them")
    definition = parsed(wanted)
    workspace.check([definition])
    # No origin: the file it once came from says something else now.
    (change,) = defining.apply(workspace.ledger, [definition], origins={}, at=workspace.tick())
    return change
