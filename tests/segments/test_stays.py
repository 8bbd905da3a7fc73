"""Moves and stays are what the log says in its order, and nothing that changed nothing."""

import datetime as dt

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from segmentary.engine.duckdb import DuckDB
from segmentary.schema import MEMBERSHIP_LOG
from segmentary.segments.stays import moves_query, stays_query

FIRST = dt.datetime(2026, 3, 1)


def day(number):
    return FIRST + dt.timedelta(days=number)


def filled(rows):
    engine = DuckDB()
    if not rows:
        engine.create(MEMBERSHIP_LOG)
        return engine
    columns = zip(*rows, strict=True)
    engine.ingest(MEMBERSHIP_LOG.name, pa.table(dict(zip(MEMBERSHIP_LOG.names, map(list, columns), strict=True))))
    return engine


def row(run, who, entered, valid, detected=None, reason="event"):
    return (run, "vip", who, entered, day(valid), day(valid if detected is None else detected), "v", reason)


def test_an_entry_while_inside_and_an_exit_while_outside_change_nothing():
    engine = filled(
        [
            row(1, "ann", True, 10),
            row(2, "ann", False, 12),
            row(-1, "ann", True, 3, 20, "backfill"),
            row(-1, "bob", True, 4, 20, "backfill"),
            row(-1, "bob", False, 6, 20, "backfill"),
            row(3, "bob", False, 8),
        ]
    )
    assert engine.rows(stays_query(["vip"]).order_by("customer_id")) == [
        ("vip", "ann", day(3), day(12), "backfill", "event", "v"),
        ("vip", "bob", day(4), day(6), "backfill", "backfill", "v"),
    ]
    assert len(engine.rows(moves_query())) == 4
    # Before the backfill only the runs had spoken.
    assert [r[2:4] for r in engine.rows(stays_query(known_at=day(15)))] == [(day(10), day(12))]
    assert engine.rows(stays_query(["other"])) == []
    engine.close()


def ends(stay):
    return stay[0], stay[1] or day(1000)


MOVES = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 3)), max_size=8)


@given(moves=MOVES)
def test_stays_are_those_of_a_walk_through_the_log(moves):
    engine = filled([row(n, "ann", e, v, v + d) for n, (e, v, d) in enumerate(moves, 1)])
    expected, since = [], None
    log = [(v, e, v + d, n) for n, (e, v, d) in enumerate(moves)]
    for valid, entered, _, _ in sorted(log):
        if entered and since is None:
            since = valid
        elif not entered and since is not None:
            expected.append((day(since), day(valid)))
            since = None
    if since is not None:
        expected.append((day(since), None))
    found = [r[2:4] for r in engine.rows(stays_query())]
    assert sorted(found, key=ends) == sorted(expected, key=ends)
    engine.close()
