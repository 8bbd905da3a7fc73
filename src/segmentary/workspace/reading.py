"""Looking into segments: as served by the newest run, as served at an earlier moment, or evaluated for any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.sentence import sentence
from segmentary.language.tree import SegmentDefinition
from segmentary.language.version import version
from segmentary.language.yaml import parse_document
from segmentary.ledger.definitions import current, lists, positions, versions
from segmentary.ledger.loads import load_count
from segmentary.ledger.runs import RunEntry
from segmentary.segments.history import RunFact, Step, history, served_query
from segmentary.segments.membership import counts_query, members_query
from segmentary.segments.waterfall import Waterfall, steps, waterfall
from segmentary.workspace.definitions import fingerprints, read_files
from segmentary.workspace.evaluation import Evaluation, counts, flag_query
from segmentary.workspace.exporting import Export, ExportReport, export, people_table, trait_places
from segmentary.workspace.moments import Moment, as_of_instant
from segmentary.workspace.workspace import Workspace, require_run

if TYPE_CHECKING:
    from segmentary.measurement.performance import Sales
    from segmentary.profiles.catalog import TraitCatalog
    from segmentary.segments.explain import Explanation
    from segmentary.segments.overlap import Overlap


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of people, and what it holds for.

    basis : served (by the newest run), served_at (an earlier moment), evaluated (just now, for a date);
    status : fresh, or stale when a load or a new definition has come since the run.
    """

    segment: str
    people: int
    universe: int
    as_of: dt.datetime
    basis: str
    status: str
    version: str


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One line of the list of segments. ``people`` is missing until the first run."""

    name: str
    title: str
    purpose: str
    base: str
    sentence: str
    people: int | None
    share: float | None
    version: str
    origin: str
    status: str


@dataclass(frozen=True, slots=True)
class Difference:
    """Who would enter and leave if one definition were replaced by another, at the same moment."""

    segment: str
    before: str
    after: str
    people_before: int
    people_after: int
    entering: tuple[str, ...]
    leaving: tuple[str, ...]
    entering_count: int
    leaving_count: int


class SegmentView:
    """One segment of a workspace."""

    def __init__(self, workspace: Workspace, definition: SegmentDefinition) -> None:
        self.workspace = workspace
        self.definition = definition
        self.name = definition.name

    @property
    def version(self) -> str:
        """The hash of the definition in force."""
        return version(self.definition)

    @property
    def sentence(self) -> str:
        """The definition in plain English."""
        return sentence(self.definition)

    def count(self, *, as_of: Moment = None, served_at: Moment = None) -> Reading:
        """Count the members: as served, as served at a moment, or evaluated for a date."""
        if as_of is not None:
            evaluation = self.evaluated(as_of)
            people = counts(self.workspace.engine, evaluation)[self.name]
            universe = evaluation.universe_size
            return Reading(self.name, people, universe, evaluation.context.as_of, "evaluated", "fresh", self.version)
        run = self.served_run(served_at)
        universe = int(run.context.get("universe", 0))
        if served_at is not None:
            query = served_query(self.name, self.moment(served_at)).subquery("members")
            people = int(self.workspace.engine.value(exp.select(exp.Count(this=exp.Star())).from_(query)))
            used = run.segments.get(self.name, "")
            return Reading(self.name, people, universe, run.as_of, "served_at", "fresh", used)
        (people,) = self.workspace.engine.rows(counts_query([self.name], positions(self.workspace.ledger)))[0]
        used = run.segments.get(self.name, "")
        return Reading(self.name, people, universe, run.as_of, "served", status(self.workspace, run, self.name), used)

    def ids_query(self, as_of: Moment = None, served_at: Moment = None) -> exp.Query:
        """Return the query of the members' ids."""
        if as_of is not None:
            return flag_query(self.evaluated(as_of), self.name)
        self.served_run(served_at)
        if served_at is not None:
            return served_query(self.name, self.moment(served_at))
        return members_query(positions(self.workspace.ledger)[self.name])

    def ids(self, *, as_of: Moment = None, served_at: Moment = None) -> list[str]:
        """Return the members' ids, sorted."""
        rows = self.workspace.engine.rows(self.ids_query(as_of, served_at))
        return sorted(row[0] for row in rows)

    def people(
        self,
        *,
        limit: int | None = None,
        traits: Iterable[str] = (),
        as_of: Moment = None,
        served_at: Moment = None,
        highest: str | None = None,
    ) -> pa.Table:
        """Return members with traits (those of the newest run), sorted by id or by falling values of one trait."""
        if as_of is not None and served_at is not None:
            raise UsageError("as-of evaluates, served-at reads what was served: give one of them")
        return people_table(self.workspace, self.ids_query(as_of, served_at), tuple(traits), limit, highest)

    def explain(self, customer_id: str, *, as_of: Moment = None) -> Explanation:
        """Say why a customer is, or is not, in this segment: every condition, with the values that decided."""
        from segmentary.workspace.explaining import explain

        return explain(self.workspace, self.definition, customer_id, as_of)

    def history(self) -> list[Step]:
        """Return size, entries and exits, run by run."""
        facts = [
            RunFact(run.run_id, run.as_of, run.finished_at, run.segments.get(self.name, ""))
            for run in self.workspace.runs()
        ]
        return history(self.workspace.engine, self.name, facts)

    def waterfall(self, *, as_of: Moment = None) -> Waterfall:
        """Say how many people each condition removes, at the newest run's moment or another."""
        moment = as_of if as_of is not None else require_run(self.workspace).as_of
        evaluation = self.workspace.evaluate(steps(self.definition), self.workspace.context(moment))
        return waterfall(self.definition, counts(self.workspace.engine, evaluation), evaluation.universe_size)

    def diff(self, against: str | Path | None = None, *, as_of: Moment = None, limit: int = 1000) -> Difference:
        """Compare with another definition: a file, an earlier version's hash, or (default) the version before.

        The definition in force is ``before``; a file is what it would become.
        """
        other, label = self.other_definition(against)
        moment = as_of if as_of is not None else require_run(self.workspace).as_of
        old, new = self.definition, other
        if label.startswith("version "):
            old, new = other, self.definition
        pair = {"before": replace(old, name="before"), "after": replace(new, name="after")}
        evaluation = self.workspace.evaluate(pair, self.workspace.context(moment))
        found = counts(self.workspace.engine, evaluation)
        entering = self.only(evaluation, "after", "before")
        leaving = self.only(evaluation, "before", "after")
        return Difference(
            self.name,
            version(old),
            version(new),
            found["before"],
            found["after"],
            tuple(entering[:limit]),
            tuple(leaving[:limit]),
            len(entering),
            len(leaving),
        )

    def only(self, evaluation: Evaluation, inside: str, outside: str) -> list[str]:
        """Return the ids in one segment of an evaluation and not in another, sorted."""
        yes = exp.column(evaluation.segment_columns[inside], quoted=True)
        no = exp.column(evaluation.segment_columns[outside], quoted=True)
        query = (
            exp.select("customer_id")
            .from_(exp.table_(evaluation.flags, quoted=True))
            .where(yes, exp.not_(no))
            .order_by("customer_id")
        )
        return [row[0] for row in self.workspace.engine.rows(query)]

    def other_definition(self, against: str | Path | None) -> tuple[SegmentDefinition, str]:
        """Return the definition to compare with, and what it is."""
        if against is not None and Path(against).exists():
            for one in read_files(Path(against)).parsed:
                if isinstance(one.definition, SegmentDefinition) and one.definition.name == self.name:
                    self.workspace.check([one])
                    return one.definition, "file"
            raise UsageError(f"{against} does not define segment {self.name!r}")
        held = [entry for entry in versions(self.workspace.ledger, "segment", self.name) if not entry.retired]
        if against is None:
            if len(held) < 2:
                raise UsageError(f"{self.name} has one version only", hint="compare with a file: --against FILE")
            chosen = held[-2]
        else:
            fitting = [entry for entry in held if entry.version.startswith(str(against))]
            if not fitting:
                raise UnknownNameError("version or file", str(against), [entry.version[:12] for entry in held])
            chosen = fitting[-1]
        definition = parse_document(chosen.document)
        if not isinstance(definition, SegmentDefinition):
            raise UsageError(f"{self.name} is not a segment")
        return definition, f"version {chosen.version[:12]}"

    def export(
        self,
        path: str | Path,
        *,
        file_format: str | None = None,
        traits: Iterable[str] = (),
        for_contact: str | None = None,
        purpose: str = "marketing",
        exported_by: str = "",
        as_of: Moment = None,
        served_at: Moment = None,
    ) -> ExportReport:
        """Write the members to a file. With `for_contact` (a channel), those who may not be contacted are left out."""
        query = self.ids_query(as_of, served_at)
        wish = Export(Path(path), file_format, tuple(traits), for_contact, purpose, exported_by)
        return export(self, query, self.count(as_of=as_of, served_at=served_at), wish)

    def evaluated(self, as_of: Moment) -> Evaluation:
        """Evaluate the definition in force for a date."""
        return self.workspace.evaluate({self.name: self.definition}, self.workspace.context(as_of))

    def moment(self, served_at: Moment) -> dt.datetime:
        """Return the instant of a moment."""
        if served_at is None:
            raise UsageError("no moment given")
        return as_of_instant(served_at, self.workspace.settings.timezone)

    def served_run(self, served_at: Moment) -> RunEntry:
        """Return the run that was served at a moment (default: the newest).

        Raises
        ------
        UsageError
            when nothing was served yet, naming the earliest moment.
        """
        newest = require_run(self.workspace)
        if served_at is None:
            if self.name not in newest.segments:
                raise UsageError(f"{self.name} was not part of the last run", hint="run `segmentary run`")
            return newest
        moment = self.moment(served_at)
        earlier = [run for run in self.workspace.runs() if run.finished_at <= moment]
        if not earlier:
            first = self.workspace.runs()[0].finished_at
            raise UsageError(
                f"nothing was served at {moment.isoformat()}", hint=f"the first run was at {first.isoformat()}"
            )
        return earlier[-1]


def rests_on(workspace: Workspace) -> dict[str, str]:
    """Return per segment a hash of everything its meaning rests on now: definitions, traits, lists."""
    return fingerprints(workspace.segments_defined(), workspace.traits_defined(), lists(workspace.ledger))


def status(workspace: Workspace, run: RunEntry, name: str, now: Mapping[str, str] | None = None) -> str:
    """Say whether what is served still holds: fresh, or stale and why. ``now`` is `rests_on`, where it is known."""
    then: Mapping[str, str] = run.context.get("depends", {})
    if (now if now is not None else rests_on(workspace)).get(name) != then.get(name):
        return "stale: the definition, or one it rests on, changed since the run"
    later = load_count(workspace.ledger) - run.loads
    return f"stale: {later} loads came since the run" if later else "fresh"


def segment_list(workspace: Workspace) -> list[SegmentInfo]:
    """Return every segment in force with its served size."""
    held = workspace.segments_defined()
    run = workspace.last_run()
    entries = current(workspace.ledger, "segment")
    served = [name for name in held if run is not None and name in run.segments]
    sizes: dict[str, int] = {}
    if served:
        found = workspace.engine.rows(counts_query(served, positions(workspace.ledger)))[0]
        sizes = dict(zip(served, found, strict=True))
    universe = int(run.context.get("universe", 0)) if run else 0
    now = rests_on(workspace) if run is not None else {}
    infos = []
    for name, definition in held.items():
        people = sizes.get(name)
        view = SegmentView(workspace, definition)
        infos.append(
            SegmentInfo(
                name,
                definition.title or name,
                definition.purpose,
                definition.base,
                view.sentence,
                people,
                people / universe if people is not None and universe else None,
                view.version,
                entries[name].origin,
                status(workspace, run, name, now) if run is not None and name in sizes else "not run yet",
            )
        )
    return infos


def trait_catalog(workspace: Workspace) -> TraitCatalog:
    """Return the catalogue of traits, with figures of the newest run where there is one."""
    from segmentary.profiles.catalog import catalog

    workspace.derived.ensure()
    return catalog(workspace.engine, workspace.traits_defined())


def sales_by(workspace: Workspace, by: str, as_of: Moment) -> Sales:
    """Add up sales by a built-in dimension or a trait of the newest run."""
    from segmentary.measurement.performance import LINE_DIMENSIONS, ORDER_DIMENSIONS, sales

    workspace.derived.ensure()
    run = require_run(workspace)
    built_in = (*ORDER_DIMENSIONS, *LINE_DIMENSIONS)
    places = trait_places(workspace)
    if by not in built_in and by not in places:
        raise UnknownNameError("dimension or trait", by, [*built_in, *places], see=f"one of {', '.join(built_in)}")
    return sales(
        workspace.engine,
        workspace.context(as_of if as_of is not None else run.as_of),
        by=by,
        currency=workspace.settings.currency,
        trait_table=None if by in built_in else places[by],
        small=workspace.settings.suppress_below,
    )


def overlap_of(workspace: Workspace, names: Sequence[str]) -> Overlap:
    """Count what segments of the newest run share; without names, all of them."""
    from segmentary.segments.overlap import overlap

    held, run = workspace.segments_defined(), workspace.last_run()
    served = run.segments if run is not None else {}
    for name in names:
        if name not in held:
            raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
        if name not in served:
            raise UsageError(f"{name} was not part of the last run", hint="run `segmentary run`")
    wanted = names or tuple(name for name in held if name in served)
    return overlap(workspace.engine, wanted, positions(workspace.ledger))
