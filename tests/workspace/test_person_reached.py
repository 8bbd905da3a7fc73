"""Who got nothing from us has nothing here."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.person_reached import reached_by


def test_nothing_sent():
    assert reached_by(shop(), "c01") == []
