"""Combinations add up to everybody who is in any."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.combinations import combinations


def test_combinations_add_up():
    names = ["buyers", "often", "fresh_buyers"]
    found = combinations(shop(), names)
    for name in names:
        assert sum(one.people for one in found if name in one.segments) == shop().segment(name).count().people
    assert combinations(shop(), []) == ()
