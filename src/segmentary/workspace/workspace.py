"""A workspace: one business, one folder. This is the Python interface; the command line calls nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from segmentary.engine.base import Engine
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import UnknownNameError, UsageError
from segmentary.language.tree import Context, Definition, SegmentDefinition, TraitDefinition
from segmentary.ledger.archive import Archive
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.runs import RunEntry, last_run, runs
from segmentary.schema import ALL_TABLES
from segmentary.settings import Settings
from segmentary.sources.base import Kind
from segmentary.sources.loading import LoadReport
from segmentary.workspace import definitions as defining
from segmentary.workspace.care import Cared
from segmentary.workspace.carrying import elsewhere, following
from segmentary.workspace.clock import Clock, Ticks, system_clock
from segmentary.workspace.column_memory import ColumnMemory
from segmentary.workspace.deriving import Derived
from segmentary.workspace.evaluation import Evaluation
from segmentary.workspace.folder import Borrowed, Folder, Lock
from segmentary.workspace.loading import AddOptions, Loader, Progress, Proposed
from segmentary.workspace.modelled import Modelled
from segmentary.workspace.moments import Moment, as_of_instant
from segmentary.workspace.rebuilding import catch_up
from segmentary.workspace.runs import RunReport
from segmentary.workspace.scoring import outputs_in_force
from segmentary.workspace.speaking import Speaking
from segmentary.workspace.typed import Asked

if TYPE_CHECKING:
    from segmentary.measurement.comparison import Comparison
    from segmentary.measurement.performance import Sales
    from segmentary.measurement.retention import RetentionTable
    from segmentary.profiles.catalog import TraitCatalog
    from segmentary.segments.overlap import Overlap
    from segmentary.segments.suggest import Suggestion
    from segmentary.sources.quality import QualityReport
    from segmentary.workspace.history import History
    from segmentary.workspace.linting import Lint
    from segmentary.workspace.lookup import Lookup
    from segmentary.workspace.reading import SegmentInfo, SegmentView
    from segmentary.workspace.reporting import ReportFiles


class Workspace(Asked, Cared, Modelled, Speaking):
    """One business: its data, definitions and memberships.

    Everything it does either happens completely or leaves the workspace as it was.
    """

    def __init__(self, folder: Folder, settings: Settings, *, clock: Clock = system_clock) -> None:
        self.folder, self.settings = folder, settings
        self.lock: Lock | Borrowed = Lock(folder)
        try:
            folder.archive.mkdir(exist_ok=True)
            self.ledger = Ledger(folder.ledger)
            self.archive = Archive(folder.archive)
            self.archive.tidy()
            self.columns = ColumnMemory()
            self.tick = Ticks(clock, self.last_moment())
            self.attach(DuckDB(folder.warehouse, memory_limit=settings.memory_limit or None))
            for table in ALL_TABLES:
                self.engine.create(table)
            self.recovered = sum(catch_up(self.loader, self.derived, self.warehouse))
        except BaseException:
            self.lock.release()
            raise

    def beside(self) -> Workspace:
        """Return the same workspace for another thread, to read from: connections and temporary tables of its own."""
        other = Workspace.__new__(type(self))
        other.folder, other.settings, other.lock, other.recovered = self.folder, self.settings, Borrowed(), 0
        other.archive, other.tick, other.columns = self.archive, self.tick, self.columns
        other.ledger = Ledger(self.folder.ledger, under_way=self.ledger.under_way)
        other.attach(self.engine.beside(), makes=False)
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files and let the next process in."""
        self.engine.close()
        if self.warehouse is not self.engine:
            self.warehouse.close()
        self.ledger.close()
        self.lock.release()

    def last_moment(self) -> dt.datetime | None:
        """Return the newest moment the ledger knows."""
        from segmentary.ledger.ledger import instant

        rows = self.ledger.rows("select max(happened_at) from audit")
        return instant(rows[0][0]) if rows and rows[0][0] else None

    # ------------------------------------------------------------ sources

    def propose(
        self,
        *targets: object,
        kind: Kind | None = None,
        columns: Mapping[str, str] | None = None,
        name: str | None = None,
        table: str | None = None,
        date_order: str = "",
        **fields: Any,
    ) -> list[Proposed]:
        """Say what files, tables or dataframes are and which column is what, without loading anything.

        Parameters
        ----------
        targets : paths, globs, folders, ``sqlite:///file.db?table=t`` or ``postgresql://`` addresses, dataframes.
        kind : what one row is; columns : corrections, canonical name to source column; name : name of the source;
        table : sheet or table; date_order : ``day_first`` or ``month_first``; fields : other fields of
            `SourceMapping`, such as ``timezone="Europe/London"`` or ``currency="GBP"``.
        """
        options = AddOptions(kind, columns, name, table, date_order, fields)
        return self.loader.propose(targets, options)

    def add(
        self,
        *targets: object,
        kind: Kind | None = None,
        columns: Mapping[str, str] | None = None,
        name: str | None = None,
        table: str | None = None,
        date_order: str = "",
        progress: Progress | None = None,
        **fields: Any,
    ) -> list[LoadReport]:
        """Bring files, tables or dataframes in: all of them or none; the same content again adds nothing.

        Parameters as for `propose`.

        Raises
        ------
        MappingError
            when something has to be decided by a person, such as day-first or month-first.
        """
        found = self.propose(
            *targets, kind=kind, columns=columns, name=name, table=table, date_order=date_order, **fields
        )
        return self.load(found, progress=progress)

    def load(self, proposed: Sequence[Proposed], *, progress: Progress | None = None) -> list[LoadReport]:
        """Load what `propose` returned."""
        return self.loader.add(proposed, progress)

    def quality(self) -> QualityReport:
        """Account for every row of every source, and name what looks wrong."""
        from segmentary.sources.quality import quality

        return quality(self.engine, self.settings)

    # ------------------------------------------------------------ definitions

    def apply(
        self, path: str | Path | None = None, *, dry_run: bool = False, prune: bool = False
    ) -> list[defining.Change]:
        """Bring definitions from files (default: the workspace's ``segments`` folder) into the ledger."""
        from segmentary.workspace.applying import apply_files

        source = Path(path) if path is not None else self.folder.segments
        return apply_files(self, source, dry_run=dry_run, prune=prune)

    def define(self, *given: Definition) -> list[defining.Change]:
        """Put definitions made in Python into force."""
        self.check(given)
        return defining.apply(self.ledger, given, origins={}, at=self.tick())

    def check(self, arriving: Iterable[Any], *, also_lists: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """Validate definitions against the workspace; raise `DefinitionError` on the first that is wrong."""
        from segmentary.workspace.applying import check

        check(self, arriving, also_lists or {})

    def validate(self, path: str | Path | None = None) -> list[str]:
        """Check definition files without applying them; return the names found in order."""
        from segmentary.workspace.applying import validate_files

        return validate_files(self, Path(path) if path is not None else self.folder.segments)

    def lint(self, path: str | Path | None = None) -> list[Lint]:
        """Hold definition files against the data: always or never true, values never seen, near-duplicates."""
        from segmentary.workspace.linting import lint_files

        return lint_files(self, Path(path) if path is not None else self.folder.segments)

    def dump(self, path: str | Path | None = None) -> list[Path]:
        """Write every definition and document in force as YAML files."""
        from segmentary.workspace.documents import dump_documents

        folder = Path(path) if path is not None else self.folder.segments
        return [*defining.dump(self.ledger, folder), *dump_documents(self.ledger, folder)]

    def add_list(self, name: str, ids: Iterable[str]) -> None:
        """Keep a named list of ids, for `list:` in definitions."""
        defining.apply_lists(self.ledger, {name: tuple(dict.fromkeys(ids))}, origin="", at=self.tick())

    def suggest(self) -> list[Suggestion]:
        """List the library's segments, with those this data can support first."""
        from segmentary.segments.suggest import suggest

        return suggest(self.derived.vocabulary(self.traits_defined(), frozenset(), frozenset()))

    def adopt(self, *names: str) -> list[defining.Change]:
        """Put segments of the library into force: those named, or all the data can support."""
        supported = {s.definition.name: s.definition for s in self.suggest() if s.supported}
        for name in names:
            if name not in supported:
                raise UnknownNameError("library segment this data can support", name, supported)
        return self.define(*(supported[name] for name in names or supported))

    def segments_defined(self) -> dict[str, SegmentDefinition]:
        """Return the segments in force, by name."""
        return defining.current_segments(self.ledger)

    def traits_defined(self) -> dict[str, TraitDefinition]:
        """Return the computed traits: the standard ones the data supports, and the workspace's own."""
        return self.derived.traits(defining.current_traits(self.ledger))

    # ------------------------------------------------------------ evaluation

    def context(self, as_of: Moment = None, known_at: Moment = None) -> Context:
        """Return the moment and calendar to judge in; a date means the start of that day in the workspace's zone."""
        zone = self.settings.timezone
        return Context(
            as_of=as_of_instant(as_of, zone) if as_of is not None else self.tick(),
            timezone=zone,
            week_start=self.settings.week_start,
            fiscal_year_start=self.settings.fiscal_year_start,
            known_at=as_of_instant(known_at, zone) if known_at is not None else None,
        )

    def evaluate(
        self,
        segments: Mapping[str, SegmentDefinition],
        context: Context,
        *,
        traits: Iterable[str] = (),
        tell: Callable[[str], None] = lambda _: None,
    ) -> Evaluation:
        """Evaluate segments and what they need, without writing anything that lasts."""
        from segmentary.workspace.evaluating import evaluate_segments

        return evaluate_segments(self, segments, context, traits=traits, tell=tell)

    def run(
        self,
        as_of: Moment = None,
        *,
        known_at: Moment = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> RunReport:
        """Compute profiles, traits, scores and all segments, and serve them; note who entered and left, and why.

        Parameters
        ----------
        as_of : the moment to judge at (default: now); a date means the start of that day in the workspace's zone.
        progress : called with the name of each step.
        """
        from segmentary.workspace.running import run

        return run(self, as_of, known_at, progress)

    def unapplied(self) -> list[str]:
        """Say which definition files differ from what is in force."""
        from segmentary.workspace.running import unapplied

        return unapplied(self)

    def last_run(self) -> RunEntry | None:
        """Return the newest finished run."""
        return last_run(self.ledger)

    def runs(self) -> list[RunEntry]:
        """Return every finished run, oldest first."""
        return runs(self.ledger)

    # ------------------------------------------------------------ reading

    def traits(self) -> TraitCatalog:
        """Describe every trait: type, unit, base, source, fill rate, top values, sensitivity."""
        from segmentary.workspace.reading import trait_catalog

        return trait_catalog(self)

    def segments(self) -> list[SegmentInfo]:
        """List the segments in force, with their sizes as served."""
        from segmentary.workspace.reading import segment_list

        return segment_list(self)

    def segment(self, name: str) -> SegmentView:
        """Return one segment to look into.

        Raises
        ------
        UnknownNameError
            when there is none of that name, with the nearest names.
        """
        from segmentary.workspace.reading import SegmentView

        held = self.segments_defined()
        if name not in held:
            raise UnknownNameError("segment", name, held, see="see `segmentary segment list`")
        return SegmentView(self, held[name])

    @cached_property
    def history(self) -> History:
        """The time of segments: versions, differences, the way back, backfills, moves and stays."""
        from segmentary.workspace.history import History

        return History(self)

    @cached_property
    def lookup(self) -> Lookup:
        """Point look-ups: the segments of a customer, whether a customer is in a segment."""
        from segmentary.workspace.lookup import Lookup

        return Lookup(self)

    def segments_of(self, customer_id: str) -> tuple[str, ...]:
        """Return the names of the segments a customer is in, as served."""
        return self.lookup.segments_of(customer_id)

    def is_member(self, customer_id: str, segment: str) -> bool:
        """Say whether a customer is in a segment, as served."""
        return self.lookup.is_member(customer_id, segment)

    def overlap(self, *names: str) -> Overlap:
        """Count what segments share, as served; without names, all of them."""
        from segmentary.workspace.reading import overlap_of

        return overlap_of(self, names)

    def sales(self, by: str = "month", *, as_of: Moment = None) -> Sales:
        """Add up sales by month, channel, customer, product, category, brand, or any trait of the newest run."""
        from segmentary.workspace.reading import sales_by

        return sales_by(self, by, as_of)

    def compare(self, measure: str, *, by: str, within: str | None = None) -> Comparison:
        """Compare a trait or segment between the groups of another, among the members of a segment or everybody."""
        from segmentary.workspace.comparing import compare

        return compare(self, measure, by, within)

    def retention(self, *, as_of: Moment = None) -> RetentionTable:
        """Count who comes back: cohorts by month of first order."""
        from segmentary.measurement.retention import cohorts

        self.derived.ensure()
        return cohorts(self.warehouse, self.context(as_of if as_of is not None else require_run(self).as_of))

    def report(self, path: str | Path | None = None) -> ReportFiles:
        """Write the report of the newest run: one HTML file, every chart as PNG and SVG, and the numbers as XLSX."""
        from segmentary.workspace.reporting import write_report

        return write_report(self, Path(path) if path is not None else None)

    def attach(self, engine: DuckDB, *, makes: bool = True) -> None:
        """Load and derive here from now on; `warehouse` is where segments are computed and served."""
        self.engine = engine
        self.warehouse: Engine = elsewhere(self.settings.warehouse, self.ledger) or engine
        self.loader = Loader(engine, self.ledger, self.archive, self.settings, self.tick)
        from segmentary.workspace.chat_words import words_of

        outputs = partial(outputs_in_force, self.ledger)
        follow = following(engine, self.warehouse, self.ledger)
        self.derived = Derived(engine, self.settings, follow, outputs, partial(words_of, self.ledger), makes=makes)


def require_run(workspace: Workspace) -> RunEntry:
    """Return the newest run.

    Raises
    ------
    UsageError
        when nothing was ever run.
    """
    entry = last_run(workspace.ledger)
    if entry is None:
        raise UsageError("nothing has been computed yet", hint="run `segmentary run` (or `workspace.run()`) first")
    return entry
