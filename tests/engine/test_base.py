"""The engines there are fulfil the promise of `Engine`."""

import inspect

import pytest

from segmentary.engine.base import Engine
from segmentary.engine.duckdb import DuckDB

PROMISED = [name for name, value in vars(Engine).items() if inspect.isfunction(value) and not name.startswith("_")]


@pytest.mark.parametrize("name", PROMISED)
def test_duckdb_has_every_method_with_its_parameters(name):
    promised = inspect.signature(getattr(Engine, name)).parameters
    built = inspect.signature(getattr(DuckDB, name)).parameters
    assert list(built) == list(promised)
    assert [p.default for p in built.values()] == [p.default for p in promised.values()]


def test_an_engine_names_its_dialect():
    assert DuckDB.dialect == "duckdb"
