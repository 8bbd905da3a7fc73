"""Runs as a list, and each with what it did."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.run_lines import run_lines, run_told


def test_runs_newest_first_with_what_moved():
    newest, oldest = run_lines(shop())
    assert (newest.run_id, oldest.run_id, oldest.first) == (2, 1, True)
    assert run_lines(shop(), before=2) == [oldest]
    told = run_told(shop(), 2)
    assert told is not None
    assert sum(one.entered for one in told.segments) == newest.entered
    first = run_told(shop(), 1)
    assert first is not None
    assert all(one.members == one.entered for one in first.segments)
    assert run_told(shop(), 99) is None
