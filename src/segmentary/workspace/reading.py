"""Looking into segments: as served by the newest run, as served at an earlier moment, or evaluated for any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
from sqlglot import exp

from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.sentence import sentence
from segmentary.language.tree import Context, SegmentDefinition
from segmentary.language.version import version
from segmentary.ledger.definitions import current, positions
from segmentary.ledger.loads import load_count
from segmentary.ledger.runs import RunEntry
from segmentary.ledger.versions import numbered, numbers
from segmentary.segments.history import RunFact, Step, history
from segmentary.segments.membership import counts_query, members_query, sizes
from segmentary.segments.snapshots import served
from segmentary.segments.waterfall import Waterfall, steps, waterfall
from segmentary.workspace.analysing import Analysed
from segmentary.workspace.evaluation import Evaluation, counts, flag_query
from segmentary.workspace.exporting import Export, ExportReport, export, people_table, trait_places
from segmentary.workspace.moments import Moment, as_of_instant
from segmentary.workspace.status import FRESH, States, rests_on, status, status_then
from segmentary.workspace.workspace import Workspace, require_run

if TYPE_CHECKING:
    from segmentary.measurement.performance import Sales
    from segmentary.profiles.catalog import TraitCatalog
    from segmentary.segments.explain import Explanation
    from segmentary.segments.overlap import Overlap
    from segmentary.workspace.versioning import Difference

Basis = Literal["served", "evaluated"]
"""What a reading is of: what a run served, or the definition evaluated now."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A number of people, and what it holds for.

    as_of, known_at : the moment it is judged at, and the knowledge it is judged with; read_at : now;
    lag_seconds : from as_of to now; loads_since : loads that came after the knowledge;
    basis : served (by the newest run), served_at (an earlier moment), evaluated (just now, for a date);
    status : fresh, stale and why, or running; version, version_number : of the definition that was used.
    """

    segment: str
    people: int
    universe: int
    as_of: dt.datetime
    known_at: dt.datetime
    read_at: dt.datetime
    lag_seconds: int
    loads_since: int
    basis: str
    status: str
    version: str
    version_number: int | None


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
    version_number: int | None
    origin: str
    status: str
    as_of: dt.datetime | None
    lag_seconds: int | None
    loads_since: int | None


class SegmentView(Analysed):
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

    def count(
        self,
        *,
        as_of: Moment = None,
        served_at: Moment = None,
        known_at: Moment = None,
        basis: Basis = "served",
    ) -> Reading:
        """Count the members: as served, as served at a moment, or evaluated for a date.

        Parameters
        ----------
        as_of, known_at : evaluate at this moment, with what was known at that one.
        basis : ``evaluated`` evaluates now, whatever was served.
        """
        workspace = self.workspace
        if evaluating(as_of, known_at, served_at, basis):
            evaluation = self.evaluated(as_of, known_at)
            people = counts(workspace.warehouse, evaluation)[self.name]
            return self.reading(people, evaluation.universe_of(self.name), evaluation.context, "evaluated", FRESH)
        run = self.served_run(served_at)
        universe = universe_then(run, self.definition.entity)
        if served_at is not None:
            query = self.ids_query(served_at=served_at).subquery("members")
            people = int(workspace.warehouse.value(exp.select(exp.Count(this=exp.Star())).from_(query)))
            state = status_then(workspace, run, self.moment(served_at))
            return self.reading(people, universe, run, "served_at", state)
        (people,) = workspace.warehouse.rows(counts_query([self.name], positions(workspace.ledger)))[0]
        return self.reading(people, universe, run, "served", status(workspace, run, self.name))

    def reading(self, people: int, universe: int, of: RunEntry | Context, basis: str, state: str) -> Reading:
        """Put a number together with what it holds for."""
        workspace = self.workspace
        now = workspace.tick()
        used = of.segments.get(self.name, "") if isinstance(of, RunEntry) else self.version
        numbers = [one.number for one in numbered(workspace.ledger, "segment", self.name) if one.entry.version == used]
        known_at = known_of(of) or now
        later = load_count(workspace.ledger) - load_count(workspace.ledger, at=known_at)
        return Reading(
            self.name,
            people,
            universe,
            of.as_of,
            known_at,
            now,
            max(0, int((now - of.as_of).total_seconds())),
            later,
            basis,
            state,
            used,
            numbers[-1] if numbers else None,
        )

    def ids_query(
        self, as_of: Moment = None, served_at: Moment = None, known_at: Moment = None, basis: Basis = "served"
    ) -> exp.Query:
        """Return the query of the members' ids."""
        if evaluating(as_of, known_at, served_at, basis):
            return flag_query(self.evaluated(as_of, known_at), self.name)
        run = self.served_run(served_at)
        position = positions(self.workspace.ledger)[self.name]
        if served_at is not None:
            return served(self.workspace.warehouse, self.name, run.run_id, position)
        return members_query(position)

    def ids(
        self,
        *,
        as_of: Moment = None,
        served_at: Moment = None,
        known_at: Moment = None,
        basis: Basis = "served",
    ) -> list[str]:
        """Return the members' ids, sorted."""
        rows = self.workspace.warehouse.rows(self.ids_query(as_of, served_at, known_at, basis))
        return sorted(row[0] for row in rows)

    def people(
        self,
        *,
        limit: int | None = None,
        traits: Iterable[str] = (),
        as_of: Moment = None,
        served_at: Moment = None,
        known_at: Moment = None,
        basis: Basis = "served",
        highest: str | None = None,
    ) -> pa.Table:
        """Return members with traits (those of the newest run), sorted by id or by falling values of one trait."""
        query = self.ids_query(as_of, served_at, known_at, basis)
        return people_table(self.workspace, query, tuple(traits), limit, highest)

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
        return history(self.workspace.warehouse, self.name, facts)

    def waterfall(self, *, as_of: Moment = None) -> Waterfall:
        """Say how many people each condition removes, at the newest run's moment (before the first: now) or another."""
        context = self.workspace.context(self.usual(as_of))
        evaluation = self.workspace.evaluate(steps(self.definition), context)
        universe = evaluation.universes.get(self.definition.entity, evaluation.universe_size)
        return waterfall(self.definition, counts(self.workspace.warehouse, evaluation), universe)

    def diff(
        self,
        against: str | Path | None = None,
        to: str | None = None,
        *,
        as_of: Moment = None,
        limit: int = 1000,
    ) -> Difference:
        """Compare with another definition: a file, a version (``v2`` or its hash), or (default) the version before.

        A file is what the definition in force would become; ``to`` stands for a version instead of the newest.
        """
        from segmentary.workspace.versioning import compare_file, compare_versions

        if against is not None and Path(against).exists():
            return compare_file(self.workspace, self.name, Path(against), as_of, limit)
        first = str(against) if against is not None else None
        return compare_versions(self.workspace, self.name, first, to, as_of, limit)

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

    def evaluated(self, as_of: Moment, known_at: Moment = None) -> Evaluation:
        """Evaluate the definition in force for a date (else the newest run's), with that or other knowledge."""
        return self.workspace.evaluate(
            {self.name: self.definition}, self.workspace.context(self.usual(as_of), known_at)
        )

    def usual(self, as_of: Moment) -> Moment:
        """Return the moment that is judged where none is named: the newest run's; before the first run, now."""
        run = self.workspace.last_run() if as_of is None else None
        return run.as_of if run is not None else as_of

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


def evaluating(as_of: Moment, known_at: Moment, served_at: Moment, basis: Basis) -> bool:
    """Say whether a reading evaluates rather than reads what was served.

    Raises
    ------
    UsageError
        when both are asked for.
    """
    wanted = basis == "evaluated" or as_of is not None or known_at is not None
    if wanted and served_at is not None:
        raise UsageError("as-of evaluates, served-at reads what was served: give one of them")
    return wanted


def known_of(of: RunEntry | Context) -> dt.datetime | None:
    """Return the moment of knowledge of a run or an evaluation; nothing means now."""
    if isinstance(of, Context):
        return of.known_at
    told = of.context.get("known_at")
    return dt.datetime.fromisoformat(told) if told else of.started_at


def universe_then(run: RunEntry, entity: str) -> int:
    """Return how many entities of a kind there were in a run."""
    universes = run.context.get("universes", {})
    return int(universes.get(entity, run.context.get("universe", 0)))


def segment_list(workspace: Workspace) -> list[SegmentInfo]:
    """Return every segment in force with its served size."""
    held = workspace.segments_defined()
    run = workspace.last_run()
    entries = current(workspace.ledger, "segment")
    served = [name for name in held if run is not None and name in run.segments]
    found = sizes(workspace.warehouse, served, positions(workspace.ledger)) if served else {}
    versions = {name: version(one) for name, one in held.items()}
    now = rests_on(workspace, versions=versions) if run is not None else {}
    states = States(workspace, run, now)
    lag = max(0, int((workspace.tick() - run.as_of).total_seconds())) if run is not None else None
    later = load_count(workspace.ledger) - run.loads if run is not None else None
    numbers_of, infos = numbers(workspace.ledger), list[SegmentInfo]()
    for name, definition in held.items():
        people = found.get(name)
        there = people is not None and run is not None
        universe = universe_then(run, definition.entity) if run is not None else 0
        infos.append(
            SegmentInfo(
                name,
                definition.title or name,
                definition.purpose,
                definition.base,
                sentence(definition),
                people,
                people / universe if people is not None and universe else None,
                versions[name],
                numbers_of.get(name),
                entries[name].origin if name in entries else "",
                states.of(name),
                run.as_of if there and run is not None else None,
                lag if there else None,
                later if there else None,
            )
        )
    return infos


def trait_catalog(workspace: Workspace) -> TraitCatalog:
    """Return the catalogue of traits, with figures of the newest run where there is one."""
    from segmentary.profiles.catalog import catalog

    workspace.derived.ensure()
    return catalog(workspace.warehouse, workspace.traits_defined())


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
        workspace.warehouse,
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
    there = [name for name in held if run is not None and name in run.segments]
    for name in names:
        if name not in held:
            raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
        if name not in there:
            raise UsageError(f"{name} was not part of the last run", hint="run `segmentary run`")
    return overlap(workspace.warehouse, names or there, positions(workspace.ledger))
