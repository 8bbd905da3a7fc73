"""What segments share, those of the last run."""

import pytest
from tests.workspace.segment_shop import shop

from segmentary.errors import UnknownNameError
from segmentary.workspace.overlapping import shared_between


def test_all_or_some():
    assert set(shared_between(shop(), []).sizes) >= {"buyers", "often"}
    assert list(shared_between(shop(), ["often", "buyers"]).sizes) == ["often", "buyers"]
    with pytest.raises(UnknownNameError):
        shared_between(shop(), ["often", "none"])
