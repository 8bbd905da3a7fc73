"""Make the warehouse again from the truth, and prove that the one in use equals it."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import SegmentaryError
from segmentary.language.tree import Context
from segmentary.ledger.archive import hash_of
from segmentary.ledger.definitions import lists, positions
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.loads import loads
from segmentary.ledger.runs import RunEntry, last_run, runs
from segmentary.models.rfm import RFM
from segmentary.schema import ALL_TABLES, MEMBERSHIP_LOG, Table
from segmentary.workspace.carrying import clear
from segmentary.workspace.chat_words import words_of
from segmentary.workspace.definitions import current_traits
from segmentary.workspace.deriving import Derived
from segmentary.workspace.evaluation import evaluate
from segmentary.workspace.grouping import universe_of_run
from segmentary.workspace.loading import Loader, Progress
from segmentary.workspace.runs import mark_served, publish_profiles, rebuild_masks, replay_log, served_run
from segmentary.workspace.scoring import models_at

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

# A load remembers the moment it was made; the served tables follow from the log.
SERVED = ("membership", "profile", "traits")
# Bytes of archived files that are read again to see that they are what was written.
READ_WHOLE_BELOW = 200_000_000


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One table compared: rows and checksum in use, and as the truth makes them."""

    table: str
    rows: int
    expected_rows: int
    equal: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found. ``archive`` and ``audit`` say whether those are intact."""

    equal: bool
    tables: tuple[TableCheck, ...]
    archive: bool
    audit: bool
    problems: tuple[str, ...]


def checksums(engine: Engine, names: tuple[str, ...]) -> dict[str, tuple[int, str]]:
    """Return rows and checksum of every table that is there; the order of rows does not matter."""
    found: dict[str, tuple[int, str]] = {}
    for name in names:
        if engine.has_table(name):
            found[name] = engine.checksum(name)
    return found


def checksum_of_copy(engine: Engine, elsewhere: Engine, name: str) -> tuple[int, str]:
    """Return rows and checksum of a table of another database, read as the columns of the table of that name here."""
    if not elsewhere.has_table(name):
        return 0, ""
    kinds = engine.columns(name)
    there = elsewhere.columns(name)
    if set(there) != set(kinds):
        return -1, "other columns"
    picked = exp.select(*(exp.column(column, quoted=True) for column in kinds)).from_(exp.table_(name, quoted=True))
    engine.ingest("copied", elsewhere.batches(picked))
    same = exp.select(
        *(
            exp.cast(exp.column(column, quoted=True), kind, dialect="duckdb").as_(column, quoted=True)
            for column, kind in kinds.items()
        )
    ).from_(exp.table_("copied", quoted=True))
    engine.create_as("copied_as_here", same, temporary=True)
    return engine.checksum("copied_as_here")


def compared_tables() -> tuple[str, ...]:
    """Return the names of all tables that must come out equal."""
    tables: tuple[Table, ...] = ALL_TABLES
    return (*(table.name for table in tables), *SERVED)


def compare(used: dict[str, tuple[int, str]], made: dict[str, tuple[int, str]]) -> tuple[TableCheck, ...]:
    """Put both side by side."""
    nothing = (0, "")
    return tuple(
        TableCheck(
            name,
            used.get(name, nothing)[0],
            made.get(name, nothing)[0],
            used.get(name, nothing) == made.get(name, nothing),
        )
        for name in sorted({*used, *made})
    )


def rebuild(workspace: Workspace, progress: Progress | None = None) -> int:
    """Replace the warehouse by one made from archive and ledger; return how many loads were replayed."""
    partial = workspace.folder.root / "warehouse.rebuilding.duckdb"
    replayed = rebuild_into(workspace, partial, progress)
    workspace.engine.close()
    if workspace.warehouse is not workspace.engine:
        clear(workspace.warehouse)
        workspace.warehouse.close()
    for leftover in (workspace.folder.warehouse, log_of(workspace.folder.warehouse)):
        leftover.unlink(missing_ok=True)
    shutil.move(partial, workspace.folder.warehouse)
    workspace.attach(DuckDB(workspace.folder.warehouse, memory_limit=workspace.settings.memory_limit or None))
    catch_up(workspace.loader, workspace.derived, workspace.warehouse, progress)
    return replayed


def rebuild_into(workspace: Workspace, path: Path, progress: Progress | None = None) -> int:
    """Make a warehouse file from archive and ledger; return how many loads were replayed."""
    for leftover in (path, log_of(path)):
        leftover.unlink(missing_ok=True)
    engine = DuckDB(path, memory_limit=workspace.settings.memory_limit or None)
    ledger, archive, settings = workspace.ledger, workspace.archive, workspace.settings
    try:
        for table in ALL_TABLES:
            engine.create(table)
        loader = Loader(engine, ledger, archive, settings, workspace.tick)
        derived = Derived(engine, settings)
        replayed, _ = catch_up(loader, derived, engine, progress)
        derived.ensure()
        engine.checkpoint()
    finally:
        engine.close()
    return replayed


def log_of(path: Path) -> Path:
    """Return where DuckDB keeps the write-ahead log of a file."""
    return path.with_name(path.name + ".wal")


def catch_up(loader: Loader, derived: Derived, warehouse: Engine, progress: Progress | None = None) -> tuple[int, int]:
    """Bring a warehouse to what archive and ledger say; return how many loads and runs it had lacked.

    What is served was computed from the loads of its time: it is made again between those and the later ones.
    """
    ledger = loader.ledger
    newest = last_run(ledger)
    if newest is None or served_run(warehouse) == newest.run_id:
        return loader.catch_up(progress), 0
    loads_replayed = loader.catch_up(progress, until=newest.loads)
    derived.ensure()
    runs_replayed = replay_log(warehouse, ledger, loader.archive)
    restore_served(warehouse, ledger, derived, newest)
    return loads_replayed + loader.catch_up(progress), max(runs_replayed, 1)


def restore_served(engine: Engine, ledger: Ledger, derived: Derived, entry: RunEntry) -> None:
    """Make membership, profiles and traits of the newest run again, with what was known, defined and learnt then."""
    known = entry.context.get("known_at")
    context = Context(
        as_of=entry.as_of,
        timezone=entry.context["timezone"],
        week_start=entry.context["week_start"],
        fiscal_year_start=entry.context["fiscal_year_start"],
        known_at=dt.datetime.fromisoformat(known) if known else entry.known_at,
    )
    document = entry.models.get("rfm")
    traits = derived.traits(current_traits(ledger, at=entry.started_at))
    evaluation = evaluate(
        engine,
        segments={},
        traits={name: one for name, one in traits.items() if name not in entry.context.get("traits_left_out", ())},
        attributes={**words_of(ledger, at=entry.started_at)[0], **derived.observed()},
        context=context,
        lists=lists(ledger, at=entry.started_at),
        frozen_rfm=RFM.from_document(document) if document else None,
        models=models_at(ledger, entry.models.get("models", {})),
    )
    with engine.transaction():
        universe = universe_of_run(engine, evaluation, entry.context.get("universes", {}))
        rebuild_masks(engine, positions(ledger, at=entry.started_at), universe)
        publish_profiles(engine, evaluation)
        mark_served(engine, entry.run_id)


def verify(workspace: Workspace, progress: Progress | None = None) -> Verification:
    """Make the warehouse again beside the one in use and compare; nothing in use is changed."""
    problems = archive_problems(workspace)
    audit = workspace.ledger.audit_intact()
    if not audit:
        problems.append("the audit trail was edited or cut")
    workspace.derived.ensure()
    used = checksums(workspace.engine, compared_tables())
    elsewhere = workspace.warehouse if workspace.warehouse is not workspace.engine else None
    made: dict[str, tuple[int, str]] = {}
    with tempfile.TemporaryDirectory(dir=workspace.folder.root, prefix="verifying-") as folder:
        path = Path(folder) / "warehouse.duckdb"
        try:
            rebuild_into(workspace, path, progress)
            engine = DuckDB(path)
            try:
                made = checksums(engine, compared_tables())
                if elsewhere is not None:
                    served = (MEMBERSHIP_LOG.name, *SERVED)
                    used |= {name: checksum_of_copy(engine, elsewhere, name) for name in served if name in made}
            finally:
                engine.close()
        except SegmentaryError as error:
            # What could not be made cannot be compared.
            problems.append(str(error))
            return Verification(False, (), not archive_problems(workspace), audit, tuple(problems))
    tables = compare(used, made)
    problems += [
        f"table {one.table} differs: {one.rows} rows, {one.expected_rows} expected" for one in tables if not one.equal
    ]
    intact = not archive_problems(workspace)
    return Verification(not problems, tables, intact, audit, tuple(problems))


def archive_problems(workspace: Workspace) -> list[str]:
    """Name the archived files that are gone or changed; the content of a large archive is not read."""
    problems = []
    folder = workspace.folder.archive
    entries = {load.archive_file: load for load in loads(workspace.ledger)}
    there = {file for file in entries if (folder / file).exists()}
    small = sum((folder / file).stat().st_size for file in there) < READ_WHOLE_BELOW
    for file, load in entries.items():
        if file not in there:
            problems.append(f"the archive has lost {file} ({load.file})")
        elif small and not workspace.archive.holds(file, load.content_hash):
            problems.append(f"{file} ({load.file}) in the archive is not what was written")
    for run in runs(workspace.ledger):
        path = workspace.folder.archive / run.changes_file
        if not path.exists():
            problems.append(f"the archive has lost {run.changes_file}")
        elif hash_of(path) != run.changes_hash:
            problems.append(f"{run.changes_file} in the archive is not what was written")
    return problems
