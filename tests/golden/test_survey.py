"""The published figures of RECS 2015, reached."""

from pathlib import Path

import pytest
from benchmarks.golden.survey import rows


@pytest.mark.real_data
def test_published_figures_are_reached(real_data: Path):
    found = rows(real_data)
    assert len(found) >= 25
    missed = [f"{one.what}: {one.ours} instead of {one.reference}" for one in found if not one.good]
    assert missed == []
