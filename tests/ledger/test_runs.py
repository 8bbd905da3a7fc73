"""Finished runs come back as they were."""

import dataclasses
import datetime as dt

import pytest

from segmentary.errors import WorkspaceError
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.runs import RunEntry, append_run, last_run, runs

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 7, tzinfo=dt.UTC)


def test_runs_come_back_as_they_were(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert runs(ledger) == []
    assert last_run(ledger) is None
    first = RunEntry(
        1, NOON, NOON, NOON, NOON, {"timezone": "UTC"}, {"vip": "v1"}, {"rfm": {"cuts": ["1.5"]}}, "m/1.parquet", "h", 3
    )
    second = dataclasses.replace(first, run_id=2, as_of=NOON - dt.timedelta(days=400), segments={}, models={})
    append_run(ledger, first)
    append_run(ledger, second)
    assert runs(ledger) == [first, second]
    assert last_run(ledger) == second
    with pytest.raises(WorkspaceError, match="UNIQUE"):
        append_run(ledger, second)
    assert len(runs(ledger)) == 2
    assert ledger.audit_intact()
    ledger.close()
