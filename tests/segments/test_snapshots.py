"""Copies of the membership table change nothing about what was served; they are kept when they are worth it."""

import datetime as dt

import pyarrow as pa
import pytest
from tests.segments.test_membership import store

from segmentary.engine.duckdb import DuckDB
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.snapshots import due, keep, kept, served, table_of

FIRST = dt.datetime(2026, 3, 1)


def day(number):
    return FIRST + dt.timedelta(days=number)


def filled(rows):
    engine = DuckDB()
    rows = [(run, "vip", who, entered, day(run), day(run), "v", "event") for run, who, entered in rows]
    columns = zip(*rows, strict=True)
    engine.ingest(MEMBERSHIP_LOG.name, pa.table(dict(zip(MEMBERSHIP_LOG.names, map(list, columns), strict=True))))
    return engine


@pytest.mark.parametrize("copies", [(), (1,), (2,), (1, 3)])
def test_a_copy_changes_nothing_about_what_was_served(copies):
    members = {1: {"ann", "bob"}, 2: {"bob", "cyd"}, 3: {"ann", "cyd"}}
    rows, before = [], set()
    for run, people in members.items():
        rows += [(run, who, True) for who in sorted(people - before)]
        rows += [(run, who, False) for who in sorted(before - people)]
        before = people
    engine = filled(rows)
    for run in copies:
        store(engine, "membership", {"vip": members[run]}, {"vip": 61})
        keep(engine, run, day(run))
    assert [number for number, _ in kept(engine)] == list(copies)
    for run, people in members.items():
        assert {r[0] for r in engine.rows(served(engine, "vip", run, 61))} == people
    # A segment that came after the copy: its mask is not in it.
    assert engine.rows(served(engine, "new", 3, 200)) == []
    engine.close()


def test_what_was_served_is_read_from_the_newest_copy_before_it():
    engine = filled([(1, "ann", True), (2, "bob", True), (3, "ann", False)])
    store(engine, "membership", {"vip": {"ann", "bob", "only in the copy"}}, {"vip": 0})
    keep(engine, 2, day(2))
    assert {r[0] for r in engine.rows(served(engine, "vip", 1, 0))} == {"ann"}
    assert {r[0] for r in engine.rows(served(engine, "vip", 3, 0))} == {"bob", "only in the copy"}
    engine.close()


def test_a_copy_is_kept_each_month_and_when_the_log_outgrows_it():
    engine = filled([(n, "ann", n % 2 == 1) for n in range(2, 12)])
    assert due(engine, day(1))
    store(engine, "membership", {"vip": {"ann", "bob", "cyd"}}, {"vip": 0})
    keep(engine, 11, day(1))
    assert not due(engine, day(2))
    assert due(engine, day(40))
    keep(engine, 1, day(2))  # ten rows behind it, three customers, four times as many are let be
    assert len(kept(engine)) == 2
    engine.close()


def test_a_run_that_is_published_again_replaces_its_copy():
    engine = filled([(1, "ann", True)])
    for people, at in (({"ann"}, 1), ({"ann", "bob"}, 2)):
        store(engine, "membership", {"vip": people}, {"vip": 0})
        keep(engine, 1, day(at))
    assert kept(engine) == [(1, day(2))]
    assert engine.rows(served(engine, "vip", 1, 0).order_by("customer_id")) == [("ann",), ("bob",)]
    assert engine.has_table(table_of(1))
    engine.close()
