"""The published numbers of the Hillstrom e-mail."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.golden import hillstrom


@pytest.mark.real_data
def test_hillstrom(real_data: Path):
    missed = [row for row in hillstrom.rows(real_data) if not row.good]
    assert missed == []
