"""The traps, on the default engine."""

from __future__ import annotations

import pytest
from tests.engine.traps import TRAPS, Trap

from segmentary.engine.duckdb import DuckDB


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_trap(trap: Trap) -> None:
    engine = DuckDB(threads=1)
    trap(engine)
    engine.close()


def test_there_are_traps() -> None:
    assert len(TRAPS) >= 20
