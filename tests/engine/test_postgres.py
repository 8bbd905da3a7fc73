"""PostgreSQL as an engine: what it does with tables, the traps, and the same meaning as the oracle's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pytest
from sqlglot import exp
from tests.conformance import Example, examples
from tests.engine.capabilities import judged
from tests.engine.engines import judged_on, postgres_server
from tests.engine.every_type import TABLE, everything
from tests.engine.traps import TRAPS, Trap
from tests.language import test_agreement, test_agreement_people
from tests.language.warehouse import Warehouse
from tests.test_conformance import REFUSALS
from tests.test_conformance import both as both_of

from segmentary.engine.connect import connect
from segmentary.engine.postgres import Postgres
from segmentary.engine.sqlfile import literal, parse_query
from segmentary.errors import EngineError, UnsupportedError
from segmentary.schema import ALL_TABLES

pytestmark = pytest.mark.postgres
CASES = int(os.environ.get("SEGMENTARY_CASES", "400"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="module")
def engine(server: str) -> Iterator[Postgres]:
    found = connect(server)
    assert isinstance(found, Postgres)
    yield found
    found.close()


def test_arrow_goes_in_and_comes_out(engine: Postgres) -> None:
    assert engine.ingest("both ways", TABLE) == 4
    assert engine.table(everything("both ways")).to_pylist() == TABLE.to_pylist()
    assert engine.ingest("both ways", TABLE.to_reader(1), temporary=False) == 4
    none = engine.table(everything("both ways").where(exp.false()))
    assert none.num_rows == 0
    assert none.schema.names == TABLE.schema.names
    assert engine.ingest("empty", TABLE.slice(0, 0)) == 0
    engine.drop("both ways")


def test_tables_are_made_replaced_and_dropped(engine: Postgres) -> None:
    engine.create(ALL_TABLES[0])
    assert engine.has_table(ALL_TABLES[0].name)
    assert list(engine.columns(ALL_TABLES[0].name)) == [c.name for c in ALL_TABLES[0].columns]
    engine.drop(ALL_TABLES[0].name)
    assert not engine.has_table(ALL_TABLES[0].name)
    assert engine.create_as("t", parse_query("select 2 as n union all select 1 as n"), order_by=("n",)) == 2
    assert engine.create_as("t", exp.select(exp.column("n")).from_("t").where("n = 2")) == 1
    assert engine.rows(everything("t")) == [(2,)]
    with pytest.raises(EngineError, match="no table"):
        engine.columns("absent")
    engine.drop("t")


def test_a_checksum_does_not_depend_on_order(engine: Postgres) -> None:
    engine.ingest("one", TABLE)
    engine.ingest("two", TABLE.take([3, 1, 0, 2]))
    engine.ingest("three", TABLE.take([3, 1, 0, 0]))
    assert engine.checksum("one") == engine.checksum("two") != engine.checksum("three")


def test_all_or_nothing(engine: Postgres) -> None:
    with pytest.raises(ZeroDivisionError), engine.transaction():  # noqa: PT012
        engine.create_as("gone", parse_query("select 1 as n"))
        raise ZeroDivisionError
    assert not engine.has_table("gone")
    with pytest.raises(EngineError), engine.transaction():
        engine.rows(everything("absent"))
    assert engine.value(exp.select(literal(1))) == 1


def test_text_with_a_nul_is_refused_as_a_whole(engine: Postgres) -> None:
    with pytest.raises(EngineError, match="refused"):
        engine.ingest("nul", pa.table({"x": ["a", "b\0"]}))
    assert not engine.has_table("nul")


def test_what_is_not_known_is_refused_by_name(engine: Postgres) -> None:
    for sql, operator in (
        ("select approx_quantile(n, 0.5) from t", "approx_quantile"),
        ("select hash(n) from t", "hash"),
        ("select date_diff('day', a, b) from t", "datediff"),
    ):
        with pytest.raises(UnsupportedError, match="postgres cannot do") as refused:
            engine.rows(parse_query(sql))
        assert refused.value.operator.replace("_", "") == operator.replace("_", "")
        assert refused.value.engine == "postgres"


def test_errors_say_what_is_wrong_and_never_the_password(server: str) -> None:
    for url in ("postgresql://me:geheim@127.0.0.1:1/none", "postgresql://me:geheim@no-such-host.invalid/none"):
        with pytest.raises(EngineError, match="cannot be reached") as refused:
            connect(url)
        assert "geheim" not in str(refused.value)
        assert refused.value.hint
    away = connect(server)
    assert isinstance(away, Postgres)
    away.connection.close()
    with pytest.raises(EngineError, match="cannot be reached"):
        away.value(exp.select(literal(1)))


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_trap(engine: Postgres, trap: Trap) -> None:
    trap(engine)


# ---------------------------------------------------------------- the same meaning


def test_the_table_of_capabilities_is_true(engine: Postgres) -> None:
    expected, both, names = judged()
    with judged_on(engine):
        found, _ = Warehouse(both.past).evaluate(both.segments, {}, both.lists)
    assert {names[k]: v for k, v in found.items()} == {names[k]: v for k, v in expected.items()}


@pytest.mark.differential
@pytest.mark.parametrize("part", range(4))
def test_the_plan_gives_what_the_oracle_gives(engine: Postgres, part: int) -> None:
    for seed in range(part, max(CASES // test_agreement.RULES, 4), 4):
        with judged_on(engine):
            found = test_agreement.differences(*test_agreement.drawn(seed))
        assert not found, f"seed {seed}\n" + "\n".join(found[:3])


@pytest.mark.differential
def test_other_people_and_other_moments_too(engine: Postgres) -> None:
    for seed in range(max(CASES // 100, 4)):
        with judged_on(engine):
            found = test_agreement_people.differences(*test_agreement_people.drawn(seed))
        assert not found, f"seed {seed}\n" + "\n".join(found[:3])


@pytest.mark.parametrize("case", [*examples("cases"), *examples("decided")], ids=lambda case: case.name)
def test_members_are_as_published(engine: Postgres, case: Example) -> None:
    with judged_on(engine):
        judge = partial(both_of(case).members, "case")
        if case.error is not None:
            with pytest.raises(REFUSALS[case.error]):
                judge()
            return
        assert judge() == case.members


def test_a_first_list_is_a_list(engine: Postgres) -> None:
    """Seed 42 of the first run: PostgreSQL makes one list of many where the values are lists."""
    with judged_on(engine):
        assert test_agreement.differences(*test_agreement.drawn(42)) == []
