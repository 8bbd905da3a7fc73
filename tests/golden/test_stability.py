"""Bootstrap stability of McDonald's is flexclust's, within what two runs of either differ by."""

import pytest
from benchmarks.golden.stability import rows

pytestmark = pytest.mark.real_data


def test_stability_of_mcdonalds(real_data):
    found = rows(real_data)
    assert len(found) == 15
    assert [row.what for row in found if not row.good] == []
