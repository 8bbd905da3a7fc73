"""People on the border of what somebody does, whatever the day of the exports."""

import datetime as dt

import pytest

from segmentary.samples.boundary_actions import ACTIONS
from segmentary.samples.generated import make_business
from segmentary.samples.truth import true_members

DAYS = [dt.date(2026, 3, 1), dt.date(2025, 4, 15), dt.date(2025, 11, 20), dt.date(2024, 12, 31)]


@pytest.mark.parametrize("as_of", DAYS, ids=str)
def test_they_stand_on_their_sides(as_of):
    business, pairs = make_business(customers=0, as_of=as_of)
    members = true_members(business)
    for name in ACTIONS:
        assert pairs[name].inside in members[name], name
        assert pairs[name].outside not in members[name], name
