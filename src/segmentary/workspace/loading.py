"""Bring files in: all of one call or nothing, once, and so that the warehouse can be made again from the archive.

The order is what makes it safe: the file is in the archive (synced), then the rows are in an open warehouse
transaction, then the ledger acknowledges (synced), then the warehouse commits. Killed before the acknowledgement,
nothing happened; killed after it, the next opening replays the load from the archive.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.errors import CurrencyError, SourceError, WorkspaceError
from segmentary.ledger.archive import Archive, Archived
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.loads import LoadEntry, append_loads, find_load, last_mapping, load_id_of, loads
from segmentary.settings import Settings
from segmentary.sources.base import Delivery, Kind, Proposal, SourceMapping
from segmentary.sources.currency import currency_error
from segmentary.sources.exports.fields import iso
from segmentary.sources.exports.opening import Again, opened_exports
from segmentary.sources.exports.translation import ExportPart
from segmentary.sources.loading import LoadReport, load
from segmentary.sources.mapping import propose, settled
from segmentary.sources.market import MARKET, of_the_market
from segmentary.sources.open import open_source

if TYPE_CHECKING:
    from segmentary.workspace.clock import Ticks

FILE_FORMATS_KEPT_AS_PARQUET = ("sqlite", "postgresql", "dataframe")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A delivery with what is thought of it; nothing is loaded yet. ``part`` is its number inside its file."""

    delivery: Delivery
    proposal: Proposal
    part: int


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Corrections a person gave.

    kind : what one row is; columns : canonical name to source column; name : name of the source;
    table : sheet or table to take; date_order : day_first or month_first; fields : other fields of the mapping.
    """

    kind: Kind | None = None
    columns: Mapping[str, str] | None = None
    name: str | None = None
    table: str | None = None
    date_order: str = ""
    fields: Mapping[str, Any] | None = None


class Loader:
    """Loads deliveries of a workspace."""

    def __init__(self, engine: Engine, ledger: Ledger, archive: Archive, settings: Settings, tick: Ticks) -> None:
        self.engine = engine
        self.ledger = ledger
        self.archive = archive
        self.settings = settings
        self.tick = tick
        self.again = Again()

    def propose(self, targets: Sequence[object], options: AddOptions) -> list[Proposed]:
        """Say what each delivery is and which column is what."""
        found: list[Proposed] = []
        mappings: dict[tuple[str, tuple[str, ...]], Proposal] = {}
        for target in targets:
            parts: dict[Path | None, int] = {}
            for delivery in self.opened(target, options):
                if isinstance(delivery, ExportPart):
                    found.append(Proposed(delivery, self.of_export(delivery, options), delivery.part))
                    continue
                # A named sheet knows its place among all sheets: replay opens the workbook without a name.
                part = max(parts.get(delivery.path, 0), getattr(delivery, "part", 0))
                parts[delivery.path] = part + 1
                shape = (delivery.name, tuple(column.name for column in delivery.columns))
                if shape not in mappings:
                    mappings[shape] = self.proposal(delivery, options)
                found.append(Proposed(delivery, mappings[shape], part))
        return found

    def opened(self, target: object, options: AddOptions) -> Sequence[Delivery]:
        """Open a target; exports are recognised unless a person says what the rows and columns are."""
        if options.kind is not None or options.columns:
            return open_source(target, name=options.name, table=options.table)
        return opened_exports(target, name=options.name, table=options.table, tag_of=self.tag_of)

    def tag_of(self, source: str) -> str | None:
        """Return which export a source's last file was: "" where it has none yet, None where its rows are plain."""
        document = self.remembered(source)
        return "" if document is None else str(document.get("export", "")) or None

    def remembered(self, source: str) -> Mapping[str, Any] | None:
        """Return how a source is read: what the settings file says, else what its last load did."""
        return self.settings.sources.get(source) or last_mapping(self.ledger, source)

    def of_export(self, part: ExportPart, options: AddOptions) -> Proposal:
        """Return the settled proposal of a part, with the fields a person gave."""
        given = part.proposal
        fields = dict(options.fields or {})
        if given.mapping.id_space in ("account", "household"):
            fields.pop("id_space", None)
        given = replace(given, mapping=replace(given.mapping, **fields)) if fields else given
        if given.mapping.id_space == MARKET and given.mapping.items:
            asked = (*given.mapping.items, *given.mapping.attributes.values())
            given = replace(given, mapping=replace(given.mapping, items=asked, attributes={}))
        return given

    def proposal(self, delivery: Delivery, options: AddOptions) -> Proposal:
        """Propose for one delivery: what the settings file says, then what the last load of the source did."""
        document = self.remembered(delivery.name)
        known = SourceMapping.from_document(document) if document else None
        given = propose(
            delivery,
            settings=self.settings,
            kind=options.kind,
            overrides=dict(options.columns or {}),
            known=known,
            **({"date_order": options.date_order} if options.date_order else {}),
        )
        if options.fields:
            given = replace(given, mapping=replace(given.mapping, **options.fields))
        if given.mapping.kind == "responses" and given.mapping.id_space == MARKET:
            given = of_the_market(given, delivery)
        return given

    def add(self, proposed: Sequence[Proposed], progress: Progress | None = None) -> list[LoadReport]:
        """Load everything or nothing.

        Raises
        ------
        MappingError
            when a proposal still has questions only a person can answer.
        SourceError
            when a file cannot be read; nothing was changed.
        """
        mappings = [settled(one.proposal) for one in proposed]
        known_at = self.tick()
        reports: list[LoadReport] = []
        entries: list[LoadEntry] = []
        unpriced: list[CurrencyError] = []
        with self.engine.transaction():
            for number, (one, mapping) in enumerate(zip(proposed, mappings, strict=True)):
                if progress is not None:
                    progress(f"loading {one.delivery.origin}", number, len(proposed))
                try:
                    report, entry = self.one(one, mapping, known_at, {e.load_id for e in entries})
                except CurrencyError as error:
                    # The other files are looked through too, so that all currencies are named at once.
                    unpriced.append(error)
                    continue
                reports.append(report)
                if entry is not None:
                    entries.append(entry)
            if unpriced:
                raise self.without_rates(unpriced)
            if entries:
                append_loads(self.ledger, entries)
        return reports

    def without_rates(self, errors: Sequence[CurrencyError]) -> CurrencyError:
        """Return one error that names what all of them lack."""
        found = {code for error in errors for code in error.found}
        without = {code for error in errors for code in error.without}
        return currency_error(found, without, self.settings)

    def one(
        self, one: Proposed, mapping: SourceMapping, known_at: dt.datetime, now: set[str]
    ) -> tuple[LoadReport, LoadEntry | None]:
        """Load one delivery inside the open transaction; the entry is missing when it had been loaded before."""
        delivery = one.delivery
        kept, part = self.keep(delivery, one.part)
        load_id = load_id_of(delivery.name, kept.content_hash, part)
        file = Path(delivery.origin).name or delivery.origin
        before = find_load(self.ledger, load_id)
        if before is not None or load_id in now:
            rows = int(before.report.get("rows_read", 0)) if before else 0
            return LoadReport(
                delivery.name, mapping.kind, file, load_id, rows, 0, rows, 0, {}, already_loaded=True
            ), None
        if hasattr(delivery, "received_at"):
            delivery.received_at = iso(known_at)
        batches = delivery.read()
        report = load(
            self.engine,
            batches,
            mapping,
            source=delivery.name,
            load_id=load_id,
            file=file,
            known_at=known_at,
            settings=self.settings,
            rejected=delivery.rejected,
        )
        told = {
            "rows_read": report.rows_read,
            "rows_kept": report.rows_kept,
            "rows_known": report.rows_known,
            "rows_refused": report.rows_refused,
        }
        entry = LoadEntry(
            load_id,
            delivery.name,
            mapping.kind,
            file,
            kept.file,
            kept.content_hash,
            part,
            mapping.to_document(),
            told,
            known_at,
        )
        return report, entry

    def keep(self, delivery: Delivery, part: int) -> tuple[Archived, int]:
        """Put a delivery's bytes into the archive; tables and dataframes are kept as Parquet."""
        if delivery.path is not None and delivery.facts.format not in FILE_FORMATS_KEPT_AS_PARQUET:
            return self.archive.keep(delivery.path), part
        import pyarrow.parquet as pq

        with tempfile.TemporaryDirectory(dir=self.archive.folder) as folder:
            path = Path(folder) / f"{delivery.name}.parquet"
            reader = delivery.read()
            names = [name for name in reader.schema.names if name != "row_number"]
            with pq.ParquetWriter(path, _without_row_number(reader.schema), compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch.select(names))
            return self.archive.keep(path), 0

    def replay(self, entry: LoadEntry) -> None:
        """Load an archived file again, exactly as it was read the first time."""
        mapping = SourceMapping.from_document(entry.mapping)
        delivery = self.archived(entry, mapping)
        with self.engine.transaction():
            load(
                self.engine,
                delivery.read(),
                mapping,
                source=entry.source,
                load_id=entry.load_id,
                file=entry.file,
                known_at=entry.known_at,
                settings=self.settings,
                rejected=delivery.rejected,
            )

    def archived(self, entry: LoadEntry, mapping: SourceMapping) -> Delivery:
        """Open an archived file as it was read the first time."""
        path = self.archive.path(entry.archive_file)
        if mapping.export:
            received_at = iso(entry.known_at)
            return self.again.part(path, entry.source, mapping.export, part=entry.part, received_at=received_at)
        deliveries = open_source(path, name=entry.source)
        if entry.part >= len(deliveries):
            raise WorkspaceError(f"{entry.archive_file} no longer holds part {entry.part}")
        return deliveries[entry.part]

    def catch_up(self, progress: Progress | None = None, *, until: int | None = None) -> int:
        """Replay the loads that the ledger has (the first ``until``) and the warehouse lacks; return how many."""
        query = exp.select("load_id").from_(exp.table_("loads", quoted=True))
        held = {row[0] for row in self.engine.rows(query)}
        missing = [entry for entry in loads(self.ledger)[:until] if entry.load_id not in held]
        for number, entry in enumerate(missing):
            if progress is not None:
                progress(f"replaying {entry.file}", number, len(missing))
            try:
                self.replay(entry)
            except SourceError as error:
                raise WorkspaceError(
                    f"an accepted file cannot be replayed: {entry.archive_file}: {error.message}", hint=error.hint
                ) from error
        return len(missing)


def _without_row_number(schema: Any) -> Any:
    position = schema.get_field_index("row_number")
    return schema.remove(position) if position >= 0 else schema
