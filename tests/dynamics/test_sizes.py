"""Sizes and spend with their intervals; entries and exits by reason, an edit apart."""

import datetime as dt

import pyarrow as pa
import pytest
from tests.dynamics.test_states import rows_of, states

from segmentary.dynamics.sizes import moves, sizes
from segmentary.dynamics.states import NO_PART
from segmentary.engine.duckdb import DuckDB
from segmentary.models.intervals import wilson
from segmentary.schema import MEMBERSHIP_LOG


def test_sizes_shares_and_spend():
    people = {f"a{i}": [0, 0, 1, 1] for i in range(6)} | {f"b{i}": [None, 1, 1, -1] for i in range(4)}
    rows = [(who, place, part, edited, 10 * (place + 1)) for who, place, part, edited, _ in rows_of(people)]
    engine, known = states(rows)
    found = sizes(engine, known)
    assert [one.people for one in found.by_part["a"]] == [6, 6, 0, 0]
    assert found.everybody == (6, 10, 10, 10)
    second = found.by_part["a"][1]
    assert second.share == wilson(6, 10)
    assert (second.spend, second.mean_spend.estimate, second.spend_share) == (120.0, 20.0, 0.6)
    assert second.mean_spend.low == second.mean_spend.high == 20.0
    assert [one.people for one in found.by_part[NO_PART]] == [0, 0, 0, 4]
    assert found.sentence == "B grew most from 2026-01-01 to 2026-04-01: 0 to 6 people; a shrank most: 6 to 0."
    assert found.to_document()["sizes"][0]["people"] == 6


def test_nobody_has_no_mean():
    engine, known = states([])
    found = sizes(engine, known)
    assert found.by_part["a"][0].people == 0
    assert found.to_document()["sizes"][0]["mean_spend"] is None
    assert "no part changed its size".capitalize() in found.sentence


LOG = [
    (1, "vip", "ann", True, 10, "backfill"),
    (2, "vip", "bob", True, 12, "event"),
    (2, "vip", "cyd", True, 12, "event"),
    (3, "vip", "ann", False, 20, "ageing"),
    (4, "vip", "dan", True, 22, "edit"),
    (4, "vip", "bob", False, 22, "edit"),
    (4, "other", "eve", True, 22, "event"),
]


@pytest.fixture
def log():
    engine = DuckDB()
    start = dt.datetime(2026, 1, 1)
    rows = [
        (run, name, who, entered, start + dt.timedelta(days=day), start + dt.timedelta(days=day), "v", why)
        for run, name, who, entered, day, why in LOG
    ]
    engine.ingest(
        MEMBERSHIP_LOG.name, pa.table(dict(zip(MEMBERSHIP_LOG.names, map(list, zip(*rows, strict=True)), strict=True)))
    )
    yield engine
    engine.close()


def moment(day):
    return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)


def test_moves_by_reason_and_period_with_edits_apart(log):
    found = moves(log, ["vip"], [moment(5), moment(15), moment(25)], ["5", "15", "25"], begins={"vip": moment(10)})
    assert [(m.label, m.entered, m.reason, m.people) for m in found.moves] == [
        ("15", True, "event", 2),
        ("25", False, "ageing", 1),
    ]
    assert [(m.entered, m.people) for m in found.edits] == [(True, 1), (False, 1)]
    assert found.sentence == (
        "2 came (100% because: something they did), 1 left (100% because: time passed). 2 changes came of an edited "
        "definition: nobody moved."
    )


def test_moves_outside_the_moments_and_of_other_segments_do_not_count(log):
    found = moves(log, ["vip"], [moment(13), moment(19)], ["13", "19"])
    assert found.moves == ()
    assert found.sentence == "Nobody came, nobody left."
