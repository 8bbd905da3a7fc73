"""A warehouse elsewhere gets what segments are made from, all of it or nothing."""

from __future__ import annotations

import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import EngineError, WorkspaceError
from segmentary.schema import ALL_TABLES
from segmentary.workspace.carrying import CARRIED, carry, prepare, state_of


@pytest.fixture
def workbench():
    engine = DuckDB()
    for table in ALL_TABLES:
        engine.create(table)
    engine.execute(exp.insert(exp.values([("c1", None, None)]), exp.table_("customers", quoted=True)))
    return engine


@pytest.fixture
def warehouse():
    engine = DuckDB()
    prepare(engine, "me")
    return engine


def test_everything_is_carried_once(workbench, warehouse):
    assert carry(workbench, warehouse, owner="me", loads=1)
    assert warehouse.rows(exp.select("customer_id").from_("customers")) == [("c1",)]
    assert all(warehouse.columns(t.name) == workbench.columns(t.name) for t in CARRIED)
    assert not carry(workbench, warehouse, owner="me", loads=1)
    workbench.execute(exp.delete("customers"))
    assert carry(workbench, warehouse, owner="me", loads=2)
    assert warehouse.rows(exp.select("customer_id").from_("customers")) == []
    assert state_of(warehouse) == ("me", 2)


def test_a_failure_leaves_the_old_state(workbench, warehouse):
    carry(workbench, warehouse, owner="me", loads=1)
    workbench.drop("exposures")
    workbench.execute(exp.delete("customers"))
    with pytest.raises(EngineError):
        carry(workbench, warehouse, owner="me", loads=2)
    assert warehouse.rows(exp.select("customer_id").from_("customers")) == [("c1",)]
    assert state_of(warehouse) == ("me", 1)


def test_another_workspace_is_kept_out(workbench, warehouse):
    carry(workbench, warehouse, owner="me", loads=1)
    prepare(warehouse, "me")
    prepare(warehouse, "")
    with pytest.raises(WorkspaceError, match="another workspace"):
        prepare(warehouse, "you")
