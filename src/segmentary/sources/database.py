"""Tables of SQLite and PostgreSQL databases, opened for reading only, delivered as text."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import pyarrow as pa
from sqlglot import exp

from segmentary.errors import SourceError
from segmentary.sources.base import ROW_NUMBER, FileFacts
from segmentary.sources.delivery import BATCH_ROWS, Tabular, text_batches, text_schema
from segmentary.sources.files import LIMITS, Limits
from segmentary.sources.flatten import canonical
from segmentary.sources.names import lower_snake, unique

SQLITE_MAGIC = b"SQLite format 3\x00"


class SqliteTable(Tabular):
    """One table or view of a SQLite file."""

    def __init__(self, name: str, path: Path, table: str, *, limits: Limits = LIMITS) -> None:
        super().__init__(name, f"{path}?table={table}", path, limits=limits)
        self.file = path
        self.table = table

    @property
    def facts(self) -> FileFacts:
        """What kind of database it is."""
        return FileFacts("sqlite", rows=self.row_count)

    @cached_property
    def row_count(self) -> int:
        """The number of rows."""
        count = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(self.table, quoted=True))
        with sqlite_opened(self.file) as connection:
            return int(connection.execute(count.sql("sqlite")).fetchone()[0])

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and every column as text."""
        query = exp.select("*").from_(exp.table_(self.table, quoted=True)).limit(0)
        with sqlite_opened(self.file) as connection:
            cursor = connection.execute(query.sql("sqlite"))
            return text_schema(unique((c[0] for c in cursor.description), reserved=(ROW_NUMBER,)))

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        return text_batches(self.rows(), self.schema)

    def rows(self) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered rows."""
        query = exp.select("*").from_(exp.table_(self.table, quoted=True)).sql("sqlite")
        with sqlite_opened(self.file) as connection:
            connection.text_factory = decoded
            for number, row in enumerate(connection.execute(query), start=1):
                yield number, [canonical(v) for v in row]


def decoded(value: bytes) -> str:
    return value.decode("utf-8", errors="replace")


@contextmanager
def sqlite_opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file for reading only."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)
        try:
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise SourceError(
            f"{path.name}: the database refused: {error}", hint="is it a SQLite file, and unlocked?"
        ) from (error)


def is_sqlite(path: Path) -> bool:
    """Say whether a file is a SQLite database, by its first bytes."""
    with path.open("rb") as file:
        return file.read(16) == SQLITE_MAGIC


def sqlite_tables(path: Path) -> list[str]:
    """Return the names of tables that hold rows; views are read only when named."""
    with sqlite_opened(path) as connection:
        found = connection.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
        names = [row[0] for row in found if not row[0].startswith("sqlite_")]
        return [n for n in names if connection.execute(first_row(n)).fetchone()]


def first_row(table: str) -> str:
    return exp.select(exp.Literal.number(1)).from_(exp.table_(table, quoted=True)).limit(1).sql("sqlite")


def sqlite_source(path: Path, *, table: str | None, name: str | None, limits: Limits = LIMITS) -> list[Tabular]:
    """Return one delivery per table of a SQLite file, or the named one."""
    if not path.is_file():
        raise SourceError(f"{path}: there is no such file", hint="sqlite:///folder/file.db?table=orders")
    if not is_sqlite(path):
        raise SourceError(f"{path.name}: not a SQLite database", hint="sqlite:///folder/file.db?table=orders")
    tables = [table] if table else sqlite_tables(path)
    if not tables:
        raise SourceError(f"{path.name}: no table holds rows")
    if table:
        check_table(table, [*sqlite_names(path)], path.name)
    return [SqliteTable(name or lower_snake(t), path, t, limits=limits) for t in tables]


def sqlite_names(path: Path) -> list[str]:
    with sqlite_opened(path) as connection:
        return [row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")]


def check_table(table: str, names: Sequence[str], where: str) -> None:
    if table.casefold() not in {n.casefold() for n in names}:
        raise SourceError(f"{where}: there is no table {table!r}", hint=f"tables are: {', '.join(sorted(names)[:20])}")


class PostgresTable(Tabular):
    """One table or view of a PostgreSQL database.

    Parameters
    ----------
    address : ``postgresql://user@host/database``; the password is never shown.
    table : ``name`` or ``schema.name``.
    """

    def __init__(self, name: str, address: str, table: str, *, limits: Limits = LIMITS) -> None:
        super().__init__(name, f"{without_password(address)}?table={table}", None, limits=limits)
        self.address = address
        self.table = table

    @property
    def facts(self) -> FileFacts:
        """What kind of database it is."""
        return FileFacts("postgresql")

    @property
    def query(self) -> str:
        """The query that reads the table."""
        place = exp.table_(self.table.rpartition(".")[2], db=self.table.rpartition(".")[0] or None, quoted=True)
        return exp.select("*").from_(place).sql("postgres", identify=True)

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and every column as text."""
        with postgres_opened(self.address) as connection, connection.cursor() as cursor:
            cursor.execute(f"{self.query} limit 0")
            names = unique((c.name for c in cursor.description), reserved=(ROW_NUMBER,))
        return text_schema(names)

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        return text_batches(self.rows(), self.schema)

    def rows(self) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered rows through a cursor of the server: nothing is held whole."""
        with postgres_opened(self.address) as connection, connection.cursor(name="segmentary") as cursor:
            cursor.itersize = BATCH_ROWS
            cursor.execute(self.query)
            for number, row in enumerate(cursor, start=1):
                yield number, [canonical(v) for v in row]


@contextmanager
def postgres_opened(address: str) -> Iterator[Any]:
    """Connect for reading only."""
    try:
        import psycopg
    except ImportError as error:
        raise SourceError(
            "PostgreSQL needs the optional package psycopg", hint='pip install "segmentary[postgres]"'
        ) from error
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            connection.read_only = True
            yield connection
    except psycopg.Error as error:
        lines = str(error).splitlines()
        raise SourceError(
            f"{without_password(address)}: the database refused: {lines[0] if lines else type(error).__name__}",
            hint="check host, user, password (PGPASSWORD works) and table",
        ) from error


def without_password(address: str) -> str:
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit((parts.scheme, f"{user}{parts.hostname or ''}{port}", parts.path, "", ""))


def database_source(url: str, *, table: str | None, name: str | None, limits: Limits = LIMITS) -> list[Tabular]:
    """Open ``sqlite:///path.db?table=orders`` or ``postgresql://user@host/db?table=orders``."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query))
    table = table or given.pop("table", None)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)
        # sqlite:///relative.db and sqlite:////absolute.db, as other tools write it.
        return sqlite_source(Path(path[1:] if path.startswith("/") else path), table=table, name=name, limits=limits)
    address = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(given), ""))
    if not table:
        raise SourceError(f"{without_password(address)}: which table?", hint="add ?table=orders to the address")
    return [PostgresTable(name or lower_snake(table.rpartition(".")[2]), address, table, limits=limits)]
