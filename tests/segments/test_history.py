"""History is the log, added up; what was served at a moment is the log until then."""

import datetime as dt

import pyarrow as pa
import pytest

from segmentary.engine.duckdb import DuckDB
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.history import RunFact, history, served_query

DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2026, 3, 1, 12)
# run, segment, customer, entered, reason
LOG = [
    (1, "vip", "ann", True, "backfill"),
    (1, "vip", "bob", True, "backfill"),
    (1, "new", "cyd", True, "backfill"),
    (2, "vip", "bob", False, "ageing"),
    (2, "vip", "cyd", True, "event"),
    (4, "vip", "bob", True, "late_data"),
    (4, "vip", "ann", False, "edit"),
]


def moment(run):
    return FIRST + run * DAY


@pytest.fixture
def engine():
    database = DuckDB()
    rows = [
        (run, segment, who, entered, moment(run), moment(run), "v1", reason)
        for run, segment, who, entered, reason in LOG
    ]
    columns = zip(*rows, strict=True)
    database.ingest(MEMBERSHIP_LOG.name, pa.table(dict(zip(MEMBERSHIP_LOG.names, map(list, columns), strict=True))))
    yield database
    database.close()


def facts(*versions):
    return [RunFact(run, moment(run), moment(run), version) for run, version in enumerate(versions, 1)]


def test_sizes_entries_and_exits_run_by_run(engine):
    steps = history(engine, "vip", facts("v1", "v1", "v1", "v2"))
    assert [(s.run_id, s.size, s.entered, s.left) for s in steps] == [
        (1, 2, 2, 0),
        (2, 2, 1, 1),
        (3, 2, 0, 0),
        (4, 2, 1, 1),
    ]
    assert steps[1].entered_by_reason == {"event": 1}
    assert steps[1].left_by_reason == {"ageing": 1}
    assert steps[3].version == "v2"


def test_a_run_the_segment_was_no_part_of_is_left_out(engine):
    assert [s.run_id for s in history(engine, "new", facts("v1", "", "", ""))] == [1]
    assert history(engine, "unheard_of", facts("", "", "", "")) == []


@pytest.mark.parametrize(
    ("run", "members"),
    [
        (0, set()),
        (1, {"ann", "bob"}),
        (2, {"ann", "cyd"}),
        (3, {"ann", "cyd"}),
        (4, {"bob", "cyd"}),
        (900, {"bob", "cyd"}),
    ],
)
def test_what_a_run_had_served(engine, run, members):
    assert {row[0] for row in engine.rows(served_query("vip", run))} == members
