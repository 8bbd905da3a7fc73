"""Best-known costs, reached with default settings (`make golden` does all of them)."""

from pathlib import Path

import pytest
from benchmarks.golden.partitions import flowers, rows


@pytest.mark.real_data
def test_best_known_costs_are_reached(real_data: Path):
    found = rows(real_data, most=6)
    assert len(found) == 18
    missed = [f"{one.what}: {one.ours} instead of {one.reference}" for one in found if not one.good]
    assert missed == []


def test_gower_is_that_of_daisy():
    assert all(one.good for one in flowers())
