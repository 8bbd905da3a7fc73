"""Spark as an engine: what it does with tables, the traps, and the same meaning as the oracle's.

One session serves all tests of this file. ``make spark-test`` runs them on a standalone cluster and through Spark
Connect too, with ``SEGMENTARY_SPARK`` as the address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pyarrow as pa
import pytest
from sqlglot import exp
from tests.conformance import Example, examples
from tests.engine.capabilities import judged
from tests.engine.engines import SMALL, judged_on, need_java
from tests.engine.every_type import TABLE, everything
from tests.engine.traps import TRAPS, Trap
from tests.language import test_agreement, test_agreement_people
from tests.language.warehouse import Warehouse
from tests.test_conformance import both as both_of

from segmentary.engine.connect import connect
from segmentary.engine.spark import Spark
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import EngineError, UnsupportedError, UsageError
from segmentary.schema import ALL_TABLES

ADDRESS = os.environ.get("SEGMENTARY_SPARK", "local[2]")
pytestmark = [pytest.mark.spark, *([] if ADDRESS.startswith("local") else [pytest.mark.spark_cluster])]
# Two plans of a dozen definitions in a usual run; planning them is what takes time.
HISTORIES = int(os.environ.get("SEGMENTARY_SPARK_HISTORIES", "2"))
CASES = os.environ.get("SEGMENTARY_SPARK_CASES", "all").split()


@pytest.fixture(scope="module")
def engine() -> Iterator[Spark]:
    need_java()
    found = Spark(ADDRESS, SMALL)
    yield found
    found.close()


def test_arrow_goes_in_and_comes_out(engine: Spark) -> None:
    assert engine.ingest("both_ways", TABLE) == 4
    assert engine.table(everything("both_ways")).to_pylist() == TABLE.to_pylist()
    assert engine.batches(everything("both_ways")).read_all().num_rows == 4
    assert engine.checksum("both_ways")[0] == 4
    assert engine.ingest("empty", TABLE.slice(0, 0)) == 0


def test_text_is_normal_on_its_way_in_and_ids_are_not_touched(engine: Spark) -> None:
    told = pa.table({"customer_id": ["e\u0301"], "x": ["e\u0301"], "p": ['["e\\u0301"]']})
    engine.ingest("normal", told)
    assert engine.rows(everything("normal")) == [("e\u0301", "é", '["é"]')]


def test_tables_are_made_replaced_and_dropped(engine: Spark) -> None:
    engine.create(ALL_TABLES[0])
    assert engine.has_table(ALL_TABLES[0].name)
    assert list(engine.columns(ALL_TABLES[0].name)) == [c.name for c in ALL_TABLES[0].columns]
    engine.drop(ALL_TABLES[0].name)
    assert not engine.has_table(ALL_TABLES[0].name)
    query = parse_query("select 2 as n union all select 1 as n")
    assert engine.create_as("kept", query, order_by=("n",)) == 2
    assert engine.create_as("kept", exp.select(exp.column("n")).from_("kept").where("n = 2")) == 1
    assert engine.rows(everything("kept")) == [(2,)]
    engine.drop("kept")


def test_nothing_is_saved_when_the_block_fails(engine: Spark) -> None:
    with pytest.raises(ZeroDivisionError), engine.transaction():  # noqa: PT012
        engine.create_as("gone", parse_query("select 1 as n"))
        raise ZeroDivisionError
    assert not engine.has_table("gone")
    with engine.transaction():
        engine.create_as("there", parse_query("select 1 as n"))
    assert engine.rows(everything("there")) == [(1,)]
    engine.drop("there")


def test_errors_are_ours(engine: Spark) -> None:
    with pytest.raises(EngineError, match="Spark refused"):
        engine.rows(everything("absent"))
    with pytest.raises(UnsupportedError, match=r"spark cannot do 'approx_?quantile'"):
        engine.rows(parse_query("select approx_quantile(n, 0.5) from t"))
    with pytest.raises(UsageError):
        connect("spark://127.0.0.1:7077/extra")


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_trap(engine: Spark, trap: Trap) -> None:
    trap(engine)


# ---------------------------------------------------------------- the same meaning


def test_the_table_of_capabilities_is_true(engine: Spark) -> None:
    expected, both, names = judged()
    with judged_on(engine):
        found, _ = Warehouse(both.past).evaluate(both.segments, {}, both.lists)
    assert {names[k]: v for k, v in found.items()} == {names[k]: v for k, v in expected.items()}


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_the_plan_gives_what_the_oracle_gives(engine: Spark, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_agreement, "RULES", 12)
    with judged_on(engine):
        found = test_agreement.differences(*test_agreement.drawn(seed))
    assert not found, "\n".join(found[:3])


@pytest.mark.parametrize("seed", range(0, HISTORIES, 2))
def test_other_people_and_other_moments_too(engine: Spark, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_agreement_people, "RULES", 6)
    monkeypatch.setattr(test_agreement_people, "GROUP_RULES", 1)
    with judged_on(engine):
        found = test_agreement_people.differences(*test_agreement_people.drawn(seed))
    assert not found, "\n".join(found[:3])


CHOSEN = [case for case in examples("cases") if case.name[:2] in CASES or CASES == ["all"]]


@pytest.mark.parametrize("case", CHOSEN, ids=lambda case: case.name)
def test_members_are_as_published(engine: Spark, case: Example) -> None:
    with judged_on(engine):
        assert both_of(case).members("case") == case.members
