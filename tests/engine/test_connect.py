"""Addresses of engines: what is let through, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from segmentary.engine.connect import connect
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import literal
from segmentary.errors import EngineError, SegmentaryError, UsageError


@pytest.mark.parametrize("prefix", ["", "duckdb://"])
def test_a_path_is_a_duckdb_file(tmp_path: Path, prefix: str) -> None:
    engine = connect(f"{prefix}{tmp_path / 'w.duckdb'}")
    assert isinstance(engine, DuckDB)
    assert engine.value(exp.select(literal(1))) == 1
    engine.close()


@pytest.mark.parametrize(
    "address",
    [
        "mysql://root@localhost/db",
        "http://localhost/",
        "postgresql://u:geheim@localhost/db?options=-c%20search_path%3Dx",
        "postgresql://u:geheim@localhost/db?service=other",
        "postgresql://u:geheim@localhost/db?passfile=/etc/passwd",
        "postgresql://u:geheim@localhost/db?sslmode=require&hostaddr=10.0.0.1",
        "postgresql://u:geheim@localhost/db#x",
        "sc://localhost:15002/;x-header=geheim",
        "spark://localhost:7077?x=geheim",
        "duckdb:///no/such/folder/w.duckdb",
    ],
)
def test_what_is_not_allowed_is_refused_before_anybody_is_asked(address: str) -> None:
    with pytest.raises(UsageError) as refused:
        connect(address)
    assert "geheim" not in str(refused.value)
    assert refused.value.hint or "#" in address


def test_a_port_that_is_no_number_is_an_error_of_ours() -> None:
    with pytest.raises(SegmentaryError) as refused:
        connect("postgresql://u:geheim@localhost:port/db")
    assert "geheim" not in str(refused.value)
    assert not isinstance(refused.value, EngineError) or refused.value.hint
