"""DuckDB as an engine: tables, Arrow, all-or-nothing, errors that say what to do."""

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB, engine_error, opening_error
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import EngineError, WorkspaceLockedError
from segmentary.schema import ALL_TABLES, EVENTS, ORDER_LINES


@pytest.fixture
def engine():
    database = DuckDB()
    yield database
    database.close()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "warehouse.duckdb"


def numbers(*values):
    return pa.table({"id": pa.array([f"c{v}" for v in values], pa.string()), "n": pa.array(values, pa.int64())})


def everything(name):
    return exp.select("*").from_(exp.table_(name, quoted=True))


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda t: t.name)
def test_every_canonical_table_can_be_made_twice(engine, table):
    engine.create(table)
    engine.create(table)
    assert engine.has_table(table.name)
    assert tuple(engine.columns(table.name)) == table.names
    assert engine.count(table.name) == 0


def test_arrow_in_and_out(engine):
    assert engine.ingest("given", numbers(3, 1, 2)) == 3
    assert engine.table(everything("given")).to_pydict() == {"id": ["c3", "c1", "c2"], "n": [3, 1, 2]}


def test_a_stream_is_read_once_and_an_empty_one_keeps_its_columns(engine):
    reader = pa.RecordBatchReader.from_batches(numbers().schema, [])
    assert engine.ingest("given", reader) == 0
    assert list(engine.columns("given")) == ["id", "n"]


def test_ingest_replaces(engine):
    engine.ingest("given", numbers(1, 2))
    assert engine.ingest("given", numbers(5)) == 1


def test_create_as_stores_in_order(engine):
    engine.ingest("given", numbers(3, 1, 2))
    assert engine.create_as("stored", everything("given"), order_by=("n",)) == 3
    assert [row[1] for row in engine.rows(everything("stored"))] == [1, 2, 3]


def test_money_stays_exact(engine):
    engine.create(ORDER_LINES)
    assert engine.columns("order_lines")["amount"] == "DECIMAL(18,4)"
    total = exp.select(exp.Sum(this=exp.cast(exp.column("v"), "decimal(18,4)"))).from_(
        exp.values([("0.1",), ("0.2",)], alias="t", columns=["v"])
    )
    assert engine.value(total) == Decimal("0.3000")


def test_value_wants_exactly_one(engine):
    engine.ingest("given", numbers(1, 2))
    with pytest.raises(EngineError, match="expected one value, got 2 rows"):
        engine.value(exp.select("n").from_("given"))


def test_execute_says_how_many_rows(engine):
    engine.ingest("given", numbers(1, 2, 3), temporary=False)
    assert engine.execute(exp.delete("given", where="n > 1")) == 2


def test_drop_of_a_table_that_is_not_there(engine):
    engine.drop("nothing")
    engine.ingest("given", numbers(1))
    engine.drop("given")
    assert not engine.has_table("given")


def test_a_failed_transaction_leaves_everything(engine):
    engine.ingest("given", numbers(1), temporary=False)

    def fail():
        with engine.transaction():
            engine.execute(exp.delete("given"))
            engine.create(EVENTS)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail()
    assert engine.count("given") == 1
    assert not engine.has_table("events")


def test_a_transaction_that_ends_is_kept(engine):
    with engine.transaction():
        engine.create(EVENTS)
    assert engine.has_table("events")


def test_a_file_keeps_what_was_written(file):
    first = DuckDB(file)
    first.ingest("given", numbers(1, 2), temporary=False)
    first.checkpoint()
    first.close()
    second = DuckDB(file, threads=1, memory_limit="256MB")
    assert second.count("given") == 2
    second.close()


def test_a_path_with_quotes_and_spaces_is_only_a_path(tmp_path):
    folder = tmp_path / 'it\'s a "shop" – 店'
    folder.mkdir()
    database = DuckDB(folder / "ware house.duckdb")
    database.create(EVENTS)
    database.close()
    assert (folder / "ware house.duckdb").exists()


def test_another_process_is_told_who_has_the_file(file):
    DuckDB(file).close()
    program = (
        "import sys; from pathlib import Path; from segmentary.engine.duckdb import DuckDB\n"
        "held = DuckDB(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(WorkspaceLockedError, match=f"process {other.pid}"):
            DuckDB(file)
    finally:
        other.communicate("")


def test_a_file_that_is_no_database(file):
    file.write_bytes(b"this is not a database, and long enough to be read as one" * 100)
    with pytest.raises(EngineError, match="cannot open the warehouse"):
        DuckDB(file)


def test_a_wrong_statement_is_our_error(engine):
    with pytest.raises(EngineError, match="the warehouse refused"):
        engine.rows(everything("nothing_here"))
    with pytest.raises(EngineError, match="the warehouse refused"):
        engine.table(everything("nothing_here"))


def test_errors_say_what_to_do():
    assert "free some space" in str(engine_error(duckdb.IOException("No space left on device")))
    assert "not enough memory" in str(engine_error(duckdb.OutOfMemoryException("could not allocate")))
    assert "in use by another process" in str(opening_error(None, "Could not set lock on file"))


def test_instants_are_utc_without_zone(engine):
    engine.create(EVENTS)
    assert engine.columns("events")["happened_at"] == "TIMESTAMP"
    instant = dt.datetime(2026, 3, 29, 1, 30)
    assert engine.value(exp.select(exp.cast(exp.Literal.string(str(instant)), "timestamp"))) == instant


def test_batches_hold_every_row_in_order():
    engine = DuckDB()
    query = parse_query("select range as n from range(250000) order by n")
    with engine.batches(query) as batches:
        sizes = [batch.num_rows for batch in batches]
    assert sum(sizes) == 250_000
    assert len(sizes) > 1
    assert engine.value(exp.select("1")) == 1
    engine.close()


def test_a_query_that_cannot_be_read_in_batches_says_so():
    engine = DuckDB()
    with pytest.raises(EngineError, match="refused a statement"):
        engine.batches(exp.select("nothing").from_("nowhere"))
    engine.close()


def test_memory_is_bounded_by_default():
    engine = DuckDB()
    (limit,) = engine.connection.execute("select current_setting('memory_limit')").fetchone()
    assert float(limit.split()[0]) <= 8 * 1024
    engine.close()
