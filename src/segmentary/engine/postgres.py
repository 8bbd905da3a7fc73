"""PostgreSQL 16 or newer as an engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.postgres_copy import Column, arriving, column_of, leaving, sql_type
from segmentary.engine.sqlfile import identifier, text
from segmentary.errors import EngineError
from segmentary.schema import SQL_TYPES, Table

FUNCTIONS = Path(__file__).with_name("dialects") / "postgres.sql"
OLDEST = 160_000
BATCH_ROWS = 50_000
SETTINGS = (
    "set time zone 'UTC'",
    "set datestyle to 'ISO, YMD'",
    "set extra_float_digits to 1",
    "set standard_conforming_strings to on",
    "set jit to off",  # compiling the widest plans takes longer than running them
    "set client_min_messages to warning",
)
PLAIN_NAME = "segmentary_arriving"


class Postgres:
    """A PostgreSQL database as an `Engine`.

    Parameters
    ----------
    url : ``postgresql://user:password@host:port/database``; `connect` checks addresses from outside.
    schema : where the tables live, made if it is not there; missing means the user's own first one.

    Raises
    ------
    EngineError
        when the server cannot be reached or lets nobody in; no message holds a password.
    """

    dialect = "postgres"

    def __init__(self, url: str, *, schema: str | None = None) -> None:
        import psycopg

        self.place = place_of(url)
        self.secret = unquote(urlsplit(url).password or "")
        try:
            self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise self.failure(error) from None
        try:
            if self.connection.info.server_version < OLDEST:
                raise EngineError(f"{self.place}: PostgreSQL {self.version} is too old", hint="16 or newer is needed")
            if self.connection.info.parameter_status("server_encoding") != "UTF8":
                raise EngineError(
                    f"{self.place}: the database does not hold UTF-8", hint="create database ... encoding 'UTF8'"
                )
            for setting in SETTINGS:
                self.run(setting)
            if schema is not None:
                self.run(f"create schema if not exists {quoted(schema)}")
                self.run(f"set search_path to {quoted(schema)}")
            self.run(functions())
        except BaseException:
            self.connection.close()
            raise

    @property
    def version(self) -> str:
        """The server's version."""
        number = self.connection.info.server_version
        return f"{number // 10000}.{number % 10000}"

    def execute(self, statement: exp.Expr) -> int:
        """Run a statement; return the number of rows it changed."""
        cursor = self.run(text(statement, self.dialect))
        return max(int(cursor.rowcount), 0) if cursor.description is None else 0

    def rows(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        cursor = self.run(text(query, self.dialect))
        return list(cursor.fetchall())

    def value(self, query: exp.Expr) -> Any:
        """Return the single value of a query with one row and one column."""
        rows = self.rows(query)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise EngineError(f"expected one value, got {len(rows)} rows")
        return rows[0][0]

    def table(self, query: exp.Expr) -> pa.Table:
        """Return a query's result as an Arrow table."""
        return self.batches(query).read_all()

    def batches(self, query: exp.Expr) -> pa.RecordBatchReader:
        """Return a query's result piece by piece; read it to its end before asking anything else."""
        sql = text(query, self.dialect)
        columns = self.described(sql)
        schema = pa.schema([(c.name, c.type) for c in columns])
        return pa.RecordBatchReader.from_batches(schema, self.copied(sql, columns))

    def described(self, sql: str) -> list[Column]:
        """Return the columns a query would give, without running it."""
        from psycopg import pq

        connection = self.connection.pgconn
        for answer in (connection.prepare(b"", sql.encode()), connection.describe_prepared(b"")):
            if answer.status != pq.ExecStatus.COMMAND_OK:
                raise self.refusal(bytes(answer.error_message).decode(errors="replace"))
        return [
            column_of((answer.fname(i) or b"").decode(), answer.ftype(i), answer.fmod(i)) for i in range(answer.nfields)
        ]

    def copied(self, sql: str, columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
        """Yield a query's result; a list leaves as JSON."""
        import psycopg

        shown = [f"array_to_json({quoted(c.name)})" if pa.types.is_list(c.type) else quoted(c.name) for c in columns]
        if len({c.name for c in columns}) == len(columns):
            sql = f"select {', '.join(shown)} from ({sql}) as leaving"  # noqa: S608
        try:
            with (
                self.connection.cursor() as cursor,
                cursor.copy(f"copy ({sql}) to stdout (format csv, force_quote *)") as copy,
            ):
                yield from arriving(iter(copy), columns) if columns else ()
        except psycopg.Error as error:
            raise self.failure(error) from error
        except pa.ArrowInvalid as error:
            if "Empty CSV file" not in str(error):
                raise EngineError(f"a result could not be read: {error}") from error

    def create(self, table: Table) -> None:
        """Create a canonical table if it is not there."""
        kinds = {kind: exp.DataType.build(sql, dialect="duckdb").sql("postgres") for kind, sql in SQL_TYPES.items()}
        columns = ", ".join(f"{quoted(c.name)} {kinds[c.type]}{collated(kinds[c.type])}" for c in table.columns)
        self.run(f"create table if not exists {quoted(table.name)} ({columns})")

    def create_as(self, name: str, query: exp.Query, *, temporary: bool = False, order_by: Sequence[str] = ()) -> int:
        """Make (or replace) a table from a query, stored in that order; return its number of rows."""
        if order_by:
            query = exp.select("*").from_(query.copy().subquery("stored")).order_by(*(identifier(n) for n in order_by))
        sql = text(query, self.dialect)
        with self.transaction():
            self.run(f"create {'temporary ' if temporary else ''}table {PLAIN_NAME} as {sql}")
            self.put_in_place(name, temporary=temporary)
        return self.count(name)

    def put_in_place(self, name: str, *, temporary: bool) -> None:
        """Give the table that has just been made its name, instead of the one that had it."""
        if temporary:
            self.run(f"drop table if exists pg_temp.{quoted(name)}")
        else:
            self.run(f"drop table if exists {quoted(name)}")
        self.run(f"alter table {PLAIN_NAME} rename to {quoted(name)}")
        if temporary:
            self.run(f"analyze {quoted(name)}")

    def ingest(self, name: str, data: pa.Table | pa.RecordBatchReader, *, temporary: bool = True) -> int:
        """Make (or replace) a table from Arrow data; return its number of rows."""
        import psycopg

        columns = ", ".join(f"{quoted(field.name)} {sql_type(field.type)}" for field in data.schema)
        batches = data.to_batches(BATCH_ROWS) if isinstance(data, pa.Table) else data
        with self.transaction():
            self.run(f"create {'temporary ' if temporary else ''}table {PLAIN_NAME} ({columns})")
            try:
                with (
                    self.connection.cursor() as cursor,
                    cursor.copy(f"copy {PLAIN_NAME} from stdin (format csv)") as copy,
                ):
                    for batch in batches:
                        copy.write(leaving(batch))
            except psycopg.Error as error:
                raise self.failure(error) from error
            self.put_in_place(name, temporary=temporary)
        return self.count(name)

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(self.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(name, quoted=True))))

    def drop(self, name: str) -> None:
        """Drop a table if it is there, and the views that were made of it."""
        self.run(f"drop table if exists {quoted(name)} cascade")

    def has_table(self, name: str) -> bool:
        """Say whether a table is there."""
        return self.looked_up("select to_regclass(%s) is not null", quoted(name))[0][0] is True

    def columns(self, name: str) -> dict[str, str]:
        """Return column names and SQL types of a table, in order."""
        rows = self.looked_up(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped order by attnum",
            quoted(name),
        )
        if not rows:
            raise EngineError(f"there is no table {name!r}")
        return dict(rows)

    def checksum(self, name: str) -> tuple[int, str]:
        """Return the number of rows of a table and a checksum of them that does not depend on their order."""
        place = quoted(name)
        ((rows, digest),) = self.run(
            f"select count(*), sum(('x' || substr(md5(hashed::text), 1, 15))::bit(60)::bigint) from {place} as hashed"  # noqa: S608
        ).fetchall()
        return int(rows), str(digest or 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commit at the end of the block, roll back when it raises; one may stand inside another."""
        import psycopg

        try:
            with self.connection.transaction():
                yield
        except psycopg.Error as error:
            raise self.failure(error) from error

    def interrupt(self) -> None:
        """Stop what this connection is doing; may be called from another thread."""
        import psycopg

        with suppress(psycopg.Error):
            self.connection.cancel()

    def looked_up(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a fixed query with values."""
        import psycopg

        try:
            return list(self.connection.execute(sql, values).fetchall())
        except psycopg.Error as error:
            raise self.failure(error) from error

    def run(self, sql: str) -> Any:
        """Run SQL text that `text` rendered, turning driver errors into ours."""
        import psycopg

        try:
            return self.connection.execute(sql)
        except psycopg.Error as error:
            raise self.failure(error) from error

    def close(self) -> None:
        """Let go of the server; what is temporary is gone."""
        with suppress(Exception):
            self.connection.close()

    def failure(self, error: Exception) -> EngineError:
        """Return a driver's error as ours."""
        import psycopg

        line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if self.secret:
            line = line.replace(self.secret, "***")
        if isinstance(error, psycopg.errors.DiskFull):
            return EngineError(f"{self.place}: the disk is full: {line}", hint="free some space; nothing was changed")
        if isinstance(error, psycopg.errors.OutOfMemory):
            return EngineError(f"{self.place}: not enough memory: {line}", hint="nothing was changed")
        if (
            isinstance(error, psycopg.errors.InvalidPassword)
            or "password authentication failed" in line
            or "no password supplied" in line
        ):
            return EngineError(f"{self.place}: the server refuses the user or the password", hint="check both")
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            return EngineError(
                f"{self.place}: {line}",
                hint="the user needs the rights to connect, to create tables and temporary tables",
            )
        if isinstance(error, psycopg.OperationalError) and (not hasattr(self, "connection") or self.connection.closed):
            return EngineError(
                f"{self.place}: the server cannot be reached: {line}", hint="is it running, and the address right?"
            )
        return EngineError(f"{self.place}: the warehouse refused a statement: {line}")

    def refusal(self, message: str) -> EngineError:
        """Return a refusal of a query that was only described."""
        line = message.strip().splitlines()[0] if message.strip() else "no reason given"
        return EngineError(f"{self.place}: the warehouse refused a query: {line}")


@cache
def functions() -> str:
    """Return the statements that make our functions in a session."""
    return FUNCTIONS.read_text(encoding="utf-8")


def place_of(url: str) -> str:
    """Return an address without user, password and query."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{parts.hostname or ''}{port}{parts.path}"


def quoted(name: str) -> str:
    return identifier(name).sql("postgres")


def collated(kind: str) -> str:
    return ' collate "C"' if kind.lower() in ("text", "varchar") else ""
