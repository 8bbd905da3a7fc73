"""Counting in the engine."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import UsageError
from segmentary.report.tallies import TraitColumn, centres, kinds, levels_of, money_by, people_table, question, tally

HOSTILE = 'it\'s "quoted"; drop table traits --'


@pytest.fixture
def engine() -> DuckDB:
    engine = DuckDB(threads=1)
    engine.run(
        "create table traits as select 'c' || i as customer_id, i::decimal(18, 2) as monetary, i as n, i % 3 = 0 as b, "
        f"case when i % 2 = 0 then '{HOSTILE.replace(chr(39), chr(39) * 2)}' else 'odd' end as t from range(12) x(i)"
    )
    engine.run(
        "create table flags as select 'c' || i as customer_id, case when i < 6 then i < 3 end as s from range(14) x(i)"
    )
    wanted = [("traits", "monetary", "money"), ("traits", "n", "v0"), ("traits", "b", "v1"), ("traits", "t", "v2")]
    people_table(engine, flags=exp.select("*").from_("flags"), segments=["s"], wanted=wanted)
    return engine


TRAITS = [
    TraitColumn("n", "N", "", "mean", "v0"),
    TraitColumn("b", "B", "", "share", "v1"),
    TraitColumn("t", "T", "", "levels", "v2"),
]


def test_tally(engine: DuckDB) -> None:
    levels = {"t": levels_of(engine, TRAITS[2], at_least=2)}
    assert sorted(levels["t"]) == sorted([HOSTILE, "odd"])
    centre = centres(engine, TRAITS)
    assert centre == {"n": Decimal("5.5000")}
    asked = question(TRAITS, levels, centre, has_money=True)
    everybody = tally(engine, asked, member_of=None)
    assert (everybody.people, everybody.money, everybody.money_squares) == (14, Decimal(66), 506.0)
    assert everybody.traits["n", None].n == 12
    assert everybody.traits["n", None].total == pytest.approx(0)
    assert everybody.traits["n", None].squares == pytest.approx(143)
    assert (everybody.traits["b", None].n, everybody.traits["b", None].total) == (12, 4)
    assert everybody.traits["t", HOSTILE].total == 6
    members = tally(engine, asked, member_of="s0")
    assert (members.people, members.money) == (3, Decimal(3))
    assert members.traits["t", "odd"].total == 1


def test_a_missing_flag_is_out(engine: DuckDB) -> None:
    rows = kinds(engine, ["s0"]).to_pylist()
    assert {row["s0"]: row["people"] for row in rows} == {True: 3, False: 11}


def test_every_segment_needs_its_flag(engine: DuckDB) -> None:
    with pytest.raises(UsageError, match="2 segments, but 1 columns"):
        people_table(engine, flags=exp.select("*").from_("flags"), segments=["s", "t"], wanted=[])


def test_money_by(engine: DuckDB) -> None:
    found = money_by(engine, "v2")
    assert found[None] == (2, Decimal(0), 0.0)
    assert found["odd"] == (6, Decimal(36), 286.0)


def test_rare_levels_are_left_out(engine: DuckDB) -> None:
    assert levels_of(engine, TRAITS[2], at_least=7) == []
